"""Copies of journals: every byte, in order, each once; a topic that is not what the chain says stops and is shown."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest
from tests.integration.installed import until
from tests.integration.journey.conftest import SERVICES, Journal, Write, altered

from journey.adapters.copies import Copies
from journey.adapters.told import Progress, Told
from pep_runtime.runner import PartitionRunner
from pep_runtime.service import RunningService


@contextlib.asynccontextmanager
async def copying(service: RunningService, group: str) -> AsyncIterator[None]:
    """Copying runs, as a process of the service does it."""
    runner = PartitionRunner(service.settings.kafka_bootstrap, group, SERVICES, "journal", Copies(service.pool))
    task = asyncio.create_task(runner.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def rows(service: RunningService, authority: str) -> list[asyncpg.Record]:
    """The copies of one authority, as the application sees them."""
    return await fetch(service, authority, "select * from copy order by service")


async def fetch(service: RunningService, authority: str, query: str, *arguments: object) -> list[asyncpg.Record]:
    async with service.pool.acquire() as connection, connection.transaction():
        await connection.execute("select set_config('app.authority', $1, true)", authority)
        return await connection.fetch(query, *arguments)


async def stopped(service: RunningService, authority: str) -> Progress | None:
    """The journal whose copying has stopped, and why, as people are shown it."""
    told = Told(authority, lambda query, *arguments: fetch(service, authority, query, *arguments))
    return next((each for each in await told.progress() if each.stopped), None)


@pytest.fixture
def group(unique_name: Callable[[str], str]) -> str:
    return unique_name("journey")


@pytest.fixture
def journal(authority: str) -> Journal:
    """Five events of scheduling."""
    journal = Journal(authority, "scheduling")
    for day in range(1, 6):
        journal.append("ReviewHeld", on=f"2026-09-0{day}")
    return journal


async def copied(service: RunningService, authority: str, count: int) -> list[asyncpg.Record]:
    async def enough() -> list[asyncpg.Record] | None:
        found = sorted(await rows(service, authority), key=lambda row: (row["service"], row["position"]))
        return found if len(found) >= count else None

    found: list[asyncpg.Record] = await until(enough)
    return found


async def test_every_byte_is_copied_and_repeats_are_not(
    service: RunningService, write: Write, journal: Journal, group: str
) -> None:
    records = journal.records()
    await write(journal, [*records[:3], *records[1:3], *records])
    async with copying(service, group):
        found = await copied(service, journal.authority, 5)
    assert [(row["position"], row["envelope"], row["payload"], row["hash"]) for row in found] == [
        (frame.position, frame.envelope, frame.payload, its_hash)
        for frame, its_hash in zip(journal.frames, journal.hashes[1:], strict=True)
    ]


async def test_a_copier_that_died_is_followed_by_one_that_goes_on(
    service: RunningService, write: Write, journal: Journal, group: str
) -> None:
    records = journal.records()
    await write(journal, records[:2])
    async with copying(service, group):
        await copied(service, journal.authority, 2)
    await write(journal, records[2:])
    async with copying(service, group):
        assert [row["position"] for row in await copied(service, journal.authority, 5)] == [1, 2, 3, 4, 5]


async def test_an_altered_record_stops_its_topic_is_shown_and_stops_no_other(
    service: RunningService, write: Write, journal: Journal, group: str
) -> None:
    other = Journal(journal.authority, "funding")
    other.append("PPPApproved", approved_pence=51_100, line_id="1-1")
    await write(journal, altered(journal, 4))
    await write(other)
    async with copying(service, group):
        found = await copied(service, journal.authority, 4)
        stop = await until(lambda: stopped(service, journal.authority))
    assert [(row["service"], row["position"]) for row in found] == [
        ("funding", 1),
        ("scheduling", 1),
        ("scheduling", 2),
        ("scheduling", 3),
    ]
    assert stop == Progress("scheduling", 3, "position 4 does not follow from the one before it")


async def test_a_dropped_record_stops_its_topic_and_is_shown(
    service: RunningService, write: Write, journal: Journal, group: str
) -> None:
    records = journal.records()
    await write(journal, [*records[:2], *records[3:]])
    async with copying(service, group):
        stop = await until(lambda: stopped(service, journal.authority))
    assert stop == Progress("scheduling", 2, "number 3 is missing")


async def test_copies_are_never_changed_and_no_other_authority_sees_them(
    service: RunningService, write: Write, journal: Journal, group: str
) -> None:
    await write(journal)
    async with copying(service, group):
        await copied(service, journal.authority, 5)
    assert await rows(service, "another") == []
    for role in (service.pool, service.worker):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await role.execute("update copy set payload = ''")
