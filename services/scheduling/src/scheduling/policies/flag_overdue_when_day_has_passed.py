"""Whenever the day of an obligation has passed and it is still open, then it is overdue. Time is the cause."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pep_kernel.decider import Act
from pep_kernel.ids import timer_cause
from scheduling.domain.child.commands import FlagOverdue
from scheduling.domain.meeting_of_child import child_stream
from scheduling.projections.due_date import DueDate


def flag_overdue(authority: str, row: DueDate, today: date) -> tuple[Act, UUID]:
    """The command about one row of `due_date`, and its cause: the same row always has the same, so it is done once."""
    command = FlagOverdue(child_ref=row.child_ref, obligation=row.obligation, trigger_on=row.trigger_on, today=today)
    parts = (authority, row.child_ref, row.obligation, f"{row.trigger_on}", f"{row.due}")
    return Act(command, (child_stream(row.child_ref),), child_ref=row.child_ref), timer_cause("overdue", *parts)
