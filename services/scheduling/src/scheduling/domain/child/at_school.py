"""What is told of a child at school: on whose roll, in which year group, with which help.

A child who left one school and has not entered the next is on no roll, unless every day between was a holiday: summer
is no time out of school. Year group and help of a record are those of today.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from pep_kernel.calendars import ONE_DAY, TermDatesMissing, Unit, cohort_year_group, days_between, school_year
from pep_kernel.contracts.scheduling import Lacks
from scheduling.domain.child import clearing, lacking
from scheduling.domain.child import fact_events as known
from scheduling.domain.child.care_record import Schooling
from scheduling.domain.child.commands import RecordCareFacts
from scheduling.domain.child.events import ChildEvent
from scheduling.domain.child.history import History, Value, is_told, value_on
from scheduling.domain.child.states import Child

SEPTEMBER, SUMMER = 9, (7, 8)
Rolls = list[tuple[date, str | None]]


class Gap(NamedTuple):
    """Days on no roll, from the day after the last at a school."""

    first: date
    last: date
    school_urn: str


# Rolls


def rolls(command: RecordCareFacts) -> Rolls:
    """On whose roll the child is from which day, as the record has it; on none only where school was missed."""
    gaps = [gap for gap in _gaps(command) if any(_is_school_day(command, gap, day) for day in days_between(*gap[:2]))]
    return _with_gaps(command, gaps)


def every_roll(command: RecordCareFacts) -> Rolls:
    """The same with each gap, holidays or not: none of them is at odds with the record."""
    return _with_gaps(command, list(_gaps(command)))


def _with_gaps(command: RecordCareFacts, gaps: list[Gap]) -> Rolls:
    entered: Rolls = [(each.entered, each.school_urn) for each in _entered(command)]
    return [*entered, *((gap.first, None) for gap in gaps)]


def _entered(command: RecordCareFacts) -> list[Schooling]:
    return [each for each in command.record.schooling if each.entered <= command.today]


def _gaps(command: RecordCareFacts) -> Iterator[Gap]:
    entered = _entered(command)
    for each in entered:
        first = (each.left or date.max - ONE_DAY) + ONE_DAY
        is_elsewhere = any(each.entered < other.entered <= first <= (other.left or date.max) for other in entered)
        if first <= command.today and not is_elsewhere:
            following = [other.entered for other in entered if other.entered > first]
            yield Gap(first, min(following) - ONE_DAY if following else command.today, each.school_urn)


def _is_school_day(command: RecordCareFacts, gap: Gap, day: date) -> bool:
    """By the days of the school that was left; where no term dates are known, a working day outside the summer."""
    calendar = command.calendar_for(gap.school_urn, command.laestabs.get(gap.school_urn))
    try:
        return calendar.why_not_counted(day, Unit.SCHOOL) is None
    except TermDatesMissing:
        return calendar.is_working_day(day) and day.month not in SUMMER


# Year group and help


def of_record(child: Child, command: RecordCareFacts) -> list[ChildEvent]:
    """What the school of today says otherwise than is known: a year group that age would not give, other help."""
    newest = max(_entered(command), key=lambda each: each.entered, default=None)
    if newest is None or child.running is None or not command.whole:
        return []
    return [*_year_group_of(newest, child, command), *_needs_of(newest, child, command)]


def _year_group_of(newest: Schooling, child: Child, command: RecordCareFacts) -> list[ChildEvent]:
    told, today, group = child.circumstances.year_groups, command.today, newest.year_group
    this_year = date(school_year(today), SEPTEMBER, 1)
    expected = value_on(told, today)
    if expected is None and child.born_in_school_year is not None:
        expected = cohort_year_group(child.born_in_school_year, today)
    if group in (None, expected) or (newest.left or today) < today:
        return []
    return year_group(child, command.child_ref, _since(told, max(newest.entered, this_year), today), group)


def _needs_of(newest: Schooling, child: Child, command: RecordCareFacts) -> list[ChildEvent]:
    told, today, needs = child.circumstances.special_needs, command.today, newest.special_educational_needs
    if needs is None or value_on(told, today) == needs:
        return []
    return special_needs(child, command.child_ref, _since(told, newest.entered, today), needs)


def _since(told: History[Value], began: date, today: date) -> date:
    """From the first day of the school where nothing was told since then; else nobody says when it changed."""
    return began if all(day < began for day, _value in told) else today


def year_group(child: Child, ref: str, on: date, group: int) -> list[ChildEvent]:
    """A year group that the child's age would not give stands, and is flagged: somebody looks whether it is meant."""
    if is_told(child.circumstances.year_groups, on, group):
        return []
    told = known.YearGroupTold(child_ref=ref, on=on, year_group=group)
    if value_on(child.circumstances.year_groups, on) == group:
        return [told]
    differs = child.born_in_school_year is not None and cohort_year_group(child.born_in_school_year, on) != group
    lacks: Lacks = "agreement_with_computed_year_group"
    if differs:
        return [told, *lacking.flagged(child, ref, "year_group", on, lacks)]
    return [told, *(clearing.cleared(ref, flag, "year_group_agrees", on) for flag in clearing.lacking(child, lacks))]


def special_needs(child: Child, ref: str, on: date, needs: str) -> list[ChildEvent]:
    if is_told(child.circumstances.special_needs, on, needs):
        return []
    if needs == "plan":
        return [known.EHCPIssued(child_ref=ref, on=on)]
    return [known.SpecialEducationalNeedsChanged(child_ref=ref, on=on, special_educational_needs=needs)]
