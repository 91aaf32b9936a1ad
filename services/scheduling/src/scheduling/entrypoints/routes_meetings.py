"""Looking at meetings, recording what happened at them, and correcting what was recorded wrongly."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from pep_kernel.authority_policy.meetings import Capacity
from pep_kernel.decider import Act
from pep_kernel.may import Condition, Shown, fields
from pep_runtime.clock import LONDON
from pep_runtime.http import Caller, Desk
from pep_runtime.paged_rows import Within
from pep_runtime.problems import Forbidden
from scheduling.domain.in_one_append import MEETINGS_TOO, child_stream, meeting_stream
from scheduling.domain.meeting.commands import CorrectMeetingOutcome, RecordMeeting
from scheduling.domain.meeting.diary import clashes
from scheduling.domain.meeting.states import Scheduled
from scheduling.domain.meeting_of_child import (
    CorrectMeetingOfChild,
    RecordMeetingOfChild,
    correct_meeting,
    record_meeting,
    school_stream,
)
from scheduling.domain.rules import SchedulingRules
from scheduling.domain.what_a_record_arranged import AfterCorrection, after_correction
from scheduling.entrypoints.arranging_shapes import ConflictShown
from scheduling.entrypoints.judging import judging, rules_of_day
from scheduling.entrypoints.meeting_desk import (
    appointment,
    meeting_of,
    policy_of,
    roles_of,
    scheduled_with,
    year_group_of,
)
from scheduling.entrypoints.permitted import READ, around, may_look_for, of_theirs, permitted_child
from scheduling.entrypoints.routes_children import After, Limit
from scheduling.entrypoints.routes_lists import Before, From
from scheduling.entrypoints.shapes import (
    AgendaShown,
    CorrectionBody,
    CorrectionMade,
    MeetingPage,
    MeetingRecordBody,
    MeetingShown,
    MinutesShown,
    OwnInvitation,
    StandingShown,
)
from scheduling.projections.child_overview import CHILD_OVERVIEWS, ChildOverview
from scheduling.projections.designated_teacher import DESIGNATED_TEACHERS, was_trained
from scheduling.projections.meeting import MEETING_OVERVIEWS, MeetingOverview
from scheduling.projections.meeting_invitee import MEETING_INVITEES

router = APIRouter(tags=["meetings"])
MINUTES = {
    "minutes": Shown.PLAN,
    "minutes_not_for_pupil": Shown.ADULTS_MINUTES,
    "minutes_professionals_only": Shown.PROFESSIONALS_MINUTES,
}
PersonRef = Annotated[str | None, Query(pattern=r"^[a-z2-7]{26}$")]
SchoolUrn = Annotated[str | None, Query(pattern=r"^(\d{6}|EY\d{6})$")]


@router.get(
    "/meetings", summary="Meetings of some days, a person or a school; at risk; not recorded: the earliest first"
)
async def list_meetings(
    caller: Caller,
    first: From = None,
    before: Before = None,
    person_ref: PersonRef = None,
    school_urn: SchoolUrn = None,
    state: Literal["scheduled", "cancelled", "held"] | None = None,
    at_risk: Annotated[
        bool | None, Query(description="Whether it will be no PEP meeting with those who said yes.")
    ] = None,
    not_recorded: Annotated[
        bool, Query(description="Only those that are over and of which nothing is recorded.")
    ] = False,
    after: After = None,
    limit: Limit = 50,
) -> MeetingPage:
    """A person's are those to which they are invited; a school's are about the children who are on its roll now."""
    caller.permit("list meetings")
    may_look_for(caller, person_ref)
    where = {"state": "scheduled" if not_recorded else state, "at_risk": at_risk}
    asked: dict[str, Any] = {column: value for column, value in where.items() if value is not None}
    asked["at"] = Within(_begin(first), _begin(before))
    over = _over(caller.now) if not_recorded else _EVERY
    only = of_theirs(caller, READ) & _with_person(person_ref) & _at_school(school_urn) & over
    page = await caller.rows(MEETING_OVERVIEWS, asked, only=only, by="at", after=after, limit=limit)
    return MeetingPage(items=[MeetingShown.model_validate(each) for each in page.items], next=page.next)


_EVERY = Condition("true", {})


def _with_person(person_ref: str | None) -> Condition:
    if person_ref is None:
        return _EVERY
    """Who was put forward is not invited yet."""
    invited = "select authority, meeting_id from meeting_invitee where person_ref = {invited} and not awaits_approval"
    return Condition(f"(authority, meeting_id) in ({invited})", {"invited": person_ref})


def _at_school(school_urn: str | None) -> Condition:
    if school_urn is None:
        return _EVERY
    on_roll = "select authority, child_ref from child_overview where school_urn = {at_school}"
    return Condition(f"(authority, child_ref) in ({on_roll})", {"at_school": school_urn})


def _begin(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), LONDON)


def _over(now: datetime) -> Condition:
    return Condition("at + make_interval(mins => lasts_minutes::int) < {ended}", {"ended": now})


@router.get("/meeting-conflicts", summary="Meetings of one person that overlap, or leave no time to travel")
async def list_conflicts(caller: Caller, person_ref: PersonRef = None) -> list[ConflictShown]:
    """Your own, if you name nobody; of the next 200 meetings that you may see."""
    caller.permit("list meetings")
    may_look_for(caller, person_ref)
    whose = scheduled_with([person_ref or caller.signed.person_ref])
    only, to_come = of_theirs(caller, READ) & whose, {"at": Within(_begin(caller.today))}
    page = await caller.rows(MEETING_OVERVIEWS, to_come, only=only, by="at", limit=200)
    rows = {each.meeting_id: each for each in page.items}
    places = await _places(caller, [each.child_ref for each in rows.values()])
    diary = [
        appointment(each.meeting_id, each.at, each.lasts_minutes, places[each.child_ref]) for each in rows.values()
    ]
    found = clashes(diary, timedelta(minutes=policy_of(caller).diary.travel_minutes))
    return [ConflictShown(kind=each.kind, one=_shown(rows[each.one]), other=_shown(rows[each.other])) for each in found]


def _shown(meeting: MeetingOverview) -> MeetingShown:
    return MeetingShown.model_validate(meeting)


async def _places(caller: Desk, child_refs: list[str]) -> dict[str, str | None]:
    page = await caller.rows(CHILD_OVERVIEWS, {"child_ref": child_refs}, limit=200)
    return {child.child_ref: child.school_urn for child in page.items}


@router.get("/meetings/{meeting_id}", summary="One meeting")
async def show_meeting(meeting_id: str, caller: Caller) -> MeetingShown:
    meeting, _child = await meeting_of(caller, meeting_id, READ)
    return _shown(meeting)


@router.get("/meetings/{meeting_id}/invitation", summary="When and where a meeting is to which you are invited")
async def show_own_invitation(meeting_id: str, caller: Caller) -> OwnInvitation:
    """Once you were told of it, until it was held. Whoever arranges it sees what was written, told or not."""
    meeting = await caller.row(MEETING_OVERVIEWS, meeting_id)
    if await _was_told(caller, meeting):
        caller.permit("answer invitation")
    else:
        await _arranges(caller, meeting)
    return OwnInvitation(
        meeting_id=meeting_id,
        at=meeting.at,
        lasts_minutes=meeting.lasts_minutes,
        venue=await caller.open(meeting.venue),
        joining_link=await caller.open(meeting.joining_link),
        details_sent_on=meeting.details_sent_on,
    )


async def _was_told(caller: Desk, meeting: MeetingOverview) -> bool:
    """Whoever was put forward hears nothing until somebody decides, and nobody of a new day before it is told."""
    if meeting.state != "scheduled" or meeting.details_sent_on is None:
        return False
    theirs = {"meeting_id": meeting.meeting_id, "person_ref": caller.signed.person_ref, "awaits_approval": False}
    return bool((await caller.rows(MEETING_INVITEES, theirs, limit=1)).items)


async def _arranges(caller: Desk, meeting: MeetingOverview) -> None:
    """A venue may be somebody's home: being around the child is not enough, the authority's rules name who arranges."""
    await permitted_child(caller, meeting.child_ref, "schedule meeting")
    rule = policy_of(caller).convener
    if caller.signed.role not in (*rule.first_meeting, *rule.later_meetings, *rule.may_stand_in):
        raise Forbidden("Where a meeting is is shown to those who were told of it, and to who arranges it.")


@router.get("/meetings/{meeting_id}/agenda", summary="In which order the meeting hears people")
async def show_agenda(meeting_id: str, caller: Caller) -> AgendaShown:
    """A hint by the authority's rules: nothing checks it."""
    meeting, _child = await meeting_of(caller, meeting_id, READ)
    rules: SchedulingRules = caller.rules
    agenda = rules.file.in_force(meeting.at.astimezone(LONDON).date()).agenda
    return AgendaShown(order=list(agenda.order), source=list(agenda.source))


