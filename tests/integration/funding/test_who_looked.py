"""No answer of funding tells of a child without an entry of access, also where it only names the child's plan."""

from __future__ import annotations

from tests.integration.funding.conftest import HERE, World
from tests.integration.funding.test_api import CHILD, shown, with_approved_money
from tests.integration.walk import walk


async def test_no_answer_of_this_service_escapes(world: World) -> None:
    await with_approved_money(world)
    released = await world.ask("finance-1", "POST", "/release-runs")
    assert released.status_code == 201, released.text
    assert (await shown(world, "/release-runs"))["items"]
    tokens = [world.providers[HERE].token(who) for who in ("finance-1", "head-1", "teacher-1")]
    found = await walk(world.service, HERE, tokens)
    assert (found.escapes, found.unanswered) == ([], set())
    files = [entry for entry in found.entries if entry.route.endswith("/file") and entry.shown]
    assert {entry.about for entry in files} == {(CHILD,)}
