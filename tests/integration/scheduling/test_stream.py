"""The stream worker on real Kafka and PostgreSQL: what passes its day is overdue, once, and the page counts."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.integration.scheduling.conftest import ELSEWHERE, HERE, World
from tests.integration.scheduling.test_api import a_child

from pep_runtime.database import connect
from pep_runtime.onboarding import create_topics, topics_of
from pep_runtime.relay import Relay
from pep_runtime.service import RunningService, running
from pep_runtime.settings import Settings
from scheduling.entrypoints.overdue_sweep import sweep
from scheduling.entrypoints.stream import Sweeps, guarded, working
from scheduling.main import PARTS
from scheduling.settings import StreamSettings

AFTER_THE_DUE_DATE = "2026-10-20T08:00:00+01:00"


async def until(condition: Callable[[], Awaitable[Any]], seconds: float = 60) -> Any:
    """Wait for a condition, not for a time."""
    async with asyncio.timeout(seconds):
        while not (found := await condition()):
            await asyncio.sleep(0.05)
        return found


async def overdue(world: World) -> list[str]:
    answer = await world.ask("coordinator", "GET", "/due-dates?state=overdue")
    return [each["obligation"] for each in answer.json()["items"]]


async def said_overdue(world: World) -> int:
    found: int = await world.service.worker.fetchval("select count(*) from journal where type = 'PEPOverdue'")
    return found


@pytest.fixture
async def late_world(world: World, settings: Settings) -> World:
    """A child for whom nothing was done until the day after the last due date."""
    await a_child(world)
    assert settings.clock_file is not None
    settings.clock_file.write_text(AFTER_THE_DUE_DATE)
    return world


async def test_a_sweep_says_once_what_has_passed_its_day(late_world: World) -> None:
    assert await overdue(late_world) == []
    assert await sweep(late_world.service) == 3
    await sweep(late_world.service)  # whether or not the rows have been folded yet
    assert await said_overdue(late_world) == 3

    async def all_shown() -> bool:
        return await overdue(late_world) == ["available", "convene", "hold"]

    await until(all_shown)
    assert await sweep(late_world.service) == 0


async def test_a_sweep_that_fails_does_not_end_the_worker(world: World) -> None:
    sweeps = Sweeps()
    await world.service.worker.close()
    await guarded(world.service, sweeps)()
    assert (sweeps.done, sweeps.failed, sweeps.last) == (0, 1, None)


@pytest.fixture
def stream(tmp_path: Path) -> StreamSettings:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return StreamSettings(port=free.getsockname()[1], folder=tmp_path / "stream", sweep_seconds=0.5)


@contextlib.asynccontextmanager
async def relayed(settings: Settings) -> AsyncIterator[RunningService]:
    """Another process of the service, and its relay."""
    await create_topics(settings.kafka_bootstrap, topics_of(HERE, ["scheduling"]))
    await create_topics(settings.kafka_bootstrap, topics_of(ELSEWHERE, ["scheduling"]))
    async with running(PARTS, settings) as service, await connect(settings.postgres_relay_dsn, size=2) as pool:
        relaying = asyncio.ensure_future(Relay(pool, "scheduling", settings.kafka_bootstrap, service.bell).run())
        yield service
        relaying.cancel()
        await asyncio.gather(relaying, return_exceptions=True)


async def test_the_worker_sweeps_and_counts(
    settings: Settings, late_world: World, stream: StreamSettings, kafka_bootstrap: str
) -> None:
    async def live() -> dict[str, Any] | None:
        async with httpx.AsyncClient() as client:
            try:
                page: dict[str, Any] = (await client.get(f"http://127.0.0.1:{stream.port}/live")).json()
            except httpx.TransportError:
                return None
        return page if page["announced_in_the_last_minute"][HERE] and page["sweeps"]["done"] else None

    with_kafka = settings.model_copy(update={"kafka_bootstrap": kafka_bootstrap})
    async with relayed(with_kafka) as service, working(service, stream):
        page = await until(live)
    assert page["sweeps"]["failed"] == 0
    assert await said_overdue(late_world) == 3
