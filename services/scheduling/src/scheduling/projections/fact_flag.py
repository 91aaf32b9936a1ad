"""`fact_flag`: what facts lack that stand all the same, and what became of it; which notices to schools are awaited."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from pep_kernel.sealed import PlanText
from scheduling.domain.child import fact_events as told
from scheduling.domain.child.events import PEPDueDateSet
from scheduling.domain.concerns.events import NoApprovalRecorded

State = Literal["awaited", "flagged", "late", "ended"]


@dataclass(frozen=True, slots=True)
class FactFlag:
    """A fact of this day and what it lacks; of an approval also `decision`, which is empty for all else.

    `state` is awaited (a notice, until `due`), flagged, ended (since `ended_on`, `because`), or late: that it was there
    too late is history, and nobody need do anything. Where somebody let it be, `by` and `reason` say who and why.
    """

    child_ref: str
    fact: str
    fact_on: date
    lacks: str
    decision: str
    state: State
    flagged_at: datetime | None = None
    due: date | None = None
    school_urn: str | None = None
    emergency: bool = False
    because: str | None = None
    ended_on: date | None = None
    by: str | None = None
    reason: PlanText | None = None


NO_DECISION = ""


def _keys(recorded: Recorded) -> Iterable[Key]:
    match recorded.event:
        case told.FactFlagged(child_ref=ref, fact=fact, on=on, lacks=lacks):
            return ((ref, fact, on, lacks, NO_DECISION),)
        case (
            told.FactFlagCleared(child_ref=ref, fact=fact, on=on, lacks=lacks, decision=decision)
            | told.FlagLetBe(child_ref=ref, fact=fact, on=on, lacks=lacks, decision=decision)
        ):
            return ((ref, fact, on, lacks, decision or NO_DECISION),)
        case NoApprovalRecorded(child_ref=ref, on=on, decision=decision, school_urn=urn):
            return ((ref, "school" if urn else "placement", on, "approval", decision),)
        case (
            told.PlacementNoticeDue(child_ref=ref, on=on)
            | told.SchoolNotified(child_ref=ref, placement_on=on)
            | told.FactCorrected(child_ref=ref, fact="placement", on=on)
            | PEPDueDateSet(child_ref=ref, obligation="notify", trigger_on=on)
        ):
            return ((ref, "placement", on, "notice", NO_DECISION),)
        case _:
            return ()


def _fold(row: FactFlag | None, recorded: Recorded, key: Key) -> FactFlag | None:
    match recorded.event:
        case told.PlacementNoticeDue(due=due):
            return row if row and row.state == "flagged" else replace(_of(key), due=due)
        case told.SchoolNotified(on=on):
            return _ended(row, "notice_given", on)
        case told.FactFlagged(lacks=lacks):
            state: State = "late" if lacks == "notice_in_time" else "flagged"
            return _flagged(row or _of(key), recorded, state)
        case NoApprovalRecorded(school_urn=urn, emergency=emergency):
            return _flagged(replace(_of(key), school_urn=urn, emergency=emergency), recorded, "flagged")
        case told.FactFlagCleared(because=because, cleared_on=on):
            return _ended(row, because, on)
        case told.FlagLetBe(let_be_on=on, by=by, reason=reason):
            ended = _ended(row, "let_be", on)
            return replace(ended, by=by, reason=reason) if ended else None
        case told.FactCorrected() as corrected:
            keeps_its_day = not corrected.never_happened and corrected.right_on in (None, corrected.on)
            return row if keeps_its_day else _not_awaited(row)
        case PEPDueDateSet():  # an emergency: the obligation says itself what is awaited
            return _not_awaited(row)
        case _:
            return row


def _of(key: Key) -> FactFlag:
    ref, fact, on, lacks, decision = key
    return FactFlag(ref, fact, on, lacks, decision, "awaited")


def _flagged(row: FactFlag, recorded: Recorded, state: State) -> FactFlag:
    said_at = recorded.recorded_at
    return replace(row, state=state, flagged_at=said_at, because=None, ended_on=None, by=None, reason=None)


def _ended(row: FactFlag | None, because: str, on: date) -> FactFlag | None:
    return replace(row, state="ended", because=because, ended_on=on) if row else None


def _not_awaited(row: FactFlag | None) -> FactFlag | None:
    return row if row and row.state != "awaited" else None


FACT_FLAGS = ReadModel(
    "fact_flag", FactFlag, ("child_ref", "fact", "fact_on", "lacks", "decision"), _keys, _fold, ("flagged_at",)
)
