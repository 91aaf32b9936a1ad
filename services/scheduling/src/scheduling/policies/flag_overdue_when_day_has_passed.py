"""Whenever the day of an obligation has passed and it is still open, then it is overdue. Time is the cause."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pep_kernel.contracts.scheduling import Obligation
from pep_kernel.decider import Act
from pep_kernel.ids import timer_cause
from scheduling.domain.child.commands import FlagOverdue
from scheduling.domain.meeting_of_child import child_stream


def flag_overdue(
    authority: str, child_ref: str, obligation: Obligation, trigger_on: date, due: date | None, today: date
) -> tuple[Act, UUID]:
    """The command about one due date, and its cause: one due date always has the same, so it is flagged once."""
    command = FlagOverdue(child_ref=child_ref, obligation=obligation, trigger_on=trigger_on, today=today)
    parts = (authority, child_ref, obligation, f"{trigger_on}", f"{due}")
    return Act(command, (child_stream(child_ref),), child_ref=child_ref), timer_cause("overdue", *parts)
