"""The authority itself, and the term dates and INSET days of the schools in its area."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator, Field

from pep_kernel.authority_policy.dated import PolicyFile, PolicyModel
from pep_kernel.calendars import Calendar, Term, TermDates


class AuthorityFile(PolicyFile):
    """`authority.toml`: its full name, and the three figures with which numbers of schools in its area begin."""

    name: str
    area_code: Annotated[str, Field(pattern=r"^\d{3}$")]


class TermEntry(PolicyModel):
    """One stretch of school days, first and last included; a term with a half-term break is two of them."""

    school_year: int
    term: Term
    first: date
    last: date


class InsetDay(PolicyModel):
    """A day on which staff are trained and pupils stay at home: of one school, or of all where none is named."""

    on: date
    school_urn: str | None = None


class BankHoliday(PolicyModel):
    """A correction of the known bank holidays: with a name the day is one, without it is none."""

    on: date
    name: str | None = None


def in_order(terms: tuple[TermEntry, ...]) -> tuple[TermEntry, ...]:
    """ValueError for a stretch that ends before it begins, or begins before its predecessor ended."""
    for entry in terms:
        if entry.last < entry.first:
            raise ValueError(f"the stretch from {entry.first:%d/%m/%Y} ends before it begins")
    for entry, following in pairwise(terms):
        if following.first <= entry.last:
            raise ValueError(f"the stretch from {following.first:%d/%m/%Y} begins before the one before it ends")
    return terms


class TermsFile(PolicyFile):
    """`terms.toml`: when schools are open."""

    terms: Annotated[tuple[TermEntry, ...], Field(min_length=1), AfterValidator(in_order)]
    inset_days: tuple[InsetDay, ...] = ()
    bank_holidays: tuple[BankHoliday, ...] = ()

    def calendar(self, school_urn: str | None = None) -> Calendar:
        """The days of one school, or of the area where none is named."""
        return Calendar(
            terms=tuple(TermDates(each.first, each.last, each.school_year, each.term) for each in self.terms),
            inset_days=frozenset(day.on for day in self.inset_days if day.school_urn in (None, school_urn)),
            bank_holiday_overrides={day.on: day.name for day in self.bank_holidays},
        )
