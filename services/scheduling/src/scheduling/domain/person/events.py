"""What happens to a person. Names and addresses are sealed; roles, schools and limits are what others may rely on."""

from __future__ import annotations

from datetime import date

from pep_kernel.message import Event
from pep_kernel.sealed import Contact, ThirdParty


class StaffMemberAdded(Event):
    """The person works here in this role; said again when anything of it changes."""

    person_ref: str
    digest: str
    role: str
    name: ThirdParty
    email: Contact
    school_urn: str | None = None
    team: str | None = None
    approval_limit_pence: int = 0


class RoleEnded(Event):
    """The person does not work here any more."""

    person_ref: str
    on: date


class CarerNamed(Event):
    """Who a carer is and how to reach that person; a school never sees it (L-37)."""

    person_ref: str
    digest: str
    name: ThirdParty
    email: Contact | None = None
    telephone: Contact | None = None


class CarerLinked(Event):
    """The person looks after this child."""

    person_ref: str
    child_ref: str


class CarerUnlinked(Event):
    """The person does not look after this child any more."""

    person_ref: str
    child_ref: str


class PupilAccountOpened(Event):
    """The child may sign in, under the reference of the own record: no other person can be meant."""

    child_ref: str


class PupilAccountClosed(Event):
    """The child may not sign in any more."""

    child_ref: str


class RoleGranted(Event):
    """The person may also what this role or permission allows, to this day where it ends."""

    person_ref: str
    what: str
    on: date
    by: str
    until: date | None = None
    since: date | None = None


class GrantEnded(Event):
    """This is not granted to the person any more. `since` names which, where the same is granted for several times."""

    person_ref: str
    what: str
    on: date
    by: str
    since: date | None = None


class StaffAbsent(Event):
    """The person is away from this day to that, and the deputy does the work meanwhile."""

    person_ref: str
    on: date
    until: date
    deputy_ref: str
    by: str


class StaffReturned(Event):
    """The person, away since `absent_on`, is back before the last day that was told."""

    person_ref: str
    on: date
    absent_on: date
    by: str


class DesignatedTeacherVerified(Event):
    """Somebody made sure that this person is the school's designated teacher, and who stands in when they are away."""

    person_ref: str
    on: date
    by: str
    deputy_ref: str | None = None
    trained_on: date | None = None


PersonEvent = (
    StaffMemberAdded
    | RoleEnded
    | CarerNamed
    | CarerLinked
    | CarerUnlinked
    | PupilAccountOpened
    | PupilAccountClosed
    | RoleGranted
    | GrantEnded
    | StaffAbsent
    | StaffReturned
    | DesignatedTeacherVerified
)
