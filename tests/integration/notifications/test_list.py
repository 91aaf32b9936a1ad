"""The list of messages by HTTP: for those who look after it, and for their own authority alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID

import httpx
import pytest
from tests.integration.installed import api_of
from tests.integration.notifications.conftest import AUTHORITY, ELSEWHERE
from tests.integration.sign_in import SignInProvider

from notifications.domain.audience import InRoles, Named
from notifications.domain.notify import Notify, act_to_notify
from pep_kernel.may import Role
from pep_runtime.handler import ByPolicy
from pep_runtime.service import RunningService

RETURNED = Notify(
    template="returned",
    audience=Named(people=("teacher1", "teacher2")),
    child_ref="child7",
    about="plan-1",
    occasion="1",
)
TO_NOBODY = Notify(
    template="ready_for_quality_assurance",
    audience=InRoles(roles=(Role.VIRTUAL_SCHOOL_OFFICER,), on=date(2026, 10, 12)),
    child_ref="child8",
    about="plan-2",
    occasion="1",
)


@pytest.fixture
async def client(service: RunningService) -> AsyncIterator[httpx.AsyncClient]:
    """The API, with three messages asked for and folded."""
    for number, notify in enumerate((RETURNED, TO_NOBODY), 1):
        origin = ByPolicy("test", UUID(int=number), UUID(int=number))
        done = await service.handler.handle(AUTHORITY, act_to_notify(notify), origin)
    async with api_of(service) as asking:
        asking.headers["Pep-Position"] = f"notifications:{done.position}"
        yield asking


def signed_in(provider: SignInProvider, person: str = "admin-1") -> dict[str, str]:
    return {"Authorization": f"Bearer {provider.token(person)}"}


async def test_messages_are_listed_a_page_at_a_time(
    client: httpx.AsyncClient, providers: dict[str, SignInProvider]
) -> None:
    headers = signed_in(providers[AUTHORITY])
    first = (await client.get("/messages", params={"limit": 2}, headers=headers)).json()
    second = (await client.get("/messages", params={"limit": 2, "after": first["next"]}, headers=headers)).json()
    assert (len(first["items"]), len(second["items"]), second["next"]) == (2, 1, None)
    assert {item["recipient"] for item in first["items"] + second["items"]} == {
        "teacher1",
        "teacher2",
        "role:virtual_school_officer",
    }


async def test_a_message_that_reached_nobody_is_found_by_its_state(
    client: httpx.AsyncClient, providers: dict[str, SignInProvider]
) -> None:
    headers = signed_in(providers[AUTHORITY])
    (item,) = (await client.get("/messages", params={"state": "suppressed"}, headers=headers)).json()["items"]
    assert (item["reason"], item["about"]) == ("nobody_there", "plan-2")
    assert (await client.get(f"/messages/{item['message_id']}", headers=headers)).json() == item


async def test_another_authoritys_message_is_not_there(
    client: httpx.AsyncClient, providers: dict[str, SignInProvider]
) -> None:
    (item, *_) = (await client.get("/messages", headers=signed_in(providers[AUTHORITY]))).json()["items"]
    there = signed_in(providers[ELSEWHERE]) | {"Pep-Position": "notifications:0"}
    assert (await client.get(f"/messages/{item['message_id']}", headers=there)).status_code == 404
    assert (await client.get("/messages", headers=there)).json()["items"] == []


async def test_a_teacher_may_not_read_messages(client: httpx.AsyncClient, providers: dict[str, SignInProvider]) -> None:
    answer = await client.get("/messages", headers=signed_in(providers[AUTHORITY], "teacher-1"))
    assert (answer.status_code, answer.json()["detail"]) == (403, "A designated teacher may not read messages.")


async def test_a_state_that_is_none_is_named(client: httpx.AsyncClient, providers: dict[str, SignInProvider]) -> None:
    answer = await client.get("/messages", params={"state": "lost"}, headers=signed_in(providers[AUTHORITY]))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "state")
