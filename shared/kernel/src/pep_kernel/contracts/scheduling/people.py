"""Scheduling says: who works here and in which schools."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pep_kernel.announcement import Announcement


class StaffMemberAdded(Announcement):
    """Somebody works here in this role from now on; said again when role, school or limit change."""

    type: Literal["uk.openpep.scheduling.StaffMemberAdded.v1"] = "uk.openpep.scheduling.StaffMemberAdded.v1"
    person_ref: str
    role: str
    school_urn: str | None = None
    approval_limit_pence: int = 0


class CarerNamed(Announcement):
    """This person looks after children, and may sign in as a carer. Who it is, and how to reach them, is not said."""

    type: Literal["uk.openpep.scheduling.CarerNamed.v1"] = "uk.openpep.scheduling.CarerNamed.v1"
    person_ref: str


class CarerLinked(Announcement):
    """This carer looks after this child."""

    type: Literal["uk.openpep.scheduling.CarerLinked.v1"] = "uk.openpep.scheduling.CarerLinked.v1"
    person_ref: str
    child_ref: str


class CarerUnlinked(Announcement):
    """This carer does not look after this child any more."""

    type: Literal["uk.openpep.scheduling.CarerUnlinked.v1"] = "uk.openpep.scheduling.CarerUnlinked.v1"
    person_ref: str
    child_ref: str


class PupilAccountOpened(Announcement):
    """The child may sign in, under the reference of the own record."""

    type: Literal["uk.openpep.scheduling.PupilAccountOpened.v1"] = "uk.openpep.scheduling.PupilAccountOpened.v1"
    child_ref: str


class PupilAccountClosed(Announcement):
    """The child may not sign in any more."""

    type: Literal["uk.openpep.scheduling.PupilAccountClosed.v1"] = "uk.openpep.scheduling.PupilAccountClosed.v1"
    child_ref: str


class RoleEnded(Announcement):
    """Somebody does not work here any more."""

    type: Literal["uk.openpep.scheduling.RoleEnded.v1"] = "uk.openpep.scheduling.RoleEnded.v1"
    person_ref: str


class SchoolListed(Announcement):
    """A school that the authority's children attend, as payments need it."""

    type: Literal["uk.openpep.scheduling.SchoolListed.v1"] = "uk.openpep.scheduling.SchoolListed.v1"
    urn: str
    ukprn: str | None = None
    laestab: str | None = None


class RoleGranted(Announcement):
    """All that is granted to somebody beside the role: `auditor from 2026-11-02 until 2026-12-31`, where it has days.

    `stands_in_for:<reference>` is the work of somebody who is away.
    """

    type: Literal["uk.openpep.scheduling.RoleGranted.v1"] = "uk.openpep.scheduling.RoleGranted.v1"
    person_ref: str
    granted: tuple[str, ...]


class StaffAbsent(Announcement):
    """Somebody is away from this day to that; the deputy does the work, and is invited and told meanwhile."""

    type: Literal["uk.openpep.scheduling.StaffAbsent.v1"] = "uk.openpep.scheduling.StaffAbsent.v1"
    person_ref: str
    on: date
    until: date
    deputy_ref: str


class StaffReturned(Announcement):
    """Somebody is back before the last day that was told."""

    type: Literal["uk.openpep.scheduling.StaffReturned.v1"] = "uk.openpep.scheduling.StaffReturned.v1"
    person_ref: str
    on: date
