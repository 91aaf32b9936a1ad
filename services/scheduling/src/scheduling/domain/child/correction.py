"""A fact that was told wrong is corrected: the wrong one does not count, the right one is told as such a fact.

Nothing is rewritten: what was believed before the correction stays in the log, and so does what followed from it. What
follows from the right fact stands in `consequences.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

from pep_kernel.announcement import Announcement
from pep_kernel.calendars import school_year
from pep_kernel.contracts import scheduling as said
from pep_kernel.refusal import Refusal
from pep_kernel.sealed import PlanText
from scheduling.domain.child import circumstances, plausible
from scheduling.domain.child.commands import CorrectFact
from scheduling.domain.child.events import (
    ChildEnteredCare,
    ChildEvent,
    ChildLeftCare,
    LegalStatusChanged,
    PlacementChanged,
    ReviewHeld,
    SchoolMoved,
    SocialWorkerAllocated,
)
from scheduling.domain.child.fact_events import (
    FactCorrected,
    PlacementNoticeDue,
    ReviewingOfficerAssigned,
    SchoolNotified,
)
from scheduling.domain.child.history import History, inserted, removed, value_on, values_of
from scheduling.domain.child.states import Child, Corrected
from scheduling.domain.child.told import Correction

DATED: Mapping[str, str] = {
    "placement": "placements",
    "legal_status": "legal_statuses",
    "school": "schools",
    "social_worker": "social_workers",
}
"""The facts that are one value from a day on, with the child's history of each."""

TELL: Mapping[str, Callable[[str, date, Any], ChildEvent]] = {
    "placement": lambda ref, on, value: PlacementChanged(child_ref=ref, on=on, placement=value),
    "legal_status": lambda ref, on, value: LegalStatusChanged(child_ref=ref, on=on, legal_status=value),
    "school": lambda ref, on, value: SchoolMoved(child_ref=ref, on=on, school_urn=value),
    "social_worker": lambda ref, on, value: SocialWorkerAllocated(child_ref=ref, on=on, social_worker_ref=value),
    "reviewing_officer": lambda ref, on, value: ReviewingOfficerAssigned(
        child_ref=ref, on=on, reviewing_officer_ref=value
    ),
}


def history_of(child: Child, fact: str) -> History[Any]:
    if fact == "reviewing_officer":
        return child.circumstances.reviewing_officers
    return getattr(child, DATED[fact])  # type: ignore[no-any-return]


# What was wrong


def wrong(child: Child, command: CorrectFact) -> list[ChildEvent]:
    """The correction; nothing if it was made already. Refuses one of a fact that nobody told, or that cannot be."""
    told = command.correction
    if _as_made(told) in child.corrections:
        return []
    _is_known(child, told)
    plausible.not_before_birth(told.holds_on, command.date_of_birth)
    if told.holds_on > command.today:
        raise Refusal(f"right_on: {told.holds_on:%d/%m/%Y} is still to come.")
    corrected = FactCorrected(
        child_ref=command.child_ref,
        fact=told.fact,
        on=told.on,
        by=command.by,
        reason=PlanText.of(told.reason),
        was=told.was,
        right_on=told.right_on,
        right=told.right,
        never_happened=told.never_happened,
    )
    _can_be(evolve(child, corrected), told)
    return [corrected]


def _as_made(told: Correction) -> Corrected:
    return Corrected(told.fact, told.on, told.was, told.right_on, told.right)


def _is_known(child: Child, told: Correction) -> None:
    """Refuses, and says what is known instead: an earlier correction goes before all."""
    values = _told_of(child, told)
    if told.was in values:
        return
    earlier = next((each for each in child.corrections if (each.fact, each.on) == (told.fact, told.on)), None)
    if earlier is not None:
        raise Refusal(f"on: {_words(told.fact)} of {told.on:%d/%m/%Y} was corrected before, {_to(earlier)}.")
    if values:
        known = ", ".join(str(value) for value in values)
        raise Refusal(f"was: {_words(told.fact)} of {told.on:%d/%m/%Y} was told as {known}.")
    raise Refusal(f"on: no {_words(told.fact)} was told of {told.on:%d/%m/%Y}.")


def _told_of(child: Child, told: Correction) -> Sequence[str | None]:
    match told.fact:
        case "entered_care":
            return [None for spell in child.spells if spell.began == told.on]
        case "left_care":
            return [None for spell in child.spells if spell.ended == told.on]
        case "review_held":
            return [None for day in child.reviews if day == told.on]
        case fact:
            return values_of(history_of(child, fact), told.on)


def _words(fact: str) -> str:
    return fact.replace("_", " ")


def _to(earlier: Corrected) -> str:
    if earlier.right_on is None and earlier.right is None:
        return "to: it never happened"
    day = f"{earlier.right_on:%d/%m/%Y}" if earlier.right_on else "the same day"
    return f"to {earlier.right or 'the same'} of {day}"


def _can_be(child: Child, told: Correction) -> None:
    """Refuses a correction after which the child's life could not have been so."""
    for before, after in pairwise(child.spells):
        if before.ended is None or after.began < before.ended:
            spells = plausible.spells_in_words(child.spells)
            raise Refusal(f"right_on: the spells in care would overlap: {spells}.")
    for spell in child.spells:
        if spell.ended is not None and spell.ended < spell.began:
            raise Refusal(f"right_on: the spell in care would end before it begins, on {spell.began:%d/%m/%Y}.")
    if told.fact in DATED and not told.never_happened:
        _is_free(child, told)


def _is_free(child: Child, told: Correction) -> None:
    others = [value for value in values_of(history_of(child, told.fact), told.holds_on) if value != told.holds]
    if others:
        another = f"another {_words(told.fact)} was told of {told.holds_on:%d/%m/%Y}"
        raise Refusal(f"right_on: {another}: {others[-1]}. Correct that one first.")


