"""What meets an obligation, what opens it again, and when it is overdue. One never stands for another."""

from __future__ import annotations

from datetime import date

from pep_kernel.authority_policy.scheduling import Trigger
from pep_kernel.contracts.scheduling import Obligation
from pep_kernel.refusal import Refusal
from scheduling.domain.child import due_dates
from scheduling.domain.child.commands import FlagOverdue, NoteMeetingHeld, NoteMeetingScheduled
from scheduling.domain.child.events import ChildEvent, ObligationMet, ObligationReopened, PEPOverdue
from scheduling.domain.child.states import Child, Due


def met(child: Child, child_ref: str, obligation: Obligation, on: date, by: str) -> list[ChildEvent]:
    """What was done on this day meets everything of its kind that was started by then."""
    return [
        ObligationMet(child_ref=child_ref, obligation=obligation, trigger_on=due.trigger_on, on=on, by=by)
        for due in child.open_dues
        if due.obligation == obligation and due.trigger_on <= on
    ]


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
    """Only a meeting held as a PEP meets "hold" and starts the time for completing (I3)."""
    if command.outcome == "PROGRESS_REVIEW":
        return _meeting_does_not_count(child, command)
    started = due_dates.after(Trigger.MEETING_HELD, command.on, child, command, command.meeting_id)
    return [*met(child, command.child_ref, "hold", command.on, command.meeting_id), *started]


def _meeting_does_not_count(child: Child, command: NoteMeetingHeld) -> list[ChildEvent]:
    held = tuple(due for due in child.dues if (due.obligation, due.met_by) == ("hold", command.meeting_id))
    started = [due for due in child.dues if due.started_by == command.meeting_id]
    withdrawn = due_dates.withdrawn(command.child_ref, started, "meeting_outcome_corrected")
    return [*reopened(command.child_ref, held, command.meeting_id), *withdrawn]


def overdue(child: Child, command: FlagOverdue) -> list[ChildEvent]:
    """Once, from the day after its date."""
    return [
        PEPOverdue(child_ref=command.child_ref, obligation=due.obligation, trigger_on=due.trigger_on, due=due.due)
        for due in child.open_dues
        if (due.obligation, due.trigger_on) == (command.obligation, command.trigger_on)
        and due.due < command.today
        and not due.overdue
    ]
