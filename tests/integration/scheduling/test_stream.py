"""The stream worker on real Kafka and PostgreSQL: what passes its day is overdue, once, and the page counts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiokafka import AIOKafkaProducer
from tests.integration.installed import add_authority, until
from tests.integration.scheduling.conftest import ELSEWHERE, HERE, World
from tests.integration.scheduling.test_api import a_child

from pep_kernel.contracts.scheduling import RoleEnded
from pep_local.places import free_ports
from pep_runtime.onboarding import create_topics
from pep_runtime.settings import Settings, StreamSettings
from pep_runtime.topics import topic
from scheduling.entrypoints.overdue_sweep import sweep
from scheduling.entrypoints.stream import scheduling_stream
from scheduling.main import PARTS

AFTER_THE_DUE_DATE = "2026-10-20T08:00:00+01:00"
OF_MEETINGS = ("flag_quorum_at_risk", "follow_what_facts_left")
ANNOUNCEMENT = RoleEnded(person_ref="x3kq5m7nvd2ra4ty6bhwj4cipe")


async def shown_overdue(world: World) -> list[str]:
    answer = await world.ask("coordinator", "GET", "/due-dates?state=overdue")
    return sorted(each["obligation"] for each in answer.json()["items"])


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
    assert await shown_overdue(late_world) == []
    await asyncio.gather(sweep(late_world.service), sweep(late_world.service))
    await sweep(late_world.service)
    assert await said_overdue(late_world) == 3

    async def all_shown() -> bool:
        return await shown_overdue(late_world) == ["available", "convene", "hold"]

    await until(all_shown)


async def test_what_the_rules_of_one_child_refuse_holds_up_no_other(late_world: World) -> None:
    """A row about a child of whom the journal knows nothing, before all others: the read model may be behind."""
    async with late_world.service.worker.acquire() as connection, connection.transaction():
        await connection.execute("select set_config('app.authority', $1, true)", late_world.here)
        columns = "obligation, trigger_on, trigger, state, due - 30, days, unit, source, overdue"
        named = "obligation, trigger_on, trigger, state, due, days, unit, source, overdue"
        await connection.execute(
            f"insert into due_date (authority, child_ref, {named}) select authority, $2, {columns} from due_date"
            " where authority = $1",
            late_world.here,
            "a" * 26,
        )
    await sweep(late_world.service)
    assert await said_overdue(late_world) == 3


@pytest.fixture
async def county(unique_name: Callable[[str], str], tmp_path: Path, kafka_bootstrap: str) -> str:
    """An authority whose topics no other test writes to; its policy files are in `tmp_path`, beside the others'."""
    name = unique_name("county")
    add_authority(tmp_path / "authorities", name, HERE)
    await create_topics(kafka_bootstrap, [topic(each, "scheduling", "events") for each in (HERE, ELSEWHERE, name)])
    return name


@pytest.fixture
async def page(late_world: World, county: str, kafka_bootstrap: str, tmp_path: Path) -> AsyncIterator[str]:
    """The page of a worker that sweeps twice a second."""
    (port,) = free_ports(1)
    changes = {"kafka_bootstrap": kafka_bootstrap, "authorities_dir": tmp_path / "authorities"}
    settings = late_world.service.settings.model_copy(update=changes)
    app = scheduling_stream(PARTS, settings, StreamSettings(port=port, sweep_seconds=0.5, data_dir=tmp_path))
    await app.start()
    yield f"http://127.0.0.1:{port}/live/"
    await app.stop()


async def test_the_worker_sweeps_and_counts(late_world: World, county: str, page: str, kafka_bootstrap: str) -> None:
    async with AIOKafkaProducer(bootstrap_servers=kafka_bootstrap) as producer:
        for _ in range(3):
            headers = [("ce_type", ANNOUNCEMENT.type.encode())]
            value = ANNOUNCEMENT.model_dump_json().encode()
            await producer.send_and_wait(topic(county, "scheduling", "events"), value, headers=headers)

    def swept(live: dict[str, Any]) -> bool:
        return set(live["sweeps"]) == {"flag_overdue", "open_term", "look_at_care", *OF_MEETINGS}

    async def counted() -> dict[str, Any] | None:
        async with httpx.AsyncClient() as client:
            try:
                live: dict[str, Any] = (await client.get(page)).json()
            except httpx.TransportError:
                return None
        return live if live["counters"].get(f"{county} RoleEnded") == 3 and swept(live) else None

    live = await until(counted)
    assert (live["counters"][f"{county} announced"], live["failures"]) == (3, {})
    assert await said_overdue(late_world) == 3
