"""What may be told of a person."""

from __future__ import annotations

from datetime import date

from pep_kernel.may import Grantable
from pep_kernel.message import Command
from scheduling.domain.child.care_record import CarerRecord, StaffRecord


class AddStaffMember(Command):
    """This person works here. `digest` is a keyed hash of the record, so that a second import sees what is new."""

    person_ref: str
    record: StaffRecord
    digest: str


class EndRole(Command):
    """This person does not work here any more."""

    person_ref: str
    on: date


class LinkCarer(Command):
    """This person looks after these children, and after no others."""

    person_ref: str
    record: CarerRecord
    child_refs: frozenset[str]
    digest: str


class LetPupilSignIn(Command):
    """The child may sign in, or may not any more."""

    child_ref: str
    may_sign_in: bool


class GrantRole(Command):
    """This person may also what this role or permission allows, to this day where it ends."""

    person_ref: str
    what: Grantable
    on: date
    until: date | None
    by: str


class EndGrant(Command):
    """This is not granted to the person any more."""

    person_ref: str
    what: Grantable
    on: date
    by: str


PersonCommand = AddStaffMember | EndRole | LinkCarer | LetPupilSignIn | GrantRole | EndGrant