@router.get("/meetings/{meeting_id}/minutes", summary="What was said at a meeting, also at one that was no PEP meeting")
async def show_minutes(meeting_id: str, caller: Caller) -> MinutesShown:
    meeting, child = await meeting_of(caller, meeting_id, "read minutes")
    shown = fields(caller.signed, "read minutes", around(child, caller.now))
    kept = {name: getattr(meeting, name) for name, kind in MINUTES.items() if kind in shown}
    told = {name: await caller.open(kept.get(name)) for name in MINUTES}
    review = await _review_before(caller, meeting) if Shown.PLAN in shown else None
    return MinutesShown(**told, carried_over=await caller.open(review.minutes) if review else None)


async def _review_before(caller: Desk, meeting: MeetingOverview) -> MeetingOverview | None:
    """The review of progress in whose place this meeting comes: what was said there is kept for it (L-20)."""
    if meeting.rearranges is None:
        return None
    where = {"meeting_id": meeting.rearranges, "child_ref": meeting.child_ref}
    return next(iter((await caller.rows(MEETING_OVERVIEWS, where, limit=1)).items), None)


@router.post("/meetings/{meeting_id}/record", status_code=204, summary="Record that the meeting was held")
async def record(meeting_id: str, body: MeetingRecordBody, caller: Caller) -> None:
    _meeting_row, child = await meeting_of(caller, meeting_id, "record meeting")
    policy = rules_of_day(caller, "on", body.on)
    said = {name: getattr(body, name) for name in MeetingRecordBody.model_fields if name != "lasted_minutes"}
    meeting = RecordMeeting(
        meeting_id=meeting_id,
        recorded_on=caller.today,
        lasted=timedelta(minutes=body.lasted_minutes) if body.lasted_minutes else None,
        year_group=year_group_of(child, datetime.combine(body.on, time(), LONDON)),
        policy=policy,
        by=caller.signed.person_ref,
        **roles_of(caller),
        leader_trained=await _leader_trained(caller, child, body),
        **said,
    )
    next_id = caller.new_id()
    command = RecordMeetingOfChild(meeting=meeting, next_meeting_id=next_id, **judging(caller, child.child_ref))
    streams = (*_streams(meeting_id, child), meeting_stream(next_id))
    await caller.do(
        Act(command, streams, record_meeting, child.child_ref, **MEETINGS_TOO, policy_version=policy.version)
    )


