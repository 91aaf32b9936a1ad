"""Which facts of a care record are new. Days still to come are left to a later record.

A record that says of the same day something else than before corrects it: it is the authority's own word. A fact that
the record merely leaves out is not taken back; it is flagged, for a person to look at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, Literal

from msgspec import structs

from pep_kernel.calendars import school_year
from pep_kernel.contracts.scheduling import Corrected
from pep_kernel.refusal import Refusal
from pep_kernel.sealed import PlanText
from scheduling.domain.child import at_school, birthday, clearing, correction, ending, identity, lacking
from scheduling.domain.child.care_record import Episode, Schooling, Spell
from scheduling.domain.child.circumstances import Noted
from scheduling.domain.child.commands import RecordCareFacts
from scheduling.domain.child.events import (
    ChildEnteredCare,
    ChildEvent,
    LastPEPNoted,
    PlacementChanged,
    ReviewHeld,
    SchoolMoved,
    SocialWorkerAllocated,
)
from scheduling.domain.child.fact_events import FactCorrected
from scheduling.domain.child.history import History, inserted, news, value_on, values_of
from scheduling.domain.child.school_identity import is_renumbered
from scheduling.domain.child.states import Child, SpellInCare

Step = Callable[[Child, RecordCareFacts], list[ChildEvent]]
SAME_CARERS = ("T", "U")
"""Reasons of the return for a new episode: another kind of placement, with the same carers."""
OfRecord = Literal["placement", "legal_status", "school", "social_worker"]
Dated = list[tuple[date, Any]]
CARE_RECORD = "care_record"
"""Who corrects, where the authority's record now says otherwise."""


def begun(command: RecordCareFacts) -> list[Spell]:
    """The spells that have begun by today."""
    found = [spell for spell in command.record.spells if spell.began <= command.today]
    if not found:
        raise Refusal("The record names only days that are still to come.")
    return found


def spell(told: Spell, child: Child, command: RecordCareFacts) -> list[ChildEvent]:
    """One `ChildEnteredCare` a spell, and its end. A spell that overlaps a known one is that one."""
    known = next((each for each in child.spells if _overlap(each, told)), None)
    happened: list[ChildEvent] = [] if known else [_entered(command, told)]
    if known is not None and known.began != told.began and not told.began_earlier:
        happened.extend(_other_first_day(child, known.began, told, command))
    if told.ended is not None and told.ended <= command.today and (known is None or known.ended is None):
        happened.append(
            ending.left_care(
                command,
                told.ended,
                told.reason_ceased or "not_given",
                earlier=any(each.began >= told.ended for each in child.spells if each is not known),
            )
        )
    return happened


def _other_first_day(child: Child, began: date, told: Spell, command: RecordCareFacts) -> list[ChildEvent]:
    """The record names another first day of a spell that is known. Two known spells are never made one by a record."""
    if not command.whole:
        raise Refusal(
            f"on: the child is in care since {began:%d/%m/%Y}. Tell first when that ended, or correct that day."
        )
    if sum(_overlap(each, told) for each in child.spells) > 1:
        return lacking.flagged(child, command.child_ref, "entered_care", began, "place_in_the_care_record")
    return [_corrected(command, "entered_care", began, right_on=told.began), _entered(command, told)]


def _corrected(command: RecordCareFacts, fact: Corrected, on: date, **right: Any) -> FactCorrected:
    because = PlanText.of("The authority's care record says otherwise.")
    return FactCorrected(child_ref=command.child_ref, fact=fact, on=on, by=CARE_RECORD, reason=because, **right)


def _overlap(known: SpellInCare, spell: Spell) -> bool:
    """Days on which one ends and the other begins are not shared: that is a new spell. One may last a single day."""
    return known.began == spell.began or (
        known.began < (spell.ended or date.max) and spell.began < (known.ended or date.max)
    )


def _entered(command: RecordCareFacts, spell: Spell) -> ChildEnteredCare:
    first: Episode = spell.episodes[0]
    return ChildEnteredCare(
        child_ref=command.child_ref,
        on=spell.began,
        born_in_school_year=school_year(command.record.date_of_birth),
        legal_status=first.legal_status,
        placement=first.placement,
        began_earlier=spell.began_earlier,
        school_urn=value_on(tuple(news((), at_school.rolls(command))), spell.began),
    )


def placements(child: Child, command: RecordCareFacts) -> list[ChildEvent]:
    """The return says of a change of placement whether the carers stay the same."""
    stay = {episode.began for episode in _episodes(command) if episode.reason_new in SAME_CARERS}
    return [
        structs.replace(each, same_carers=True) if isinstance(each, PlacementChanged) and each.on in stay else each
        for each in _dated(child, command, "placement")
    ]


def legal_statuses(child: Child, command: RecordCareFacts) -> list[ChildEvent]:
    return _dated(child, command, "legal_status")


def _told(command: RecordCareFacts, fact: OfRecord) -> Dated:
    """What the record says of this kind, each with its day."""
    match fact:
        case "placement":
            return [(episode.began, episode.placement) for episode in _episodes(command)]
        case "legal_status":
            return [(episode.began, episode.legal_status) for episode in _episodes(command)]
        case "school":
            return at_school.every_roll(command)
        case "social_worker":
            worked = [(each.began, command.workers[each.staff_id]) for each in command.record.social_workers]
            return [each for each in worked if each[0] <= command.today]


