"""A meeting is written down: what it was by who was there, who led it, what was said, what was agreed for the next."""

from __future__ import annotations

from datetime import date
from typing import Any

from pep_kernel.authority_policy.meetings import Capacity
from pep_kernel.may import POST_16, Role
from pep_kernel.refusal import Refusal
from pep_kernel.sealed import Contact, PlanText, ThirdParty
from scheduling.domain.meeting.commands import CorrectMeetingOutcome, Outcome, RecordMeeting
from scheduling.domain.meeting.events import (
    MeetingEvent,
    MeetingHeld,
    MeetingMustBeRearranged,
    MeetingOutcomeCorrected,
    NextMeetingAgreed,
    NobodyOfTheAuthorityThere,
    Present,
)
from scheduling.domain.meeting.people import Attendee, NextMeeting, PupilAttended, PupilStayedAway, filled
from scheduling.domain.meeting.states import Held, Scheduled

RECORDS_FOR_SCHOOL = (Role.DESIGNATED_TEACHER, Role.DELEGATE)


def held(meeting: Scheduled, command: RecordMeeting) -> list[MeetingEvent]:
    _may_record(command)
    _possible(meeting, command.on, command.recorded_on)
    quorum, there = command.policy.quorum, _there(command)
    represented = quorum.is_represented(there, command.year_group)
    outcome: Outcome = "PEP" if represented or not quorum.authority_must_attend else "PROGRESS_REVIEW"  # L-19, L-20
    next_meeting = command.next_meeting or NextMeeting()
    record = MeetingHeld(
        meeting_id=meeting.meeting_id,
        child_ref=meeting.child_ref,
        on=command.on,
        outcome=outcome,
        chair=_present(command.chair),
        attendees=tuple(_present(attendee) for attendee in command.attendees),
        apologies=tuple(capacity.value for capacity in command.apologies),
        recorded_by=command.by,
        no_authority_representative=not represented,
        minutes=PlanText.of(command.minutes),
        minutes_not_for_pupil=PlanText.optional(command.minutes_not_for_pupil),  # L-33
        minutes_professionals_only=PlanText.optional(command.minutes_professionals_only),  # L-33
        note_taker=_present(command.note_taker) if command.note_taker else None,
        lasted_minutes=int(command.lasted.total_seconds()) // 60 if command.lasted else None,
        views_shared=command.views_shared,
        leader_trained=command.leader_trained,
        warnings=tuple(_warnings(meeting, command, there)),
        **_pupil(command),
        **_next(next_meeting, command.policy.next_meeting.fields),
    )
    return [
        record,
        *_nobody(meeting, command, outcome, represented=represented),
        *_agreed(meeting, command, next_meeting),
        *_rearranged(meeting.meeting_id, meeting.child_ref, outcome),
    ]


def _possible(meeting: Scheduled | Held, day: date, today: date) -> None:
    """It was held after it was arranged, and before anybody wrote of it. An impossible day would count as a PEP."""
    if day > today:
        raise Refusal("A meeting that has not taken place yet cannot be recorded.")
    if day < meeting.arranged_on:
        raise Refusal(f"on: {day:%d/%m/%Y} is before the meeting was arranged, on {meeting.arranged_on:%d/%m/%Y}.")


def _may_record(command: RecordMeeting) -> None:
    """Whoever chaired, or the designated teacher, in whose place a delegate may write (O-21)."""
    for_school = not {command.by_role, *command.also_as}.isdisjoint(RECORDS_FOR_SCHOOL)
    if not for_school and command.by != command.chair.ref:
        raise Refusal("A meeting is recorded by whoever chaired it, or by the designated teacher.", "L-35", "O-21")


def _there(command: RecordMeeting) -> frozenset[Capacity]:
    """Whoever takes notes is there too, also where they are not named again."""
    note_taker = (command.note_taker,) if command.note_taker else ()
    return frozenset(each.capacity for each in (command.chair, *note_taker, *command.attendees))