async def _leader_trained(caller: Desk, child: ChildOverview, body: MeetingRecordBody) -> bool | None:
    """By the register: whoever chaired it, or the school's designated teacher where nobody said who that was."""
    if body.chair.ref is not None:
        where = {"person_ref": body.chair.ref}
    elif body.chair.capacity is Capacity.DESIGNATED_TEACHER and child.school_urn is not None:
        where = {"school_urn": child.school_urn}
    else:
        return None
    return was_trained((await caller.rows(DESIGNATED_TEACHERS, where, limit=2)).items, body.on)


def _streams(meeting_id: str, child: ChildOverview) -> tuple[str, ...]:
    school = (school_stream(child.school_urn),) if child.school_urn else ()
    return (meeting_stream(meeting_id), child_stream(child.child_ref), *school)


@router.post("/meetings/{meeting_id}/correction", summary="Correct a meeting's outcome or its day")
async def correct(meeting_id: str, body: CorrectionBody, caller: Caller) -> CorrectionMade:
    """A next meeting that the wrong record arranged by itself is called off; one that people took up is named."""
    meeting, child = await meeting_of(caller, meeting_id, "correct meeting")
    correction = CorrectMeetingOutcome(
        meeting_id=meeting_id,
        outcome=body.outcome,
        held_on=body.on,
        reason=body.reason,
        on=caller.today,
        by=caller.signed.person_ref,
    )
    command = CorrectMeetingOfChild(correction=correction, **judging(caller, child.child_ref))
    version = caller.rules.version_on(meeting.held_on or caller.today)
    streams = _streams(meeting_id, child)
    await caller.do(Act(command, streams, correct_meeting, child.child_ref, **MEETINGS_TOO, policy_version=version))
    meetings = await caller.service.handler.states_of_child(caller.authority, child.child_ref, "meeting")
    return _correction_made(after_correction(meetings, meeting_id, caller.today))


def _correction_made(found: AfterCorrection) -> CorrectionMade:
    standing = [
        StandingShown(
            meeting_id=each.meeting_id,
            state="scheduled" if isinstance(each, Scheduled) else "proposed",
            at=(each.at if isinstance(each, Scheduled) else min(each.dates)).astimezone(LONDON),
        )
        for each in found.standing
    ]
    return CorrectionMade(called_off=list(found.called_off), standing=standing)
