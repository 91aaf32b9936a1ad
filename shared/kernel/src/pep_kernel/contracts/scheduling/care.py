"""Scheduling says: who is in care, under whom, and where they learn."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pep_kernel.announcement import Announcement


class ChildEnteredCare(Announcement):
    """A spell in care began. `born_in_school_year` is the first calendar year of the school year of birth."""

    type: Literal["uk.openpep.scheduling.ChildEnteredCare.v1"] = "uk.openpep.scheduling.ChildEnteredCare.v1"
    child_ref: str
    on: date
    born_in_school_year: int
    school_urn: str | None = None


class ChildLeftCare(Announcement):
    """The spell in care ended."""

    type: Literal["uk.openpep.scheduling.ChildLeftCare.v1"] = "uk.openpep.scheduling.ChildLeftCare.v1"
    child_ref: str
    on: date


class SchoolMoved(Announcement):
    """The child is on the roll of this school from this day; none: of no school."""

    type: Literal["uk.openpep.scheduling.SchoolMoved.v1"] = "uk.openpep.scheduling.SchoolMoved.v1"
    child_ref: str
    on: date
    school_urn: str | None


class SocialWorkerAllocated(Announcement):
    """This social worker is responsible for the child from this day."""

    type: Literal["uk.openpep.scheduling.SocialWorkerAllocated.v1"] = "uk.openpep.scheduling.SocialWorkerAllocated.v1"
    child_ref: str
    social_worker_ref: str
    on: date


class ChildForgotten(Announcement):
    """The keys of all that was sealed about the child are destroyed, for this lawful reason."""

    type: Literal["uk.openpep.scheduling.ChildForgotten.v1"] = "uk.openpep.scheduling.ChildForgotten.v1"
    child_ref: str
    on: date
    reason: str
