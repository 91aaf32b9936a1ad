"""PostgreSQL goes away: people are told, nothing is half done, and when it is back all goes on by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest
from tests.faults.proxy import Proxy
from tests.integration.installed import Asked, api_of, database_dsn, installed
from tests.integration.runtime.conftest import HERE, PLAN, TODAY, fill
from tests.integration.sign_in import SignInProvider

from pep_record.main import PARTS
from pep_runtime.service import running
from pep_runtime.settings import Settings

TARGETS = f"/plans/{PLAN}/targets"


def target(text: str) -> dict[str, object]:
    return {"subject": "maths", "text": text, "actions": [{"text": "Tuition.", "owner": "designated_teacher"}]}


@pytest.fixture
async def way(postgres_dsn: str) -> AsyncIterator[Proxy]:
    """The way from the service to PostgreSQL."""
    started = await Proxy.start(urlsplit(postgres_dsn).port or 0)
    yield started
    await started.close()


def by(way: Proxy, settings: Settings, postgres_dsn: str) -> Settings:
    """The same settings, by this way."""
    straight = urlsplit(postgres_dsn).netloc.rpartition("@")[2]
    names = ("postgres_app_dsn", "postgres_worker_dsn", "keys_dsn")
    there = {name: getattr(settings, name).replace(straight, f"127.0.0.1:{way.port}") for name in names}
    return settings.model_copy(update=there)


@pytest.fixture
async def far_door(
    postgres_dsn: str, tmp_path: Path, providers: dict[str, SignInProvider], way: Proxy
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


async def test_people_are_told_and_when_it_is_back_all_goes_on(far_door: Asked, way: Proxy) -> None:
    assert (await set_target(far_door, "before")).status_code == 201
    await way.cut()
    assert is_away(await set_target(far_door, "meanwhile"))
    assert is_away(await far_door.ask("teacher-1", "GET", f"/plans/{PLAN}"))
    assert is_away(await far_door.client.get("/health"))
    await way.mend()
    assert (await far_door.client.get("/health")).status_code == 200
    assert (await set_target(far_door, "after")).status_code == 201
    assert await targets(far_door) == ["after", "before"]


async def test_a_command_whose_answer_was_lost_is_not_done_twice(
    far_door: Asked, way: Proxy, superusers: asyncpg.Connection[asyncpg.Record]
) -> None:
    await way.cut_before_the_answer_to(b"TargetSet")
    assert is_away(await set_target(far_door, "once"))
    query = "select position, convert_from(payload, 'utf8')::json ->> 'target_id' as id from journal where type = $1"
    (done,) = await superusers.fetch(query, "TargetSet")
    await way.mend()
    again = await set_target(far_door, "once")
    assert (again.status_code, again.json()["target_id"]) == (201, done["id"])
    assert again.headers["Pep-Position"] == f"pep-record:{done['position']}"
    assert await targets(far_door) == ["once"]


async def test_a_cut_in_the_middle_of_many_commands_leaves_nothing_half_done(
    far_door: Asked, way: Proxy, superusers: asyncpg.Connection[asyncpg.Record]
) -> None:
    keys = [f"target {n:02}" for n in range(12)]
    asking = [asyncio.ensure_future(set_target(far_door, key)) for key in keys]
    await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
    await way.cut()
    answers = await asyncio.gather(*asking)
    assert {answer.status_code for answer in answers} == {201, 503}
    await way.mend()
    again = [await set_target(far_door, key) for key in keys]
    assert {answer.status_code for answer in again} == {201}
    assert await targets(far_door) == keys
    positions = "select array_agg(position order by position) from journal where authority = $1"
    found = await superusers.fetchval(positions, HERE)
    assert found == list(range(1, len(found) + 1))


async def test_a_database_that_hangs_is_away_before_anybody_gives_up(far_door: Asked, way: Proxy) -> None:
    assert (await set_target(far_door, "before")).status_code == 201
    await way.half_open()
    async with asyncio.timeout(30):  # twenty wait for six connections
        answers = await asyncio.gather(*(set_target(far_door, f"meanwhile {n:02}") for n in range(20)))
    assert {is_away(answer) for answer in answers} == {True}
    assert {answer.json()["title"] for answer in answers} == {"The database gives no answer"}
    await way.mend()
    again = [await set_target(far_door, f"meanwhile {n:02}") for n in range(20)]
    assert {answer.status_code for answer in again} == {201}
    assert await targets(far_door) == ["before", *(f"meanwhile {n:02}" for n in range(20))]


async def test_a_slow_way_is_only_slow(far_door: Asked, way: Proxy) -> None:
    await way.delay(0.01)
    assert (await set_target(far_door, "slowly")).status_code == 201
    assert await targets(far_door) == ["slowly"]


NOES = {
    "53100": "The database's disk is full",
    "53200": "The database has no more room or connections",
    "53300": "The database takes no more connections",
    "57P01": "The database is starting or stopping",
    "57P02": "The database is starting or stopping",
    "57P03": "The database is starting or stopping",
    "58030": "The database's disk cannot be read or written",
    "25006": "The database takes nothing new",
    "55P03": "The database is busy",
    "08006": "The database cannot be reached",
    "3D000": "The database cannot be reached",
}


@pytest.mark.parametrize(("sqlstate", "title"), NOES.items())
async def test_each_no_of_the_database_has_its_name(
    far_door: Asked, superusers: asyncpg.Connection[asyncpg.Record], sqlstate: str, title: str
) -> None:
    await superusers.execute(
        "create function refuse_as_told() returns trigger language plpgsql as"
        f" $$ begin raise exception 'told to' using errcode = '{sqlstate}'; end $$;"
        "create trigger refuses before insert on journal for each row execute function refuse_as_told()"
    )
    answer = await set_target(far_door, "refused")
    assert is_away(answer)
    assert answer.json()["title"] == title
    assert "same Idempotency-Key" in answer.json()["detail"]
    assert answer.headers["retry-after"] == "1"
    await superusers.execute("drop trigger refuses on journal")
    assert (await set_target(far_door, "refused")).status_code == 201
