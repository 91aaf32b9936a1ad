"""No answer of notifications names a child without an entry in the access log."""

from __future__ import annotations

import httpx
from tests.integration.notifications.conftest import AUTHORITY
from tests.integration.notifications.test_list import client
from tests.integration.sign_in import SignInProvider
from tests.integration.walk import walk

from pep_runtime.service import RunningService

__all__ = ["client"]


async def test_no_answer_of_this_service_escapes(
    service: RunningService, client: httpx.AsyncClient, providers: dict[str, SignInProvider]
) -> None:
    token = providers[AUTHORITY].token("admin-1")
    messages = await client.get("/messages", headers={"Authorization": f"Bearer {token}"})
    assert messages.json()["items"]
    found = await walk(service, AUTHORITY, [token])
    assert (found.escapes, found.unanswered) == ([], set())
