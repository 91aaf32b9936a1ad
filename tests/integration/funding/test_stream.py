"""The stream role as a process of its own: it makes the day's release run and counts, live, what money moved."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiokafka import AIOKafkaProducer
from tests.integration.funding.conftest import ELSEWHERE, HERE, World
from tests.integration.funding.test_api import PLAN, shown, with_approved_money
from tests.integration.installed import add_authority, environment_of

from funding.adapters.daily_release import release_when_due
from funding.entrypoints.stream import money_moved
from funding.settings import ReleaseSettings
from pep_kernel.contracts.funding import PPPApproved, PPPDeclined
from pep_local.places import free_ports
from pep_runtime.onboarding import create_topics
from pep_runtime.topics import topic

APPROVED = PPPApproved(
    plan_id=PLAN, child_ref="x3k7q", line_id="maths", approved_pence=40_000, financial_year="2026-27"
)
UNTIL_SECONDS = 60.0


@pytest.fixture
async def county(unique_name: Callable[[str], str], tmp_path: Path, kafka_bootstrap: str) -> str:
    """An authority whose topics no other test writes to; its policy files are in `tmp_path`, beside the others'."""
    name = unique_name("county")
    add_authority(tmp_path / "authorities", name, HERE)
    await create_topics(kafka_bootstrap, [topic(each, "funding", "events") for each in (HERE, ELSEWHERE, name)])
    return name


@pytest.fixture
async def page(world: World, county: str, kafka_bootstrap: str, tmp_path: Path) -> AsyncIterator[str]:
    """The page of a worker that sweeps twice a second and makes the day's run from nine in the morning on."""
    (port,) = free_ports(1)
    settings = world.service.settings.model_copy(
        update={"kafka_bootstrap": kafka_bootstrap, "authorities_dir": tmp_path / "authorities"}
    )
    environment = environment_of(
        settings,
        PEP_STREAM_PORT=str(port),
        PEP_STREAM_SWEEP_SECONDS="0.5",
        PEP_STREAM_DATA_DIR=str(tmp_path / "stream"),
        PEP_RELEASE_FROM="09:00",
    )
    with (tmp_path / "stream.log").open("wb") as log:
        command = (sys.executable, "-m", "funding.main", "stream")
        worker = await asyncio.create_subprocess_exec(*command, env=environment, stdout=log, stderr=log, cwd=tmp_path)
        yield f"http://127.0.0.1:{port}/live/"
        if worker.returncode is not None:
            pytest.fail(f"The worker ended by itself: {(tmp_path / 'stream.log').read_text()[-4000:]}")
        worker.terminate()
        await asyncio.wait_for(worker.wait(), 30)


async def until(page: str, true_of: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """What the page says as soon as this is true of it."""
    said: dict[str, Any] = {}
    async with asyncio.timeout(UNTIL_SECONDS), httpx.AsyncClient() as client:
        while not (said and true_of(said)):
            await asyncio.sleep(0.1)  # between two looks
            try:
                said = (await client.get(page)).json()
            except httpx.TransportError:
                continue
    return said


async def test_the_worker_makes_the_days_run_once_and_counts_what_is_announced(
    world: World, page: str, county: str, kafka_bootstrap: str
) -> None:
    await with_approved_money(world)
    producer = AIOKafkaProducer(bootstrap_servers=kafka_bootstrap)
    await producer.start()
    try:
        await until(page, lambda said: said["sweeps"].get("release_when_due", 0) > 2)
        headers = [("ce_type", APPROVED.type.encode())]
        value = APPROVED.model_dump_json().encode()
        await producer.send_and_wait(topic(county, "funding", "events"), value, headers=headers)
    finally:
        await producer.stop()
    counter = f"{county} waiting_pence"
    said = await until(page, lambda said: counter in said["counters"])
    assert said["counters"][counter] == 40_000
    assert said["failures"] == {}
    run = await the_run(world)
    assert (run["run_id"], run["total_pence"]) == ("daily-2026-11-16", 51_100)
    assert (await shown(world, f"/claims/{PLAN}"))["released_pence"] == 51_100


async def the_run(world: World) -> dict[str, Any]:
    """The only run, once it is shown: nobody was answered with its position."""
    async with asyncio.timeout(30):
        while not (runs := (await shown(world, "/release-runs"))["items"]):
            await asyncio.sleep(0.05)
    (run,) = runs
    return dict(run)


async def test_before_its_hour_no_run_is_made_and_one_that_is_put_off_is_tried_again(world: World) -> None:
    await with_approved_money(world)
    nine = ReleaseSettings.model_validate({"daily_from": "09:00"}).daily_from
    await release_when_due(world.service, ReleaseSettings().daily_from)
    world.others["scheduling"].announced[HERE] = None
    await release_when_due(world.service, nine)
    assert (await shown(world, "/release-runs"))["items"] == []
    world.others["scheduling"].announced[HERE] = 7
    await release_when_due(world.service, nine)
    await release_when_due(world.service, nine)
    assert (await the_run(world))["total_pence"] == 51_100


def test_only_money_is_counted() -> None:
    declined = PPPDeclined(plan_id=PLAN, child_ref="x3k7q", line_id="uniform", rule="L-101")
    assert money_moved(declined.type, declined.model_dump()) == {}
    assert money_moved(APPROVED.type, APPROVED.model_dump()) == {"approved_pence": 40_000, "waiting_pence": 40_000}
