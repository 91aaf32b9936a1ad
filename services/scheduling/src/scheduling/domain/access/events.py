"""What happens to the access to a child's record. Reasons are sealed: they tell of the child."""

from __future__ import annotations

from datetime import date, datetime

from pep_kernel.message import Event
from pep_kernel.sealed import PlanText


class OfAccess(Event):
    """Base of all of them."""

    child_ref: str


class DelegateNamed(OfAccess):
    """The designated teacher named somebody who writes and attends for them (O-21)."""

    on: date
    person_ref: str
    by: str


class DelegateEnded(OfAccess):
    """The person does so no more."""

    on: date
    person_ref: str
    by: str


class RecordRestricted(OfAccess):
    """Only people to whom it was granted by name may see the record."""

    on: date
    by: str
    reason: PlanText


class RecordUnrestricted(OfAccess):
    """The record is open again to those around the child."""

    on: date
    by: str
    reason: PlanText


class GlassBroken(OfAccess):
    """Somebody gave a reason why they must see the record, and may look at it until then."""

    person_ref: str
    role: str
    reason: PlanText
    at: datetime
    until: datetime


AccessEvent = DelegateNamed | DelegateEnded | RecordRestricted | RecordUnrestricted | GlassBroken