# What is right


def right(before: Child, child: Child, command: CorrectFact) -> list[ChildEvent]:
    """What now holds from the days that the correction touched, told as such facts."""
    told = command.correction
    match told.fact:
        case "entered_care":
            return [] if told.never_happened else [_entered(child, command)]
        case "left_care":
            return [] if told.never_happened else [_left(command)]
        case "review_held":
            return [] if told.never_happened else [ReviewHeld(child_ref=command.child_ref, on=told.holds_on)]
        case fact:
            dated = _dated(history_of(before, fact), history_of(child, fact), command)
            return [*dated, *_notices(before, command)]


def _entered(child: Child, command: CorrectFact) -> ChildEnteredCare:
    on = command.correction.holds_on
    return ChildEnteredCare(
        child_ref=command.child_ref,
        on=on,
        born_in_school_year=school_year(command.date_of_birth),
        legal_status=value_on(child.legal_statuses, on) or "",
        placement=value_on(child.placements, on) or "",
        school_urn=value_on(child.schools, on),
    )


def _left(command: CorrectFact) -> ChildLeftCare:
    told = command.correction
    return ChildLeftCare(child_ref=command.child_ref, on=told.holds_on, reason=told.right or "not_given")


def _dated(before: History[Any], after: History[Any], command: CorrectFact) -> list[ChildEvent]:
    told, tell = command.correction, TELL[command.correction.fact]
    happened = []
    held = value_on(after, told.on)
    if held != value_on(before, told.on) and (held is not None or told.fact == "school"):
        happened.append(tell(command.child_ref, told.on, held))
    if not told.never_happened:
        happened.append(tell(command.child_ref, told.holds_on, told.holds))
    return happened


def _notices(before: Child, command: CorrectFact) -> list[ChildEvent]:
    """That the school must be told of a placement, and that it was, goes with the placement to its right day."""
    told, known, ref = command.correction, before.circumstances, command.child_ref
    if told.fact != "placement" or told.holds_on == told.on:
        return []
    on = told.holds_on
    due = [PlacementNoticeDue(child_ref=ref, on=on, due=on)] if told.on in dict(known.notices_due) else []
    noted = [day for placement_on, day in known.notified if placement_on == told.on]
    return [*due, *(SchoolNotified(child_ref=ref, on=day, placement_on=on) for day in noted)]


# What the child is after the correction, before the right fact is told


def evolve(child: Child, event: FactCorrected) -> Child:
    """The child as if the wrong fact had not been told; a first or last day in care moves to the right one."""
    made = Corrected(event.fact, event.on, event.was, event.right_on, event.right)
    child = replace(child, corrections=(*child.corrections, made))
    match event.fact:
        case "entered_care":
            return _began_on(child, event)
        case "left_care":
            return _ended_on(child, event)
        case "review_held":
            return replace(child, reviews=child.reviews - {event.on})
        case "reviewing_officer":
            known = circumstances.without_officer(child.circumstances, event.on, event.was or "")
            return replace(child, circumstances=known)
        case fact:
            name = DATED[fact]
            corrected: dict[str, Any] = {name: removed(getattr(child, name), event.on, event.was)}
            return _placement_gone(replace(child, **corrected), event)


def _began_on(child: Child, event: FactCorrected) -> Child:
    others = tuple(spell for spell in child.spells if spell.began != event.on)
    corrected = tuple(spell for spell in child.spells if spell.began == event.on)
    if event.never_happened:
        return replace(child, spells=others)
    right_on = event.right_on or event.on
    moved = tuple(replace(spell, began=right_on) for spell in corrected)
    return replace(
        child,
        spells=tuple(sorted((*others, *moved), key=lambda spell: spell.began)),
        placements=_first_moved(child.placements, event.on, right_on),
        legal_statuses=_first_moved(child.legal_statuses, event.on, right_on),
    )


def _first_moved(history: History[str], on: date, right_on: date) -> History[str]:
    """What began with the spell began on its right day."""
    for value in values_of(history, on):
        history = inserted(removed(history, on, value), right_on, value)
    return history


def _placement_gone(child: Child, event: FactCorrected) -> Child:
    """An emergency, and notices to the school, are those of their placement: they go with it from a wrong day."""
    is_of_that_day = not event.never_happened and event.right_on in (None, event.on)
    if event.fact != "placement" or is_of_that_day or values_of(child.placements, event.on):
        return child
    known = circumstances.without_notices(child.circumstances, event.on)
    if event.on in known.emergencies:
        right = frozenset({event.right_on} if event.right_on else ())
        known = replace(known, emergencies=known.emergencies - {event.on} | right)
    return replace(child, circumstances=known)


def _ended_on(child: Child, event: FactCorrected) -> Child:
    reopened = tuple(replace(spell, ended=None) if spell.ended == event.on else spell for spell in child.spells)
    return replace(child, spells=reopened)


def announced(child: Child, event: FactCorrected) -> Announcement:
    """To others a child who never left care is in care, and one who never entered is not; the rest is told after it."""
    ref, on = event.child_ref, event.on
    match event.fact, event.never_happened:
        case "left_care", True:
            born, urn = child.born_in_school_year or 0, value_on(child.schools, on)
            return said.ChildEnteredCare(child_ref=ref, on=on, born_in_school_year=born, school_urn=urn)
        case "entered_care", True:
            return said.ChildLeftCare(child_ref=ref, on=on, ended="never_in_care")
        case fact, _:
            return said.FactCorrected(child_ref=ref, fact=fact, on=on, right_on=event.right_on)
