"""Counting again what is open, by today's rules and term dates: only when a person asks for it.

A date is computed once and stands. A rule that changes later changes only what is computed later. What had no date,
because no term dates reached its days, gets the one that it would have had.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from pep_kernel.authority_policy import SchedulingPolicy
from pep_kernel.authority_policy.due_dates import Trigger
from scheduling.domain.child import due_dates, termly
from scheduling.domain.child.commands import Judged, OpenTermForChild, RecomputeDueDates
from scheduling.domain.child.events import ChildEvent, PEPDueDateRevised, PEPDueDateSet, TermlyMeetingNotDue
from scheduling.domain.child.states import Child, Due, Uncounted
from scheduling.domain.due.explaining import TERM, by_cut_off
from scheduling.domain.due.explanation import Candidate


class Again(NamedTuple):
    """What is counted today, and what a person should know about it."""

    date: Candidate
    note: str | None = None


def of_each_without_date(child: Child) -> list[Callable[[Child, RecomputeDueDates], list[ChildEvent]]]:
    """A step for each: the first PEP's date may cover the termly meeting of a later term."""
    return [partial(_counted, each) for each in child.uncounted if each.met_by is None]


def revised(child: Child, command: RecomputeDueDates) -> list[PEPDueDateRevised]:
    """Each open date that would be another one today. Where no rule asks for it any more it stays as it is."""
    rules = command.rules.in_force(command.today)
    again = [(due, _again(child, due, command, rules)) for due in child.open_dues]
    return [_revision(due, new, command, rules.version) for due, new in again if new and new.date.due != due.due]


def _again(child: Child, due: Due, command: RecomputeDueDates, rules: SchedulingPolicy) -> Again | None:
    if due.unit == TERM:
        _about, calendar = due_dates.counting_for(child, due.trigger_on, rules, command)
        begun = [term for term in calendar.whole_terms() if term.first <= due.due]
        return Again(by_cut_off(begun[-1], due.trigger_on, rules)) if begun else None
    if due.trigger not in set(Trigger):
        return None
    explanation = due_dates.explained_for(child, Trigger(due.trigger), due.trigger_on, rules, command)
    governing = explanation.governing.get(due.obligation)
    return Again(governing, due_dates.notes_of(explanation).get(governing.rule)) if governing else None


def _counted(uncounted: Uncounted, child: Child, command: RecomputeDueDates) -> list[ChildEvent]:
    """Its date, as if it were started only now; or that the term owes no meeting; nothing where it has none still."""
    terms = {day: came for day, came in child.terms.items() if day != uncounted.trigger_on}
    fresh = replace(child, uncounted=(), terms=terms)
    started = _started(fresh, uncounted, command)
    if any(isinstance(event, TermlyMeetingNotDue) for event in started):
        return [*started, *due_dates.withdrawn(command.child_ref, [uncounted], "no_longer_applicable")]
    named = (uncounted.obligation, uncounted.trigger_on)
    dates = (event for event in started if isinstance(event, PEPDueDateSet))
    return [event for event in dates if (event.obligation, event.trigger_on) == named]


def _started(child: Child, uncounted: Uncounted, command: RecomputeDueDates) -> list[ChildEvent]:
    on = uncounted.trigger_on
    match uncounted.trigger:
        case Trigger.TERM_OPENED:
            return _term_opened(child, uncounted, command)
        case due_dates.LAST_PEP if child.live_from is not None:
            return [*due_dates.by_cadence(child, command, child.live_from)]
        case Trigger.REVIEW_HELD if on not in child.reviews:
            return []
        case trigger if trigger in set(Trigger):
            return [*due_dates.after(Trigger(trigger), on, child, command, uncounted.started_by)]
        case _:
            return []


def _term_opened(child: Child, uncounted: Uncounted, command: RecomputeDueDates) -> list[ChildEvent]:
    term = command.calendar_for(None, None).term_on(uncounted.trigger_on)
    if term is None:
        return []
    judged = {name: getattr(command, name) for name in Judged.model_fields}
    opening = OpenTermForChild(**judged, school_year=term.school_year, term=term.term, opened_on=term.first)
    return termly.opened(child, opening)


def _revision(due: Due, new: Again, command: RecomputeDueDates, version: str) -> PEPDueDateRevised:
    return PEPDueDateRevised(
        child_ref=command.child_ref,
        obligation=due.obligation,
        trigger=due.trigger,
        trigger_on=due.trigger_on,
        due=new.date.due,
        was=due.due,
        unit=new.date.unit,
        days=new.date.days,
        source=new.date.source,
        policy_version=version,
        passed_over=tuple(day for day, _why in new.date.skipped),
        note=new.note,
    )
