"""What follows from the right fact: whether a PEP applies, and what is due, found from the child's whole history.

Each start of an obligation that the history now has is counted; each that it has no more is withdrawn; what was done
counts still. Dates that rest on nothing that was corrected stay as they were stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from msgspec import structs

from pep_kernel.authority_policy.due_dates import Trigger
from scheduling.domain.child import due_dates, emergencies, verdict
from scheduling.domain.child.commands import JudgedToday
from scheduling.domain.child.events import (
    ChildEvent,
    ObligationMet,
    PEPDueDateNotCounted,
    PEPDueDateSet,
    PEPNotApplicable,
)
from scheduling.domain.child.history import value_on
from scheduling.domain.child.school_identity import is_another_school
from scheduling.domain.child.states import Applies, Child, DoesNotApply, Due, SpellInCare

Dated = PEPDueDateSet | PEPDueDateNotCounted


class Start(NamedTuple):
    """Something that starts obligations, and the school of that day: its term dates count."""

    trigger: Trigger
    on: date
    school_urn: str | None


def follow(before: Child, child: Child, command: JudgedToday, *, resumed: bool = False) -> list[ChildEvent]:
    """What is withdrawn, set anew and met still, after a correction made `child` of `before`.

    `resumed`: the child had never left care, so the plan that was open then is open still.
    """
    if child.running is None:
        return [*due_dates.withdrawn(command.child_ref, child.open_dues, "fact_corrected")]
    reason = verdict.why_not(child, command, command.today)
    if reason is not None:
        ended = PEPNotApplicable(child_ref=command.child_ref, on=command.today, reason=reason)
        withdrawn = due_dates.withdrawn(command.child_ref, child.open_dues_of_pep, "fact_corrected")
        return [*([] if child.verdict == DoesNotApply(reason) else [ended]), *withdrawn]
    had = _starts(before, command) if isinstance(before.verdict, Applies) else []
    has = _starts(child, command)
    return [*_applies(child, child.running, command, resumed), *_dates(child, command, had, has)]


def _applies(child: Child, spell: SpellInCare, command: JudgedToday, resumed: bool) -> list[ChildEvent]:
    if isinstance(child.verdict, Applies):
        return []
    applies = structs.replace(verdict.applies(child, command, spell), resumed=resumed)
    termly = due_dates.by_cadence(child, command, applies.on) if applies.because == "already_in_care" else []
    standing = {(due.obligation, due.trigger_on) for due in child.dues}
    return [applies, *(_marked(each) for each in termly if (each.obligation, each.trigger_on) not in standing)]


def _starts(child: Child, command: JudgedToday) -> list[Start]:
    """What started obligations in this spell: entering care, moves, emergencies; nothing from before going live."""
    spell = child.running
    if spell is None or verdict.why_not(child, command, command.today) is not None:
        return []
    if child.live_from is not None and spell.began < child.live_from:
        first, entered = child.live_from, []
    else:
        first = verdict.first_day(child, command, spell)
        entered = [Start(Trigger.ENTERED_CARE, first, value_on(child.schools, first))]
    since = max(spell.began, first)
    moves = [(day, urn) for day, urn in child.schools if day > since and is_another_school(child, command, day, urn)]
    urgent = [day for day in sorted(child.circumstances.emergencies) if day >= since]
    return [
        *entered,
        *(Start(Trigger.SCHOOL_MOVED, day, urn) for day, urn in moves),
        *(Start(Trigger.EMERGENCY_PLACEMENT_MADE, day, value_on(child.schools, day)) for day in urgent),
    ]


def _dates(child: Child, command: JudgedToday, had: Sequence[Start], has: Sequence[Start]) -> list[ChildEvent]:
    lost = {(start.trigger, start.on) for start in had if start not in has}
    kept = replace(child, dues=tuple(due for due in child.dues if (due.trigger, due.trigger_on) not in lost))
    counted = [each for start in has if start not in had for each in _counted(start, kept, command)]
    gone = [due for due in child.dues if (due.trigger, due.trigger_on) in lost and not _is_among(due, counted)]
    standing = {(due.obligation, due.trigger_on) for due in child.dues if due not in gone}
    fresh = [each for each in counted if (each.obligation, each.trigger_on) not in standing]
    met = [event for each in fresh for event in _met_still(child, each)]
    return [*due_dates.withdrawn(command.child_ref, gone, "fact_corrected"), *fresh, *met]


def _counted(start: Start, child: Child, command: JudgedToday) -> list[Dated]:
    if start.trigger is Trigger.EMERGENCY_PLACEMENT_MADE:
        return [_marked(each) for each in emergencies.dates(child, start.on, command, pep_applies=True)]
    return [_marked(each) for each in due_dates.after(start.trigger, start.on, child, command)]


def _marked(each: Dated) -> Dated:
    return structs.replace(each, correction=True) if isinstance(each, PEPDueDateSet) else each


def _is_among(due: Due, counted: Sequence[Dated]) -> bool:
    """Whether the same date is found again, so that nothing of it changes."""
    found = [(each.obligation, each.trigger_on, each.due) for each in counted if isinstance(each, PEPDueDateSet)]
    return (due.obligation, due.trigger_on, due.due) in found


def _met_still(child: Child, each: Dated) -> list[ChildEvent]:
    """What was done on or after the start meets it, under whichever date it was done."""
    done = [
        (due.met_on, due.met_by)
        for due in child.dues
        if due.obligation == each.obligation and due.met_by and due.met_on and due.met_on >= each.trigger_on
    ]
    if isinstance(each, PEPDueDateNotCounted) or not done:
        return []
    on, by = min(done)
    return [
        ObligationMet(child_ref=each.child_ref, obligation=each.obligation, trigger_on=each.trigger_on, on=on, by=by)
    ]
