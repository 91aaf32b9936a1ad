"""In which role somebody acts who may act in several: the one to which the authority's rules leave it."""

from __future__ import annotations

from pep_kernel.authority_policy.meetings import Capacity
from pep_kernel.may import Role
from scheduling.domain.meeting.arranging import calling_off_role, convening_role
from scheduling.domain.meeting.commands import CancelMeeting, Convening
from scheduling.domain.meeting.invitation import awaiting_them, inviting_role
from scheduling.domain.meeting.invitation_commands import (
    AddInvitee,
    ApproveInvitations,
    ByTheRules,
    WithdrawInvitee,
)
from scheduling.domain.meeting.states import Meeting, Scheduled


def role_of(meeting: Meeting, command: ByTheRules) -> Role:
    """Where nobody else's role is asked for, the one in which they were permitted it first."""
    match command:
        case CancelMeeting():
            return calling_off_role(command)
        case Convening():
            return convening_role(command)
        case _:
            capacity = _about_whom(meeting, command)
            return (inviting_role(command, capacity) if capacity else None) or command.by_role


def _about_whom(meeting: Meeting, command: ByTheRules) -> Capacity | None:
    """In which capacity the person comes about whose invitation this decides."""
    match meeting, command:
        case _, AddInvitee(invitee=invitee):
            return invitee.capacity
        case Scheduled(), ApproveInvitations():
            return next((Capacity(each.capacity) for each in awaiting_them(meeting, command)), None)
        case Scheduled(), WithdrawInvitee(invitee_ref=ref) if invited := meeting.invited(ref):
            return Capacity(invited.capacity)
        case _:
            return None
