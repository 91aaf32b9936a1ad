"""Services with empty journals, and commands to put into them, for the measures that append and publish."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import cycle
from uuid import NAMESPACE_OID, UUID, uuid5

import asyncpg
from tests.bench.measure import Bench

from pep_kernel.message import Envelope, Person
from pep_runtime.codec import encode
from pep_runtime.database import Logins, provision
from pep_runtime.journal import Append, CommandKey, NewEvent

AUTHORITIES = 150
TEACHER = Person("p-7f3a90c2", "designated_teacher")
AT = datetime(2026, 9, 14, 9, tzinfo=UTC)
PAYLOAD = b'{"child_ref":"c-3f9d1a77b2","opened_on":"2026-09-14","school_urn":"100001","reason":"entered_care"}'
ANNOUNCEMENT = (
    b'{"type":"uk.openpep.pep-record.PlanOpened.v1","child_ref":"c-3f9d1a77b2","plan":"plan-1","on":"2026-09-14"}'
)


@dataclass(frozen=True)
class Journals:
    """The database of a service in which `authorities` are open."""

    superuser_dsn: str
    logins: Logins
    authorities: tuple[str, ...]


@contextlib.asynccontextmanager
async def journals(bench: Bench, authorities: int = AUTHORITIES) -> AsyncIterator[Journals]:
    """Such a database, dropped afterwards."""
    database = f"bench_{secrets.token_hex(6)}"
    names = tuple(f"shire_{number}" for number in range(1, authorities + 1))
    logins = await provision(bench.postgres_dsn, database)
    dsn = f"{bench.postgres_dsn.rpartition('/')[0]}/{database}"
    try:
        async with superuser(dsn) as connection:
            await connection.executemany("select open_authority($1)", [(name,) for name in names])
        yield Journals(dsn, logins, names)
    finally:
        await drop(bench.postgres_dsn, database)


async def drop(postgres_dsn: str, database: str) -> None:
    """A database goes, whoever is still connected to it."""
    async with superuser(postgres_dsn) as connection:
        await connection.execute(f"drop database if exists {database} with (force)")


@contextlib.asynccontextmanager
async def superuser(dsn: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A connection, closed afterwards."""
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


def commands(authorities: Sequence[str], seed: int, events: int = 2) -> Iterator[Append]:
    """Commands without end, of the authorities by turns: each begins a stream, and every second event is announced."""
    namespace = uuid5(NAMESPACE_OID, str(seed))
    for number, authority in enumerate(cycle(authorities)):
        yield command(authority, uuid5(namespace, str(number)), events)


def command(authority: str, key: UUID, events: int = 2) -> Append:
    """One person's command as the handler appends it: events of a new stream, under an idempotency key."""
    stream = f"plan-{key.hex}"
    return Append(
        authority=authority,
        recorded_at=datetime.now(UTC),
        guarded={stream: 0},
        events=[_event(authority, stream, version, key) for version in range(1, events + 1)],
        actor=TEACHER.id,
        correlation=key,
        policy_version="2026-09-01:3f9d",
        key=CommandKey(TEACHER.id, str(key), sha256(key.bytes).digest()),
    )


def _event(authority: str, stream: str, version: int, key: UUID) -> NewEvent:
    opens = version % 2 == 1
    envelope = Envelope(
        event_id=uuid5(key, str(version)),
        type="PlanOpened" if opens else "TargetAgreed",
        schema_version=1,
        authority=authority,
        stream=stream,
        version=version,
        occurred_at=AT,
        actor=TEACHER,
        correlation=key,
        child_ref="c-3f9d1a77b2",
        policy_version="2026-09-01:3f9d",
    )
    return NewEvent(envelope, encode(envelope), PAYLOAD, ANNOUNCEMENT if opens else None)
