"""What may be told of a person."""

from __future__ import annotations

from datetime import date

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


PersonCommand = AddStaffMember | EndRole | LinkCarer
