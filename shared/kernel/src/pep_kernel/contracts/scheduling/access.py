"""Scheduling says: who may see a record beside those who always may."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pep_kernel.announcement import Announcement


class DelegateNamed(Announcement):
    """This person writes and attends for the child's designated teacher from this day."""

    type: Literal["uk.openpep.scheduling.DelegateNamed.v1"] = "uk.openpep.scheduling.DelegateNamed.v1"
    child_ref: str
    on: date
    person_ref: str


class DelegateEnded(Announcement):
    """This person does so no more."""

    type: Literal["uk.openpep.scheduling.DelegateEnded.v1"] = "uk.openpep.scheduling.DelegateEnded.v1"
    child_ref: str
    on: date
    person_ref: str


class RecordRestricted(Announcement):
    """Only people to whom it was granted by name may see the child's record."""

    type: Literal["uk.openpep.scheduling.RecordRestricted.v1"] = "uk.openpep.scheduling.RecordRestricted.v1"
    child_ref: str
    on: date


class RecordUnrestricted(Announcement):
    """The child's record is open again to those around the child."""

    type: Literal["uk.openpep.scheduling.RecordUnrestricted.v1"] = "uk.openpep.scheduling.RecordUnrestricted.v1"
    child_ref: str
    on: date


class GlassBroken(Announcement):
    """Somebody may look at the child's record until then, whoever they are to the child. The worker is alerted."""

    type: Literal["uk.openpep.scheduling.GlassBroken.v1"] = "uk.openpep.scheduling.GlassBroken.v1"
    child_ref: str
    person_ref: str
    until: datetime
    social_worker_ref: str | None = None