def _warnings(meeting: Scheduled, command: RecordMeeting, there: frozenset[Capacity]) -> list[str]:
    """What a person should look at. The meeting took place all the same, so nothing of it is refused."""
    came = filled(there, adviser_is_worker=command.year_group in POST_16)
    missing = set(meeting.must_invite) - came - {Capacity.CHILD}
    found = {
        "chair_not_by_the_rules": command.chair.capacity not in command.policy.chair.capacities,
        "no_proceed_decision": bool(missing) and meeting.proceeds is None,  # L-11
        "held_against_decision": meeting.proceeds is False,
    }
    said = {
        "note_taker": command.note_taker,
        "length": command.lasted,
        "views_shared": command.views_shared,
        "leader_trained": command.leader_trained,
    }
    lacks = [f"no_{each}" for each in command.policy.meeting_record.wanted if not said[each]]
    return [*(name for name, is_so in found.items() if is_so), *lacks]


def _pupil(command: RecordMeeting) -> dict[str, Any]:
    match command.pupil:
        case PupilAttended(part=part):
            return {"pupil_attended": True, "pupil_part": part}
        case PupilStayedAway(reason=reason, feedback_by=feedback_by):
            absent = {"pupil_absent_because": PlanText.of(reason), "feedback_by": ThirdParty.of(feedback_by)}
            return {"pupil_attended": False, **absent}


def _next(agreed: NextMeeting, wanted: tuple[str, ...]) -> dict[str, Any]:
    given = {"date": agreed.on, "time": agreed.time, "venue": agreed.venue}
    return {
        "next_on": agreed.on,
        "next_time": agreed.time,
        "next_venue": Contact.optional(agreed.venue),
        "next_lacks": tuple(field for field in wanted if given[field] is None),
    }


def _nobody(meeting: Scheduled, command: RecordMeeting, outcome: Outcome, *, represented: bool) -> list[MeetingEvent]:
    if represented or outcome == "PROGRESS_REVIEW":
        return []
    return [NobodyOfTheAuthorityThere(meeting_id=meeting.meeting_id, child_ref=meeting.child_ref, on=command.on)]


def _agreed(meeting: Scheduled, command: RecordMeeting, agreed: NextMeeting) -> list[MeetingEvent]:
    """A day that was agreed stands, or is proposed to the convener, as the authority's rules say (L-12)."""
    if agreed.on is None:
        return []
    if agreed.on <= command.on:
        raise Refusal("The next meeting comes after this one.")
    told = NextMeetingAgreed(
        meeting_id=meeting.meeting_id,
        child_ref=meeting.child_ref,
        on=command.on,
        next_on=agreed.on,
        next_time=agreed.time,
        stands=command.policy.convener.agreed_date_stands,
    )
    return [told]


def _rearranged(meeting_id: str, child_ref: str, outcome: Outcome) -> list[MeetingEvent]:
    if outcome == "PEP":
        return []
    return [MeetingMustBeRearranged(meeting_id=meeting_id, child_ref=child_ref)]  # L-21


def _present(attendee: Attendee) -> Present:
    return Present(attendee.capacity.value, attendee.mode, attendee.ref)


def corrected(meeting: Held, command: CorrectMeetingOutcome) -> list[MeetingEvent]:
    """What it was, or when, or both. Where only the day was wrong, nobody has to arrange it again because of that."""
    day, stands = command.held_on or meeting.on, command.outcome == meeting.outcome
    if stands and day == meeting.on:
        return []
    _possible(meeting, day, command.on)
    correction = MeetingOutcomeCorrected(
        meeting_id=meeting.meeting_id,
        child_ref=meeting.child_ref,
        on=day,
        outcome=command.outcome,
        was_on=meeting.on if day != meeting.on else None,
        outcome_stands=stands,
        corrected_on=command.on,
        corrected_by=command.by,
        reason=PlanText.of(command.reason),
    )
    return [correction, *([] if stands else _rearranged(meeting.meeting_id, meeting.child_ref, command.outcome))]
