"""Who has looked at a child: gathered from every service's access log, shown newest first, and itself a look."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from tests.integration.installed import until
from tests.integration.journey.conftest import SERVICES, Journal, Write
from tests.integration.journey.test_copying import copied, copying
from tests.integration.journey.test_sealing import publishing
from tests.integration.journey.test_story_by_http import client
from tests.integration.sign_in import SignInProvider
from tests.integration.walk import walk

from journey.adapters.looks import LookCopies
from journey.entrypoints.access_command import cells
from pep_runtime.runner import PartitionRunner
from pep_runtime.service import RunningService

CHILD = "a2b3c4d5e6f7g2h3i4j5k6l7m2"
LOOKS = f"/children/{CHILD}/looks"


@contextlib.asynccontextmanager
async def gathering(service: RunningService, group: str) -> AsyncIterator[None]:
    """Looks are published and gathered, as processes of the services do it."""
    bootstrap = service.settings.kafka_bootstrap
    runner = PartitionRunner(bootstrap, group, SERVICES, "access", LookCopies(service.pool))
    task = asyncio.create_task(runner.run())
    try:
        async with publishing(service):
            yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def group(unique_name: Callable[[str], str]) -> str:
    return unique_name("looks")


@pytest.fixture
async def auditor(
    service: RunningService,
    write: Write,
    authority: str,
    provider: SignInProvider,
    unique_name: Callable[[str], str],
) -> AsyncIterator[httpx.AsyncClient]:
    """A child is told of. The auditor has read the story on Wednesday, then a teacher has asked in vain."""
    journal = Journal(authority, "scheduling")
    journal.append("ChildEnteredCare", CHILD, on="2026-09-21")
    await write(journal)
    async with copying(service, unique_name("journey")):
        await copied(service, authority, 1)
    async with (
        client(service, provider.token("auditor-1")) as asking,
        client(service, provider.token("teacher-1")) as teacher,
    ):
        assert (await asking.get(f"/children/{CHILD}/journey")).status_code == 200
        assert (await teacher.get(f"/children/{CHILD}/journey")).status_code == 403
        yield asking


async def items(asking: httpx.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    answer = await asking.get(LOOKS, params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def gathered(asking: httpx.AsyncClient, count: int) -> list[dict[str, Any]]:
    async def enough() -> list[dict[str, Any]] | None:
        found = await items(asking)
        return found if len(found) >= count else None

    found: list[dict[str, Any]] = await until(enough)
    return found


async def test_who_looked_and_who_was_refused_is_shown_newest_first(
    service: RunningService, auditor: httpx.AsyncClient, group: str
) -> None:
    async with gathering(service, group):
        found = await gathered(auditor, 2)
    refused, shown = found[-2:]
    assert (shown["person_ref"], shown["role"], shown["action"], shown["shown"]) == (
        *("auditor-1", "auditor", "read journey"),
        True,
    )
    assert (refused["person_ref"], refused["role"], refused["shown"]) == ("teacher-1", "designated_teacher", False)
    assert refused["reason"] == "A designated teacher may not read a child's journey."
    assert (shown["route"], shown["service"]) == ("GET /children/{child_ref}/journey", "journey")
    assert [each["position"] for each in found] == sorted((each["position"] for each in found), reverse=True)


async def test_to_ask_who_looked_is_itself_a_look(
    service: RunningService, auditor: httpx.AsyncClient, group: str
) -> None:
    await items(auditor)
    async with gathering(service, group):
        found = await gathered(auditor, 3)
    assert (found[-3]["route"], found[-3]["person_ref"]) == ("GET /children/{child_ref}/looks", "auditor-1")


async def test_looks_are_asked_for_by_person_by_day_and_page_by_page(
    service: RunningService, auditor: httpx.AsyncClient, group: str
) -> None:
    async with gathering(service, group):
        await gathered(auditor, 2)
    assert [each["person_ref"] for each in await items(auditor, person_ref="teacher-1")] == ["teacher-1"]
    assert len(await items(auditor, since="2026-09-23", until="2026-09-23")) >= 2
    assert await items(auditor, since="2026-09-24") == []
    assert await items(auditor, until="2026-09-22") == []
    told: list[int] = []
    after: dict[str, str] = {}
    while True:
        page = (await auditor.get(LOOKS, params={"limit": 1, **after})).json()
        told += [each["position"] for each in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert told == list(range(told[0], 0, -1))


async def test_only_who_may_read_the_journey_may_ask_and_a_child_nobody_told_of_is_not_found(
    service: RunningService, auditor: httpx.AsyncClient, provider: SignInProvider
) -> None:
    async with client(service, provider.token("teacher-1")) as teacher:
        assert (await teacher.get(LOOKS)).status_code == 403
    assert (await auditor.get("/children/z2b3c4d5e6f7g2h3i4j5k6l7m2/looks")).status_code == 404
    assert (await auditor.get(LOOKS, params={"after": "x"})).status_code == 422


async def test_no_answer_of_this_service_escapes(
    service: RunningService, auditor: httpx.AsyncClient, authority: str, provider: SignInProvider
) -> None:
    found = await walk(service, authority, [provider.token("auditor-1")], {"child_ref": CHILD})
    assert found.escapes == []
    assert {"/children/{child_ref}/journey", "/children/{child_ref}/looks"} <= found.answered


def test_a_look_is_told_in_plain_words() -> None:
    look = {
        "at": "2026-09-23T09:00:00+01:00",
        "role": "designated_teacher",
        "person_ref": "teacher-1",
        "action": "read plan",
        "reason": "For a designated teacher.",
        "classes": ["plan", "third_party"],
        "records": 3,
        "service": "pep-record",
        "position": 7,
        "shown": True,
    }
    assert cells(look) == (
        "23/09/2026 09:00",
        "designated teacher teacher-1",
        "read plan, among 3",
        "plan, third party",
        "For a designated teacher.",
        "pep-record 7",
    )
    assert cells({**look, "shown": False, "classes": [], "records": 1})[2:4] == ("was refused: read plan", "nothing")
