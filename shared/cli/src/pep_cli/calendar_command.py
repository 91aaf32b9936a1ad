"""`pep calendar`: an authority's year as due dates count it: terms, breaks, INSET days, bank holidays, days a month."""

from __future__ import annotations

import calendar as names
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Annotated

import typer
from rich.table import Table

from pep_cli.policy_commands import AUTHORITIES, Folder, policies_of
from pep_cli.terminal import AsJson, err, out, table_of
from pep_kernel.authority_policy import TermsFile
from pep_kernel.calendars import ONE_DAY, SATURDAY, Calendar, SchoolTerm, TermDatesMissing, Unit, days_between
from pep_runtime.policies import AuthorityPolicies


@dataclass(frozen=True, slots=True)
class Stretch:
    """A term or a half-term break, first and last day included."""

    name: str
    first: date
    last: date
    school_days: int


@dataclass(frozen=True, slots=True)
class DayOff:
    """A day on which no pupil comes, and why; of one school where one is named."""

    on: date
    name: str
    school_urn: str | None = None


@dataclass(frozen=True, slots=True)
class Month:
    """How many days of a month count; school days are unknown where the term dates do not reach."""

    month: int
    working_days: int
    school_days: int | None


@dataclass(frozen=True, slots=True)
class Year:
    """One calendar year of one authority, or of one school."""

    authority: str
    year: int
    school: str | None
    terms: tuple[Stretch, ...]
    half_terms: tuple[Stretch, ...]
    inset_days: tuple[DayOff, ...]
    bank_holidays: tuple[DayOff, ...]
    months: tuple[Month, ...]


def calendar(
    authority: Annotated[str, typer.Argument(help="The name of the authority's folder.")],
    year: Annotated[int, typer.Option(min=2000, max=2100, help="The calendar year.")],
    school: Annotated[str | None, typer.Option(help="The URN of one school: its own INSET days count too.")] = None,
    folder: Folder = AUTHORITIES,
    as_json: AsJson = False,
) -> None:
    """Print a year's terms, half terms, INSET days and bank holidays, and the days that count in each month."""
    found = year_of(policies_of(folder, authority), authority, year, school)
    if as_json:
        print(json.dumps(asdict(found), default=str))
        return
    _print(found)


def year_of(policies: AuthorityPolicies, authority: str, year: int, school: str | None) -> Year:
    days = policies.terms.calendar(school)
    return Year(
        authority=authority,
        year=year,
        school=school,
        terms=tuple(_terms(days, year)),
        half_terms=tuple(_half_terms(days, year)),
        inset_days=tuple(_inset_days(policies.terms, year, school)),
        bank_holidays=tuple(_bank_holidays(days, year)),
        months=tuple(_month(days, year, month) for month in range(1, 13)),
    )


def _terms(days: Calendar, year: int) -> Iterator[Stretch]:
    for term in days.whole_terms():
        if year in (term.first.year, term.last.year):
            yield Stretch(_name(term), term.first, term.last, _school_days(days, term.first, term.last) or 0)


def _name(term: SchoolTerm) -> str:
    return f"{term.term} {term.school_year}/{(term.school_year + 1) % 100:02d}"


def _half_terms(days: Calendar, year: int) -> Iterator[Stretch]:
    for before, after in zip(days.terms, days.terms[1:], strict=False):
        same = (before.school_year, before.term) == (after.school_year, after.term)
        if same and year in (before.last.year, after.first.year):
            yield Stretch(f"{before.term} half term", before.last + ONE_DAY, after.first - ONE_DAY, 0)


def _inset_days(terms: TermsFile, year: int, school: str | None) -> Iterator[DayOff]:
    for day in sorted(terms.inset_days, key=lambda each: (each.on, each.school_urn or "")):
        if day.on.year == year and (school is None or day.school_urn in (None, school)):
            yield DayOff(day.on, "INSET day", day.school_urn)


def _bank_holidays(days: Calendar, year: int) -> Iterator[DayOff]:
    for day in days_between(date(year, 1, 1), date(year, 12, 31)):
        if (name := days.bank_holiday(day)) is not None:
            yield DayOff(day, name)


def _month(days: Calendar, year: int, month: int) -> Month:
    first, last = date(year, month, 1), date(year, month, names.monthrange(year, month)[1])
    working = sum(days.is_working_day(day) for day in days_between(first, last))
    return Month(month, working, _school_days(days, first, last))


def _school_days(days: Calendar, first: date, last: date) -> int | None:
    try:
        return sum(days.why_not_counted(day, Unit.SCHOOL) is None for day in days_between(first, last))
    except TermDatesMissing:
        return None


def _print(found: Year) -> None:
    whose = f"{found.authority}, school {found.school}" if found.school else found.authority
    out.print(f"{whose}, {found.year}", style="bold", highlight=False)
    if any(month.school_days is None for month in found.months):
        err.print("Term dates are not known for the whole year: some months have no school days.", style="yellow")
    if found.terms:
        out.print(_table_of_terms(found))
    closed = table_of("no school on", "why", "school")
    for day in sorted((*found.inset_days, *found.bank_holidays), key=lambda off: (off.on, off.school_urn or "")):
        weekend = ", a weekend" if day.on.weekday() >= SATURDAY else ""
        closed.add_row(_day(day.on), day.name + weekend, day.school_urn or "all")
    out.print(closed)
    months = table_of("month", "working days", "school days")
    for month in found.months:
        known = "not known" if month.school_days is None else str(month.school_days)
        months.add_row(names.month_name[month.month], str(month.working_days), known)
    out.print(months)


def _table_of_terms(found: Year) -> Table:
    terms = table_of("term or break", "first day", "last day", "school days")
    for each in sorted((*found.terms, *found.half_terms), key=lambda stretch: stretch.first):
        terms.add_row(each.name, _day(each.first), _day(each.last), str(each.school_days or ""))
    return terms


def _day(day: date) -> str:
    return f"{day:%a} {day:%d/%m/%Y}"
