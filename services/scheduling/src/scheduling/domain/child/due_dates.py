"""By when what must be done: one date an obligation, counted by the rules in force on the day that started it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from msgspec.structs import replace

from pep_kernel.authority_policy.dated import NotInForce
from pep_kernel.authority_policy.scheduling import Obligation, SchedulingPolicy, Trigger
from pep_kernel.calendars import Calendar, SchoolTerm, TermDatesMissing, Unit, due_date
from scheduling.domain.child.commands import Judged, JudgedToday
from scheduling.domain.child.events import PEPDueDateNotCounted, PEPDueDateSet, PEPDueDateWithdrawn, Withdrawn
from scheduling.domain.child.history import value_on
from scheduling.domain.child.states import Child, Due

Dates = list[PEPDueDateSet | PEPDueDateNotCounted]
STATUTORY = "reg 33"


def after(trigger: Trigger, on: date, child: Child, command: Judged, started_by: str | None = None) -> Dates:
    """One date for each obligation that this trigger starts."""
    try:
        rules = command.rules.in_force(on)
    except NotInForce:
        return []
    calendar = calendar_on(on, child, command)
    count = _counting(trigger, on, command.child_ref, rules.version, calendar, started_by)
    return _noted([count(obligation) for obligation in rules.obligations_after(trigger)])


def calendar_on(day: date, child: Child, command: Judged) -> Calendar:
    """The calendar of the child's school on this day: a school in another county keeps its own (T02b)."""
    urn = value_on(child.schools, day)
    return command.calendar_for(urn, command.laestabs.get(urn) if urn else None)


def _counting(
    trigger: Trigger, on: date, child_ref: str, version: str, calendar: Calendar, started_by: str | None
) -> Callable[[Obligation], PEPDueDateSet | PEPDueDateNotCounted]:
    def count(obligation: Obligation) -> PEPDueDateSet | PEPDueDateNotCounted:
        try:
            counted = due_date(on, obligation.days, obligation.unit, calendar, obligation.roll)
        except TermDatesMissing as missing:
            return PEPDueDateNotCounted(
                child_ref=child_ref,
                obligation=obligation.duty,
                trigger=trigger,
                trigger_on=on,
                reason=str(missing),
                policy_version=version,
            )
        return PEPDueDateSet(
            child_ref=child_ref,
            obligation=obligation.duty,
            trigger=trigger.value,
            trigger_on=on,
            due=counted.due,
            unit=obligation.unit.value,
            source=obligation.source,
            policy_version=version,
            days=obligation.days,
            passed_over=tuple(day for day, _why in counted.skipped),
            started_by=started_by,
        )

    return count


def _noted(dates: Dates) -> Dates:
    """A date later than the statutory one says so (T02b): both stand, and the earlier governs."""
    statutory = [each.due for each in dates if isinstance(each, PEPDueDateSet) and STATUTORY in each.source]
    return [_with_note(each, min(statutory)) if statutory else each for each in dates]


def _with_note(each: PEPDueDateSet | PEPDueDateNotCounted, statutory: date) -> PEPDueDateSet | PEPDueDateNotCounted:
    if isinstance(each, PEPDueDateNotCounted) or each.unit != Unit.SCHOOL or each.due <= statutory:
        return each
    return replace(each, note=f"{each.days} school days end after the statutory date, {statutory:%d/%m/%Y}.")


def by_cadence(child: Child, command: JudgedToday, live_from: date) -> Dates:
    """The next termly meeting of a child who was in care before going live (T64): no first-PEP obligation."""
    rules = command.rules.in_force(live_from)
    held = child.last_pep
    try:
        term = _next_term(held, live_from, rules, command, calendar_on(live_from, child, command))
    except TermDatesMissing as missing:
        return [_not_counted(command.child_ref, held or live_from, str(missing), rules.version)]
    return [_by_end_of(term, held or live_from, command.child_ref, rules)]


def _next_term(
    held: date | None, live_from: date, rules: SchedulingPolicy, command: JudgedToday, calendar: Calendar
) -> SchoolTerm:
    """The term after the last PEP, but none that had ended before going live."""
    terms = rules.cadence.terms_for(command.date_of_birth, live_from)
    following = calendar.next_term(held, terms) if held else calendar.term_on_or_next(live_from)
    return following if following.last >= live_from else calendar.term_on_or_next(live_from)


def _not_counted(child_ref: str, on: date, reason: str, version: str) -> PEPDueDateNotCounted:
    return PEPDueDateNotCounted(
        child_ref=child_ref,
        obligation="hold",
        trigger="last_pep",
        trigger_on=on,
        reason=reason,
        policy_version=version,
    )


def _by_end_of(term: SchoolTerm, on: date, child_ref: str, rules: SchedulingPolicy) -> PEPDueDateSet:
    return PEPDueDateSet(
        child_ref=child_ref,
        obligation="hold",
        trigger="last_pep",
        trigger_on=on,
        due=term.last,
        unit="term",
        source=rules.cadence.source,
        policy_version=rules.version,
    )


def withdrawn(
    child_ref: str,
    dues: Iterable[Due],
    because: Withdrawn,
) -> list[PEPDueDateWithdrawn]:
    return [
        PEPDueDateWithdrawn(child_ref=child_ref, obligation=due.obligation, trigger_on=due.trigger_on, because=because)
        for due in dues
    ]
