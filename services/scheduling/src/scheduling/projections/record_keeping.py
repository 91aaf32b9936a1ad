"""`record_keeping` and `legal_hold`: whose record was asked to be forgotten, who decided it, which cases hold it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from scheduling.domain.keeping.events import (
    ChildForgotten,
    EntriesForgotten,
    ForgettingApproved,
    ForgettingDeclined,
    ForgettingRequested,
    LegalHoldLifted,
    LegalHoldPlaced,
)


@dataclass(frozen=True, slots=True)
class RecordStanding:
    """What was last asked of a child's record. `stage` is asked, approved or forgotten; without `stream` it is all."""

    child_ref: str
    stage: str
    basis: str
    asked_by: str
    asked_on: date
    stream: str | None = None
    first: int | None = None
    last: int | None = None
    approved_by: str | None = None
    approved_on: date | None = None
    forgotten_on: date | None = None


_ABOUT = (ForgettingRequested, ForgettingDeclined, ForgettingApproved, ChildForgotten, EntriesForgotten)


def _keys(recorded: Recorded) -> Iterable[Key]:
    event = recorded.event
    return ((event.child_ref,),) if isinstance(event, _ABOUT) else ()


def _fold(row: RecordStanding | None, recorded: Recorded, _key: Key) -> RecordStanding | None:
    match row, recorded.event:
        case _, ForgettingRequested() as asked:
            return _asked(asked)
        case RecordStanding(), ForgettingApproved(by=by, on=on):
            return replace(row, stage="approved", approved_by=by, approved_on=on)
        case RecordStanding(), ChildForgotten(on=on):
            return replace(row, stage="forgotten", forgotten_on=on)
        case _:  # declined, or only some entries were forgotten: the record is kept
            return None


def _asked(asked: ForgettingRequested) -> RecordStanding:
    row = RecordStanding(asked.child_ref, "asked", asked.basis, asked.by, asked.on)
    if asked.entries is None:
        return row
    return replace(row, stream=asked.entries.stream, first=asked.entries.first, last=asked.entries.last)


RECORD_KEEPING = ReadModel("record_keeping", RecordStanding, ("child_ref",), _keys, _fold)


@dataclass(frozen=True, slots=True)
class LegalHold:
    """Nothing of this child's record may be forgotten while this case is open."""

    child_ref: str
    case_ref: str
    since: date
    by: str


def _hold_keys(recorded: Recorded) -> Iterable[Key]:
    match recorded.event:
        case LegalHoldPlaced() | LegalHoldLifted() as hold:
            return ((hold.child_ref, hold.case_ref),)
        case _:
            return ()


def _hold(_row: LegalHold | None, recorded: Recorded, _key: Key) -> LegalHold | None:
    match recorded.event:
        case LegalHoldPlaced() as placed:
            return LegalHold(placed.child_ref, placed.case_ref, placed.on, placed.by)
        case _:
            return None


LEGAL_HOLDS = ReadModel("legal_hold", LegalHold, ("child_ref", "case_ref"), _hold_keys, _hold)
