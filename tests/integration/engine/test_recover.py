"""A database that was put back behind Kafka gets its history back byte for byte, and nothing is done twice."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tests.integration.engine import jars
from tests.integration.engine.conftest import SmallService, background, until
from tests.integration.engine.test_relay import fill_some, make_anew, until_published

from pep_kernel.refusal import Refusal
from pep_runtime.codec import EventTypes
from pep_runtime.journal import Frozen
from pep_runtime.recover import CannotRecover, Recovery, recover
from pep_runtime.topics import topic

Remembered = dict[str, list[asyncpg.Record]]

TABLES = (
    *("journal_head", "journal", "command_answer", "stored_file", "consumer_offset", "policy_refusal", "parked_event"),
    *("relay_cursor", "projection_position", "jar_total"),
)


async def remember(service: SmallService) -> Remembered:
    """The database as it is now: a backup."""
    connection = await asyncpg.connect(service.superuser_dsn)
    try:
        async with connection.transaction(isolation="repeatable_read"):
            return {table: await connection.fetch(f"select * from {table}") for table in TABLES}
    finally:
        await connection.close()


async def put_back(service: SmallService, remembered: Remembered) -> None:
    """The database as it was then."""
    connection = await asyncpg.connect(service.superuser_dsn)
    try:
        async with connection.transaction():
            await connection.execute("set local session_replication_role = replica")
            for table, rows in remembered.items():
                await connection.execute(f"delete from {table}")
                await connection.copy_records_to_table(table, records=[tuple(row.values()) for row in rows])
    finally:
        await connection.close()


async def frozen(service: SmallService, authority: str) -> str | None:
    query = "select frozen from journal_head where authority = $1 and log = 'journal'"
    reason: str | None = await service.worker.fetchval(query, authority)
    return reason


async def recovered(service: SmallService, authority: str, **how: Any) -> Recovery:
    how = {"apply": True, **how}
    return await recover(service.superuser_dsn, service.bootstrap, service.name, authority, **how)


async def publish(service: SmallService, authority: str) -> None:
    async with background(service.relay.run()):
        await until_published(service, authority)


async def until_frozen(service: SmallService, authority: str) -> str:
    async with background(service.relay.run()):
        reason: str = await until(lambda: frozen(service, authority))
    return reason


@pytest.fixture
async def behind(alpha: SmallService, authority: str) -> tuple[SmallService, list[asyncpg.Record]]:
    """A service whose database was put back behind its topic, and the rows that it had had."""
    await fill_some(alpha, authority, 10)
    backup = await remember(alpha)
    await fill_some(alpha, authority, 15)
    await publish(alpha, authority)
    rows = await alpha.rows(authority)
    await put_back(alpha, backup)
    return alpha, rows


async def test_the_missing_rows_come_back_byte_for_byte_and_the_authority_goes_on(
    behind: tuple[SmallService, list[asyncpg.Record]], authority: str
) -> None:
    service, rows = behind
    assert "ahead" in await until_frozen(service, authority)
    found = await recovered(service, authority)
    assert (found.finding, found.missing, found.common, found.fault) == ("journal behind", 15, 10, None)
    assert await service.rows(authority) == rows
    assert await frozen(service, authority) is None
    await fill_some(service, authority, 5)
    await publish(service, authority)
    assert (await recovered(service, authority, apply=False)).finding == "agree"
