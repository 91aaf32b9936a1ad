"""What a meeting is after what happened to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from scheduling.domain.meeting.events import (
    MeetingCancelled,
    MeetingDateAgreed,
    MeetingDetailsSent,
    MeetingEvent,
    MeetingHeld,
    MeetingOutcomeCorrected,
    MeetingProposed,
    MeetingRescheduled,
    MeetingScheduled,
    ProceedDecided,
    ProposalAnswered,
)
from scheduling.domain.meeting.invitation_events import (
    AttendanceConfirmed,
    AttendanceDeclined,
    InvitationListApproved,
    InvitedEvent,
    InviteeAdded,
    InviteeListed,
    InviteeWithdrawn,
    OfficerSent,
    OfTheInvited,
    QuorumAtRisk,
    QuorumSecured,
    ReplyLinkMade,
    ReplyLinkWithdrawn,
)
from scheduling.domain.meeting.states import Cancelled, Held, Invited, Meeting, Proposed, ReplyLink, Scheduled

OF_ITSELF = (MeetingProposed, MeetingScheduled, InviteeListed, QuorumAtRisk, QuorumSecured)
"""What says nothing of anybody having taken up a meeting: how it came to be, and what a timer sees."""


def evolve(meeting: Meeting, event: MeetingEvent) -> Meeting:
    after = _evolve(meeting, event)
    if isinstance(after, Proposed | Scheduled) and not isinstance(event, OF_ITSELF):
        return replace(after, untouched=False)
    return after


def _evolve(meeting: Meeting, event: MeetingEvent) -> Meeting:
    match meeting, event:
        case _, MeetingProposed():
            return _proposed(event)
        case Proposed(suits=suits), ProposalAnswered(invitee_ref=ref):
            others = tuple(each for each in suits if each[0] != ref)
            return replace(meeting, suits=(*others, (ref, event.suits)))
        case Proposed(), MeetingDateAgreed(at=at):
            return replace(meeting, agreed=at)
        case Proposed(agreed_at=agreed_at), MeetingScheduled():
            return replace(_scheduled(event), agreed_at=agreed_at, untouched=False)
        case _, MeetingScheduled():
            return _scheduled(event)
        case Scheduled(), MeetingRescheduled():
            return _rescheduled(meeting, event)
        case Scheduled(details_sent=sent), MeetingDetailsSent():
            waived = meeting.notice_waived or event.notice_waived_because is not None
            urgent = meeting.urgent or event.urgent
            return replace(meeting, details_sent=sent + 1, told_of_day=True, notice_waived=waived, urgent=urgent)
        case Scheduled(), ProceedDecided(proceeds=proceeds):
            return replace(meeting, proceeds=proceeds)
        case Scheduled(), OfTheInvited():
            return _with_list(meeting, event)
        case _, MeetingCancelled():
            agreed_at = meeting.agreed_at if isinstance(meeting, Proposed | Scheduled) else None
            return Cancelled(event.meeting_id, event.child_ref, event.because, agreed_at)
        case Scheduled(), MeetingHeld():
            return Held(event.meeting_id, event.child_ref, event.on, event.outcome, meeting.arranged_on)
        case Held(), MeetingOutcomeCorrected(on=on, outcome=outcome):
            return replace(meeting, on=on, outcome=outcome)
        case _:
            return meeting


def _proposed(event: MeetingProposed) -> Proposed:
    return Proposed(
        meeting_id=event.meeting_id,
        child_ref=event.child_ref,
        dates=event.dates,
        asked=event.asked,
        agreed_at=event.agreed_at,
        rearranges=event.rearranges,
    )


def _scheduled(event: MeetingScheduled) -> Scheduled:
    return Scheduled(
        meeting_id=event.meeting_id,
        child_ref=event.child_ref,
        at=event.at,
        lasts=timedelta(minutes=event.lasts_minutes),
        arranged_on=event.on,
        convener=event.convener,
        chair=event.planned_chair,
        must_invite=event.must_invite,
        agreed_at=event.agreed_at,
        rearranges=event.rearranges,
        notice_waived=event.notice_waived_because is not None,
        urgent=event.urgent,
    )


def _rescheduled(meeting: Scheduled, event: MeetingRescheduled) -> Scheduled:
    """Nobody has said yes to the new day, and nobody was warned about it."""
    asked_anew = tuple(replace(each, answer="not_answered", reply=None) for each in meeting.invitees)
    return replace(
        meeting,
        at=event.at,
        lasts=timedelta(minutes=event.lasts_minutes),
        invitees=asked_anew,
        told_of_day=False,
        notice_waived=event.notice_waived_because is not None,
        urgent=event.urgent,
        warned_days=None,
        at_risk=False,
        proceeds=None,
    )


def _with_list(meeting: Scheduled, event: InvitedEvent) -> Scheduled:
    match event:
        case InviteeListed() | InviteeAdded():
            who = Invited(event.invitee_ref, event.capacity, event.person_ref, awaits_approval=event.awaits_approval)
            listed = (*meeting.invitees, who)
            return replace(meeting, invitees=listed, ever_invited=meeting.ever_invited + 1)
        case InvitationListApproved(invitees=approved):
            return _changed(meeting, approved, awaits_approval=False)
        case InviteeWithdrawn(invitee_ref=ref):
            return replace(meeting, invitees=tuple(each for each in meeting.invitees if each.ref != ref))
        case AttendanceConfirmed(invitee_ref=ref) | OfficerSent(invitee_ref=ref):
            return _changed(meeting, (ref,), answer="comes", reply=None)
        case AttendanceDeclined(invitee_ref=ref):
            return _changed(meeting, (ref,), answer="does_not_come", reply=None)
        case ReplyLinkMade(invitee_ref=ref, token_hash=token_hash, until=until):
            return _changed(meeting, (ref,), reply=ReplyLink(token_hash, until))
        case ReplyLinkWithdrawn(invitee_ref=ref):
            return _changed(meeting, (ref,), reply=None)
        case QuorumAtRisk(working_days_before=days):
            return replace(meeting, at_risk=True, warned_days=days)
        case QuorumSecured():
            return replace(meeting, at_risk=False)


def _changed(meeting: Scheduled, refs: tuple[str, ...], **changes: Any) -> Scheduled:
    invitees = tuple(replace(each, **changes) if each.ref in refs else each for each in meeting.invitees)
    return replace(meeting, invitees=invitees)
