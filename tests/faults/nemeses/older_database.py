"""A service's database is put back to an earlier moment under its running processes, while Kafka is ahead of it.

Whoever connects finds another lineage, and nothing is taken until the relay has compared. Where the topic is ahead the
authority stays frozen, and `pep recover` takes the missing rows back. What was acknowledged and had neither been in the
backup nor reached Kafka is lost: the one loss that is not promised away. It is counted, event by event.
"""

from __future__ import annotations

import asyncio
import random
import subprocess
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
from tests.faults.nemeses.superuser import superuser
from tests.faults.town import Town

from pep_local.postgres import BINARIES
from pep_local.stack import PACKAGES, authorities
from pep_runtime.database import ROLES
from pep_runtime.kafka import last_record, reader
from pep_runtime.recover import CannotRecover, recover
from pep_runtime.topics import POSITION, topic

COMPARED_SECONDS = 30.0
TRIES = 20
NOTED = "select true from lineage l join pg_database d on d.oid = l.database where d.datname = current_database()"
# Of journal and access log: what has not been compared yet comes first.
HEADS = (
    "select frozen from journal_head where authority = $1 and frozen is not null"
    " order by frozen = 'lineage' desc limit 1"
)


class OlderDatabase:
    """One service after the other."""

    name = "older_database"

    async def act(self, town: Town, random: random.Random, until: float) -> None:
        while time.monotonic() < until:
            service = random.choice(list(PACKAGES))
            backup = town.stack.folder / f"{service}.backup"
            await _postgres(town, service, "pg_dump", "--format=custom", f"--file={backup}")
            await asyncio.sleep(random.uniform(1.0, 4.0))
            town.tell(f"the database of {service} is put back to an earlier moment")
            await _put_back(town, service, backup)
            for authority in authorities():
                await _let_go_on(town, service, authority)


async def _put_back(town: Town, service: str, backup: Path) -> None:
    name = town.stack.database(service)
    earlier = f"{name}_earlier"
    admin = await asyncpg.connect(town.direct.postgres_dsn)
    try:
        await admin.execute(f"create database {earlier} owner pep_owner")
        await _postgres(town, service, "pg_restore", str(backup), database=earlier)
        await _let_in(admin, name, earlier)
        await admin.execute(f"alter database {name} connection limit 0")  # superusers are not counted
        await admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()",
            name,
        )
        await _note_what_is_lost(town, service)
        await admin.execute(f"drop database {name} with (force)")
        await admin.execute(f"alter database {earlier} rename to {name}")
    finally:
        await admin.close()


async def _let_in(admin: Any, name: str, earlier: str) -> None:
    """Who may connect, and may make temporary tables, is no part of a dump."""
    await admin.execute(f"revoke connect, temporary on database {earlier} from public")
    await admin.execute(f"grant temporary on database {earlier} to pep_worker")
    for role in ROLES:
        await admin.execute(f"grant connect on database {earlier} to {name}_{role}")


async def _note_what_is_lost(town: Town, service: str) -> None:
    """Events that only this database has; and the stored answers, which no topic has."""
    async with superuser(town, service) as connection, reader(town.stack.kafka_bootstrap) as consumer:
        for authority in authorities():
            last, _ = await last_record(consumer, topic(authority, service, "journal"))
            sent = int(dict(last.headers)[POSITION]) if last else 0
            query = "select event_id from journal where authority = $1 and position > $2"
            lost = {UUID(str(row["event_id"])) for row in await connection.fetch(query, authority, sent)}
            town.tell(f"{service} of {authority}: sent up to {sent}; {len(lost)} events had only been acknowledged")
            town.lost |= lost
        for row in await connection.fetch("select authority, actor, key, position from command_answer"):
            town.former_answers[service, row["authority"], row["actor"], row["key"]] = row["position"]


async def _let_go_on(town: Town, service: str, authority: str) -> None:
    """What an operator does who finds one of the authority's logs frozen."""
    if await _compared(town, service, authority) is None:
        return
    dsn = town.direct.superuser_dsn(service)
    for left in reversed(range(TRIES)):
        try:
            done = await recover(dsn, town.stack.kafka_bootstrap, service, authority, apply=True)
        except CannotRecover:
            if not left:
                raise
            await asyncio.sleep(0.25)
        else:
            assert done.goes_on, done
            town.tell(f"{service} of {authority}: {done.missing} rows are taken back")
            return


async def _compared(town: Town, service: str, authority: str) -> str | None:
    """Why it is frozen, once somebody has connected and the relay has compared."""
    async with superuser(town, service) as connection, asyncio.timeout(COMPARED_SECONDS):
        while not await connection.fetchval(NOTED) or await _frozen(connection, authority) == "lineage":
            await asyncio.sleep(0.05)
        return await _frozen(connection, authority)


async def _frozen(connection: Any, authority: str) -> str | None:
    reason: str | None = await connection.fetchval(HEADS, authority)
    return reason


async def _postgres(town: Town, service: str, program: str, *arguments: str, database: str = "") -> None:
    """One of PostgreSQL's own programs."""
    dsn = town.direct.superuser_dsn(service)
    dsn = f"{dsn.rpartition('/')[0]}/{database}" if database else dsn
    command = (str(BINARIES / program), f"--dbname={dsn}", *arguments)
    outcome = await asyncio.to_thread(subprocess.run, command, check=False, capture_output=True, text=True)
    assert outcome.returncode == 0, outcome.stderr
