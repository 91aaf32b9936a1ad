"""A child's story as an auditor gets it: by HTTP, page by page, as of a day, and at the terminal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from tests.integration.installed import until
from tests.integration.journey.conftest import SERVICES, Journal, Write
from tests.integration.sign_in import SignInProvider

from journey.adapters.copies import Copies
from pep_runtime.http import make_app
from pep_runtime.runner import PartitionRunner
from pep_runtime.service import RunningService


@pytest.fixture
async def told(service: RunningService, write: Write, authority: str, unique_name: Callable[[str], str]) -> None:
    """Two services have told of a child; all of it is copied."""
    scheduling, record = Journal(authority, "scheduling"), Journal(authority, "pep-record")
    scheduling.append("ChildEnteredCare", on="2026-09-21")
    for day in range(1, 31):
        scheduling.append("ReviewHeld", on=f"2026-09-{day:02}")
    scheduling.append("ChildEnteredCare", child_ref="child8", on="2026-09-22")
    record.append("KnownInCare", on="2026-09-21")
    await write(scheduling)
    await write(record)
    runner = PartitionRunner(
        service.settings.kafka_bootstrap, unique_name("journey"), SERVICES, "journal", Copies(service.pool)
    )
    work = asyncio.create_task(runner.run())

    async def all_copied() -> bool:
        query = "select sum(last_number) from consumer_offset where authority = $1"
        return bool(await service.worker.fetchval(query, authority) == 33)

    await until(all_copied)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)


@pytest.fixture
async def auditor(service: RunningService, provider: SignInProvider) -> AsyncIterator[httpx.AsyncClient]:
    async with client(service, provider.token("auditor-1")) as signed_in:
        yield signed_in


def client(service: RunningService, token: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(make_app(service)),
        base_url="http://journey",
        headers={"Authorization": f"Bearer {token}"},
    )


async def test_the_story_is_told_in_order_with_what_it_rests_on(told: None, auditor: httpx.AsyncClient) -> None:
    story = (await auditor.get("/children/child7/journey")).json()
    assert [line["what"] for line in story["lines"][:3]] == [
        "The record learned that the child was in care from 21 September 2026.",
        "The child was in care from 21 September 2026.",
        "The care of the child was reviewed on 1 September 2026.",
    ]
    assert story["lines"][1]["who"] == "social worker worker-1"
    assert (len(story["lines"]), story["next"]) == (32, None)
    assert story["rests_on"] == {"pep-record": 1, "scheduling": 32}


async def test_the_story_as_of_a_day_is_what_was_known_at_its_end(told: None, auditor: httpx.AsyncClient) -> None:
    """Row n was recorded n hours after nine: the first day ends in London after the fourteenth."""
    story = (await auditor.get("/children/child7/journey", params={"as_of": "2026-09-21"})).json()
    assert story["rests_on"] == {"pep-record": 1, "scheduling": 14}
    assert len(story["lines"]) == 15
    before = (await auditor.get("/children/child7/journey", params={"as_of": "2026-09-20"})).json()
    assert (before["lines"], before["rests_on"]) == ([], {})


async def test_pages_together_are_the_story(told: None, auditor: httpx.AsyncClient) -> None:
    whole = (await auditor.get("/children/child7/journey")).json()["lines"]
    lines, after = [], None
    while True:
        asked = {"limit": "7", **({"after": after} if after else {})}
        page = (await auditor.get("/children/child7/journey", params=asked)).json()
        lines.extend(page["lines"])
        after = page["next"]
        if after is None:
            break
    assert lines == whole


async def test_a_wrong_place_is_said_to_be_wrong(told: None, auditor: httpx.AsyncClient) -> None:
    answer = await auditor.get("/children/child7/journey", params={"after": "somewhere"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "after")


async def test_a_child_of_whom_nobody_told_is_not_found(told: None, auditor: httpx.AsyncClient) -> None:
    answer = await auditor.get("/children/child9/journey")
    assert (answer.status_code, answer.json()["detail"]) == (404, "There is no such child here.")


async def test_a_teacher_may_not_read_a_journey(told: None, service: RunningService, provider: SignInProvider) -> None:
    async with client(service, provider.token("teacher-1")) as teacher:
        answer = await teacher.get("/children/child7/journey")
    assert answer.status_code == 403


async def test_how_far_the_copies_are_can_be_seen(told: None, auditor: httpx.AsyncClient) -> None:
    found = {each["service"]: each for each in (await auditor.get("/copies")).json()}
    assert found["scheduling"] == {"service": "scheduling", "position": 32, "stopped": None}
