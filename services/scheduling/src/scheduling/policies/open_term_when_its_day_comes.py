"""Whenever a term of the authority begins, it opens; and each child with a PEP is looked at. Time is the cause."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pep_kernel.calendars import SchoolTerm
from pep_kernel.decider import Act
from pep_kernel.ids import timer_cause
from scheduling.domain.child.commands import OpenTermForChild
from scheduling.domain.meeting_of_child import child_stream, judge_child, school_stream
from scheduling.domain.rules import SchedulingRules
from scheduling.domain.term.decider import OpenTerm


def term_of(rules: SchedulingRules, today: date) -> SchoolTerm | None:
    """The term that runs in the authority's own schools; none in the holidays between terms."""
    return rules.calendar_for(None, None).term_on(today)


def open_term(authority: str, term: SchoolTerm) -> tuple[Act, UUID]:
    """The command about one term, and its cause: the same each time, so it opens once."""
    command = OpenTerm(school_year=term.school_year, term=term.term, on=term.first)
    return Act(command, (f"term-{term.school_year}-{term.term}",)), timer_cause("term", authority, *_named(term))


def open_for_child(
    authority: str, term: SchoolTerm, child_ref: str, school_urn: str | None, rules: SchedulingRules
) -> tuple[Act, UUID]:
    """The command about one child, and its cause: the same each time, so nothing is asked for twice."""
    command = OpenTermForChild(
        child_ref=child_ref,
        rules=rules.file,
        calendar_for=rules.calendar_for,
        school_year=term.school_year,
        term=term.term,
        opened_on=term.first,
    )
    streams = (child_stream(child_ref), *([school_stream(school_urn)] if school_urn else []))
    act = Act(command, streams, judge_child, child_ref)
    return act, timer_cause("term of child", authority, child_ref, *_named(term))


def _named(term: SchoolTerm) -> tuple[str, str]:
    return f"{term.school_year}", term.term.value
