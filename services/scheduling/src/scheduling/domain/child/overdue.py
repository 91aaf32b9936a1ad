"""What is overdue stays so until it is done: said once, told further step by step, and its reason kept."""

from __future__ import annotations

from pep_kernel.refusal import Refusal
from pep_kernel.sealed import PlanText
from scheduling.domain.child.commands import EscalateOverdue, FlagOverdue, RecordLateReason
from scheduling.domain.child.events import ChildEvent, LateReasonRecorded, PEPOverdue, PEPOverdueEscalated
from scheduling.domain.child.states import Child, Due


def flagged(child: Child, command: FlagOverdue) -> list[ChildEvent]:
    """Once, from the day after its date."""
    return [
        PEPOverdue(child_ref=command.child_ref, obligation=due.obligation, trigger_on=due.trigger_on, due=due.due)
        for due in _of(child, command)
        if due.met_by is None and due.due < command.today and not due.overdue
    ]


def escalated(child: Child, command: EscalateOverdue) -> list[ChildEvent]:
    """The next step of the ladder, each once, while it is still not done."""
    return [
        PEPOverdueEscalated(
            child_ref=command.child_ref,
            obligation=due.obligation,
            trigger_on=due.trigger_on,
            due=due.due,
            step=command.step,
            role=command.role.value,
        )
        for due in _of(child, command)
        if due.met_by is None and due.overdue and due.escalated < command.step
    ]


def late_reason(child: Child, command: RecordLateReason) -> list[ChildEvent]:
    """Why it was late. It stays late."""
    late = [due for due in _of(child, command) if due.overdue or (due.met_on is not None and due.met_on > due.due)]
    if not late:
        raise Refusal("Nothing of this kind is or was late, so there is no reason to give.")
    return [
        LateReasonRecorded(
            child_ref=command.child_ref,
            obligation=command.obligation,
            trigger_on=command.trigger_on,
            because=command.because,
            details=PlanText.optional(command.details),
        )
    ]


def _of(child: Child, command: FlagOverdue | EscalateOverdue | RecordLateReason) -> list[Due]:
    named = (command.obligation, command.trigger_on)
    return [due for due in child.dues if (due.obligation, due.trigger_on) == named]
