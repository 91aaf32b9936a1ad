"""What a meeting is after what happened to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from scheduling.domain.meeting.events import (
    AskedInstead,
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

OF_ITSELF = (MeetingProposed, AskedInstead, MeetingScheduled, InviteeListed, QuorumAtRisk, QuorumSecured)
"""What says nothing of anybody having taken up a meeting: how it came to be, who has a job, what a timer sees."""


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
        case Proposed(asked=asked, suits=suits), AskedInstead(left=left, came=came):
            still = tuple(each for each in asked if each not in left)
            kept = tuple(each for each in suits if each[0] not in left)
            return replace(meeting, asked=(*still, *came), suits=kept, agreed=None)
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
        adviser_is_worker=event.adviser_is_worker,
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
            filled = next((each for each in meeting.vacant if each[0] == event.capacity), None)
            vacant = _without(meeting.vacant, filled)
            return replace(meeting, invitees=listed, ever_invited=meeting.ever_invited + 1, vacant=vacant)
        case InvitationListApproved(invitees=approved):
            return _changed(meeting, approved, awaits_approval=False)
        case InviteeWithdrawn(invitee_ref=ref, because=because):
            gone = meeting.invited(ref)
            left = ((gone.capacity, gone.awaits_approval),) if gone and because == "another_person" else ()
            others = tuple(each for each in meeting.invitees if each.ref != ref)
            return replace(meeting, invitees=others, vacant=(*meeting.vacant, *left))
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


def _without(vacant: tuple[tuple[str, bool], ...], filled: tuple[str, bool] | None) -> tuple[tuple[str, bool], ...]:
    """With one place less, where one was filled: two who went leave two places."""
    if filled is None:
        return vacant
    place = vacant.index(filled)
    return (*vacant[:place], *vacant[place + 1 :])


def _changed(meeting: Scheduled, refs: tuple[str, ...], **changes: Any) -> Scheduled:
    invitees = tuple(replace(each, **changes) if each.ref in refs else each for each in meeting.invitees)
    return replace(meeting, invitees=invitees)
