"""A plan's money over HTTP: asked for, approved, held, released into a file; and everybody who may not."""

from __future__ import annotations

import csv
import io
from datetime import date
from hashlib import sha256
from typing import Any

import pytest
from tests.integration.funding.conftest import ELSEWHERE, HERE, World
from tests.integration.installed import database_dsn, superuser

from funding.adapters.upstream_numbers import PutOff, rely_on_upstreams
from pep_kernel.contracts.pep_record import PEPCompleted, PEPCompletionWithdrawn, PEPSuperseded, PremiumLine
from pep_kernel.contracts.scheduling import (
    CareResponsibilityTransferred,
    ChildEnteredCare,
    ChildLeftCare,
    RoleEnded,
    RoleGranted,
    SchoolListed,
    SchoolMoved,
)

CHILD, SCHOOL = "x3k7q", "900001"
PLAN = f"plan-{CHILD}-1"
WORDS = "Zebedee has had it since spring"
LINES = (
    PremiumLine(line_id="maths", category="tuition", quantity=10, unit_pence=4_000, line_pence=40_000),
    PremiumLine(line_id="elsa", category="emotional_literacy", quantity=6, unit_pence=1_850, line_pence=11_100),
    PremiumLine(line_id="uniform", category="uniform", quantity=1, unit_pence=8_500, line_pence=8_500),
)
COMPLETED = PEPCompleted(
    plan_id=PLAN,
    child_ref=CHILD,
    plan_version=1,
    meeting_id="meeting-1",
    school_year=2026,
    term="autumn",
    on=date(2026, 11, 6),
    lines=LINES,
)
KNOWN = (
    SchoolListed(urn=SCHOOL, ukprn="10090001", laestab="8559901"),
    ChildEnteredCare(child_ref=CHILD, on=date(2026, 9, 21), born_in_school_year=2015, school_urn=SCHOOL),
)
WITHDRAWN = PEPCompletionWithdrawn(plan_id=PLAN, child_ref=CHILD, plan_version=1, meeting_id="meeting-1")
ENVELOPE = {"financial_year": "2026-27", "term": "autumn", "children": 3}
BOTH = {"plan_version": 1, "line_ids": ["maths", "elsa"]}


async def done(world: World, who: str, path: str, body: Any = None) -> None:
    answer = await world.ask(who, "POST", path, body)
    assert answer.status_code in (201, 204), answer.text


async def refused(world: World, who: str, path: str, body: Any = None) -> str:
    answer = await world.ask(who, "POST", path, body)
    assert answer.status_code == 409, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    detail: str = answer.json()["detail"]
    return detail


