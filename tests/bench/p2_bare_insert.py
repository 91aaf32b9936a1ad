"""P2: an append with all that it checks, beside a bare insert of the same two rows, numbered by an unsafe sequence."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from functools import partial

from tests.bench.journals import commands, journals, superuser
from tests.bench.measure import Aim, Bench, Measure, Side
from tests.bench.writers import shared

from pep_runtime.database import connect
from pep_runtime.journal import Append, Pool, append

APPENDS = 8_000
OURS, BARE = "OpenPEP, append", "bare insert with a sequence"
TABLE = """
create table bare (
    position bigserial primary key, authority text not null, stream text not null, version integer not null,
    event_id uuid not null, type text not null, schema_version smallint not null, occurred_at timestamptz not null,
    recorded_at timestamptz not null, actor text not null, child_ref text, envelope bytea not null,
    payload bytea not null, announcement bytea
);
grant insert on bare to pep_app;
grant usage on sequence bare_position_seq to pep_app;
"""
FIELDS = "authority, stream, version, event_id, type, schema_version, occurred_at, recorded_at, actor, child_ref"
INSERT = (
    f"insert into bare ({FIELDS}, envelope, payload, announcement) values"
    " ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13),"
    " ($14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)"
)


@contextlib.asynccontextmanager
async def sides(bench: Bench) -> AsyncIterator[Sequence[Side]]:
    async with journals(bench) as ours, await connect(ours.logins.app) as pool:
        async with superuser(ours.superuser_dsn) as connection:
            await connection.execute(TABLE)
        work = commands(ours.authorities, bench.seed)
        yield [
            shared(OURS, APPENDS, work, partial(append, pool)),
            shared(BARE, APPENDS, work, partial(insert, pool)),
        ]


async def insert(pool: Pool, what: Append) -> None:
    """The rows of both events in one statement, and nothing else."""
    values: list[object] = []
    for event in what.events:
        e = event.envelope
        values += [what.authority, e.stream, e.version, e.event_id, e.type, e.schema_version, e.occurred_at]
        values += [what.recorded_at, what.actor, e.child_ref, event.envelope_bytes, event.payload, event.announcement]
    await pool.execute(INSERT, *values)


MEASURE = Measure(
    "append a command of two events, with all that is checked, 16 writers, 150 authorities",
    "appends/s",
    [Aim(OURS, BARE, at_least=0.6)],
    sides,
)
