"""Days that count: working days, school days, terms, school years, financial years, ages.

The day after the trigger is day 1. Which days count (calendar, working or school) is policy and is shown to people,
and so is what happens to a date that falls on a day when nobody works.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache

from holidays import country_holidays

ONE_DAY = timedelta(days=1)
SATURDAY = 5
WEEKEND, INSET_DAY = "weekend", "INSET day"
KNOWN_YEARS = range(1900, 2200)
"""Outside these nobody knows the bank holidays; whoever types such a year has slipped."""


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


@dataclass(frozen=True, slots=True)
class YearPage:
    """One year of a calendar in one unit, counted once, so that a deadline is looked up and not walked to.

    Places count from 0 on the day before 1 January: `counted_by[place]` is how many days have counted by then.
    """

    eve: date
    counted: tuple[date, ...]
    counted_by: tuple[int, ...]
    named: tuple[tuple[date, str], ...]
    named_by: tuple[int, ...]
    unknown: tuple[date, ...]

    def place(self, day: date) -> int:
        return day.toordinal() - self.eve.toordinal()

    def unknown_after(self, day: date) -> date | None:
        """The first later day of the year of which nobody knows whether it counts."""
        place = bisect_right(self.unknown, day)
        return self.unknown[place] if place < len(self.unknown) else None


@dataclass(frozen=True)
class Calendar:
    """The days of one school or authority.

    `bank_holiday_overrides` corrects the bank holidays of England: a name adds a day, `None` takes one away.
    `last_exam_days` are those of Year 11, by school year. From `always_open_from` on every working day counts as a
    school day: a setting open all year, a pupil after the last exam. `out_of_county` says whether the school lies in
    another authority's area, where that is known.
    """

    terms: tuple[TermDates, ...] = ()
    inset_days: frozenset[date] = frozenset()
    bank_holiday_overrides: Mapping[date, str | None] = field(default_factory=dict)
    last_exam_days: Mapping[int, date] = field(default_factory=dict)
    always_open_from: date | None = None
    out_of_county: bool | None = None
    _pages: dict[tuple[Unit, int], YearPage] = field(default_factory=dict, init=False, compare=False, repr=False)
    _opened: dict[date, Calendar] = field(default_factory=dict, init=False, compare=False, repr=False)

    def always_open(self, since: date = date.min) -> Calendar:
        """The same calendar, but from this day on every working day counts as a school day."""
        if self.always_open_from is not None and self.always_open_from <= since:
            return self
        if since not in self._opened:
            self._opened[since] = replace(self, always_open_from=since)
        return self._opened[since]

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
            return WEEKEND
        return self.bank_holiday(day) or (self._why_no_school(day) if unit is Unit.SCHOOL else None)

    def _why_no_school(self, day: date) -> str | None:
        if day in self.inset_days:
            return INSET_DAY
        if self.always_open_from is not None and day >= self.always_open_from:
            return None
        return None if self._stretch_on(day) else "school holiday"

    def _stretch_on(self, day: date) -> TermDates | None:
        if not self.terms or not self.terms[0].first <= day <= self.terms[-1].last:
            raise TermDatesMissing(day)
        return next((stretch for stretch in self.terms if stretch.first <= day <= stretch.last), None)

    def page(self, year: int, unit: Unit) -> YearPage:
        """The year as it counts in `unit`, made when it is first asked for."""
        known = self._pages.get((unit, year))
        if known is None:
            known = self._pages[unit, year] = self._page(year, unit)
        return known

    def _page(self, year: int, unit: Unit) -> YearPage:
        counted, named, unknown = list[date](), list[tuple[date, str]](), list[date]()
        counted_by, named_by = [0], [0]
        for day in days_between(date(year, 1, 1), date(year, 12, 31)):
            try:
                why = self.why_not_counted(day, unit)
            except TermDatesMissing:
                unknown.append(day)
                why = WEEKEND
            if why is None:
                counted.append(day)
            elif why != WEEKEND:
                named.append((day, why))
            counted_by.append(len(counted))
            named_by.append(len(named))
        eve = date.fromordinal(date(year, 1, 1).toordinal() - 1)
        return YearPage(eve, tuple(counted), tuple(counted_by), tuple(named), tuple(named_by), tuple(unknown))

    def is_working_day(self, day: date) -> bool:
        return self.why_not_counted(day, Unit.WORKING) is None

    def whole_terms(self) -> tuple[SchoolTerm, ...]:
        """Each term as one, from its first day to its last, half-term breaks inside it, in order."""
        return self._whole_terms

    @cached_property
    def _whole_terms(self) -> tuple[SchoolTerm, ...]:
        keys = dict.fromkeys((stretch.school_year, stretch.term) for stretch in self.terms)
        return tuple(self._whole_term(year, term) for year, term in keys)

    def _whole_term(self, year: int, term: Term) -> SchoolTerm:
        parts = [part for part in self.terms if (part.school_year, part.term) == (year, term)]
        return SchoolTerm(year, term, parts[0].first, parts[-1].last)

    def whole_term(self, year: int, term: Term) -> SchoolTerm | None:
        """This term of this school year; none if its dates are not known."""
        return next((each for each in self.whole_terms() if (each.school_year, each.term) == (year, term)), None)

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
    """The `days`-th day that counts after `trigger`. TermDatesMissing where no known term dates, or holidays, reach."""
    if days < 1:
        raise ValueError("a deadline is at least one day after its trigger")
    if trigger.year not in KNOWN_YEARS:
        raise TermDatesMissing(trigger)
    if unit is Unit.CALENDAR:
        return DueDate(_rolled(trigger + days * ONE_DAY, roll, calendar), trigger)
    day, skipped = _looked_up(trigger, days, unit, calendar)
    return DueDate(day, trigger, skipped)


def _looked_up(trigger: date, days: int, unit: Unit, calendar: Calendar) -> tuple[date, tuple[tuple[date, str], ...]]:
    """From page to page, until as many days have counted. Such a day is a working day and need not be rolled."""
    page = calendar.page(trigger.year, unit)
    start, skipped = page.place(trigger), tuple[tuple[date, str], ...]()
    while (place := page.counted_by[start] + days - 1) >= len(page.counted):
        _all_known(page, start, date.max)
        days -= len(page.counted) - page.counted_by[start]
        skipped += page.named[page.named_by[start] :]
        page, start = calendar.page(page.eve.year + 2, unit), 0
    day = page.counted[place]
    _all_known(page, start, day)
    return day, skipped + page.named[page.named_by[start] : page.named_by[page.place(day)]]


def _all_known(page: YearPage, start: int, until: date) -> None:
    if page.unknown and (unknown := page.unknown_after(page.eve + start * ONE_DAY)) and unknown < until:
        raise TermDatesMissing(unknown)


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from first to last, both included."""
    return map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))


def passed_over(counted: DueDate, unit: Unit, calendar: Calendar) -> tuple[tuple[date, str], ...]:
    """Every day between start and due date that did not count, weekends too, each with its reason."""
    days = days_between(counted.start + ONE_DAY, counted.due - ONE_DAY)
    return tuple((day, why) for day in days if (why := calendar.why_not_counted(day, unit)))


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


def birthday(date_of_birth: date, age_years: int) -> date:
    """The day of this age. A child born on 29 February has it on 1 March where there is no 29 February."""
    year = date_of_birth.year + age_years
    try:
        return date_of_birth.replace(year=year)
    except ValueError:
        return date(year, 3, 1)
