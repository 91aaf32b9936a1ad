"""What follows from the right fact: whether a PEP applies, and what is due, found from the child's whole history.

Each start of an obligation that the history now has is counted; each that it has no more is withdrawn; what was done
counts still. Dates that rest on nothing that was corrected stay as they were stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from msgspec import structs

from pep_kernel.authority_policy.due_dates import Trigger
from scheduling.domain.child import due_dates, emergencies, set_aside, verdict
from scheduling.domain.child.commands import JudgedToday
from scheduling.domain.child.events import (
    ChildEvent,
    PEPDueDateNotCounted,
    PEPDueDateSet,
    PEPNotApplicable,
)
from scheduling.domain.child.history import value_on
from scheduling.domain.child.school_identity import is_another_school
from scheduling.domain.child.states import Applies, Child, DoesNotApply, Owed, SpellInCare

Dated = PEPDueDateSet | PEPDueDateNotCounted


class Start(NamedTuple):
    """Something that starts obligations, and the school of that day: its term dates count."""

    trigger: Trigger
    on: date
    school_urn: str | None
    started_by: str | None = None


def follow(before: Child, child: Child, command: JudgedToday, *, resumed: bool = False) -> list[ChildEvent]:
    """What is withdrawn, due as it was, or set anew, after a correction made `child` of `before`.

    `resumed`: the child had never left care, so the plan that was open then is open still.
    """
    if child.running is None:
        return [*due_dates.withdrawn(command.child_ref, child.owed, "fact_corrected")]
    reason = verdict.why_not(child, command, command.today)
    if reason is not None:
        return _without_a_pep(child, command, child.running, reason)
    since = verdict.after_break(child, command, child.running)
    again = set_aside.restored(child, command, since)
    off = set_aside.not_arranged(child, command, since)
    now = set_aside.with_these(child, again)
    had, has = _starts(before, command), _starts(now, command)
    if not isinstance(before.verdict, Applies):
        had, has = [], [*has, *_done_meanwhile(now, command, child.running)]
    return [*_applies(now, child.running, command, resumed), *again, *off, *_dates(now, command, had, has)]


def _without_a_pep(child: Child, command: JudgedToday, spell: SpellInCare, reason: str) -> list[ChildEvent]:
    """The school must be told all the same where the child lives."""
    ended = PEPNotApplicable(child_ref=command.child_ref, on=command.today, reason=reason)
    known = isinstance(child.verdict, DoesNotApply) and child.verdict.reason == reason
    withdrawn = due_dates.withdrawn(command.child_ref, child.owed_of_pep, "fact_corrected")
    notices = set_aside.notices(child, command, spell.began)
    return [*([] if known else [ended]), *withdrawn, *notices]


def _applies(child: Child, spell: SpellInCare, command: JudgedToday, resumed: bool) -> list[ChildEvent]:
    if isinstance(child.verdict, Applies):
        return []
    applies = structs.replace(verdict.applies(child, command, spell), resumed=resumed)
    termly = due_dates.by_cadence(child, command, applies.on) if applies.because == "already_in_care" else []
    return [applies, *verdict.at_newest_school(child, applies), *map(_marked, termly)]


def _starts(child: Child, command: JudgedToday) -> list[Start]:
    """What started obligations in this spell: entering care, moves, emergencies, reviews; from going live on."""
    spell = child.running
    if spell is None or verdict.why_not(child, command, command.today) is not None:
        return []
    first, entered = _first(child, command, spell)
    since = max(spell.began, first)
    moves = [(day, urn) for day, urn in child.schools if day > since and is_another_school(child, command, day, urn)]
    return [
        *entered,
        *(Start(Trigger.SCHOOL_MOVED, day, urn) for day, urn in moves),
        *_on_days(child, Trigger.EMERGENCY_PLACEMENT_MADE, child.circumstances.emergencies, since),
        *_on_days(child, Trigger.REVIEW_HELD, child.reviews, since),
    ]


def _first(child: Child, command: JudgedToday, spell: SpellInCare) -> tuple[date, list[Start]]:
    """A spell from before going live owes no first PEP, unless a PEP applies only since a later day."""
    first = verdict.first_day(child, command, spell)
    if child.live_from is not None and spell.began < child.live_from and first <= child.live_from:
        return child.live_from, []
    return first, [Start(Trigger.ENTERED_CARE, first, value_on(child.schools, first))]


def _on_days(child: Child, trigger: Trigger, days: Iterable[date], since: date) -> list[Start]:
    return [Start(trigger, day, value_on(child.schools, day)) for day in sorted(days) if day >= since]


def _done_meanwhile(child: Child, command: JudgedToday, spell: SpellInCare) -> list[Start]:
    """Meetings that were held while the child was believed to have no PEP."""
    since, _entered = _first(child, command, spell)
    held = ((Trigger.MEETING_HELD, child.peps), (Trigger.PROGRESS_REVIEW_HELD, child.progress_reviews))
    return [
        Start(trigger, day, value_on(child.schools, day), meeting)
        for trigger, meetings in held
        for meeting, day in sorted(meetings.items())
        if day >= since
    ]


def _dates(child: Child, command: JudgedToday, had: Sequence[Start], has: Sequence[Start]) -> list[ChildEvent]:
    lost = {(start.trigger, start.on) for start in had if start not in has}
    kept = replace(
        child,
        dues=tuple(due for due in child.dues if (due.trigger, due.trigger_on) not in lost),
        uncounted=tuple(each for each in child.uncounted if (each.trigger, each.trigger_on) not in lost),
    )
    counted = [each for start in has if start not in had for each in _counted(start, kept, command)]
    of_lost = [each for each in child.asked_for if (each.trigger, each.trigger_on) in lost]
    gone = [each for each in of_lost if not _is_among(each, counted)]
    standing = {(due.obligation, due.trigger_on) for due in child.dues if due not in gone}
    fresh = [each for each in counted if (each.obligation, each.trigger_on) not in standing]
    return [*due_dates.withdrawn(command.child_ref, gone, "fact_corrected"), *fresh]


def _counted(start: Start, child: Child, command: JudgedToday) -> list[Dated]:
    if start.trigger is Trigger.EMERGENCY_PLACEMENT_MADE:
        return [_marked(each) for each in emergencies.dates(child, start.on, command, pep_applies=True)]
    return [_marked(each) for each in due_dates.after(start.trigger, start.on, child, command, start.started_by)]


def _marked(each: Dated) -> Dated:
    return structs.replace(each, correction=True) if isinstance(each, PEPDueDateSet) else each


def _is_among(due: Owed, counted: Sequence[Dated]) -> bool:
    """Whether the same date is found again, so that nothing of it changes."""
    found = [(each.obligation, each.trigger_on, each.due) for each in counted if isinstance(each, PEPDueDateSet)]
    return (due.obligation, due.trigger_on, due.due) in found
