"""PostgreSQL goes away: people are told, nothing is half done, and when it is back all goes on by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest
from tests.integration.installed import Asked, api_of, database_dsn, installed
from tests.integration.runtime.conftest import HERE, PLAN, TODAY, fill
from tests.integration.runtime.cuttable import Cuttable
from tests.integration.sign_in import SignInProvider

from pep_record.main import PARTS
from pep_runtime.service import running
from pep_runtime.settings import Settings

TARGETS = f"/plans/{PLAN}/targets"


def target(text: str) -> dict[str, object]:
    return {"subject": "maths", "text": text, "actions": [{"text": "Tuition.", "owner": "designated_teacher"}]}


@pytest.fixture
async def way(postgres_dsn: str) -> AsyncIterator[Cuttable]:
    """The way from the service to PostgreSQL."""
    address = urlsplit(postgres_dsn)
    async with Cuttable(address.hostname or "", address.port or 0).listening() as started:
        yield started


def by(way: Cuttable, settings: Settings, postgres_dsn: str) -> Settings:
    """The same settings, by this way."""
    straight = urlsplit(postgres_dsn).netloc.rpartition("@")[2]
    names = ("postgres_app_dsn", "postgres_worker_dsn", "keys_dsn")
    there = {name: getattr(settings, name).replace(straight, f"127.0.0.1:{way.port}") for name in names}
    return settings.model_copy(update=there)


@pytest.fixture
async def far_door(
    postgres_dsn: str, tmp_path: Path, providers: dict[str, SignInProvider], way: Cuttable
) -> AsyncIterator[Asked]:
    async with (
        installed("pep-record", postgres_dsn, tmp_path, providers, today=TODAY) as settings,
        running(PARTS, by(way, settings, postgres_dsn)) as service,
        api_of(service, raise_app_exceptions=False) as client,
    ):
        asked = Asked(service=service, client=client, providers=providers, here=HERE)
        await fill(asked)
        yield asked


@pytest.fixture
async def superusers(postgres_dsn: str, far_door: Asked) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A connection that is not cut."""
    database = far_door.service.settings.postgres_app_dsn.rpartition("/")[2]
    connection = await asyncpg.connect(database_dsn(postgres_dsn, database))
    yield connection
    await connection.close()


async def set_target(door: Asked, key: str) -> httpx.Response:
    return await door.ask("teacher-1", "POST", TARGETS, target(key), **{"Idempotency-Key": key})


async def targets(door: Asked) -> list[str]:
    shown = await door.ask("teacher-1", "GET", f"/plans/{PLAN}")
    return sorted(each["text"] for each in shown.json()["targets"])


def is_away(answer: httpx.Response) -> bool:
    return answer.status_code == 503 and answer.headers["content-type"] == "application/problem+json"


async def test_people_are_told_and_when_it_is_back_all_goes_on(far_door: Asked, way: Cuttable) -> None:
    assert (await set_target(far_door, "before")).status_code == 201
    way.cut()
    assert is_away(await set_target(far_door, "meanwhile"))
    assert is_away(await far_door.ask("teacher-1", "GET", f"/plans/{PLAN}"))
    assert is_away(await far_door.client.get("/health"))
    way.mend()
    assert (await far_door.client.get("/health")).status_code == 200
    assert (await set_target(far_door, "after")).status_code == 201
    assert await targets(far_door) == ["after", "before"]


async def test_a_command_whose_answer_was_lost_is_not_done_twice(
    far_door: Asked, way: Cuttable, superusers: asyncpg.Connection[asyncpg.Record]
) -> None:
    way.cut_before_the_answer_to(b"TargetSet")
    assert is_away(await set_target(far_door, "once"))
    query = "select position, convert_from(payload, 'utf8')::json ->> 'target_id' as id from journal where type = $1"
    (done,) = await superusers.fetch(query, "TargetSet")
    way.mend()
    again = await set_target(far_door, "once")
    assert (again.status_code, again.json()["target_id"]) == (201, done["id"])
    assert again.headers["Pep-Position"] == f"pep-record:{done['position']}"
    assert await targets(far_door) == ["once"]


async def test_a_cut_in_the_middle_of_many_commands_leaves_nothing_half_done(
    far_door: Asked, way: Cuttable, superusers: asyncpg.Connection[asyncpg.Record]
) -> None:
    keys = [f"target {n:02}" for n in range(12)]
    asking = [asyncio.ensure_future(set_target(far_door, key)) for key in keys]
    await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
    way.cut()
    answers = await asyncio.gather(*asking)
    assert {answer.status_code for answer in answers} == {201, 503}
    way.mend()
    again = [await set_target(far_door, key) for key in keys]
    assert {answer.status_code for answer in again} == {201}
    assert await targets(far_door) == keys
    positions = "select array_agg(position order by position) from journal where authority = $1"
    found = await superusers.fetchval(positions, HERE)
    assert found == list(range(1, len(found) + 1))
