"""Seals: once a day, of every journal with news, on a topic that can be given to those who get nothing else."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import date, datetime

import pytest
from tests.integration.installed import until
from tests.integration.journey.conftest import Journal, Write
from tests.integration.journey.test_copying import copied, copying

from journey.entrypoints.sealing import seal_what_is_new
from pep_kernel.contracts.journey import JournalSealed
from pep_runtime.clock import LONDON
from pep_runtime.database import connect
from pep_runtime.projector import Projector
from pep_runtime.relay import Relay
from pep_runtime.seals import read_seals
from pep_runtime.service import RunningService

WEDNESDAY, THURSDAY = date(2026, 9, 23), date(2026, 9, 24)


@contextlib.asynccontextmanager
async def publishing(service: RunningService) -> AsyncIterator[None]:
    """Journey's relay runs, and its read models follow."""
    async with await connect(service.settings.postgres_relay_dsn, size=2) as pool:
        relay = Relay(pool, "journey", service.settings.kafka_bootstrap, service.bell)
        projector = Projector(service.worker, service.parts.read_models, service.types, service.bell)
        tasks = [asyncio.create_task(each.run()) for each in (relay, projector)]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def seals(service: RunningService, authority: str, count: int) -> list[JournalSealed]:
    async def enough() -> list[JournalSealed] | None:
        found = await read_seals(service.settings.kafka_bootstrap, authority)
        return found if len(found) >= count else None

    found: list[JournalSealed] = await until(enough)
    return found


async def events(service: RunningService, authority: str) -> int:
    query = "select position from journal_head where authority = $1 and log = 'journal'"
    found: int = await service.worker.fetchval(query, authority)
    return found


@pytest.fixture
async def journal(
    service: RunningService, authority: str, write: Write, unique_name: Callable[[str], str]
) -> AsyncIterator[Journal]:
    """Five events of scheduling, copied; copying goes on."""
    journal = Journal(authority, "scheduling")
    for day in range(1, 6):
        journal.append("ReviewHeld", on=f"2026-09-0{day}")
    await write(journal)
    async with copying(service, unique_name("journey")):
        await copied(service, authority, 5)
        yield journal


async def test_what_was_copied_is_sealed_and_the_seal_is_announced(service: RunningService, journal: Journal) -> None:
    await seal_what_is_new(service)
    async with publishing(service):
        told = await seals(service, journal.authority, 1)
    assert told == [
        JournalSealed(
            authority=journal.authority,
            service="scheduling",
            position=5,
            hash=journal.hashes[5].hex(),
            on=WEDNESDAY,
        )
    ]


async def test_a_journal_is_sealed_once_a_day_and_again_when_there_is_news(
    service: RunningService, journal: Journal, write: Write
) -> None:
    await seal_what_is_new(service)
    await seal_what_is_new(service)  # the read model has not followed: the journal itself says that it is done
    assert await events(service, journal.authority) == 1
    service.clock.set(datetime(2026, 9, 24, 0, 1, tzinfo=LONDON))
    await seal_what_is_new(service)
    assert await events(service, journal.authority) == 1, "nothing came since"
    journal.append("ReviewHeld", on="2026-09-24")
    await write(journal, journal.records()[5:])
    await copied(service, journal.authority, 6)
    await seal_what_is_new(service)
    async with publishing(service):
        told = await seals(service, journal.authority, 2)
    assert [(seal.position, seal.on) for seal in told] == [(5, WEDNESDAY), (6, THURSDAY)]


async def test_the_journal_of_seals_is_sealed_like_the_others(service: RunningService, journal: Journal) -> None:
    await seal_what_is_new(service)
    async with publishing(service):
        await copied(service, journal.authority, 6)
        await seal_what_is_new(service)
        told = await seals(service, journal.authority, 2)
    assert [(seal.service, seal.position) for seal in told] == [("scheduling", 5), ("journey", 1)]
