"""A plan's whole road over HTTP: written, refused, returned, completed, withdrawn; and everybody who may not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.integration.pep_record.conftest import ELSEWHERE, HERE, World

from pep_kernel.contracts.scheduling import (
    ChildEnteredCare,
    MeetingHeld,
    MeetingOutcomeCorrected,
    PEPApplicable,
    SchoolMoved,
    SocialWorkerAllocated,
)

CHILD = "x3k7q"
PLAN = f"plan-{CHILD}-1"
ENTERED_CARE = date(2026, 9, 21)
ENTERED = (
    ChildEnteredCare(child_ref=CHILD, on=ENTERED_CARE, born_in_school_year=2015, school_urn="900001"),
    SocialWorkerAllocated(child_ref=CHILD, on=ENTERED_CARE, social_worker_ref="worker-1"),
    PEPApplicable(child_ref=CHILD, on=ENTERED_CARE, because="entered_care"),
)
MEETING = MeetingHeld(child_ref=CHILD, on=date(2026, 10, 6), meeting_id="meeting-1", outcome="PEP")
WORDS = "Zebedee likes fractions"
TUITION = {"category": "tuition", "quantity": 10, "unit_pence": 4000, "line_pence": 40000}


def target(subject: str, line: dict[str, Any] | None = None) -> dict[str, Any]:
    action = {"text": WORDS, "owner": "designated_teacher", "line": line}
    return {"subject": subject, "text": WORDS, "actions": [action]}


async def write_everything(world: World) -> None:
    shown = (await world.ask("teacher-1", "GET", f"/plans/{PLAN}")).json()
    for section in shown["sections"]:
        author = "teacher-1" if "designated_teacher" in section["contributors"] else "worker-1"
        answer = await world.ask(author, "PUT", f"/plans/{PLAN}/sections/{section['section']}", {"text": WORDS})
        assert answer.status_code == 204, answer.text
    for each in (target("maths", TUITION), target("english")):
        answer = await world.ask("teacher-1", "POST", f"/plans/{PLAN}/targets", each)
        assert answer.status_code == 201, answer.text


async def refused(world: World, who: str, path: str, body: Any = None) -> str:
    answer = await world.ask(who, "POST", f"/plans/{PLAN}/{path}", body)
    assert answer.status_code == 409, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    detail: str = answer.json()["detail"]
    return detail


@pytest.mark.rule("L-20", "L-79", "L-80", "L-81")
@pytest.mark.scenario("T21", "T33")
async def test_a_plan_is_written_returned_completed_and_loses_its_completion(world: World) -> None:
    await world.hears(*ENTERED)
    await write_everything(world)
    assert "No PEP meeting" in await refused(world, "teacher-1", "completion")

    await world.hears(MEETING)
    assert (await world.ask("teacher-1", "POST", f"/plans/{PLAN}/completion")).status_code == 204
    queue = (await world.ask("officer-1", "GET", "/quality-assurance-queue")).json()
    assert [plan["plan_id"] for plan in queue["items"]] == [PLAN]

    assert (await world.ask("teacher-1", "POST", f"/plans/{PLAN}/sign-off")).status_code == 403
    assert (await world.ask("worker-1", "POST", f"/plans/{PLAN}/sign-off")).status_code == 204
    shown = (await world.ask("worker-1", "GET", f"/plans/{PLAN}")).json()
    assert (shown["state"], shown["social_worker_agrees"]) == ("in_quality_assurance", True)

    back = {"decision": "return", "plan_version": 1, "reason": WORDS}
    assert (await world.ask("officer-1", "POST", f"/plans/{PLAN}/quality-assurance", back)).status_code == 204
    shown = (await world.ask("teacher-1", "GET", f"/plans/{PLAN}")).json()
    assert (shown["state"], shown["plan_version"], shown["return_reason"]) == ("returned", 2, WORDS)

    (maths,) = [each for each in shown["targets"] if each["subject"] == "maths"]
    dearer = target("maths", {**TUITION, "quantity": 11, "line_pence": 44000})
    path = f"/plans/{PLAN}/targets/{maths['target_id']}"
    assert (await world.ask("teacher-1", "PUT", path, dearer)).status_code == 204
    assert (await world.ask("teacher-1", "POST", f"/plans/{PLAN}/completion")).status_code == 204
    old = {"decision": "complete", "plan_version": 1}
    assert "version 1" in await refused(world, "officer-1", "quality-assurance", old)
    new = {"decision": "complete", "plan_version": 2}
    assert (await world.ask("officer-1", "POST", f"/plans/{PLAN}/quality-assurance", new)).status_code == 204
    shown = (await world.ask("officer-1", "GET", f"/plans/{PLAN}")).json()
    assert (shown["state"], shown["plan_version"], shown["completed_on"]) == ("completed", 2, "2026-10-09")
    assert [each["actions"][0]["line"] for each in shown["targets"] if each["subject"] == "maths"] == [
        {"line_id": f"{maths['target_id']}-v2-1", **dearer["actions"][0]["line"]}
    ]

    await world.hears(
        MeetingOutcomeCorrected(
            child_ref=CHILD, on=date(2026, 10, 9), meeting_id="meeting-1", outcome="PROGRESS_REVIEW"
        )
    )
    shown = (await world.ask("officer-1", "GET", f"/plans/{PLAN}")).json()
    assert (shown["state"], shown["plan_version"]) == ("completion_withdrawn", 3)


@pytest.mark.scenario("T62")
async def test_a_new_school_opens_the_next_plan_once_and_its_teacher_takes_over(world: World) -> None:
    moved = date(2026, 11, 2)
    await world.hears(*ENTERED, SchoolMoved(child_ref=CHILD, on=moved, school_urn="900002"))
    for _ in range(2):
        await world.hears(PEPApplicable(child_ref=CHILD, on=moved, because="school_moved"))
    shown = (await world.ask("teacher-2", "GET", "/plans")).json()["items"]
    assert [(plan["plan_id"], plan["state"], plan["superseded_by"]) for plan in shown] == [
        (PLAN, "superseded", f"plan-{CHILD}-2"),
        (f"plan-{CHILD}-2", "draft", None),
    ]
    assert (await world.ask("teacher-1", "GET", f"/plans/{PLAN}")).status_code == 403


async def test_no_word_of_a_plan_is_stored_as_it_was_written(world: World) -> None:
    await world.hears(*ENTERED)
    await write_everything(world)
    shown = (await world.ask("teacher-1", "GET", f"/plans/{PLAN}")).json()
    assert {section["text"] for section in shown["sections"]} == {WORDS}
    assert b"Zebedee" not in await world.stored()


async def test_the_same_request_sent_again_sets_one_target(world: World) -> None:
    await world.hears(*ENTERED)
    key = {"Idempotency-Key": "the same"}
    first = await world.ask("teacher-1", "POST", f"/plans/{PLAN}/targets", target("maths"), **key)
    again = await world.ask("teacher-1", "POST", f"/plans/{PLAN}/targets", target("maths"), **key)
    assert (first.status_code, again.json()) == (201, first.json())
    shown = (await world.ask("teacher-1", "GET", f"/plans/{PLAN}")).json()
    assert [each["target_id"] for each in shown["targets"]] == [first.json()["target_id"]]


@pytest.mark.scenario("T57")
async def test_another_authoritys_plan_is_simply_not_there(world: World) -> None:
    await world.hears(*ENTERED)
    for method, path in (("GET", f"/plans/{PLAN}"), ("POST", f"/plans/{PLAN}/completion")):
        assert (await world.ask("officer-9", method, path, authority=ELSEWHERE)).status_code == 404
    assert (await world.ask("officer-9", "GET", "/plans", authority=ELSEWHERE)).json()["items"] == []
    assert (await world.ask("officer-9", "GET", f"/plans?child_ref={CHILD}", authority=ELSEWHERE)).status_code == 404


async def test_a_teacher_of_another_school_neither_sees_the_plan_nor_writes_it(world: World) -> None:
    await world.hears(*ENTERED)
    assert (await world.ask("teacher-2", "GET", f"/plans/{PLAN}")).status_code == 403
    body = {"text": WORDS}
    assert (await world.ask("teacher-2", "PUT", f"/plans/{PLAN}/sections/pupil_views", body)).status_code == 403
    assert (await world.ask("teacher-2", "GET", "/plans")).json()["items"] == []
    assert (await world.ask("teacher-1", "GET", "/quality-assurance-queue")).status_code == 403


@pytest.mark.parametrize("who", ["teacher-1", "worker-1", "officer-1"])
async def test_everybody_around_the_child_finds_the_plan_in_their_list(world: World, who: str) -> None:
    await world.hears(*ENTERED)
    for path in ("/plans", f"/plans?child_ref={CHILD}", "/plans?state=draft"):
        assert [plan["plan_id"] for plan in (await world.ask(who, "GET", path)).json()["items"]] == [PLAN]
    assert (await world.ask(who, "GET", "/plans?state=completed")).json()["items"] == []


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("targets", {**target("maths"), "subject": "astrology"}, "subject"),
        ("targets", {**target("maths"), "actions": []}, "actions"),
        ("targets", target("maths", {**TUITION, "unit_pence": -1}), "actions.0.line.unit_pence"),
        ("quality-assurance", {"decision": "return", "plan_version": 1}, "return.reason"),
        ("quality-assurance", {"decision": "perhaps", "plan_version": 1}, "decision"),
    ],
)
async def test_what_has_the_wrong_shape_is_answered_with_the_name_of_the_field(
    world: World, path: str, body: dict[str, Any], field: str
) -> None:
    await world.hears(*ENTERED)
    answer = await world.ask("officer-1", "POST", f"/plans/{PLAN}/{path}", body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_who_is_signed_in_and_works_nowhere_is_told_so(world: World) -> None:
    answer = await world.ask("stranger-1", "GET", "/plans", authority=HERE)
    assert answer.status_code == 403
    assert "nobody has said that you work here" in answer.json()["detail"]
