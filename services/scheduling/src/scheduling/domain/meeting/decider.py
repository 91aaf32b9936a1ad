"""A meeting is arranged, held and recorded. Who was there decides what it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pep_kernel.announcement import Announcement
from pep_kernel.contracts import scheduling as said
from pep_kernel.decider import Decider
from pep_kernel.refusal import Refusal
from pep_kernel.sealed import Contact, PlanText, ThirdParty
from scheduling.domain.meeting.commands import (
    AddInvitee,
    CorrectMeetingOutcome,
    MeetingCommand,
    Outcome,
    RecordMeeting,
    ScheduleMeeting,
)
from scheduling.domain.meeting.events import (
    InviteeAdded,
    InviteeListed,
    MeetingEvent,
    MeetingHeld,
    MeetingMustBeRearranged,
    MeetingOutcomeCorrected,
    MeetingScheduled,
    Present,
)
from scheduling.domain.meeting.invitation import added, listed
from scheduling.domain.meeting.people import Attendee, NextMeeting, PupilAttended, PupilStayedAway
from scheduling.domain.meeting.states import Held, Meeting, NotScheduled, Scheduled


def decide(meeting: Meeting, command: MeetingCommand) -> Sequence[MeetingEvent]:
    match meeting, command:
        case NotScheduled(), ScheduleMeeting(venue=None, joining_link=None):
            raise Refusal("Say where the meeting is: a venue, a joining link, or both.", "L-13")
        case NotScheduled(), ScheduleMeeting() if command.at.date() < command.on:
            raise Refusal("A meeting cannot be arranged for a day that has passed.")
        case NotScheduled(), ScheduleMeeting():
            return _scheduled(command)
        case Scheduled(), AddInvitee():
            return added(meeting, command)
        case Scheduled(), RecordMeeting() if command.on > command.recorded_on:
            raise Refusal("A meeting that has not taken place yet cannot be recorded.")
        case Scheduled(), RecordMeeting():
            return _held(meeting, command)
        case Held(outcome=outcome), CorrectMeetingOutcome() if command.outcome == outcome:
            return []
        case Held(), CorrectMeetingOutcome():
            return _corrected(meeting, command)
        case NotScheduled(), _:
            raise Refusal("No such meeting has been arranged.")
        case Scheduled(), _:
            raise Refusal("The meeting is already arranged, and it has not been recorded yet.")
        case Held(), _:
            raise Refusal("The meeting has been held and recorded; only its outcome can be corrected.")


def _scheduled(command: ScheduleMeeting) -> list[MeetingEvent]:
    invitees = listed(command)
    scheduled = MeetingScheduled(
        meeting_id=command.meeting_id,
        child_ref=command.child_ref,
        on=command.on,
        at=command.at,
        invitees=tuple(invitee.invitee_ref for invitee in invitees),
        by=command.by,
        venue=Contact.optional(command.venue),
        joining_link=Contact.optional(command.joining_link),
        rearranges=command.rearranges,
        late_notice=_is_late(command),
        after_due_because=PlanText.optional(command.after_due_because),
    )
    return [scheduled, *invitees]


def _is_late(command: ScheduleMeeting) -> bool:
    """Invitations go out at once, so the day of arranging is the day of notice (L-13)."""
    days_before = command.notice.days_before
    return days_before is not None and (command.at.date() - command.on).days < days_before


def _held(meeting: Scheduled, command: RecordMeeting) -> list[MeetingEvent]:
    capacities = frozenset(each.capacity for each in (command.chair, *command.attendees))
    represented = command.quorum.is_represented(capacities, command.year_group)
    outcome: Outcome = (
        "PEP" if represented or not command.quorum.authority_must_attend else "PROGRESS_REVIEW"
    )  # L-19, L-20
    held = MeetingHeld(
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
        **_pupil(command),
        **_next(command.next_meeting or NextMeeting(), command.next_meeting_rule.fields),
    )
    return [held, *_rearranged(meeting.meeting_id, meeting.child_ref, outcome)]


def _pupil(command: RecordMeeting) -> dict[str, Any]:
    match command.pupil:
        case PupilAttended():
            return {"pupil_attended": True}
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


def _rearranged(meeting_id: str, child_ref: str, outcome: Outcome) -> list[MeetingEvent]:
    if outcome == "PEP":
        return []
    return [MeetingMustBeRearranged(meeting_id=meeting_id, child_ref=child_ref)]  # L-21


def _present(attendee: Attendee) -> Present:
    return Present(attendee.capacity.value, attendee.mode, attendee.ref)


def _corrected(meeting: Held, command: CorrectMeetingOutcome) -> list[MeetingEvent]:
    corrected = MeetingOutcomeCorrected(
        meeting_id=meeting.meeting_id,
        child_ref=meeting.child_ref,
        on=meeting.on,
        outcome=command.outcome,
        corrected_on=command.on,
        corrected_by=command.by,
        reason=PlanText.of(command.reason),
    )
    return [corrected, *_rearranged(meeting.meeting_id, meeting.child_ref, command.outcome)]


def evolve(meeting: Meeting, event: MeetingEvent) -> Meeting:
    match meeting, event:
        case _, MeetingScheduled():
            return Scheduled(event.meeting_id, event.child_ref, event.at, event.invitees)
        case Scheduled(invitees=invitees), InviteeAdded(invitee_ref=ref):
            return replace(meeting, invitees=(*invitees, ref))
        case _, MeetingHeld() | MeetingOutcomeCorrected():
            return Held(event.meeting_id, event.child_ref, event.on, event.outcome)
        case _, InviteeAdded() | InviteeListed() | MeetingMustBeRearranged():
            return meeting


def announce(_meeting: Meeting, event: MeetingEvent) -> Announcement | None:
    match event:
        case MeetingScheduled(meeting_id=meeting_id, child_ref=child_ref, at=at, invitees=invitees):
            return said.MeetingScheduled(meeting_id=meeting_id, child_ref=child_ref, at=at, invitees=invitees)
        case InviteeAdded(meeting_id=meeting_id, child_ref=child_ref, at=at, invitee_ref=ref):
            # Said again for the newcomer alone: the others have their invitation.
            return said.MeetingScheduled(meeting_id=meeting_id, child_ref=child_ref, at=at, invitees=(ref,))
        case MeetingHeld(meeting_id=meeting_id, child_ref=child_ref, on=on, outcome=outcome):
            return said.MeetingHeld(meeting_id=meeting_id, child_ref=child_ref, on=on, outcome=outcome)
        case MeetingMustBeRearranged(meeting_id=meeting_id, child_ref=child_ref):
            return said.MeetingMustBeRearranged(meeting_id=meeting_id, child_ref=child_ref)
        case MeetingOutcomeCorrected(meeting_id=meeting_id, child_ref=child_ref, on=on, outcome=outcome):
            return said.MeetingOutcomeCorrected(meeting_id=meeting_id, child_ref=child_ref, on=on, outcome=outcome)
        case InviteeListed():
            return None


MEETING: Decider[Meeting, MeetingCommand, MeetingEvent] = Decider(NotScheduled(), decide, evolve, announce)
