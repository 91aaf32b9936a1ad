"""What happens to the list of those invited: who is on it, who decided that, who comes, whether that is enough."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pep_kernel.message import Event
from pep_kernel.sealed import Contact, ThirdParty


class OfTheInvited(Event):
    """Base of all of them."""

    meeting_id: str
    child_ref: str


class InviteeListed(OfTheInvited):
    """One of those invited when the meeting was arranged. `decided_by` is the social worker who wants family there."""

    invitee_ref: str
    capacity: str
    person_ref: str | None = None
    name: ThirdParty | None = None
    email: Contact | None = None
    language: ThirdParty | None = None
    decided_by: str | None = None
    address_withheld: bool = False
    awaits_approval: bool = False


class InviteeAdded(OfTheInvited):
    """Somebody was invited later. `late_notice`: they are told now, after the others, and it is short notice (L-13)."""

    on: date
    invitee_ref: str
    capacity: str
    at: datetime
    person_ref: str | None = None
    name: ThirdParty | None = None
    email: Contact | None = None
    language: ThirdParty | None = None
    decided_by: str | None = None
    address_withheld: bool = False
    awaits_approval: bool = False
    late_notice: bool = False


class InvitationListApproved(OfTheInvited):
    """Those who were put forward may come: the social worker, or whoever decides about them, said so (L-10).

    `late_notice` is as of somebody who was invited later.
    """

    on: date
    invitees: tuple[str, ...]
    by: str
    late_notice: bool = False


class InviteeWithdrawn(OfTheInvited):
    """Somebody is not invited any more."""

    on: date
    invitee_ref: str
    capacity: str
    because: Literal["decided", "another_person"]
    by: str | None = None


class AttendanceConfirmed(OfTheInvited):
    """Somebody said that they come; `by_link` without an account."""

    on: date
    invitee_ref: str
    capacity: str
    by: str
    by_link: bool = False


class AttendanceDeclined(OfTheInvited):
    """Somebody said that they cannot come."""

    on: date
    invitee_ref: str
    capacity: str
    by: str
    by_link: bool = False


class ReplyLinkMade(OfTheInvited):
    """A link by which this person can answer once without an account. Its secret is known to nobody here."""

    on: date
    invitee_ref: str
    token_hash: str
    until: datetime
    by: str


class ReplyLinkWithdrawn(OfTheInvited):
    """The link is worth nothing any more."""

    on: date
    invitee_ref: str
    by: str


class OfficerSent(OfTheInvited):
    """The Virtual School sends this officer, who comes."""

    on: date
    invitee_ref: str
    capacity: str
    by: str


class QuorumAtRisk(OfTheInvited):
    """With those who said yes this will not be a PEP meeting. `unconfirmed` are invited and would make it one (T63)."""

    on: date
    at: datetime
    working_days_before: int
    unconfirmed: tuple[str, ...] = ()


class QuorumSecured(OfTheInvited):
    """Somebody who speaks for the authority comes now."""

    on: date


InvitedEvent = (
    InviteeListed
    | InviteeAdded
    | InvitationListApproved
    | InviteeWithdrawn
    | AttendanceConfirmed
    | AttendanceDeclined
    | ReplyLinkMade
    | ReplyLinkWithdrawn
    | OfficerSent
    | QuorumAtRisk
    | QuorumSecured
)