async def shown(world: World, path: str, who: str = "finance-1") -> Any:
    answer = await world.ask(who, "GET", path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def with_approved_money(world: World) -> None:
    await world.hears(*KNOWN, COMPLETED)
    await done(world, "head-1", "/envelopes", ENVELOPE)
    await done(world, "officer-1", f"/claims/{PLAN}/approval", BOTH)


@pytest.mark.rule("L-74", "L-75", "L-101")
@pytest.mark.scenario("T40")
async def test_money_is_asked_for_approved_and_released_into_a_file(world: World) -> None:
    await with_approved_money(world)
    claim = await shown(world, f"/claims/{PLAN}")
    assert (claim["requested_pence"], claim["approved_pence"], claim["standing"]) == (59_600, 51_100, "open")
    lines = {line["line_id"]: line for line in claim["lines"]}
    assert (lines["uniform"]["standing"], lines["uniform"]["rule"]) == ("declined", "L-101")
    assert (lines["maths"]["standing"], lines["maths"]["decided_by"]) == ("approved", "officer-1")
    (envelope,) = (await shown(world, "/envelopes"))["items"]
    assert (envelope["amount_pence"], envelope["committed_pence"]) == (3 * 70_133, 51_100)

    preview = await shown(world, "/release-runs/preview")
    assert (preview["total_pence"], len(preview["payable"]), preview["left_out"]) == (51_100, 2, [])
    answer = await world.ask("finance-1", "POST", "/release-runs", **{"Idempotency-Key": "november"})
    assert answer.status_code == 201, answer.text
    run = await shown(world, f"/release-runs/{answer.json()['run_id']}")
    assert (run["line_count"], run["total_pence"], run["made_on"]) == (2, 51_100, "2026-11-16")
    assert run["relied_on"] == ["pep-record 1", "scheduling 7"]

    file = await world.ask("finance-1", "GET", f"/release-runs/{run['run_id']}/file")
    assert sha256(file.content).hexdigest() == run["sha256"]
    assert (await shown(world, f"/release-runs/{run['run_id']}"))["taken_by"] == ["finance-1"]
    assert file.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(file.text, newline="")))
    assert [(row["record"], row["plan_line"], row["amount_pence"]) for row in rows] == [
        ("line", "elsa", "11100"),
        ("line", "maths", "40000"),
        ("control", "", "51100"),
    ]
    assert (await shown(world, f"/claims/{PLAN}"))["released_pence"] == 51_100

    again = await world.ask("finance-1", "POST", "/release-runs", **{"Idempotency-Key": "november"})
    assert (again.status_code, again.json()) == (201, answer.json())
    assert again.headers["Pep-Position"] == answer.headers["Pep-Position"]
    await world.hears(COMPLETED)
    assert "No approved line can be released today" in await refused(world, "finance-1", "/release-runs")
    assert len((await shown(world, "/release-runs"))["items"]) == 1


async def test_a_file_whose_stored_bytes_a_restore_took_is_made_again_byte_for_byte(
    world: World, postgres_dsn: str
) -> None:
    await with_approved_money(world)
    run_id = (await world.ask("finance-1", "POST", "/release-runs")).json()["run_id"]
    stored = await world.ask("finance-1", "GET", f"/release-runs/{run_id}/file")
    database = world.service.settings.postgres_app_dsn.rpartition("/")[2]
    async with superuser(database_dsn(postgres_dsn, database)) as connection:
        assert await connection.execute("delete from stored_file") == "DELETE 1"
    made_again = await world.ask("finance-1", "GET", f"/release-runs/{run_id}/file")
    assert made_again.content == stored.content
    assert made_again.headers["content-disposition"] == stored.headers["content-disposition"]


@pytest.mark.scenario("T39")
async def test_a_plan_that_was_not_completed_has_no_claim(world: World) -> None:
    answer = await world.ask("officer-1", "POST", f"/claims/{PLAN}/approval", BOTH)
    assert answer.status_code == 404


async def test_limits_envelopes_and_roles(world: World) -> None:
    await world.hears(*KNOWN, COMPLETED)
    path = f"/claims/{PLAN}/approval"
    assert "No envelope is open" in await refused(world, "officer-1", path, BOTH)
    await done(
        world, "finance-1", "/envelopes", {"financial_year": "2026-27", "term": "autumn", "amount_pence": 50_000}
    )
    assert "you may approve £100.00" in await refused(world, "officer-2", path, BOTH)
    assert "left in the term's envelope" in await refused(world, "officer-1", path, BOTH)
    assert "Only the head" in await refused(world, "officer-1", path, {**BOTH, "may_exceed": True})
    assert (await world.ask("teacher-1", "POST", path, BOTH)).status_code == 403
    assert (await world.ask("finance-1", "POST", path, BOTH)).status_code == 403
    await done(world, "head-1", path, {**BOTH, "may_exceed": True})
    (envelope,) = (await shown(world, "/envelopes"))["items"]
    assert envelope["committed_pence"] == 51_100


