"""Several people at once: whoever comes second decides on what the first has done, and no penny leaves twice."""

from __future__ import annotations

import asyncio

import pytest
from tests.integration.funding.conftest import World
from tests.integration.funding.test_api import (
    BOTH,
    COMPLETED,
    ENVELOPE,
    KNOWN,
    PLAN,
    WITHDRAWN,
    done,
    shown,
    with_approved_money,
)


@pytest.mark.scenario("T40")
async def test_of_many_runs_at_once_one_releases(world: World) -> None:
    await with_approved_money(world)
    answers = await asyncio.gather(*(world.ask("finance-1", "POST", "/release-runs") for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    (run,) = (await shown(world, "/release-runs"))["items"]
    assert (run["line_count"], run["total_pence"]) == (2, 51_100)
    released = await world.service.worker.fetch("select count(*) from journal where type = 'PPPReleased'")
    assert released[0]["count"] == 2


async def test_of_a_run_and_a_hold_at_once_either_all_has_left_or_nothing(world: World) -> None:
    await with_approved_money(world)
    run, _ = await asyncio.gather(world.ask("finance-1", "POST", "/release-runs"), world.hears(WITHDRAWN))
    claim = await shown(world, f"/claims/{PLAN}")
    assert claim["standing"] == "held"
    assert (run.status_code, claim["released_pence"]) in ((201, 51_100), (409, 0))


async def test_approvals_at_once_do_not_take_more_than_the_envelope_holds(world: World) -> None:
    plans = [f"plan-child{number}-1" for number in range(6)]
    claims = [COMPLETED.model_copy(update={"plan_id": plan, "child_ref": plan.split("-")[1]}) for plan in plans]
    await world.hears(*KNOWN, *claims)
    await done(world, "head-1", "/envelopes", {**ENVELOPE, "children": None, "amount_pence": 3 * 51_100})
    answers = await asyncio.gather(
        *(world.ask("officer-1", "POST", f"/claims/{plan}/approval", BOTH) for plan in plans)
    )
    assert sorted(answer.status_code for answer in answers) == [204, 204, 204, 409, 409, 409]
    (envelope,) = (await shown(world, "/envelopes"))["items"]
    assert envelope["committed_pence"] == envelope["amount_pence"]
