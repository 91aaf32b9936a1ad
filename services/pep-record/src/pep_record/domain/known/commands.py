"""Facts to take in, and what they may start."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pep_kernel.forgotten import NoteForgotten
from pep_kernel.message import Command


class NoteFact(Command):
    """Something about a child became known."""

    child_ref: str
    on: date


class NoteEnteredCare(NoteFact):
    """The child is in care from this day, and at this school, where one is known."""

    born_in_school_year: int
    school_urn: str | None = None


class NoteLeftCare(NoteFact):
    """The child is in care no more; from `closes_on` those who were around the child see the record no more."""

    closes_on: date


class NoteSchool(NoteFact):
    """The child is on the roll of this school from this day, or of none."""

    school_urn: str | None


class NoteSocialWorker(NoteFact):
    """This social worker is responsible from this day."""

    social_worker_ref: str


class NoteDelegate(NoteFact):
    """This person writes for the child's designated teacher, or does so no more."""

    person_ref: str
    named: bool


class NoteCarer(NoteFact):
    """This person looks after the child, or does so no more."""

    person_ref: str
    linked: bool


class NoteRestriction(NoteFact):
    """Only people to whom it was granted by name may see the record; or it is open again."""

    restricted: bool


class NoteGlassBroken(NoteFact):
    """This person may look at the record until then."""

    person_ref: str
    until: datetime


class NoteNoPlanNeeded(NoteFact):
    """No PEP applies, for this reason."""

    reason: str


class NoteMeetingHeld(NoteFact):
    """A meeting took place."""

    meeting_id: str
    outcome: Literal["PEP", "PROGRESS_REVIEW"]


class NoteMeetingCorrected(NoteFact):
    """What was recorded of a meeting was wrong; this outcome holds."""

    meeting_id: str
    outcome: Literal["PEP", "PROGRESS_REVIEW"]


class NoteCurrentPlan(NoteFact):
    """This plan is the child's current one from this day."""

    plan_id: str
    number: int


KnownCommand = (
    NoteEnteredCare
    | NoteLeftCare
    | NoteSchool
    | NoteSocialWorker
    | NoteDelegate
    | NoteCarer
    | NoteRestriction
    | NoteGlassBroken
    | NoteNoPlanNeeded
    | NoteMeetingHeld
    | NoteMeetingCorrected
    | NoteCurrentPlan
    | NoteForgotten
)
