"""`due_date`: what is due for each child, by when, why, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from pep_kernel.contracts.scheduling import Obligation
from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from pep_kernel.sealed import PlanText
from scheduling.domain.child.events import (
    LateReasonRecorded,
    ObligationMet,
    ObligationReopened,
    PEPDueDateNotCounted,
    PEPDueDateRestored,
    PEPDueDateRevised,
    PEPDueDateSet,
    PEPDueDateWithdrawn,
    PEPOverdue,
    PEPOverdueEscalated,
)


@dataclass(frozen=True, slots=True)
class DueDate:
    """One obligation. `state` is open, met, overdue, withdrawn, or not_counted where no calendar reaches its days.

    `escalated` is how many steps of the ladder have been told; `was` the date before it was counted again.
    """

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
    escalated: int = 0
    late_because: str | None = None
    late_details: PlanText | None = None
    marked_complete_on: date | None = None
    was: date | None = None

    @property
    def days_late(self) -> int | None:
        """How many days after its date it was met; none if it was met in time, or is open."""
        if self.met_on is None or self.due is None or self.met_on <= self.due:
            return None
        return (self.met_on - self.due).days

    @property
    def days_in_quality_queue(self) -> int | None:
        """How many days the plan waited between being marked complete and being completed."""
        if self.met_on is None or self.marked_complete_on is None:
            return None
        return (self.met_on - self.marked_complete_on).days


_ABOUT = (
    PEPDueDateSet,
    PEPDueDateNotCounted,
    PEPDueDateRevised,
    PEPDueDateRestored,
    PEPDueDateWithdrawn,
    ObligationMet,
    ObligationReopened,
    PEPOverdue,
    PEPOverdueEscalated,
    LateReasonRecorded,
)


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
                escalated=row.escalated if row is not None and known_overdue else 0,
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
        case DueDate(), PEPDueDateRevised() as event:
            return replace(
                row,
                state="open",
                overdue=False,
                escalated=0,
                due=event.due,
                was=event.was,
                days=event.days,
                unit=event.unit,
                source=event.source,
                policy_version=event.policy_version,
                note=event.note,
            )
        case DueDate(), PEPDueDateWithdrawn():
            return replace(row, state="withdrawn")
        case DueDate(), PEPDueDateRestored(due=due, overdue=overdue, escalated=escalated):
            state = "overdue" if overdue else "open"
            return replace(row, state=state, due=due, overdue=overdue, escalated=escalated)
        case DueDate(), ObligationMet(on=on, by=by, marked_complete_on=marked):
            return replace(row, state="met", met_on=on, met_by=by, marked_complete_on=marked)
        case DueDate(overdue=overdue), ObligationReopened():
            dated = "overdue" if overdue else "open"
            state = dated if row.due else "not_counted"
            return replace(row, state=state, met_on=None, met_by=None, marked_complete_on=None)
        case DueDate(), PEPOverdue():
            return replace(row, state="overdue", overdue=True)
        case DueDate(), PEPOverdueEscalated(step=step):
            return replace(row, escalated=step)
        case DueDate(), LateReasonRecorded(because=because, details=details):
            return replace(row, late_because=because, late_details=details)
        case _:
            return row


DUE_DATES = ReadModel("due_date", DueDate, ("child_ref", "obligation", "trigger_on"), _keys, _fold, ("due",))