def _dated(child: Child, command: RecordCareFacts, fact: OfRecord) -> list[ChildEvent]:
    """What is new; where the record names another value of the same day, the earlier one was wrong."""
    history, tell, told = correction.history_of(child, fact), correction.TELL[fact], _told(command, fact)
    happened: list[ChildEvent] = []
    for day, value in _new(command, history, told):
        wrong = [was for was in values_of(history, day) if was != value]
        happened.extend(_corrected(command, fact, day, was=was, right=value) for was in wrong)
        happened.append(tell(command.child_ref, day, value))
    return [*happened, *_left_out(child, command, fact)]


def _new(command: RecordCareFacts, history: History[Any], told: Dated) -> Dated:
    """A record that is not whole tells nothing of a day of which something was told."""
    return [(day, value) for day, value in news(history, told) if command.whole or not values_of(history, day)]


def _left_out(child: Child, command: RecordCareFacts, fact: OfRecord) -> list[ChildEvent]:
    """Facts that lie between those of the record, and that it does not hold."""
    said = tuple(sorted(_told(command, fact), key=lambda entry: entry[0]))
    days = [day for day, _value in said]
    return [
        flag
        for day, value in correction.history_of(child, fact)
        if days and min(days) < day < max(days) and value_on(said, day) != value
        for flag in lacking.flagged(child, command.child_ref, fact, day, "place_in_the_care_record")
    ]


def _episodes(command: RecordCareFacts) -> list[Episode]:
    every = [episode for spell in command.record.spells for episode in spell.episodes]
    return [episode for episode in every if episode.began <= command.today]


def schools(child: Child, command: RecordCareFacts) -> list[ChildEvent]:
    """A school that was left, with none after it at once, leaves the child on no roll."""
    said = {schooling.entered: schooling for schooling in command.record.schooling}
    happened: list[ChildEvent] = []
    known = child
    for day, urn in _new(command, child.schools, at_school.rolls(command)):
        wrong = [was for was in values_of(child.schools, day) if was != urn and was is not None]
        happened.extend(_corrected(command, "school", day, was=was, right=urn) for was in wrong)
        moved = _moved(command.child_ref, day, urn, said.get(day))
        happened.append(structs.replace(moved, renumbered=is_renumbered(known, command, day, urn)))
        known = replace(known, schools=inserted(known.schools, day, urn))
    return [*happened, *_left_out(child, command, "school")]


def _moved(child_ref: str, day: date, urn: str | None, said: Schooling | None) -> SchoolMoved:
    if said is None:
        return SchoolMoved(child_ref=child_ref, on=day)
    return SchoolMoved(
        child_ref=child_ref,
        on=day,
        school_urn=urn,
        year_group=said.year_group,
        special_educational_needs=said.special_educational_needs or "none",
    )


def social_workers(child: Child, command: RecordCareFacts) -> list[ChildEvent]:
    return _dated(child, command, "social_worker")


def worker_of_today(child: Child, command: RecordCareFacts) -> list[ChildEvent]:
    """A worker of whom nobody says since when: from the first day of the spell the first time, else from today."""
    staff_id, today = command.record.social_worker, command.today
    worker = command.workers[staff_id] if staff_id else None
    if worker is None or value_on(child.social_workers, today) == worker:
        return []
    began = begun(command)[-1].began
    is_first = all(day < began for day, _worker in child.social_workers)
    if child.running is None and not is_first:
        return []
    on = began if is_first else today
    return [SocialWorkerAllocated(child_ref=command.child_ref, on=on, social_worker_ref=worker)]


def reviews(child: Child, command: RecordCareFacts) -> list[ChildEvent]:
    held = {day for day in command.record.reviews if day <= command.today}
    return [ReviewHeld(child_ref=command.child_ref, on=day) for day in sorted(held - child.reviews)]


def last_pep(child: Child, command: RecordCareFacts) -> list[ChildEvent]:
    """What was agreed before going live is taken in once."""
    told = command.record.last_pep
    if told is not None and told.held > command.today:
        raise Refusal(f"last_pep.held: {told.held:%d/%m/%Y} is still to come.")
    if told is None or child.last_pep is not None:
        return []
    return [
        LastPEPNoted(
            child_ref=command.child_ref, on=told.held, next_agreed=told.next_agreed, next_review=told.next_review
        )
    ]


def found_again(child: Child, command: RecordCareFacts) -> list[ChildEvent]:
    """What an earlier record had left out, and this one holds."""
    return [
        clearing.cleared(command.child_ref, flag, "record_agrees", command.today)
        for flag in clearing.lacking(child, "place_in_the_care_record")
        if _holds(command, child, flag)
    ]


def _holds(command: RecordCareFacts, child: Child, flag: Noted) -> bool:
    match flag.fact:
        case "placement" | "legal_status" | "school" | "social_worker" as fact:
            told = [entry for entry in _told(command, fact) if entry[0] <= flag.on]
            last = max(told, key=lambda entry: entry[0], default=None)
            return last is not None and last[1] in values_of(correction.history_of(child, fact), flag.on)
        case _:
            return any(spell.began == flag.on for spell in command.record.spells)


def every_kind(command: RecordCareFacts) -> tuple[Step, ...]:
    """One step for each kind of fact, and one for each spell, since a spell may begin where another ended."""
    each_spell = (partial(spell, told) for told in begun(command))
    kinds = (placements, legal_statuses, schools, at_school.of_record, social_workers, worker_of_today)
    return (identity.told, birthday.school_year_of_birth, *each_spell, *kinds, found_again, reviews, last_pep)
