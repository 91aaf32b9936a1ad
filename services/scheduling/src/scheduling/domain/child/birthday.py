"""Another date of birth than was believed: the year group, and all that follows from age, is judged again.

Whether a PEP applies is judged with every record. Here is the rest: what is open and is not due by the child's true age
is withdrawn, and what is due is counted; what was done stays done. Dates that a term or going live started stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from msgspec import structs

from pep_kernel.authority_policy.due_dates import Trigger
from pep_kernel.calendars import cohort_year_group, school_year
from scheduling.domain.child import clearing, due_dates, emergencies, verdict
from scheduling.domain.child.commands import RecordCareFacts
from scheduling.domain.child.events import (
    ChildEvent,
    PEPDueDateNotCounted,
    PEPDueDateSet,
    SchoolYearOfBirthCorrected,
)
from scheduling.domain.child.history import value_on
from scheduling.domain.child.states import Applies, Child, Due

Dated = PEPDueDateSet | PEPDueDateNotCounted
COUNTED_AGAIN = frozenset(Trigger) - {Trigger.TERM_OPENED}


def is_another(before: Child, child: Child) -> bool:
    """Whether the child was born on another day than was believed."""
    return before.digests.get("date_of_birth") not in (None, child.digests.get("date_of_birth"))


def school_year_of_birth(child: Child, command: RecordCareFacts) -> list[ChildEvent]:
    """The year in which the child's class is to be found, if it is another one."""
    born = school_year(command.date_of_birth)
    if child.born_in_school_year in (None, born):
        return []
    return [SchoolYearOfBirthCorrected(child_ref=command.child_ref, on=command.today, born_in_school_year=born)]


def dates(child: Child, command: RecordCareFacts) -> list[ChildEvent]:
    """What is open is counted again from what had started it, if a PEP applies."""
    if not isinstance(child.verdict, Applies):
        return []
    open_dues = [due for due in child.open_dues if due.trigger in COUNTED_AGAIN]
    without = replace(child, dues=tuple(due for due in child.dues if due not in open_dues))
    counted = [each for start in _starts(open_dues, child, command) for each in _counted(start, without, command)]
    found = {_place(each) for each in counted}
    standing = {_place(due) for due in open_dues}
    gone = [due for due in open_dues if _place(due) not in found]
    fresh = [each for each in counted if _place(each) not in standing]
    return [*due_dates.withdrawn(command.child_ref, gone, "fact_corrected"), *fresh]


Start = tuple[Trigger, date, str | None]


def _starts(open_dues: Sequence[Due], child: Child, command: RecordCareFacts) -> Iterator[Start]:
    """Each once. What entering care had started begins on the day from which a PEP applies at the true age."""
    seen = dict.fromkeys((Trigger(due.trigger), due.trigger_on, due.started_by) for due in open_dues)
    for trigger, on, started_by in seen:
        if trigger is Trigger.ENTERED_CARE and child.running is not None:
            yield trigger, verdict.first_day(child, command, child.running), started_by
        elif trigger is Trigger.EMERGENCY_PLACEMENT_MADE or verdict.why_not(child, command, on) is None:
            yield trigger, on, started_by


def _counted(start: Start, child: Child, command: RecordCareFacts) -> list[Dated]:
    trigger, on, started_by = start
    applies = verdict.applies_on(child, on)
    if trigger is Trigger.EMERGENCY_PLACEMENT_MADE:
        counted = emergencies.dates(child, on, command, pep_applies=applies)
    else:
        counted = due_dates.after(trigger, on, child, command, started_by)
    return [structs.replace(each, correction=True) if isinstance(each, PEPDueDateSet) else each for each in counted]


def _place(each: Due | Dated) -> tuple[str, date, date | None]:
    return each.obligation, each.trigger_on, None if isinstance(each, PEPDueDateNotCounted) else each.due


def year_group_agrees(child: Child, command: RecordCareFacts) -> list[ChildEvent]:
    """A year group that was flagged, and that the true age gives."""
    born, told = child.born_in_school_year, child.circumstances.year_groups
    return [
        clearing.cleared(command.child_ref, flag, "year_group_agrees", command.today)
        for flag in clearing.lacking(child, "agreement_with_computed_year_group")
        if born is not None and cohort_year_group(born, flag.on) == value_on(told, flag.on)
    ]
