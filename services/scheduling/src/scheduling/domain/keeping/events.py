"""What happens to a child's record as a record: held for a court, asked to be forgotten, approved, forgotten.

Nothing here is personal: these events stay readable when the child is forgotten, and say who decided it and why.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from pep_kernel.message import Event

WholeRecordBasis = Literal["retention_period_ended", "erasure_asked_for", "court_order"]
EntriesBasis = Literal["recorded_for_the_wrong_child", "court_order"]


class Entries(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Some entries of one stream of any service, by their versions, both included."""

    stream: str
    first: int
    last: int


class OfTheRecord(Event):
    """Base of all of them."""

    child_ref: str
    on: date


class LegalHoldPlaced(OfTheRecord):
    """Nothing of this record may be forgotten while this case is open."""

    case_ref: str
    by: str


class LegalHoldLifted(OfTheRecord):
    """The case needs the record no more."""

    case_ref: str
    by: str


class ForgettingRequested(OfTheRecord):
    """Somebody asked that the record, or these entries of it, be forgotten. `basis` is the lawful basis."""

    basis: str
    by: str
    entries: Entries | None = None
    kept_until: date | None = None


class ForgettingDeclined(OfTheRecord):
    """What was asked is not done."""

    by: str


class ForgettingApproved(OfTheRecord):
    """Somebody else agreed. From here on the keys are destroyed, however often that has to be tried."""

    by: str


class ChildForgotten(OfTheRecord):
    """The keys of all that was sealed about the child are destroyed."""

    reason: str


class EntriesForgotten(OfTheRecord):
    """These entries are shown to nobody any more. Their key is the child's, and is destroyed with it."""

    reason: str
    entries: Entries


KeepingEvent = (
    LegalHoldPlaced
    | LegalHoldLifted
    | ForgettingRequested
    | ForgettingDeclined
    | ForgettingApproved
    | ChildForgotten
    | EntriesForgotten
)