async def test_a_declined_line_says_why_to_those_who_may_read_it_and_to_nobody_else(world: World) -> None:
    await world.hears(*KNOWN, COMPLETED)
    body = {"plan_version": 1, "line_id": "elsa", "rule": "L-102", "reason": WORDS}
    await done(world, "officer-1", f"/claims/{PLAN}/decline", body)
    lines = {line["line_id"]: line for line in (await shown(world, f"/claims/{PLAN}"))["lines"]}
    assert (lines["elsa"]["standing"], lines["elsa"]["rule"], lines["elsa"]["reason"]) == ("declined", "L-102", WORDS)
    stored = await world.service.worker.fetch("select payload, envelope from journal")
    assert WORDS.encode() not in repr([tuple(row) for row in stored]).encode()


async def test_held_money_waits_for_the_head(world: World) -> None:
    await with_approved_money(world)
    await world.hears(WITHDRAWN)
    assert (await shown(world, "/claims?standing=held"))["items"][0]["plan_id"] == PLAN
    assert "completion was withdrawn" in await refused(world, "finance-1", "/release-runs")
    preview = await shown(world, "/release-runs/preview")
    assert {line["line_id"] for line in preview["left_out"]} == {"maths", "elsa"}
    decision = {"decision": "withdraw", "reason": WORDS}
    path = f"/claims/{PLAN}/held-decision"
    assert (await world.ask("officer-1", "POST", path, decision)).status_code == 403
    await done(world, "head-1", path, decision)
    (envelope,) = (await shown(world, "/envelopes"))["items"]
    assert envelope["committed_pence"] == 0

    await world.hears(COMPLETED.model_copy(update={"plan_version": 2}))
    await done(world, "officer-1", f"/claims/{PLAN}/approval", {**BOTH, "plan_version": 2})
    await world.hears(WITHDRAWN.model_copy(update={"plan_version": 2}))
    await done(world, "head-1", path, {"decision": "stand", "reason": WORDS})
    await done(world, "finance-1", "/release-runs")


@pytest.mark.scenario("T62")
async def test_a_superseded_plan_stops(world: World) -> None:
    await with_approved_money(world)
    told = PEPSuperseded(plan_id=PLAN, child_ref=CHILD, school_year=2026, term="autumn", by_plan_id="plan-x3k7q-2")
    await world.hears(told)
    assert (await shown(world, f"/claims/{PLAN}"))["standing"] == "superseded"
    assert "No approved line can be released today" in await refused(world, "finance-1", "/release-runs")


async def test_a_school_move_that_was_said_and_not_heard_yet_puts_the_run_off(world: World) -> None:
    await with_approved_money(world)
    world.says("scheduling")
    with pytest.raises(PutOff, match="what scheduling said last has not been taken in yet"):
        await rely_on_upstreams(world.service, HERE, wait_seconds=0.2)
    world.others["scheduling"].announced[HERE] = 7
    await world.hears(SchoolMoved(child_ref=CHILD, on=date(2026, 11, 30), school_urn="900002"))
    assert "changed school since the plan was completed" in await refused(world, "finance-1", "/release-runs")


async def test_a_run_is_put_off_when_another_service_does_not_answer(world: World) -> None:
    await with_approved_money(world)
    world.others["pep-record"].announced[HERE] = None
    assert "pep-record does not answer" in await refused(world, "finance-1", "/release-runs")
    world.others["pep-record"].announced[HERE] = 1
    await done(world, "finance-1", "/release-runs")


