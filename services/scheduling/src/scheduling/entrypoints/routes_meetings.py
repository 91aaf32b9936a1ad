"""Arranging meetings, recording what happened at them, and correcting what was recorded wrongly."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter

from pep_kernel.calendars import cohort_year_group
from pep_kernel.decider import Act
from pep_kernel.may import Shown, fields
from pep_runtime.clock import LONDON
from pep_runtime.http import Caller, Desk
from scheduling.domain.meeting.commands import AddInvitee, CorrectMeetingOutcome, RecordMeeting, ScheduleMeeting
from scheduling.domain.meeting.invitation import withheld
from scheduling.domain.meeting_of_child import (
    CorrectMeetingOfChild,
    RecordMeetingOfChild,
    child_stream,
    correct_meeting,
    meeting_stream,
    record_meeting,
    schedule_meeting,
    school_stream,
)
from scheduling.domain.rules import SchedulingRules
from scheduling.entrypoints.permitted import around, permitted_child
from scheduling.entrypoints.shapes import (
    CorrectionBody,
    InviteeBody,
    MeetingArranged,
    MeetingBody,
    MeetingRecordBody,
    MeetingShown,
    MinutesShown,
)
from scheduling.projections.child_overview import ChildOverview
from scheduling.projections.meeting import MEETING_OVERVIEWS, MeetingOverview

router = APIRouter(prefix="/meetings", tags=["meetings"])
MINUTES = {
    "minutes": Shown.PLAN,
    "minutes_not_for_pupil": Shown.ADULTS_MINUTES,
    "minutes_professionals_only": Shown.PROFESSIONALS_MINUTES,
}


@router.post("", status_code=201, summary="Arrange a meeting about a child")
async def arrange_meeting(body: MeetingBody, caller: Caller) -> MeetingArranged:
    await permitted_child(caller, body.child_ref, "schedule meeting")
    policy = caller.rules.file.in_force(caller.today)
    command = ScheduleMeeting(
        meeting_id=caller.new_id(),
        child_ref=body.child_ref,
        on=caller.today,
        at=body.at.astimezone(LONDON),
        venue=body.venue,
        joining_link=body.joining_link,
        invitees=body.invitees,
        by=caller.signed.person_ref,
        by_role=caller.signed.role,
        rearranges=body.rearranges,
        after_due_because=body.after_due_because,
        notice=policy.notice,
    )
    streams = (meeting_stream(command.meeting_id), child_stream(body.child_ref))
    await caller.do(Act(command, streams, schedule_meeting, body.child_ref, policy_version=policy.version))
    return MeetingArranged(meeting_id=command.meeting_id, address_withheld=withheld(command))


@router.get("/{meeting_id}", summary="One meeting")
async def show_meeting(meeting_id: str, caller: Caller) -> MeetingShown:
    meeting, _child = await _meeting(caller, meeting_id, "read child")
    return MeetingShown.model_validate(meeting)


@router.get("/{meeting_id}/minutes", summary="What was said at a meeting, also at one that was no PEP meeting")
async def show_minutes(meeting_id: str, caller: Caller) -> MinutesShown:
    meeting, child = await _meeting(caller, meeting_id, "read minutes")
    shown = fields(caller.signed, "read minutes", around(child, caller.now))
    kept = {name: getattr(meeting, name) for name, kind in MINUTES.items() if kind in shown}
    return MinutesShown(**{name: await caller.open(kept.get(name)) for name in MINUTES})


async def _meeting(caller: Desk, meeting_id: str, action: str) -> tuple[MeetingOverview, ChildOverview]:
    meeting = await caller.row(MEETING_OVERVIEWS, meeting_id)
    return meeting, await permitted_child(caller, meeting.child_ref, action)


@router.post("/{meeting_id}/invitees", status_code=204, summary="Invite one more person")
async def invite(meeting_id: str, body: InviteeBody, caller: Caller) -> None:
    _meeting_row, child = await _meeting(caller, meeting_id, "schedule meeting")
    command = AddInvitee(
        meeting_id=meeting_id,
        invitee=body.invitee,
        on=caller.today,
        by=caller.signed.person_ref,
        by_role=caller.signed.role,
    )
    version = caller.rules.version_on(caller.today)
    await caller.do(Act(command, (meeting_stream(meeting_id),), child_ref=child.child_ref, policy_version=version))


@router.post("/{meeting_id}/record", status_code=204, summary="Record that the meeting was held")
async def record(meeting_id: str, body: MeetingRecordBody, caller: Caller) -> None:
    _meeting_row, child = await _meeting(caller, meeting_id, "record meeting")
    policy = caller.rules.file.in_force(body.on)
    meeting = RecordMeeting(
        meeting_id=meeting_id,
        recorded_on=caller.today,
        year_group=_year_group(child, body.on),
        quorum=policy.quorum,
        next_meeting_rule=policy.next_meeting,
        by=caller.signed.person_ref,
        **{name: getattr(body, name) for name in MeetingRecordBody.model_fields},
    )
    command = RecordMeetingOfChild(meeting=meeting, **_judging(caller.rules, child))
    streams = _streams(meeting_id, child)
    await caller.do(Act(command, streams, record_meeting, child.child_ref, policy_version=policy.version))


def _year_group(child: ChildOverview, on: date) -> int:
    return cohort_year_group(child.born_in_school_year or 0, on)


def _judging(rules: SchedulingRules, child: ChildOverview) -> dict[str, Any]:
    return {"child_ref": child.child_ref, "rules": rules.file, "calendar_for": rules.calendar_for}


def _streams(meeting_id: str, child: ChildOverview) -> tuple[str, ...]:
    school = (school_stream(child.school_urn),) if child.school_urn else ()
    return (meeting_stream(meeting_id), child_stream(child.child_ref), *school)


@router.post("/{meeting_id}/correction", status_code=204, summary="Correct a meeting's outcome")
async def correct(meeting_id: str, body: CorrectionBody, caller: Caller) -> None:
    meeting, child = await _meeting(caller, meeting_id, "correct meeting")
    correction = CorrectMeetingOutcome(
        meeting_id=meeting_id,
        outcome=body.outcome,
        reason=body.reason,
        on=caller.today,
        by=caller.signed.person_ref,
    )
    command = CorrectMeetingOfChild(correction=correction, **_judging(caller.rules, child))
    version = caller.rules.version_on(meeting.held_on or caller.today)
    act = Act(command, _streams(meeting_id, child), correct_meeting, child.child_ref, policy_version=version)
    await caller.do(act)
