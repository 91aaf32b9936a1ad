"""The authority itself, and the term dates and INSET days of the schools in its area."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from itertools import pairwise
from typing import Annotated, Any

from pydantic import AfterValidator, Field, PrivateAttr, ValidationInfo, field_validator

from pep_kernel.authority_policy.dated import Day, PolicyFile, PolicyModel
from pep_kernel.authority_policy.succession import Entries, Fault, refuse
from pep_kernel.calendars import SATURDAY, Calendar, Term, TermDates


class AuthorityFile(PolicyFile):
    """Who the authority is."""

    name: str = Field(min_length=1, description="Its full name.")
    area_code: str = Field(
        pattern=r"^\d{3}$", description="The three figures with which numbers of schools in its area begin."
    )


class TermEntry(PolicyModel):
    """One stretch of school days, first and last included; a term with a half-term break is two of them."""

    NAMED_BY = ("school_year", "term")

    school_year: int = Field(ge=2000, le=2100, description="The calendar year in which the school year began.")
    term: Term = Field(description="The term that the stretch belongs to.")
    first: Day = Field(description="Its first day.")
    last: Day = Field(description="Its last day.")


class InsetDay(PolicyModel):
    """A day on which staff are trained and pupils stay at home: of one school, or of all where none is named."""

    NAMED_BY = ("on",)

    on: Day = Field(description="The day.")
    school_urn: str | None = Field(None, description="The school's URN; left out, all schools of the area.")


class LastExamDay(PolicyModel):
    """The day after which Year 11 is not expected at school any more."""

    NAMED_BY = ("school_year",)

    school_year: int = Field(ge=2000, le=2100, description="The calendar year in which the school year began.")
    on: Day = Field(description="The day of the last exam.")


class BankHoliday(PolicyModel):
    """A correction of the known bank holidays: with a name the day is one, without it is none."""

    NAMED_BY = ("on",)

    on: Day = Field(description="The day.")
    name: str | None = Field(None, description="What the day is called; left out, it is no bank holiday.")


def in_order(terms: tuple[TermEntry, ...]) -> tuple[TermEntry, ...]:
    """Tells stretches that run backwards, overlap, or lie in another year or term than they say."""
    refuse(
        [
            *((index, why) for index, entry in enumerate(terms) for why in _wrong_by_itself(entry)),
            *((index + 1, why) for index, pair in enumerate(pairwise(terms)) for why in _wrong_together(*pair)),
        ]
    )
    return terms


def _wrong_by_itself(entry: TermEntry) -> Iterator[str]:
    if entry.last < entry.first:
        yield f"the stretch from {entry.first:%d/%m/%Y} ends before it begins"
    if entry.first.year != entry.school_year + (entry.term is not Term.AUTUMN):
        yield f"the {entry.term} term of the school year {entry.school_year} cannot begin on {entry.first:%d/%m/%Y}"


def _wrong_together(entry: TermEntry, following: TermEntry) -> Iterator[str]:
    if following.first <= entry.last:
        yield f"the stretch from {following.first:%d/%m/%Y} begins before the one before it ends"
    elif _place(following) < _place(entry):
        yield f"the {following.term} term comes after the {entry.term} term of the same school year"


def _place(entry: TermEntry) -> tuple[int, int]:
    return entry.school_year, list(Term).index(entry.term)


class TermsFile(PolicyFile):
    """When schools are open."""

    terms: Annotated[tuple[TermEntry, ...], AfterValidator(in_order)] = Field(
        min_length=1, description="The stretches of school days, in order; what lies between them is holiday."
    )
    inset_days: tuple[InsetDay, ...] = Field((), description="Days on which staff are trained and no pupil comes.")
    bank_holidays: tuple[BankHoliday, ...] = Field((), description="Corrections of the known bank holidays.")
    open_all_year: tuple[str, ...] = Field(
        (), description="The URNs of settings without holidays: there every working day is a school day."
    )
    last_exam_days: Entries[LastExamDay] = Field((), description="When Year 11 sits its last exam, by school year.")

    _calendars: dict[str | None, Calendar] = PrivateAttr(default_factory=dict)

    @field_validator("inset_days")
    @classmethod
    def _in_term(cls, days: tuple[InsetDay, ...], info: ValidationInfo) -> tuple[InsetDay, ...]:
        refuse([*_twice([(day.on, day.school_urn) for day in days]), *_out_of_term(days, info.data)])
        return days

    @field_validator("bank_holidays")
    @classmethod
    def _once(cls, days: tuple[BankHoliday, ...]) -> tuple[BankHoliday, ...]:
        refuse(_twice([day.on for day in days]))
        return days

    def calendar(self, school_urn: str | None = None) -> Calendar:
        """The days of one school, or of the area where none is named. Made once for all schools with the same days."""
        own = school_urn if self.names(school_urn) else None
        if own not in self._calendars:
            self._calendars[own] = self._calendar(own)
        return self._calendars[own]

    def names(self, school_urn: str | None) -> bool:
        """Whether anything is said of this very school."""
        return school_urn in self.open_all_year or any(day.school_urn == school_urn for day in self.inset_days)

    def _calendar(self, school_urn: str | None) -> Calendar:
        calendar = Calendar(
            terms=tuple(TermDates(each.first, each.last, each.school_year, each.term) for each in self.terms),
            inset_days=frozenset(day.on for day in self.inset_days if day.school_urn in (None, school_urn)),
            bank_holiday_overrides={day.on: day.name for day in self.bank_holidays},
            last_exam_days={day.school_year: day.on for day in self.last_exam_days},
        )
        return calendar.always_open() if school_urn in self.open_all_year else calendar


def _twice(days: Sequence[Hashable]) -> Iterator[Fault]:
    before = Counter[Hashable]()
    for index, day in enumerate(days):
        if before[day]:
            yield index, "this day is given twice"
        before[day] += 1


def _out_of_term(days: tuple[InsetDay, ...], others: dict[str, Any]) -> Iterator[Fault]:
    """Judged where the term dates themselves are right: else they are what is told."""
    terms: tuple[TermEntry, ...] | None = others.get("terms")
    for index, day in enumerate(days if terms is not None else ()):
        if day.on.weekday() >= SATURDAY or not any(each.first <= day.on <= each.last for each in terms or ()):
            yield index, f"the INSET day {day.on:%d/%m/%Y} is no day of a term"
