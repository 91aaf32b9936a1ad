"""What funding knows of a child: in care from when to when, at which school since when. Scheduling is who says it.

Facts arrive late and are corrected: each counts from the day on which it was true, and the last word on a day holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from pep_kernel import forgotten
from pep_kernel.decider import Decider
from pep_kernel.forgotten import KnownForgotten, NoteForgotten, refuse_if_forgotten
from pep_kernel.message import Command, Event

Value = TypeVar("Value")


class NoteCareEnded(Command):
    """The child is not in care any more from this day."""

    child_ref: str
    on: date


class NoteSchool(Command):
    """The child is at this school from this day; none: at no school. `renumbered`: the same one has a new number."""

    child_ref: str
    school_urn: str | None
    on: date
    renumbered: bool = False


class NoteEntry(Command):
    """The child entered care on this day, and was at this school, where one is known."""

    child_ref: str
    school_urn: str | None
    on: date


class ChildInCareKnown(Event):
    """We know that the child is in care from this day."""

    child_ref: str
    on: date


class ChildOutOfCareKnown(Event):
    """We know that the child is not in care any more from this day."""

    child_ref: str
    on: date


class SchoolKnown(Event):
    """We know at which school the child is from this day; `renumbered`: the same one has this number from then on."""

    child_ref: str
    school_urn: str | None
    on: date
    renumbered: bool = False


KnownCommand = NoteCareEnded | NoteSchool | NoteEntry | NoteForgotten
KnownEvent = ChildInCareKnown | ChildOutOfCareKnown | SchoolKnown | KnownForgotten


@dataclass(frozen=True, slots=True)
class Roll:
    """On whose roll the child is; none: on no school's. `renumbered`: the school before has this number now."""

    school_urn: str | None
    renumbered: bool = False


@dataclass(frozen=True, slots=True)
class KnownChild:
    """Dated facts, each list in the order of the days from which they hold."""

    care: tuple[tuple[date, bool], ...] = ()
    schools: tuple[tuple[date, Roll], ...] = ()
    forgotten: KnownForgotten | None = None

    def in_care_on(self, day: date) -> bool:
        """Whether the child is in care on this day, as far as is known."""
        return value_on(self.care, day) or False

    def school_on(self, day: date) -> str | None:
        """The school's URN on this day; none where no school is known."""
        roll = value_on(self.schools, day)
        return roll.school_urn if roll else None

    def has_moved_after(self, day: date) -> bool:
        """Whether a move is known, made or coming, away from the school of this day; a new number is none."""
        numbers = {self.school_on(day)}
        for roll in (roll for since, roll in self.schools if since > day):
            if roll.renumbered:
                numbers.add(roll.school_urn)
            if roll.school_urn not in numbers:
                return True
        return False


def value_on(history: tuple[tuple[date, Value], ...], day: date) -> Value | None:
    """What held on this day: the newest fact that began on it or before."""
    return next((value for since, value in reversed(history) if since <= day), None)


def with_fact(history: tuple[tuple[date, Value], ...], since: date, value: Value) -> tuple[tuple[date, Value], ...]:
    """The history with one more fact, which takes the place of another from the same day."""
    others = [(day, known) for day, known in history if day != since]
    return tuple(sorted([*others, (since, value)], key=lambda fact: fact[0]))


def decide(known: KnownChild, command: KnownCommand) -> Sequence[KnownEvent]:
    if isinstance(command, NoteForgotten):
        return forgotten.decide(known.forgotten, command)
    refuse_if_forgotten(known.forgotten)
    ref, on = command.child_ref, command.on
    match command:
        case NoteCareEnded():
            return [] if (on, False) in known.care else [ChildOutOfCareKnown(child_ref=ref, on=on)]
        case NoteSchool(school_urn=urn, renumbered=renumbered):
            heard = (on, Roll(urn, renumbered)) in known.schools
            return [] if heard else [SchoolKnown(child_ref=ref, school_urn=urn, on=on, renumbered=renumbered)]
        case NoteEntry(school_urn=urn):
            entered: list[KnownEvent] = [] if (on, True) in known.care else [ChildInCareKnown(child_ref=ref, on=on)]
            school = decide(known, NoteSchool(child_ref=ref, school_urn=urn, on=on)) if urn else []
            return [*entered, *school]


def evolve(known: KnownChild, event: KnownEvent) -> KnownChild:
    match event:
        case ChildInCareKnown(on=on):
            return replace(known, care=with_fact(known.care, on, True))
        case ChildOutOfCareKnown(on=on):
            return replace(known, care=with_fact(known.care, on, False))
        case SchoolKnown(school_urn=urn, on=on, renumbered=renumbered):
            return replace(known, schools=with_fact(known.schools, on, Roll(urn, renumbered)))
        case KnownForgotten():
            return replace(known, forgotten=event)


KNOWN: Decider[Any, Any, Any] = Decider(KnownChild(), decide, evolve)
