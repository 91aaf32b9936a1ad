"""Several children of one school in one morning: a proposal of times, brothers and sisters beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pep_kernel.refusal import Refusal
from scheduling.domain.meeting.diary import Appointment


@dataclass(frozen=True, slots=True)
class ToMeet:
    """One child whose meeting is to be placed. Brothers and sisters stand together.

    `siblings` are those whom the child's record names, and those whose records name the child.
    """

    child_ref: str
    lasts: timedelta
    siblings: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Slot:
    """A time for one child."""

    child_ref: str
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Morning:
    """From when until when, with how long a pause between two meetings, and what is in the diary already."""

    begins: datetime
    ends: datetime
    pause: timedelta
    busy: tuple[Appointment, ...] = ()


def planned(children: Sequence[ToMeet], morning: Morning) -> list[Slot]:
    """A time for each, in the order given but families together. Refused where they do not all fit."""
    slots: list[Slot] = []
    begins = morning.begins
    for family in _families(children):
        placed = _placed(family, begins, morning)
        slots += placed
        begins = placed[-1].ends + morning.pause
    return slots


def _families(children: Sequence[ToMeet]) -> list[list[ToMeet]]:
    families: list[list[ToMeet]] = []
    for child in children:
        theirs = [family for family in families if any(_are_siblings(child, each) for each in family)]
        whole = [*(each for family in theirs for each in family), child]
        families = [*(family for family in families if family not in theirs), whole]
    return sorted(families, key=lambda family: children.index(family[0]))


def _are_siblings(one: ToMeet, other: ToMeet) -> bool:
    """One record is enough to know it: of the two, or of a third whose brothers or sisters they both are."""
    return not {one.child_ref, *one.siblings}.isdisjoint({other.child_ref, *other.siblings})


def _placed(family: Sequence[ToMeet], earliest: datetime, morning: Morning) -> list[Slot]:
    """One after the other, from the first time at which nothing in the diary is between them."""
    begins = earliest
    while True:
        slots = _in_a_row(family, begins, morning.pause)
        if slots[-1].ends > morning.ends:
            raise Refusal("They do not all fit between these times. Choose a longer time, or fewer children.")
        whole = Appointment("", slots[0].begins, slots[-1].ends)
        in_the_way = [each.ends for each in morning.busy if each.overlaps(whole)]
        if not in_the_way:
            return slots
        begins = max(in_the_way) + morning.pause


def _in_a_row(family: Sequence[ToMeet], begins: datetime, pause: timedelta) -> list[Slot]:
    slots: list[Slot] = []
    for child in family:
        slots.append(Slot(child.child_ref, begins, begins + child.lasts))
        begins = slots[-1].ends + pause
    return slots
