"""What became known about a child. `on` is the day from which it is true, not the day on which it was told."""

from __future__ import annotations

from datetime import date, datetime

from pep_kernel.forgotten import KnownForgotten
from pep_kernel.message import Event


class KnownInCare(Event):
    """The child is in care."""

    child_ref: str
    on: date
    born_in_school_year: int


class KnownToHaveLeftCare(Event):
    """The child has left care. From `closes_on`, else from `on`, those around the child see the record no more."""

    child_ref: str
    on: date
    closes_on: date | None = None


class SchoolKnown(Event):
    """The child is on the roll of this school, or of none."""

    child_ref: str
    on: date
    school_urn: str | None


class SocialWorkerKnown(Event):
    """This social worker is responsible for the child."""

    child_ref: str
    on: date
    social_worker_ref: str


class DelegateKnown(Event):
    """This person writes for the child's designated teacher, or does so no more."""

    child_ref: str
    on: date
    person_ref: str
    named: bool


class CarerKnown(Event):
    """This person looks after the child, or does so no more."""

    child_ref: str
    on: date
    person_ref: str
    linked: bool


class RestrictionKnown(Event):
    """Only people to whom it was granted by name may see the record; or it is open again."""

    child_ref: str
    on: date
    restricted: bool


class BrokenGlassKnown(Event):
    """This person may look at the record until then."""

    child_ref: str
    on: date
    person_ref: str
    until: datetime


class NoPlanNeeded(Event):
    """No PEP applies to the child."""

    child_ref: str
    on: date
    reason: str


class MeetingKnown(Event):
    """A meeting was held, as a PEP meeting or as a review of progress."""

    child_ref: str
    on: date
    meeting_id: str
    outcome: str


class MeetingCorrectionKnown(Event):
    """This outcome and this day of a meeting hold, whatever was or will be told of it otherwise."""

    child_ref: str
    on: date
    meeting_id: str
    outcome: str


class PlanBecameCurrent(Event):
    """This is the child's current plan."""

    child_ref: str
    on: date
    plan_id: str
    number: int


KnownEvent = (
    KnownInCare
    | KnownToHaveLeftCare
    | SchoolKnown
    | SocialWorkerKnown
    | DelegateKnown
    | CarerKnown
    | RestrictionKnown
    | BrokenGlassKnown
    | NoPlanNeeded
    | MeetingKnown
    | MeetingCorrectionKnown
    | PlanBecameCurrent
    | KnownForgotten
)
