"""What others may hear of a meeting: references, days and codes, and nothing of what was said."""

from __future__ import annotations

from pep_kernel.announcement import Announcement
from pep_kernel.contracts import scheduling as said
from scheduling.domain.meeting.events import (
    AskedInstead,
    MeetingCancelled,
    MeetingDateAgreed,
    MeetingDetailsSent,
    MeetingEvent,
    MeetingHeld,
    MeetingMustBeRearranged,
    MeetingOutcomeCorrected,
    MeetingProposed,
    MeetingRescheduled,
    MeetingScheduled,
    NextMeetingAgreed,
    NobodyOfTheAuthorityThere,
    ProceedDecided,
)
from scheduling.domain.meeting.invitation_events import (
    AttendanceDeclined,
    InvitationListApproved,
    InviteeAdded,
    InviteeWithdrawn,
    QuorumAtRisk,
    QuorumSecured,
)
from scheduling.domain.meeting.states import Meeting, Proposed, Scheduled


def announce(meeting: Meeting, event: MeetingEvent) -> Announcement | None:
    about = {"meeting_id": event.meeting_id, "child_ref": event.child_ref}
    match event:
        case MeetingProposed(dates=dates, asked=asked):
            return said.MeetingProposed(**about, dates=dates, asked=asked)
        case AskedInstead(came=came) if isinstance(meeting, Proposed) and came:
            return said.MeetingProposed(**about, dates=meeting.dates, asked=came)
        case MeetingDateAgreed(at=at):
            return said.MeetingDateAgreed(**about, at=at)
        case MeetingScheduled(at=at, invitees=invitees):
            return said.MeetingScheduled(**about, at=at, invitees=invitees)
        case MeetingRescheduled(was_at=was_at, at=at, invitees=invitees):
            return said.MeetingRescheduled(**about, was_at=was_at, at=at, invitees=invitees)
        case MeetingDetailsSent(at=at, invitees=invitees, sequence=sequence):
            return said.MeetingDetailsSent(**about, at=at, invitees=invitees, sequence=sequence)
        case InvitationListApproved(invitees=refs):
            return _newcomers(meeting, refs)
        case InviteeAdded(invitee_ref=ref, awaits_approval=False):
            return _newcomers(meeting, (ref,))
        case MeetingCancelled(at=at, invitees=invitees, because=because):
            told = invitees if because != "died" else ()  # whom to tell of a death, and how, is left to people
            return said.MeetingCancelled(**about, at=at, invitees=told)
        case InviteeWithdrawn(invitee_ref=ref):
            return said.InviteeWithdrawn(**about, invitee_ref=ref)
        case AttendanceDeclined(invitee_ref=ref, capacity=capacity):
            return said.AttendanceDeclined(**about, invitee_ref=ref, capacity=capacity)
        case ProceedDecided(proceeds=proceeds):
            return said.ProceedDecided(**about, proceeds=proceeds)
        case QuorumAtRisk(at=at, working_days_before=days):
            return said.QuorumAtRisk(**about, at=at, working_days_before=days)
        case QuorumSecured():
            return said.QuorumSecured(**about)
        case MeetingHeld(on=on, outcome=outcome):
            return said.MeetingHeld(**about, on=on, outcome=outcome)
        case NobodyOfTheAuthorityThere(on=on):
            return said.NobodyOfTheAuthorityThere(**about, on=on)
        case NextMeetingAgreed(next_on=next_on, stands=stands):
            return said.NextMeetingAgreed(**about, next_on=next_on, stands=stands)
        case MeetingMustBeRearranged():
            return said.MeetingMustBeRearranged(**about)
        case MeetingOutcomeCorrected(on=on, outcome=outcome):
            return said.MeetingOutcomeCorrected(**about, on=on, outcome=outcome)
        case _:
            return None


def _newcomers(meeting: Meeting, refs: tuple[str, ...]) -> Announcement | None:
    """Where the others have the details of this day, these get them too; else they get them with the others."""
    if not isinstance(meeting, Scheduled) or not meeting.told_of_day:
        return None
    return said.MeetingDetailsSent(
        meeting_id=meeting.meeting_id,
        child_ref=meeting.child_ref,
        at=meeting.at,
        invitees=refs,
        sequence=meeting.details_sent - 1,
    )
