"""What may be asked of the list of those invited: who is on it, who decided that, who comes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, Field

from pep_kernel.authority_policy import SchedulingPolicy
from pep_kernel.may import Role, acts_as
from pep_kernel.message import Command
from scheduling.domain.meeting.people import Invitee, KnownInvitee

Policy = Annotated[SchedulingPolicy, Field(repr=False)]


class ByTheRules(Command):
    """What the authority's rules leave to some people. `first`: no PEP meeting was held yet, here or in this school.

    `urgent`: an urgent PEP was asked for, and no PEP meeting was held since.
    `by_role` and `also_as` are all the roles in which whoever asks may do it. In Year 12 or 13 an adviser acts as the
    social worker (O-12), and for a child of no school the Virtual School as the designated teacher (O-15).
    """

    meeting_id: str
    on: date
    by: str
    by_role: Role
    also_as: tuple[Role, ...] = ()
    year_group_now: int | None = None
    has_school: bool = True
    policy: Policy
    first: bool = True
    urgent: bool = False

    def role_among(self, entitled: Collection[Role]) -> Role | None:
        """The first of their roles in which they do what is left to these."""
        return next((role for role in (self.by_role, *self.also_as) if self._stands_for(role) & set(entitled)), None)

    def _stands_for(self, role: Role) -> frozenset[Role]:
        return acts_as(role, has_school=self.has_school, year_group=self.year_group_now)


class OfTheList(ByTheRules):
    """A change of the list. Whether the meeting is at risk of being no PEP meeting may change with it."""

    year_group: int


class AddInvitee(OfTheList):
    """Invite one more person, or put somebody forward where another decides."""

    invitee: Invitee


class ApproveInvitations(OfTheList):
    """Those who were put forward may come; nobody named: all of whom the person who asks decides (L-10)."""

    invitees: tuple[str, ...] = ()


class WithdrawInvitee(OfTheList):
    """Somebody is not invited any more."""

    invitee_ref: str


class SendOfficer(OfTheList):
    """The Virtual School sends one of its officers, so that the meeting counts."""

    officer: KnownInvitee


class AnswerInvitation(OfTheList):
    """This person comes, or does not."""

    invitee_ref: str
    comes: bool


class AnswerByLink(Command):
    """The same by somebody without an account, who has the secret of a link that was not used."""

    meeting_id: str
    token_hash: str
    comes: bool
    on: date
    at: AwareDatetime
    policy: Policy
    year_group: int


class MakeReplyLink(Command):
    """A link for one person on the list; one that was made before is worth nothing any more."""

    meeting_id: str
    invitee_ref: str
    token_hash: str
    on: date
    by: str


class WithdrawReplyLink(Command):
    """The link of this person is worth nothing any more."""

    meeting_id: str
    invitee_ref: str
    on: date
    by: str


class LookAtQuorum(Command):
    """So many working days ahead: would it be a PEP meeting with those who said yes? (T63)"""

    meeting_id: str
    on: date
    working_days_before: int
    policy: Policy
    year_group: int


class FollowPerson(Command):
    """Another person has this job for the child now: whoever had it is not invited any more, these are (L-14).

    `left` are those who have it no more; not said, it is everybody in this capacity who is none of `people`.
    """

    meeting_id: str
    capacity: str
    people: tuple[str, ...]
    left: tuple[str, ...] | None = None
    on: date
    policy: Policy
    year_group: int


InvitationCommand = (
    AddInvitee
    | ApproveInvitations
    | WithdrawInvitee
    | SendOfficer
    | AnswerInvitation
    | AnswerByLink
    | MakeReplyLink
    | WithdrawReplyLink
    | LookAtQuorum
    | FollowPerson
)
