"""The termly cycle (L-01, L-07): when a term opens, each child who has a PEP owes its meeting, or something covers it.

A child is looked at once a term, so nothing is asked for twice.
"""

from __future__ import annotations

from datetime import date, timedelta

from pep_kernel.authority_policy import SchedulingPolicy
from pep_kernel.authority_policy.dated import NotInForce
from pep_kernel.authority_policy.due_dates import AboutChild, Cadence, Trigger
from pep_kernel.calendars import Calendar, SchoolTerm, Unit, days_between
from scheduling.domain.child import due_dates
from scheduling.domain.child.commands import OpenTermForChild
from scheduling.domain.child.events import ChildEvent, Covered, TermlyMeetingNotDue
from scheduling.domain.child.states import Applies, Child, Due

FIRST_PEP = frozenset({Trigger.ENTERED_CARE.value, Trigger.SCHOOL_MOVED.value, "last_pep"})


def opened(child: Child, command: OpenTermForChild) -> list[ChildEvent]:
    """The term's meeting, by its cut-off date; or why there is none."""
    match child.verdict:
        case Applies(since=since) if command.opened_on not in child.terms:
            return _looked_at(child, command, since)
        case _:
            return []


def _looked_at(child: Child, command: OpenTermForChild, since: date) -> list[ChildEvent]:
    try:
        rules = command.rules.in_force(command.opened_on)
    except NotInForce:
        return []
    about, calendar = due_dates.counting_for(child, command.opened_on, rules, command)
    term = calendar.whole_term(command.school_year, command.term)
    because = _why_none(child, since, command.opened_on, term, about, calendar, rules.cadence) if term else None
    if because is not None:
        return [_none(because, command, rules)]
    return [*due_dates.after(Trigger.TERM_OPENED, command.opened_on, child, command)]


def _none(because: Covered, command: OpenTermForChild, rules: SchedulingPolicy) -> TermlyMeetingNotDue:
    return TermlyMeetingNotDue(
        child_ref=command.child_ref,
        school_year=command.school_year,
        term=command.term,
        opened_on=command.opened_on,
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
    if _school_days_left(since, term, calendar) < cadence.last_school_days:
        return "needed_since_the_last_days"
    return None


def _covers(child: Child, due: Due, term: SchoolTerm) -> bool:
    """A first PEP, or one at a new school, that has not been held yet and whose time lies in the term."""
    in_term = due.trigger_on <= term.last and due.due >= term.first
    held = any(on >= due.trigger_on for on in child.peps.values())
    return due.obligation in ("hold", "available") and due.trigger in FIRST_PEP and in_term and not held


def _school_days_left(since: date, term: SchoolTerm, calendar: Calendar) -> int:
    """How many school days of the term were left when the child first needed a PEP; that day counts."""
    days = days_between(max(since, term.first), term.last)
    return sum(calendar.why_not_counted(day, Unit.SCHOOL) is None for day in days)
