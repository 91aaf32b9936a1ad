"""By when what must be done, as events: one date an obligation, by the rules in force on the day that started it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from pep_kernel.authority_policy.dated import NotInForce
from pep_kernel.authority_policy.due_dates import AboutChild, Trigger
from pep_kernel.authority_policy.scheduling import SchedulingPolicy
from pep_kernel.calendars import Calendar, SchoolTerm, TermDatesMissing
from scheduling.domain.child.about import about as known_about
from scheduling.domain.child.commands import Judged
from scheduling.domain.child.events import PEPDueDateNotCounted, PEPDueDateSet, PEPDueDateWithdrawn, Withdrawn
from scheduling.domain.child.history import value_on
from scheduling.domain.child.states import Child, Owed
from scheduling.domain.due.explaining import as_counted_for, by_cut_off, explained, without_term
from scheduling.domain.due.explanation import Candidate, Explanation, Uncounted

LAST_PEP = "last_pep"
"""What starts the next termly meeting of a child who was in care before going live."""
Dates = list[PEPDueDateSet | PEPDueDateNotCounted]


def after(trigger: Trigger, on: date, child: Child, command: Judged, started_by: str | None = None) -> Dates:
    """One date for each obligation that this trigger starts; none where an earlier one from the same day stands."""
    try:
        rules = command.rules.in_force(on)
    except NotInForce:
        return []
    explanation = explained_for(child, trigger, on, rules, command)
    notes = notes_of(explanation)
    dates = [
        as_set(each, trigger, command.child_ref, rules.version, notes.get(each.rule), started_by)
        for each in explanation.governing.values()
        if not _stands(child, each)
    ]
    return [
        *dates,
        *(
            not_counted(each, trigger, on, command.child_ref, rules.version, started_by)
            for each in _without_date(explanation)
            if not _is_known(child, each, on)
        ),
    ]


def explained_for(child: Child, trigger: Trigger, on: date, rules: SchedulingPolicy, command: Judged) -> Explanation:
    """What a trigger on this day starts for this child, by these rules and in the days of the child's school."""
    about, calendar = counting_for(child, on, rules, command)
    return explained(trigger, on, about, rules, calendar)


def notes_of(explanation: Explanation) -> dict[str, str]:
    """What a person should know about a rule's date, by the rule."""
    return {conflict.late.rule: conflict.note for conflict in explanation.conflicts}


def counting_for(child: Child, on: date, rules: SchedulingPolicy, command: Judged) -> tuple[AboutChild, Calendar]:
    """What rules may ask of the child on this day, and the days of its school: each county keeps its own (T02b)."""
    urn = value_on(child.schools, on)
    calendar = command.calendar_for(urn, command.laestabs.get(urn) if urn else None)
    about = known_about(child, on, calendar.out_of_county, command)
    return about, as_counted_for(calendar, rules.school_days, on, about.year_group, at_school=urn is not None)


def _stands(child: Child, new: Candidate) -> bool:
    """Whether an obligation of the same day has been met already, or falls due no later."""
    same = (due for due in child.dues if (due.obligation, due.trigger_on) == (new.obligation, new.start))
    return any(due.met_by is not None or due.due <= new.due for due in same)


def as_set(
    each: Candidate, trigger: str, child_ref: str, version: str, note: str | None = None, started_by: str | None = None
) -> PEPDueDateSet:
    return PEPDueDateSet(
        child_ref=child_ref,
        obligation=each.obligation,
        trigger=str(trigger),
        trigger_on=each.start,
        due=each.due,
        unit=each.unit,
        source=each.source,
        policy_version=version,
        days=each.days,
        passed_over=tuple(day for day, _why in each.skipped),
        note=note,
        started_by=started_by,
    )


def _without_date(explanation: Explanation) -> list[Uncounted]:
    """Obligations of which no rule could be counted."""
    return [each for each in explanation.uncounted if each.obligation not in explanation.governing]


def _is_known(child: Child, new: Uncounted, on: date) -> bool:
    """Whether it has a date already, or was said to have none."""
    known = {(each.obligation, each.trigger_on) for each in child.asked_for}
    return (new.obligation, on) in known


def not_counted(
    each: Uncounted, trigger: str, on: date, child_ref: str, version: str, started_by: str | None = None
) -> PEPDueDateNotCounted:
    return PEPDueDateNotCounted(
        child_ref=child_ref,
        obligation=each.obligation,
        trigger=str(trigger),
        trigger_on=on,
        reason=each.reason,
        policy_version=version,
        started_by=started_by,
    )


def by_cadence(child: Child, command: Judged, live_from: date) -> Dates:
    """The next termly meeting of a child who was in care before going live (T64): no first-PEP obligation."""
    rules = command.rules.in_force(live_from)
    since = child.last_pep or live_from
    try:
        term = _next_term(child, live_from, rules, command)
    except TermDatesMissing as missing:
        return [not_counted(without_term(missing, rules), LAST_PEP, since, command.child_ref, rules.version)]
    meeting = by_cut_off(term, since, rules)
    if _stands(child, meeting):
        return []
    return [as_set(meeting, LAST_PEP, command.child_ref, rules.version)]


def _next_term(child: Child, live_from: date, rules: SchedulingPolicy, command: Judged) -> SchoolTerm:
    """The first term with a meeting after the last PEP, but none whose cut-off date had passed before going live."""
    about, calendar = counting_for(child, live_from, rules, command)
    terms = rules.cadence.terms_of(about.year_group or 0)
    term = calendar.next_term(child.last_pep or date.min, terms)
    while rules.cadence.cut_off(term) < live_from:
        term = calendar.next_term(term.first, terms)
    return term


def withdrawn(
    child_ref: str,
    dues: Iterable[Owed],
    because: Withdrawn,
) -> list[PEPDueDateWithdrawn]:
    return [
        PEPDueDateWithdrawn(child_ref=child_ref, obligation=due.obligation, trigger_on=due.trigger_on, because=because)
        for due in dues
    ]
