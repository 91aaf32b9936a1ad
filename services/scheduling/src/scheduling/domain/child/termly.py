"""The termly cycle (L-01, L-07): when a term opens, each child who has a PEP owes its meeting, or something covers it.

A child is looked at once a term, so nothing is asked for twice; and again where what came of it stands no more.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from pep_kernel.authority_policy import SchedulingPolicy
from pep_kernel.authority_policy.dated import NotInForce
from pep_kernel.authority_policy.due_dates import AboutChild, Cadence, Trigger
from pep_kernel.calendars import Calendar, SchoolTerm, Term, Unit, days_between
from scheduling.domain.child import due_dates
from scheduling.domain.child.commands import Judged, JudgedToday, OpenTermForChild
from scheduling.domain.child.events import (
    ChildEvent,
    Covered,
    PEPDueDateNotCounted,
    PEPDueDateRestored,
    PEPDueDateSet,
    PEPDueDateWithdrawn,
    TermlyMeetingNotDue,
)
from scheduling.domain.child.states import Applies, Child, Due, OfTerm

WITHDRAWN: OfTerm = "withdrawn"
STANDING_FOR_IT: frozenset[OfTerm] = frozenset({WITHDRAWN, "first_pep_due"})
"""What a correction may have taken away."""
OfOneTerm = PEPDueDateSet | PEPDueDateRestored | PEPDueDateNotCounted | PEPDueDateWithdrawn | TermlyMeetingNotDue
FIRST_PEP = frozenset({Trigger.ENTERED_CARE.value, Trigger.SCHOOL_MOVED.value, "last_pep"})


class OpenedTerm(NamedTuple):
    """A term of the authority's own schools, and the day on which it opened."""

    school_year: int
    term: Term
    on: date


def opened(child: Child, command: OpenTermForChild) -> list[ChildEvent]:
    """The term's meeting, by its cut-off date; or why there is none."""
    if child.terms.get(command.opened_on, WITHDRAWN) != WITHDRAWN:
        return []
    return _looked_at(child, command, OpenedTerm(command.school_year, command.term, command.opened_on))


def again(child: Child, command: JudgedToday, states: Container[OfTerm]) -> list[ChildEvent]:
    """Terms that came to one of these `states` are looked at again, until their cut-off date has passed."""
    terms = ((opened_on, of_term) for opened_on, of_term in sorted(child.terms.items()) if of_term in states)
    return [event for opened_on, of_term in terms for event in _again(child, command, opened_on, of_term)]


def _again(child: Child, command: JudgedToday, opened_on: date, of_term: OfTerm) -> list[ChildEvent]:
    """Nothing, where the same stands for its meeting as before."""
    own = command.calendar_for(None, None).term_on(opened_on)
    if own is None:
        return []
    looked = _looked_at(child, command, OpenedTerm(own.school_year, own.term, opened_on))
    return [event for event in looked if not _is_old(event, command.today, of_term)]


def _is_old(event: ChildEvent, today: date, of_term: OfTerm) -> bool:
    if isinstance(event, PEPDueDateSet):
        return event.due < today
    return isinstance(event, TermlyMeetingNotDue) and event.because == of_term


def _looked_at(child: Child, command: Judged, opened: OpenedTerm) -> list[ChildEvent]:
    if not isinstance(child.verdict, Applies):
        return []
    try:
        rules = command.rules.in_force(opened.on)
    except NotInForce:
        return []
    about, calendar = due_dates.counting_for(child, opened.on, rules, command)
    term = calendar.whole_term(opened.school_year, opened.term)
    since = child.verdict.since
    because = _why_none(child, since, opened.on, term, about, calendar, rules.cadence) if term else None
    if because is not None:
        return [_none(because, opened, command.child_ref, rules)]
    return [*due_dates.after(Trigger.TERM_OPENED, opened.on, child, command)]


def _none(because: Covered, opened: OpenedTerm, child_ref: str, rules: SchedulingPolicy) -> TermlyMeetingNotDue:
    return TermlyMeetingNotDue(
        child_ref=child_ref,
        school_year=opened.school_year,
        term=opened.term,
        opened_on=opened.on,
        because=because,
        policy_version=rules.version,
    )


def _why_none(
    child: Child,
    since: date,
    term_began: date,
    term: SchoolTerm,
    about: AboutChild,
    calendar: Calendar,
    cadence: Cadence,
) -> Covered | None:
    """What stands for the term's meeting; none if it is due."""
    if term.term not in cadence.terms_of(about.year_group or 0):
        return "no_meeting_this_term"
    recent = term.first - timedelta(days=cadence.recent_pep_days)
    if any(recent <= held <= term.last for held in child.peps.values()):
        return "pep_held"
    if any((due.obligation, due.trigger_on) == ("hold", term_began) for due in child.dues):
        return "first_pep_due"
    if cadence.first_pep_covers and any(_covers(child, due, term) for due in child.open_dues):
        return "first_pep_due"
    cut_off = cadence.cut_off(term)
    if since > cut_off or _school_days_left(max(since, term.first), cut_off, calendar) < cadence.last_school_days:
        return "needed_since_the_last_days"
    return None


def _covers(child: Child, due: Due, term: SchoolTerm) -> bool:
    """A first PEP, or one at a new school, that has not been held yet and whose time lies in the term."""
    in_term = due.trigger_on <= term.last and due.due >= term.first
    held = any(on >= due.trigger_on for on in child.peps.values())
    return due.obligation in ("hold", "available") and due.trigger in FIRST_PEP and in_term and not held


def _school_days_left(since: date, cut_off: date, calendar: Calendar) -> int:
    """How many school days were left for the meeting when the child first needed a PEP; that day counts."""
    return sum(calendar.why_not_counted(day, Unit.SCHOOL) is None for day in days_between(since, cut_off))


# How the state keeps it


def after(child: Child, event: OfOneTerm) -> Mapping[date, OfTerm]:
    """What came of a term's meeting, by the first day of the term."""
    match event:
        case TermlyMeetingNotDue(opened_on=on, because=because):
            return {**child.terms, on: because}
        case PEPDueDateSet(trigger=Trigger.TERM_OPENED, trigger_on=on):
            return {**child.terms, on: "due"}
        case PEPDueDateRestored(trigger=Trigger.TERM_OPENED, trigger_on=on):
            return {**child.terms, on: "due"}
        case PEPDueDateNotCounted(trigger=Trigger.TERM_OPENED, trigger_on=on):
            return {**child.terms, on: "not_counted"}
        case PEPDueDateWithdrawn(obligation="hold", trigger_on=on) if child.terms.get(on) == "due":
            return {**child.terms, on: WITHDRAWN}
        case _:
            return child.terms
