"""What meets an obligation, and what opens it again. One never stands for another."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from pep_kernel.authority_policy.due_dates import Trigger
from pep_kernel.contracts.scheduling import Obligation
from pep_kernel.refusal import Refusal
from scheduling.domain.child import due_dates
from scheduling.domain.child.commands import MeetObligation, NoteMeetingHeld, NoteMeetingScheduled, ReopenObligations
from scheduling.domain.child.events import (
    ChildEvent,
    ObligationMet,
    ObligationReopened,
    PEPDueDateWithdrawn,
    PEPMarkedCompleteKnown,
)
from scheduling.domain.child.states import Child, Due


def met(child: Child, child_ref: str, obligation: Obligation, on: date, by: str) -> list[ChildEvent]:
    """What was done on this day meets everything of its kind that was started by then."""
    return [
        ObligationMet(
            child_ref=child_ref,
            obligation=obligation,
            trigger_on=due.trigger_on,
            on=on,
            by=by,
            marked_complete_on=child.marked.get(by) if obligation == "available" else None,
        )
        for due in child.open_dues
        if due.obligation == obligation and due.trigger_on <= on
    ]


def by_plan(child: Child, command: MeetObligation) -> list[ChildEvent]:
    """When a plan was marked complete is kept: the days in the quality queue are not the school's lateness."""
    happened = met(child, command.child_ref, command.obligation, command.on, command.by)
    if command.obligation != "complete" or child.marked.get(command.by) == command.on:
        return happened
    return [PEPMarkedCompleteKnown(child_ref=command.child_ref, plan_id=command.by, on=command.on), *happened]


def reopened_by_plan(child: Child, command: ReopenObligations) -> list[ChildEvent]:
    """What this plan had met."""
    return reopened(command.child_ref, tuple(due for due in child.dues if due.met_by == command.by), command.by)


def reopened(child_ref: str, dues: tuple[Due, ...], by: str) -> list[ChildEvent]:
    return [
        ObligationReopened(child_ref=child_ref, obligation=due.obligation, trigger_on=due.trigger_on, by=by)
        for due in dues
    ]


def meeting_scheduled(child: Child, command: NoteMeetingScheduled) -> list[ChildEvent]:
    """A date meets "convene". Refuses a day after a meeting was due, unless a reason is given."""
    missed = [due for due in child.open_dues if due.obligation == "hold" and due.due < command.for_day]
    if missed and command.after_due_because is None:
        due = min(each.due for each in missed)
        raise Refusal(f"The meeting is due by {due:%d/%m/%Y}. Choose an earlier day, or say why it must be later.")
    return met(child, command.child_ref, "convene", command.on, command.meeting_id)


def meeting_held(child: Child, command: NoteMeetingHeld) -> list[ChildEvent]:
    """Only a meeting held as a PEP meets "hold" and starts the time for completing (I3).

    A review of progress starts the time in which the PEP meeting must be held after all (L-21). What the same meeting
    had started with another outcome is withdrawn.
    """
    withdrawn = _no_longer_started(child, command)
    if command.outcome == "PROGRESS_REVIEW":
        held = tuple(due for due in child.dues if (due.obligation, due.met_by) == ("hold", command.meeting_id))
        again = reopened(command.child_ref, held, command.meeting_id)
        return [*again, *withdrawn, *_started(Trigger.PROGRESS_REVIEW_HELD, child, command)]
    standing = replace(child, dues=tuple(due for due in child.dues if due.started_by != command.meeting_id))
    held_now = met(standing, command.child_ref, "hold", command.on, command.meeting_id)
    return [*withdrawn, *held_now, *_started(Trigger.MEETING_HELD, child, command)]


def _started(trigger: Trigger, child: Child, command: NoteMeetingHeld) -> due_dates.Dates:
    return due_dates.after(trigger, command.on, child, command, command.meeting_id)


def _no_longer_started(child: Child, command: NoteMeetingHeld) -> list[PEPDueDateWithdrawn]:
    started = [due for due in child.dues if due.started_by == command.meeting_id]
    return due_dates.withdrawn(command.child_ref, started, "meeting_outcome_corrected")
