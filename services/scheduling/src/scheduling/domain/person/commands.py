"""What may be told of a person."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from pep_kernel.may import Grantable
from pep_kernel.message import Command
from scheduling.domain.child.care_record import CarerRecord, StaffRecord


class AddStaffMember(Command):
    """This person works here. `digest` is a keyed hash of the record, so that a second import sees what is new.

    `by` is whoever told it; nobody where an operator adds the first person.
    """

    person_ref: str
    record: StaffRecord
    digest: str
    by: str | None = None


class EndRole(Command):
    """This person does not work here any more, as somebody told."""

    person_ref: str
    on: date
    by: str


class LinkCarer(Command):
    """This person looks after these children, and after no others."""

    person_ref: str
    record: CarerRecord
    child_refs: frozenset[str]
    digest: str


class UnlinkCarer(Command):
    """This person does not look after this child any more, whoever else they look after."""

    person_ref: str
    child_ref: str


class LetPupilSignIn(Command):
    """The child may sign in, or may not any more."""

    child_ref: str
    may_sign_in: bool


StandsInFor = Annotated[str, Field(pattern=r"^stands_in_for:[a-z2-7]{20,26}$")]
"""The work of somebody who is away; never granted by hand."""


class GrantRole(Command):
    """This person may also what this role or permission allows, to this day where it ends."""

    person_ref: str
    what: Grantable | StandsInFor
    on: date
    until: date | None
    by: str
    since: date | None = None


class EndGrant(Command):
    """This is not granted to the person any more. `since` names which, where the same is granted for several times."""

    person_ref: str
    what: Grantable | StandsInFor
    on: date
    by: str
    since: date | None = None


class RecordAbsence(Command):
    """This person is away from this day to that, and the deputy does the work meanwhile."""

    person_ref: str
    on: date
    until: date
    deputy_ref: str
    by: str


class EndAbsence(Command):
    """This person is back before the last day that was told, or is not away at all: the absence from `absent_on`.

    Without that day it is the one of today.
    """

    person_ref: str
    on: date
    absent_on: date | None = None
    by: str


class VerifyDesignatedTeacher(Command):
    """This person is the school's designated teacher; it was verified today."""

    person_ref: str
    on: date
    by: str
    deputy_ref: str | None
    trained_on: date | None


PersonCommand = (
    AddStaffMember
    | EndRole
    | LinkCarer
    | UnlinkCarer
    | LetPupilSignIn
    | GrantRole
    | EndGrant
    | RecordAbsence
    | EndAbsence
    | VerifyDesignatedTeacher
)
