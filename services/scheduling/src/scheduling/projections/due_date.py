"""`due_date`: what is due for each child, by when, why, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from pep_kernel.contracts.scheduling import Obligation
from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from scheduling.domain.child.events import (
    ObligationMet,
    ObligationReopened,
    PEPDueDateNotCounted,
    PEPDueDateSet,
    PEPDueDateWithdrawn,
    PEPOverdue,
)


@dataclass(frozen=True, slots=True)
class DueDate:
    """One obligation. `state` is open, met, overdue, withdrawn, or not_counted where no calendar reaches its days."""

    child_ref: str
    obligation: Obligation
    trigger_on: date
    trigger: str
    state: str
    due: date | None = None
    days: int | None = None
    unit: str | None = None
    source: tuple[str, ...] = ()
    policy_version: str | None = None
    note: str | None = None
    overdue: bool = False
    met_on: date | None = None
    met_by: str | None = None


_ABOUT = (PEPDueDateSet, PEPDueDateNotCounted, PEPDueDateWithdrawn, ObligationMet, ObligationReopened, PEPOverdue)


def _keys(recorded: Recorded) -> Iterable[Key]:
    event = recorded.event
    return ((event.child_ref, event.obligation, event.trigger_on),) if isinstance(event, _ABOUT) else ()


def _fold(row: DueDate | None, recorded: Recorded, _key: Key) -> DueDate | None:
    match row, recorded.event:
        case _, PEPDueDateSet() as event:
            known_overdue = row is not None and row.overdue and row.due == event.due  # it is said once a due date
            return DueDate(
                child_ref=event.child_ref,
                obligation=event.obligation,
                trigger_on=event.trigger_on,
                trigger=event.trigger,
                state="overdue" if known_overdue else "open",
                overdue=known_overdue,
                due=event.due,
                days=event.days,
                unit=event.unit,
                source=event.source,
                policy_version=event.policy_version,
                note=event.note,
            )
        case _, PEPDueDateNotCounted() as event:
            return DueDate(
                child_ref=event.child_ref,
                obligation=event.obligation,
                trigger_on=event.trigger_on,
                trigger=event.trigger,
                state="not_counted",
                note=event.reason,
            )
        case DueDate(), PEPDueDateWithdrawn():
            return replace(row, state="withdrawn")
        case DueDate(), ObligationMet(on=on, by=by):
            return replace(row, state="met", met_on=on, met_by=by)
        case DueDate(overdue=overdue), ObligationReopened():
            return replace(row, state="overdue" if overdue else "open", met_on=None, met_by=None)
        case DueDate(), PEPOverdue():
            return replace(row, state="overdue", overdue=True)
        case _:
            return row


DUE_DATES = ReadModel("due_date", DueDate, ("child_ref", "obligation", "trigger_on"), _keys, _fold, ("due",))
