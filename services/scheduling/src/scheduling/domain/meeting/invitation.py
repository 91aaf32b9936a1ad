"""Who may be invited by whom, and under which reference each invitee is known."""

from __future__ import annotations

from typing import Any

from pep_kernel.authority_policy.meetings import Capacity
from pep_kernel.may import FIELDS, Role, Shown
from pep_kernel.refusal import Refusal
from pep_kernel.sealed import Contact, ThirdParty
from scheduling.domain.meeting.commands import AddInvitee, ScheduleMeeting
from scheduling.domain.meeting.events import InviteeAdded, InviteeListed
from scheduling.domain.meeting.people import GuestInvitee, KnownInvitee
from scheduling.domain.meeting.states import Scheduled


def listed(command: ScheduleMeeting) -> list[InviteeListed]:
    """One event an invitee; the same person twice is invited once."""
    particulars = [
        _particulars(command.meeting_id, command.child_ref, invitee, number, command)
        for number, invitee in enumerate(command.invitees, 1)
    ]
    return [InviteeListed(**each) for each in {each["invitee_ref"]: each for each in particulars}.values()]


def withheld(command: ScheduleMeeting) -> list[str]:
    """The invitees whose address is not kept."""
    return [invitee.invitee_ref for invitee in listed(command) if invitee.address_withheld]


def added(meeting: Scheduled, command: AddInvitee) -> list[InviteeAdded]:
    """Somebody who was already invited is not invited again."""
    number = len(meeting.invitees) + 1
    particulars = _particulars(meeting.meeting_id, meeting.child_ref, command.invitee, number, command)
    if particulars["invitee_ref"] in meeting.invitees:
        return []
    return [InviteeAdded(**particulars, on=command.on, at=meeting.at)]


def _particulars(
    meeting_id: str,
    child_ref: str,
    invitee: KnownInvitee | GuestInvitee,
    number: int,
    asked: ScheduleMeeting | AddInvitee,
) -> dict[str, Any]:
    common = {
        "meeting_id": meeting_id,
        "child_ref": child_ref,
        "capacity": invitee.capacity.value,
        "decided_by": _decision(invitee.capacity, asked.by, asked.by_role),
    }
    match invitee:
        case KnownInvitee(person_ref=ref):
            return {**common, "invitee_ref": ref, "person_ref": ref}
        case GuestInvitee(name=name, email=email, language=language):
            who = {"name": ThirdParty.of(name), "language": ThirdParty.optional(language)}
            address = _address(invitee.capacity, email, asked.by_role)
            return {**common, **who, **address, "invitee_ref": f"guest-{number}"}


def _address(capacity: Capacity, email: str, by_role: str) -> dict[str, Any]:
    """A school does not write down how a carer is reached, in case it is confidential: it is not kept (L-37, T26)."""
    if capacity is Capacity.CARER and Shown.CARERS_CONTACT not in FIELDS[Role(by_role)]:
        return {"address_withheld": True}
    return {"email": Contact.of(email)}


def _decision(capacity: Capacity, by: str, by_role: str) -> str | None:
    if capacity is not Capacity.FAMILY:
        return None
    if by_role != Role.SOCIAL_WORKER:
        sentence = "Only the social worker decides whether family is invited; ask the social worker to do it."
        raise Refusal(sentence, "L-10", "L-16")
    return by