async def test_another_authoritys_money_is_not_here(world: World) -> None:
    await with_approved_money(world)
    for path in (f"/claims/{PLAN}", "/release-runs/none", "/release-runs/none/file"):
        assert (await world.ask("head-9", "GET", path, authority=ELSEWHERE)).status_code == 404
    theirs, made_up = [
        await world.ask("head-9", "GET", f"/claims/{plan_id}", authority=ELSEWHERE) for plan_id in (PLAN, "plan-x-1")
    ]
    assert theirs.json() == made_up.json()
    assert (await world.ask("head-9", "GET", "/claims", authority=ELSEWHERE)).json() == {"items": [], "next": None}


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        (f"/claims/{PLAN}/approval", {"plan_version": 1, "line_ids": []}, "line_ids"),
        (f"/claims/{PLAN}/decline", {"plan_version": 1, "line_id": "elsa", "rule": "L-102"}, "reason"),
        (f"/claims/{PLAN}/held-decision", {"decision": "perhaps", "reason": WORDS}, "decision"),
        ("/envelopes", {"financial_year": "2026/27", "term": "autumn", "children": 3}, "financial_year"),
        ("/envelopes", {"financial_year": "2026-27", "term": "autumn"}, "give amount_pence or children"),
    ],
)
async def test_a_wrong_shape_names_the_field(world: World, path: str, body: Any, field: str) -> None:
    answer = await world.ask("head-1", "POST", path, body)
    assert answer.status_code == 422
    assert field in answer.json()["detail"]


async def test_pep_record_is_asked_to_take_in_first_what_scheduling_said(world: World) -> None:
    """A corrected outcome is scheduling's; that the completion is withdrawn is pep-record's to say, a moment later."""
    await with_approved_money(world)
    world.others["pep-record"].lags = True
    assert "pep-record lags behind" in await refused(world, "finance-1", "/release-runs")
    scheduling = world.others["scheduling"].announced[HERE]
    assert world.others["pep-record"].asked[-1] == f"taken_in=scheduling%3A{scheduling}"


async def test_a_child_of_whom_another_service_has_parked_something_waits(world: World) -> None:
    await with_approved_money(world)
    world.others["pep-record"].parked = [CHILD]
    assert "could not be taken in yet" in await refused(world, "finance-1", "/release-runs")


@pytest.mark.scenario("T56")
async def test_whoever_does_not_work_here_any_more_sees_no_money_at_once(world: World) -> None:
    assert (await world.ask("officer-1", "GET", "/claims")).status_code == 200
    await world.hears(RoleEnded(person_ref="officer-1"))
    assert (await world.ask("officer-1", "GET", "/claims")).status_code == 403


async def test_a_school_with_a_new_number_is_paid_under_it_and_the_child_has_not_moved(world: World) -> None:
    await with_approved_money(world)
    await world.hears(
        SchoolListed(urn="900005", ukprn="10090005", laestab="8559905"),
        SchoolMoved(child_ref=CHILD, on=date(2026, 11, 9), school_urn="900005", renumbered=True),
    )
    await done(world, "finance-1", "/release-runs")
    lines = (await shown(world, f"/claims/{PLAN}"))["lines"]
    assert {line["payee_urn"] for line in lines if line["standing"] == "released"} == {"900005"}


async def test_nothing_leaves_for_a_child_who_is_another_authoritys_now(world: World) -> None:
    await with_approved_money(world)
    await world.hears(
        CareResponsibilityTransferred(child_ref=CHILD, on=date(2026, 11, 9)),
        ChildLeftCare(child_ref=CHILD, on=date(2026, 11, 9), ended="moved_authority"),
    )
    assert "not known to be in care today" in await refused(world, "finance-1", "/release-runs")


async def test_a_deputy_of_the_head_approves_beyond_the_own_limit_on_those_days_only(world: World) -> None:
    await world.hears(*KNOWN, COMPLETED)
    await done(world, "head-1", "/envelopes", ENVELOPE)
    before = RoleGranted(person_ref="officer-2", granted=("stands_in_for:head-1 until 2026-11-01",))
    now = RoleGranted(person_ref="officer-2", granted=("stands_in_for:head-1 from 2026-11-02 until 2026-12-18",))
    await world.hears(before)
    assert "you may approve £100.00" in await refused(world, "officer-2", f"/claims/{PLAN}/approval", BOTH)
    await world.hears(now)
    await done(world, "officer-2", f"/claims/{PLAN}/approval", BOTH)
