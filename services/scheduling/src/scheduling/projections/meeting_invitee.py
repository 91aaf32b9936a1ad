"""`meeting_invitee`: who is invited to each meeting, how they are reached, and what they said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from pep_kernel.sealed import Contact, ThirdParty
from scheduling.domain.meeting.events import MeetingRescheduled
from scheduling.domain.meeting.invitation_events import (
    AttendanceConfirmed,
    AttendanceDeclined,
    InvitationListApproved,
    InviteeAdded,
    InviteeListed,
    InviteeWithdrawn,
    OfficerSent,
    ReplyLinkMade,
    ReplyLinkWithdrawn,
)


@dataclass(frozen=True, slots=True)
class MeetingInvitee:
    """One person invited to one meeting: a known one by reference, a guest by name and address.

    `late_notice`: they were told after the others, with short notice.
    """

    meeting_id: str
    invitee_ref: str
    capacity: str
    person_ref: str | None
    name: ThirdParty | None
    email: Contact | None
    language: ThirdParty | None
    decided_by: str | None
    child_ref: str = ""
    answer: str = "not_answered"
    awaits_approval: bool = False
    reply_hash: str | None = None
    reply_until: datetime | None = None
    late_notice: bool = False


_OF_ONE = (
    InviteeListed,
    InviteeAdded,
    InviteeWithdrawn,
    AttendanceConfirmed,
    AttendanceDeclined,
    OfficerSent,
    ReplyLinkMade,
    ReplyLinkWithdrawn,
)


def _keys(recorded: Recorded) -> Iterable[Key]:
    event = recorded.event
    if isinstance(event, _OF_ONE):
        return ((event.meeting_id, event.invitee_ref),)
    if isinstance(event, MeetingRescheduled | InvitationListApproved):
        return tuple((event.meeting_id, ref) for ref in event.invitees)
    return ()


def _fold(row: MeetingInvitee | None, recorded: Recorded, _key: Key) -> MeetingInvitee | None:
    match row, recorded.event:
        case _, InviteeListed() | InviteeAdded() as event:
            return _invited(event)
        case _, InviteeWithdrawn():
            return None
        case MeetingInvitee(), MeetingRescheduled():
            return replace(row, answer="not_answered", reply_hash=None, reply_until=None, late_notice=False)
        case MeetingInvitee(), InvitationListApproved(late_notice=late):
            return replace(row, awaits_approval=False, late_notice=late)
        case MeetingInvitee(), AttendanceConfirmed() | OfficerSent():
            return replace(row, answer="comes", reply_hash=None, reply_until=None)
        case MeetingInvitee(), AttendanceDeclined():
            return replace(row, answer="does_not_come", reply_hash=None, reply_until=None)
        case MeetingInvitee(), ReplyLinkMade(token_hash=token_hash, until=until):
            return replace(row, reply_hash=token_hash, reply_until=until)
        case MeetingInvitee(), ReplyLinkWithdrawn():
            return replace(row, reply_hash=None, reply_until=None)
        case _:
            return row


def _invited(event: InviteeListed | InviteeAdded) -> MeetingInvitee:
    return MeetingInvitee(
        event.meeting_id,
        event.invitee_ref,
        event.capacity,
        event.person_ref,
        event.name,
        event.email,
        event.language,
        event.decided_by,
        event.child_ref,
        awaits_approval=event.awaits_approval,
        late_notice=isinstance(event, InviteeAdded) and event.late_notice,
    )


MEETING_INVITEES = ReadModel("meeting_invitee", MeetingInvitee, ("meeting_id", "invitee_ref"), _keys, _fold)
