"""What is told about due dates, by the API and at the terminal alike: every rule, which governs, where two disagree."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

from pep_kernel.calendars import ONE_DAY, Calendar, DueDate, Unit, days_between, passed_over
from pep_kernel.contracts.scheduling import Obligation
from scheduling.domain.due.asking import Asked
from scheduling.domain.due.explaining import TERM
from scheduling.domain.due.explanation import Candidate, Conflict, Uncounted

HowCounted = Literal["calendar", "working", "school", "term"]


class SkippedDay(BaseModel):
    """A day between start and due date that did not count."""

    date: date
    why: str = Field(examples=["school holiday"])


class CandidateShown(BaseModel):
    """One rule that applies. `due` is empty where no known term dates reach so far."""

    rule: str = Field(examples=["entered_care/hold"])
    source: list[str] = Field(examples=[["O-31"]])
    obligation: Obligation
    satisfied_by: str = Field(examples=["MeetingHeld"])
    unit: HowCounted
    days: int | None = Field(examples=[20])
    due: date | None
    skipped: list[SkippedDay]


class GoverningShown(CandidateShown):
    """The rule by whose date the obligation must be met."""

    why: str = Field(examples=["the earliest of 2"])


class ConflictShown(BaseModel):
    """A local date after the statutory one, or a rule that could not be counted."""

    obligation: Obligation
    rule: str
    due: date | None
    statutory_rule: str | None
    statutory_due: date | None
    note: str = Field(examples=["20 school days end after the statutory date, 19/10/2026."])


class DueAnswer(BaseModel):
    """What one event starts: the governing date of each obligation, every rule that applies, and what disagrees."""

    governing: dict[Obligation, GoverningShown]
    candidates: list[CandidateShown]
    conflicts: list[ConflictShown]
    policy_version: str = Field(description="The rules that were in force on the day of the event.")
    not_applicable: str | None = Field(
        description="Why no PEP applies to such a child; what is due all the same is listed.", examples=["short_break"]
    )
    note: str | None = Field(description="What a person should know about all of these dates.")


def answer_of(found: Asked) -> DueAnswer:
    """The explanation with every skipped day, weekends too."""
    explanation, calendar = found.explanation, found.calendar
    rules = explanation.by_obligation()
    return DueAnswer(
        governing={
            obligation: GoverningShown(**_shown(each, calendar), why=_why(each, rules[obligation]))
            for obligation, each in explanation.governing.items()
        },
        candidates=[
            *(CandidateShown(**_shown(each, calendar)) for each in explanation.candidates),
            *map(_unknown, explanation.uncounted),
        ],
        conflicts=[*map(_conflict, explanation.conflicts), *map(_not_counted, explanation.uncounted)],
        policy_version=found.policy_version,
        not_applicable=found.why_no_pep,
        note=found.note,
    )


def _why(governing: Candidate, rules: list[Candidate]) -> str:
    if len(rules) == 1:
        return "the only rule"
    same = [each for each in rules if each.due == governing.due]
    return f"the earliest of {len(rules)}" + (", and the law's" if len(same) > 1 and governing.is_statutory else "")


def _shown(each: Candidate, calendar: Calendar) -> dict[str, object]:
    return {
        "rule": each.rule,
        "source": list(each.source),
        "obligation": each.obligation,
        "satisfied_by": each.satisfied_by,
        "unit": each.unit,
        "days": each.days,
        "due": each.due,
        "skipped": [SkippedDay(date=day, why=why) for day, why in skipped_days(each, calendar)],
    }


def skipped_days(each: Candidate, calendar: Calendar) -> Iterator[tuple[date, str]]:
    """Every day that did not count, and every closed day that the date was moved off."""
    if each.unit == TERM:
        return
    counted = each.moved_from or each.due
    yield from passed_over(DueDate(counted, each.start), Unit(each.unit), calendar)
    if each.moved_from is not None:
        first, last = sorted((each.moved_from, each.due + (ONE_DAY if each.due < counted else -ONE_DAY)))
        for day in days_between(first, last):
            yield day, calendar.why_not_counted(day, Unit.WORKING) or "moved"


def _unknown(each: Uncounted) -> CandidateShown:
    return CandidateShown(
        rule=each.rule,
        source=list(each.source),
        obligation=each.obligation,
        satisfied_by=each.satisfied_by,
        unit=each.unit,
        days=each.days,
        due=None,
        skipped=[],
    )


def _conflict(each: Conflict) -> ConflictShown:
    return ConflictShown(
        obligation=each.late.obligation,
        rule=each.late.rule,
        due=each.late.due,
        statutory_rule=each.statutory.rule,
        statutory_due=each.statutory.due,
        note=each.note,
    )


def _not_counted(each: Uncounted) -> ConflictShown:
    return ConflictShown(
        obligation=each.obligation,
        rule=each.rule,
        due=None,
        statutory_rule=None,
        statutory_due=None,
        note=each.reason,
    )
