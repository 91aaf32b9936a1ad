"""Whenever something stays overdue, the next person of the authority's ladder is to know. Time is the cause."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pep_kernel.authority_policy.dated import NotInForce
from pep_kernel.authority_policy.due_dates import EscalationStep
from pep_kernel.calendars import Unit, due_date
from pep_kernel.contracts.scheduling import Obligation
from pep_kernel.decider import Act
from pep_kernel.ids import timer_cause
from scheduling.domain.child.commands import EscalateOverdue
from scheduling.domain.meeting_of_child import child_stream
from scheduling.domain.rules import SchedulingRules


def steps_reached(rules: SchedulingRules, due: date, told: int, today: date) -> list[tuple[int, EscalationStep]]:
    """The steps of the ladder, counted from 1, whose day has come and that have not been told yet.

    The ladder is that of the due day; a step comes so many working days after it.
    """
    try:
        ladder = rules.file.in_force(due).overdue.steps
    except NotInForce:
        return []
    calendar = rules.calendar_for(None, None)
    numbered = list(enumerate(ladder, 1))[told:]
    return [
        (number, step)
        for number, step in numbered
        if due_date(due, step.after_working_days, Unit.WORKING, calendar).due <= today
    ]


def escalate(
    authority: str,
    child_ref: str,
    obligation: Obligation,
    trigger_on: date,
    due: date,
    number: int,
    step: EscalationStep,
) -> tuple[Act, UUID]:
    """The command about one step, and its cause: the same each time, so it is said once."""
    command = EscalateOverdue(
        child_ref=child_ref, obligation=obligation, trigger_on=trigger_on, step=number, role=step.to
    )
    parts = (authority, child_ref, obligation, f"{trigger_on}", f"{due}", f"{number}")
    return Act(command, (child_stream(child_ref),), child_ref=child_ref), timer_cause("escalated", *parts)
