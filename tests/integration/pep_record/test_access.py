"""Who sees a plan over HTTP follows what scheduling says, at once: here as there."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import httpx
import pytest
from tests.integration.pep_record.conftest import ELSEWHERE, HERE, World
from tests.integration.pep_record.test_api import CHILD, ENTERED, ENTERED_CARE, MEETING, PLAN, WORDS, write_everything

from pep_kernel.contracts.scheduling import (
    CarerLinked,
    CarerNamed,
    CarerUnlinked,
    ChildEnteredCare,
    DelegateEnded,
    DelegateNamed,
    GlassBroken,
    MeetingOutcomeCorrected,
    PEPApplicable,
    PupilAccountClosed,
    PupilAccountOpened,
    RecordRestricted,
    RecordUnrestricted,
    RoleEnded,
    RoleGranted,
    SchoolMoved,
    SocialWorkerAllocated,
    StaffMemberAdded,
)

TODAY = ENTERED_CARE
NOW = datetime.fromisoformat("2026-10-09T10:00:00+01:00")
MANY = 205
DUTY = StaffMemberAdded(person_ref="duty-1", role="social_worker")
DELEGATE = StaffMemberAdded(person_ref="delegate-1", role="delegate", school_urn="900001")


async def sees(world: World, who: str) -> tuple[int, int]:
    """The status of asking for the plan, and how many plans the list shows; they never disagree."""
    status = (await world.ask(who, "GET", f"/plans/{PLAN}")).status_code
    return status, len((await world.ask(who, "GET", "/plans")).json().get("items", ()))


@pytest.mark.scenario("T56")
async def test_a_worker_whose_child_was_reallocated_is_refused_and_the_new_one_is_not(world: World) -> None:
    await world.hears(*ENTERED, DUTY)
    assert await sees(world, "worker-1") == (200, 1)
    await world.hears(SocialWorkerAllocated(child_ref=CHILD, on=TODAY, social_worker_ref="duty-1"))
    assert await sees(world, "worker-1") == (403, 0)
    assert (await world.ask("worker-1", "POST", f"/plans/{PLAN}/sign-off")).status_code == 403
    assert await sees(world, "duty-1") == (200, 1)
    await world.hears(RoleEnded(person_ref="duty-1"))
    assert await sees(world, "duty-1") == (403, 0)


@pytest.mark.rule("O-21", "O-22")
async def test_a_delegate_writes_the_schools_sections_and_sees_nothing_of_social_cares(world: World) -> None:
    await world.hears(*ENTERED, DELEGATE)
    assert await sees(world, "delegate-1") == (403, 0)
    await world.hears(DelegateNamed(child_ref=CHILD, on=TODAY, person_ref="delegate-1"))
    await write_everything(world)
    written = await world.ask("delegate-1", "PUT", f"/plans/{PLAN}/sections/pupil_views", {"text": "By the delegate."})
    assert written.status_code == 204
    sections = {
        each["section"]: each["text"]
        for each in (await world.ask("delegate-1", "GET", f"/plans/{PLAN}")).json()["sections"]
    }
    assert (sections["pupil_views"], sections["care_situation"], sections["permissions"]) == (
        "By the delegate.",
        None,
        None,
    )
    assert (await world.ask("delegate-1", "POST", f"/plans/{PLAN}/completion")).status_code == 403
    await world.hears(DelegateEnded(child_ref=CHILD, on=TODAY, person_ref="delegate-1"))
    assert await sees(world, "delegate-1") == (403, 0)


@pytest.mark.rule("O-22")
@pytest.mark.scenario("T35")
async def test_what_a_delegate_wrote_awaits_the_designated_teacher_where_the_authority_says_so(world: World) -> None:
    """Of the same plan at both authorities one is submitted, and one only once it was approved."""
    teacher = StaffMemberAdded(person_ref="teacher-1", role="designated_teacher", school_urn="900001")
    delegate = StaffMemberAdded(person_ref="delegate-1", role="delegate", school_urn="900001")
    named = DelegateNamed(child_ref=CHILD, on=TODAY, person_ref="delegate-1")
    worker = StaffMemberAdded(person_ref="worker-1", role="social_worker")
    for authority in (HERE, ELSEWHERE):
        await world.hears(teacher, worker, delegate, *ENTERED, named, MEETING, authority=authority)

    async def asks(who: str, method: str, path: str, body: object = None) -> httpx.Response:
        return await world.ask(who, method, f"/plans/{PLAN}{path}", body, authority=ELSEWHERE)

    for section in (await asks("teacher-1", "GET", "")).json()["sections"]:
        author = "delegate-1" if "designated_teacher" in section["contributors"] else "worker-1"
        assert (await asks(author, "PUT", f"/sections/{section['section']}", {"text": WORDS})).status_code == 204
    waits = (await asks("teacher-1", "GET", "")).json()["by_delegate"]
    assert len(waits) == 6
    refused = await asks("teacher-1", "POST", "/completion")
    assert (refused.status_code, refused.json()["rules"]) == (409, ["O-22"])
    assert (await asks("delegate-1", "POST", "/delegate-approval")).status_code == 403
    assert (await asks("worker-1", "POST", "/delegate-approval")).status_code == 403
    assert (await asks("teacher-1", "POST", "/delegate-approval")).status_code == 204
    assert (await asks("teacher-1", "GET", "")).json()["by_delegate"] == []
    assert (await asks("teacher-1", "POST", "/completion")).status_code == 204

    await write_everything(world)
    path = f"/plans/{PLAN}/sections/pupil_views"
    assert (await world.ask("delegate-1", "PUT", path, {"text": WORDS})).status_code == 204
    assert (await world.ask("teacher-1", "POST", f"/plans/{PLAN}/completion")).status_code == 204


AT_HOME = (
    CarerNamed(person_ref="carer-1"),
    CarerNamed(person_ref="carer-2"),
    CarerLinked(person_ref="carer-1", child_ref=CHILD),
    PupilAccountOpened(child_ref=CHILD),
    PupilAccountOpened(child_ref="a-peer"),
)
ASSURED = {"decision": "complete", "plan_version": 1}


async def complete(world: World) -> None:
    await world.hears(MEETING)
    await write_everything(world)
    for who, path, body in (("teacher-1", "completion", None), ("officer-1", "quality-assurance", ASSURED)):
        assert (await world.ask(who, "POST", f"/plans/{PLAN}/{path}", body)).status_code == 204


@pytest.mark.rule("L-33", "L-37")
@pytest.mark.scenario("T25", "T26")
async def test_a_carer_and_the_child_read_the_assured_plan_without_care_costs_and_why_it_was_returned(
    world: World,
) -> None:
    await world.hears(*ENTERED, *AT_HOME)
    for who in ("carer-1", CHILD):
        assert await sees(world, who) == (403, 0), "nobody at home reads what is still being written"
    await complete(world)
    for who, hidden in (("carer-1", set[str]()), (CHILD, {"review_of_premium"})):
        assert await sees(world, who) == (200, 1)
        shown = (await world.ask(who, "GET", f"/plans/{PLAN}")).json()
        untold = {section["section"] for section in shown["sections"] if section["text"] is None}
        assert untold == {"permissions", "care_situation"} | hidden
        assert [action["line"] for target in shown["targets"] for action in target["actions"]] == [None, None]
        assert (shown["return_reason"], shown["warnings"], shown["by_delegate"]) == (None, [], [])
    for other in ("carer-2", "a-peer"):
        assert await sees(world, other) == (403, 0)
        assert (await world.ask(other, "GET", f"/plans?child_ref={CHILD}")).status_code == 403
    await world.hears(CarerUnlinked(person_ref="carer-1", child_ref=CHILD), PupilAccountClosed(child_ref=CHILD))
    for who in ("carer-1", CHILD):
        assert await sees(world, who) == (403, 0)


async def test_of_a_completion_that_was_withdrawn_nobody_at_home_reads_any_more(world: World) -> None:
    await world.hears(*ENTERED, *AT_HOME)
    await complete(world)
    corrected = MeetingOutcomeCorrected(child_ref=CHILD, on=TODAY, meeting_id="meeting-1", outcome="PROGRESS_REVIEW")
    await world.hears(corrected)
    for who in ("carer-1", CHILD):
        assert await sees(world, who) == (403, 0)
    assert await sees(world, "teacher-1") == (200, 1)


@pytest.mark.rule("O-54")
async def test_a_carer_and_the_child_give_their_own_views_and_write_nothing_else(world: World) -> None:
    await world.hears(*ENTERED[:2], *AT_HOME)
    path = f"/children/{CHILD}/views"
    body = {"text": "I like science."}
    too_early = await world.ask(CHILD, "PUT", path, body)
    assert (too_early.status_code, "no plan yet" in too_early.json()["detail"]) == (409, True)
    await world.hears(*ENTERED)
    assert (await world.ask(CHILD, "GET", path)).json() == {"text": None, "given_on": None}
    for who in ("carer-1", CHILD):
        assert (await world.ask(who, "PUT", path, {"text": f"So says {who}."})).status_code == 204
        assert (await world.ask(who, "GET", path)).json() == {"text": f"So says {who}.", "given_on": "2026-10-09"}
        section = f"/plans/{PLAN}/sections/pupil_views"
        assert (await world.ask(who, "PUT", section, body)).status_code == 403
        assert (await world.ask(who, "POST", f"/plans/{PLAN}/completion")).status_code == 403
        assert (await world.ask(who, "GET", "/quality-assurance-queue")).status_code == 403
    for other in ("carer-2", "a-peer", "teacher-1", "worker-1"):
        assert (await world.ask(other, "PUT", path, body)).status_code == 403
    shown = (await world.ask("teacher-1", "GET", f"/plans/{PLAN}")).json()["views"]
    assert [(each["role"], each["text"]) for each in shown] == [
        ("carer", "So says carer-1."),
        ("pupil", f"So says {CHILD}."),
    ]
    assert b"So says" not in await world.stored()


@pytest.mark.rule("O-12")
async def test_a_personal_adviser_does_a_social_workers_work_in_year_12_and_not_before(world: World) -> None:
    adviser = StaffMemberAdded(person_ref="adviser-1", role="personal_adviser")
    allocated = SocialWorkerAllocated(child_ref=CHILD, on=TODAY, social_worker_ref="adviser-1")
    await world.hears(*ENTERED, adviser, allocated)
    assert await sees(world, "adviser-1") == (403, 0)
    await world.hears(ChildEnteredCare(child_ref=CHILD, on=TODAY, born_in_school_year=2009, school_urn="900001"))
    assert await sees(world, "adviser-1") == (200, 1)
    path = f"/plans/{PLAN}/sections/care_situation"
    assert (await world.ask("adviser-1", "PUT", path, {"text": WORDS})).status_code == 204


@pytest.mark.rule("O-15")
async def test_an_officer_marks_a_plan_complete_only_for_a_child_without_a_school(world: World) -> None:
    await world.hears(*ENTERED)
    assert (await world.ask("officer-1", "POST", f"/plans/{PLAN}/completion")).status_code == 403
    await world.hears(SchoolMoved(child_ref=CHILD, on=date(2026, 10, 1), school_urn=None))
    answer = await world.ask("officer-1", "POST", f"/plans/{PLAN}/completion")
    assert (answer.status_code, "No PEP meeting" in answer.json()["detail"]) == (409, True)


async def test_a_restricted_record_is_open_to_those_named_and_in_nobody_elses_queue(world: World) -> None:
    await world.hears(*ENTERED, RecordRestricted(child_ref=CHILD, on=TODAY))
    assert await sees(world, "worker-1") == (403, 0)
    assert await sees(world, "officer-1") == (403, 0)
    await world.hears(RoleGranted(person_ref="officer-1", granted=("restricted_records until 2026-10-09",)))
    assert await sees(world, "officer-1") == (200, 1)
    world.service.clock.set(NOW + timedelta(days=1))
    assert await sees(world, "officer-1") == (403, 0)
    await world.hears(RecordUnrestricted(child_ref=CHILD, on=TODAY))
    assert await sees(world, "officer-1") == (200, 1)


async def test_broken_glass_opens_the_plan_to_look_at_until_it_is_whole_again(world: World) -> None:
    await world.hears(*ENTERED, DUTY)
    assert await sees(world, "duty-1") == (403, 0)
    await world.hears(GlassBroken(child_ref=CHILD, person_ref="duty-1", until=NOW + timedelta(hours=3)))
    assert await sees(world, "duty-1") == (200, 1)
    path = f"/plans/{PLAN}/sections/care_situation"
    assert (await world.ask("duty-1", "PUT", path, {"text": WORDS})).status_code == 403
    world.service.clock.set(NOW + timedelta(hours=3))
    assert await sees(world, "duty-1") == (403, 0)


async def test_a_list_goes_on_after_two_hundred_children(world: World) -> None:
    for number in range(MANY):
        child = f"many{number:03}"
        await world.hears(
            ChildEnteredCare(child_ref=child, on=ENTERED_CARE, born_in_school_year=2015, school_urn="900002"),
            PEPApplicable(child_ref=child, on=ENTERED_CARE, because="entered_care"),
        )
    first = (await world.ask("teacher-2", "GET", "/plans?limit=200")).json()
    second = (await world.ask("teacher-2", "GET", f"/plans?limit=200&after={first['next']}")).json()
    assert len({plan["plan_id"] for plan in (*first["items"], *second["items"])}) == MANY
    assert second["next"] is None
