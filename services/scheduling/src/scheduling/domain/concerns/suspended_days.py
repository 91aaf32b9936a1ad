"""What follows from all suspensions of a child together: the year's sum, and when the child is taught elsewhere.

Suspensions of which one begins on the next school day after the end of another, or sooner, are one period: from its
sixth school day (or that of the authority's rules) on teaching is provided, whichever of them that day belongs to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from pep_kernel.calendars import ONE_DAY, Calendar, TermDatesMissing, Unit, due_date, school_year
from scheduling.domain.child import due_dates
from scheduling.domain.child.judged import Judged
from scheduling.domain.child.states import Child
from scheduling.domain.concerns.states import Suspension


class Period(NamedTuple):
    """From the first day of one suspension to the last of another; no last day where no term dates reach it."""

    first: date
    last: date | None


def counted(child: Child, suspensions: Sequence[Suspension], command: Judged) -> Mapping[date, Suspension]:
    """Each suspension, by its first day, with what follows from all of them, which come in the order of days."""
    provision = dict(_provision(child, suspensions, command))
    return {
        each.began: replace(
            each, half_days_in_year=_in_year(suspensions, each.began), provision_from=provision.get(each.began)
        )
        for each in suspensions
    }


def _in_year(suspensions: Sequence[Suspension], on: date) -> int:
    """Of this school year, up to the suspension of this day and with it."""
    year = school_year(on)
    return sum(each.half_days for each in suspensions if school_year(each.began) == year and each.began <= on)


def _provision(child: Child, suspensions: Sequence[Suspension], command: Judged) -> Iterator[tuple[date, date | None]]:
    period: Period | None = None
    for each in suspensions:
        if each.half_days:
            policy = command.rules.in_force(each.began)
            _about, calendar = due_dates.counting_for(child, each.began, policy, command)
            period = _period(period, each, calendar)
            yield each.began, _provided(period, policy.exclusions.provision_from_day, calendar)


def _period(before: Period | None, each: Suspension, calendar: Calendar) -> Period:
    """That of the suspension before it, if this one follows it; else a new one."""
    last = nth_school_day(each.began, (each.half_days + 1) // 2, calendar)
    if before is None or before.last is None or not _follows(before.last, each.began, calendar):
        return Period(each.began, last)
    return Period(before.first, None if last is None else max(last, before.last))


def _follows(last: date, began: date, calendar: Calendar) -> bool:
    next_one = nth_school_day(last + ONE_DAY, 1, calendar)
    return next_one is not None and began <= next_one


def _provided(period: Period, nth: int, calendar: Calendar) -> date | None:
    """None for a period that is over by then."""
    day = nth_school_day(period.first, nth, calendar)
    return day if day is not None and (period.last is None or day <= period.last) else None


def nth_school_day(first: date, nth: int, calendar: Calendar) -> date | None:
    """The first day is day 1. None where no term dates reach it."""
    try:
        return due_date(first - ONE_DAY, nth, Unit.SCHOOL, calendar).due
    except TermDatesMissing:
        return None
