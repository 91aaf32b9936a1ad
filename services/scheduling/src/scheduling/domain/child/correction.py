"""A fact that was told wrong is corrected: the wrong one does not count, the right one is told as such a fact.

Nothing is rewritten: what was believed before the correction stays in the log, and so does what followed from it. What
follows from the right fact stands in `consequences.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

from msgspec import structs

from pep_kernel.announcement import Announcement
from pep_kernel.calendars import school_year
from pep_kernel.contracts import scheduling as said
from pep_kernel.refusal import Refusal
from pep_kernel.sealed import PlanText
from scheduling.domain.child import circumstances, ending, plausible
from scheduling.domain.child.circumstances import Circumstances
from scheduling.domain.child.commands import CorrectFact, JudgedToday
from scheduling.domain.child.ending import MOVED_AUTHORITY
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
from scheduling.domain.child.states import Child, Corrected, SpellInCare, with_spells
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
    _can_be(_with_right_end(child, evolve(child, corrected), told), told)
    return [corrected]


def _with_right_end(before: Child, child: Child, told: Correction) -> Child:
    """A spell whose end is another one has none until the right one is told: it is judged with that."""
    if told.fact != "left_care" or told.never_happened:
        return child
    wrong_end = _that_ended(before, told.on)
    moved = (replace(spell, ended=told.holds_on) if spell is wrong_end else spell for spell in before.spells)
    return replace(child, spells=tuple(moved))


def _that_ended(child: Child, on: date) -> SpellInCare:
    """Of two that ended on one day, the later."""
    return next(spell for spell in reversed(child.spells) if spell.ended == on)


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
    if told.fact in TELL and not told.never_happened:
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
            return [] if told.never_happened else [_left(before, command)]
        case "review_held":
            return [] if told.never_happened else [ReviewHeld(child_ref=command.child_ref, on=told.holds_on)]
        case fact:
            held = [] if told.never_happened else [_holds(before, fact, command)]
            return [*held, *_notices(before, command)]


def _holds(before: Child, fact: str, command: CorrectFact) -> ChildEvent:
    told = command.correction
    event = TELL[fact](command.child_ref, told.holds_on, told.holds)
    return _lying_where(before, (told.on, told.was), event)


def _lying_where(child: Child, entry: tuple[date, Any], event: ChildEvent) -> ChildEvent:
    """A placement lies where it lay, whatever else of it was wrong."""
    where = child.where.get(entry)
    if where is None or not isinstance(event, PlacementChanged):
        return event
    return structs.replace(event, area=where.area, provider=where.provider, changes_school=where.changes_school)


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


def _left(before: Child, command: CorrectFact) -> ChildLeftCare:
    """Of another day for the reason that was told, unless that was wrong too."""
    told = command.correction
    corrected = _that_ended(before, told.on)
    earlier = any(spell.began >= told.holds_on for spell in before.spells if spell is not corrected)
    reason = told.right or corrected.reason or "not_given"
    return ending.left_care(command, told.holds_on, reason, earlier=earlier)


def _notices(before: Child, command: CorrectFact) -> list[ChildEvent]:
    """That the school must be told of a placement, and that it was, goes with the placement to its right day."""
    told, known, ref = command.correction, before.circumstances, command.child_ref
    if told.fact != "placement" or told.holds_on == told.on:
        return []
    on = told.holds_on
    due = [PlacementNoticeDue(child_ref=ref, on=on, due=on)] if told.on in dict(known.notices_due) else []
    noted = [day for placement_on, day in known.notified if placement_on == told.on]
    return [*due, *(SchoolNotified(child_ref=ref, on=day, placement_on=on) for day in noted)]


# What others hear


def said_anew(before: Child, child: Child, command: JudgedToday) -> list[ChildEvent]:
    """Others heard of each day that was corrected: where another value holds on it now, they hear that one.

    In the child's own history nothing is new by that: it says of no day more than was told of it.
    """
    return [
        _lying_where(child, entry, structs.replace(TELL[fact](command.child_ref, day, entry[1]), restated=True))
        for fact in TELL
        for day, entry in _on_corrected_days(before, child, fact, command)
        if entry[1] is not None or fact == "school"
    ]


def _on_corrected_days(
    before: Child, child: Child, fact: str, command: JudgedToday
) -> Iterator[tuple[date, tuple[date, Any]]]:
    """Each such day, and what is in force on it: since when, and the value."""
    known, now = history_of(before, fact), history_of(child, fact)
    told_just_now = {day for day, _value in set(now) - set(known)}
    for day in sorted({each.on for each in child.corrections if each.fact == fact} - told_just_now):
        entry = next((each for each in reversed(now) if each[0] <= day), (day, None))
        if entry[1] != value_on(known, day) or _is_taken_from(day, entry, fact, command):
            yield day, entry


def _is_taken_from(day: date, entry: tuple[date, Any], fact: str, command: JudgedToday) -> bool:
    """Whether the fact of this day was taken away just now, and something else than the right one holds on it."""
    if not isinstance(command, CorrectFact):
        return False
    told = command.correction
    return (told.fact, told.on) == (fact, day) and entry != (told.holds_on, told.holds)


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
            corrected["where"] = {place: said for place, said in child.where.items() if place != (event.on, event.was)}
            return _placement_gone(replace(child, **corrected), event)


def _began_on(child: Child, event: FactCorrected) -> Child:
    others = tuple(spell for spell in child.spells if spell.began != event.on)
    corrected = tuple(spell for spell in child.spells if spell.began == event.on)
    if event.never_happened:
        return replace(child, spells=others)
    right_on = event.right_on or event.on
    moved = tuple(replace(spell, began=right_on) for spell in corrected)
    where = {(right_on if day == event.on else day, code): said for (day, code), said in child.where.items()}
    return replace(
        child,
        spells=tuple(sorted((*others, *moved), key=lambda spell: spell.began)),
        circumstances=_emergency_moved(child.circumstances, event.on, right_on),
        where=where,
        placements=_first_moved(child.placements, event.on, right_on),
        legal_statuses=_first_moved(child.legal_statuses, event.on, right_on),
    )


def _first_moved(history: History[str], on: date, right_on: date) -> History[str]:
    """What began with the spell began on its right day, unless something else had come in its place by then."""
    is_over = any(on < day <= right_on for day, _value in history)
    for value in values_of(history, on):
        history = removed(history, on, value)
        history = history if is_over else inserted(history, right_on, value)
    return history


def _placement_gone(child: Child, event: FactCorrected) -> Child:
    """An emergency, and notices to the school, are those of their placement: they go with it from a wrong day."""
    is_of_that_day = not event.never_happened and event.right_on in (None, event.on)
    if event.fact != "placement" or is_of_that_day or values_of(child.placements, event.on):
        return child
    known = circumstances.without_notices(child.circumstances, event.on)
    return replace(child, circumstances=_emergency_moved(known, event.on, event.right_on))


def _emergency_moved(known: Circumstances, on: date, right_on: date | None) -> Circumstances:
    if on not in known.emergencies:
        return known
    right = frozenset({right_on} if right_on else ())
    return replace(known, emergencies=known.emergencies - {on} | right)


def _ended_on(child: Child, event: FactCorrected) -> Child:
    """A transfer to another authority is of the day on which care ended here, and is none where it ended otherwise."""
    wrong_end = _that_ended(child, event.on)
    reopened = (replace(each, ended=None, reason=None) if each is wrong_end else each for each in child.spells)
    gone = child.transferred
    if gone is not None and gone.on == event.on:
        stays = not event.never_happened and event.right in (None, MOVED_AUTHORITY)
        gone = replace(gone, on=event.right_on or event.on) if stays else None
    return replace(with_spells(child, tuple(reopened)), transferred=gone)


def announced(child: Child, event: FactCorrected) -> Announcement:
    """To others a child who never left care is in care, and one who never entered is not; the rest is told after it."""
    ref, on = event.child_ref, event.on
    match event.fact, event.never_happened:
        case "left_care", True:
            born, urn = child.born_in_school_year or 0, value_on(child.schools, on)
            return said.ChildEnteredCare(child_ref=ref, on=on, born_in_school_year=born, school_urn=urn)
        case "entered_care", True:
            return said.ChildLeftCare(child_ref=ref, on=on, ended="never_in_care", closes_on=on)
        case fact, _:
            return said.FactCorrected(child_ref=ref, fact=fact, on=on, right_on=event.right_on)
