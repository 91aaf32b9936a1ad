"""Days that count: working days, school days, terms, school years, financial years, ages.

The day after the trigger is day 1. Which days count (calendar, working or school) is policy and is shown to people,
and so is what happens to a date that falls on a day when nobody works.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from holidays import country_holidays

ONE_DAY = timedelta(days=1)
SATURDAY = 5


class Unit(StrEnum):
    """Which days count towards a deadline."""

    CALENDAR = "calendar"
    WORKING = "working"
    SCHOOL = "school"


class Roll(StrEnum):
    """What becomes of a due date on a day when nobody works: it stays, or moves to the next or previous working day."""

    KEEP = "keep"
    NEXT = "next"
    PREVIOUS = "previous"


class Term(StrEnum):
    """The three terms of a school year, which begins with autumn."""

    AUTUMN = "autumn"
    SPRING = "spring"
    SUMMER = "summer"


@dataclass(frozen=True, slots=True, order=True)
class TermDates:
    """A stretch of school days, first and last day included. A term with a half-term break is two of them."""

    first: date
    last: date
    school_year: int
    term: Term


class TermDatesMissing(LookupError):
    """The term dates that are known do not reach this day, so school days cannot be counted."""

    def __init__(self, day: date) -> None:
        super().__init__(f"No term dates are known for {day:%A} {day.day} {day:%B %Y}.")
        self.day = day


@lru_cache(maxsize=64)
def _bank_holidays(year: int) -> dict[date, str]:
    return dict(country_holidays("GB", subdiv="ENG", years=year))


@dataclass(frozen=True)
class Calendar:
    """The days of one school or authority.

    `bank_holiday_overrides` corrects the bank holidays of England: a name adds a day, `None` takes one away.
    """

    terms: tuple[TermDates, ...] = ()
    inset_days: frozenset[date] = frozenset()
    bank_holiday_overrides: Mapping[date, str | None] = field(default_factory=dict)

    def bank_holiday(self, day: date) -> str | None:
        """The name of the bank holiday, Good Friday and Christmas Day among them; none on other days."""
        if day in self.bank_holiday_overrides:
            return self.bank_holiday_overrides[day]
        return _bank_holidays(day.year).get(day)

    def why_not_counted(self, day: date, unit: Unit) -> str | None:
        """Why this day does not count in `unit`; none when it does. TermDatesMissing outside the known term dates."""
        if unit is Unit.CALENDAR:
            return None
        if day.weekday() >= SATURDAY:
            return "weekend"
        return self.bank_holiday(day) or (self._why_no_school(day) if unit is Unit.SCHOOL else None)

    def _why_no_school(self, day: date) -> str | None:
        if day in self.inset_days:
            return "INSET day"
        return None if self._stretch_on(day) else "school holiday"

    def _stretch_on(self, day: date) -> TermDates | None:
        if not self.terms or not self.terms[0].first <= day <= self.terms[-1].last:
            raise TermDatesMissing(day)
        return next((stretch for stretch in self.terms if stretch.first <= day <= stretch.last), None)

    def is_working_day(self, day: date) -> bool:
        return self.why_not_counted(day, Unit.WORKING) is None

    def whole_terms(self) -> tuple[SchoolTerm, ...]:
        """Each term as one, from its first day to its last, half-term breaks inside it, in order."""
        keys = dict.fromkeys((stretch.school_year, stretch.term) for stretch in self.terms)
        return tuple(self._whole_term(year, term) for year, term in keys)

    def _whole_term(self, year: int, term: Term) -> SchoolTerm:
        parts = [part for part in self.terms if (part.school_year, part.term) == (year, term)]
        return SchoolTerm(year, term, parts[0].first, parts[-1].last)

    def term_on(self, day: date) -> SchoolTerm | None:
        """The term of this day, half-term breaks included; none in the holidays between terms."""
        return next((term for term in self.whole_terms() if term.first <= day <= term.last), None)

    def term_on_or_next(self, day: date) -> SchoolTerm:
        """The term of this day, or the one after the holidays. TermDatesMissing after the last known term."""
        return self._first_term(lambda term: day <= term.last, day)

    def next_term(self, day: date, among: frozenset[Term] = frozenset(Term)) -> SchoolTerm:
        """The first term of those `among` that begins after this day. TermDatesMissing when none is known."""
        return self._first_term(lambda term: term.first > day and term.term in among, day)

    def _first_term(self, fits: Callable[[SchoolTerm], bool], day: date) -> SchoolTerm:
        for term in self.whole_terms():
            if fits(term):
                return term
        raise TermDatesMissing(day)


@dataclass(frozen=True, slots=True)
class SchoolTerm:
    """One term of one school year; `school_year` is the calendar year in which that school year began."""

    school_year: int
    term: Term
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class DueDate:
    """A deadline, the day it was counted from, and the days that were passed over, each with its reason.

    Weekends are passed over too, but not listed: everybody knows them.
    """

    due: date
    start: date
    skipped: tuple[tuple[date, str], ...] = ()


def due_date(trigger: date, days: int, unit: Unit, calendar: Calendar, roll: Roll = Roll.KEEP) -> DueDate:
    """The `days`-th day that counts after `trigger`. TermDatesMissing if school days run out of known term dates."""
    if days < 1:
        raise ValueError("a deadline is at least one day after its trigger")
    skipped: list[tuple[date, str]] = []
    day = trigger
    while days:
        day += ONE_DAY
        why = calendar.why_not_counted(day, unit)
        if why is None:
            days -= 1
        elif why != "weekend":
            skipped.append((day, why))
    return DueDate(_rolled(day, roll, calendar), trigger, tuple(skipped))


def _rolled(day: date, roll: Roll, calendar: Calendar) -> date:
    step = {Roll.KEEP: timedelta(0), Roll.NEXT: ONE_DAY, Roll.PREVIOUS: -ONE_DAY}[roll]
    while step and not calendar.is_working_day(day):
        day += step
    return day


YEAR_GROUP_FROM_BIRTH = 5
"""So many school years after the one of birth a child is in Reception, which counts as year 0."""


def school_year(day: date) -> int:
    """The school year (1 September to 31 August) of this day, by the calendar year in which it began."""
    return day.year if day.month >= 9 else day.year - 1


def year_group(date_of_birth: date, on: date) -> int:
    """The year group of a child's birth cohort: 0 is Reception, below it nursery, 11 the last compulsory year."""
    return cohort_year_group(school_year(date_of_birth), on)


def cohort_year_group(born_in_school_year: int, on: date) -> int:
    """The same of those who were born in the school year that began in this calendar year."""
    return school_year(on) - born_in_school_year - YEAR_GROUP_FROM_BIRTH


def financial_year(day: date) -> str:
    """The financial year (1 April to 31 March) of this day, for example `2026-27`."""
    first = day.year if day.month >= 4 else day.year - 1
    return f"{first}-{(first + 1) % 100:02d}"


def age_on(date_of_birth: date, on: date) -> int:
    """Whole years lived. A child born on 29 February is a year older on 1 March where there is no 29 February (T59)."""
    had_birthday = (on.month, on.day) >= (date_of_birth.month, date_of_birth.day)
    return on.year - date_of_birth.year - (0 if had_birthday else 1)
