"""What cannot have been: before birth, on a day still to come, outside care. The answer names the earlier fact."""

from __future__ import annotations

from datetime import date

from pep_kernel.refusal import Refusal
from scheduling.domain.child.commands import RecordFact
from scheduling.domain.child.states import Child, SpellInCare
from scheduling.domain.child.told import (
    STILL_TO_COME,
    LeftCareTold,
    ResponsibilityTransferredTold,
    SchoolTold,
    SiblingTold,
)

ANY_TIME = (*STILL_TO_COME, SiblingTold)
ENDS_THE_SPELL = (LeftCareTold, ResponsibilityTransferredTold)


def check(child: Child, command: RecordFact) -> None:
    """Refuses what cannot be true of this child."""
    fact = command.fact
    not_before_birth(fact.on, command.date_of_birth)
    if fact.on > command.today and not isinstance(fact, STILL_TO_COME):
        raise Refusal(f"on: {fact.on:%d/%m/%Y} is still to come. Tell it when it has happened.")
    if isinstance(fact, STILL_TO_COME) and child.running is None:
        raise Refusal(f"on: {_left_on(child):%d/%m/%Y} was the day on which the child left care: nothing is planned.")
    if not isinstance(fact, (*ANY_TIME, SchoolTold)):
        in_care(child, fact.on)
    if isinstance(fact, SchoolTold):
        not_after_leaving(child, fact.on)
    if isinstance(fact, ENDS_THE_SPELL):
        not_before_it_began(child, fact.on)


def not_before_birth(on: date, date_of_birth: date) -> None:
    if on < date_of_birth:
        raise Refusal(f"on: {on:%d/%m/%Y} is before the child was born.")


def in_care(child: Child, on: date) -> None:
    """A fact of care is of a day in care: the last day of a spell is one."""
    if any(spell.began <= on <= (spell.ended or date.max) for spell in child.spells):
        return
    not_after_leaving(child, on)
    first = min(spell.began for spell in child.spells)
    if on < first:
        raise Refusal(f"on: {on:%d/%m/%Y} is before the child entered care, on {first:%d/%m/%Y}.")
    raise Refusal(f"on: {on:%d/%m/%Y} lies between two spells in care: {spells_in_words(child.spells)}.")


def not_after_leaving(child: Child, on: date) -> None:
    if child.running is None and on > _left_on(child):
        raise Refusal(f"on: {on:%d/%m/%Y} is after the child left care, on {_left_on(child):%d/%m/%Y}.")


def not_before_it_began(child: Child, on: date) -> None:
    """What ends the spell that runs is of a day in it: an earlier spell has its last day, which is corrected."""
    spell = child.running
    if spell is not None and on < spell.began and all(each.ended != on for each in child.spells):
        raise Refusal(f"on: {on:%d/%m/%Y} is before the spell in care that runs, from {spell.began:%d/%m/%Y}.")


def _left_on(child: Child) -> date:
    return max(spell.ended for spell in child.spells if spell.ended is not None)


def spells_in_words(spells: tuple[SpellInCare, ...]) -> str:
    return ", ".join(f"{each.began:%d/%m/%Y} to {f'{each.ended:%d/%m/%Y}' if each.ended else 'now'}" for each in spells)
