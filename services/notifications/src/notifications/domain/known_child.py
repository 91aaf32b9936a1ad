"""What is known of a child that decides whether anybody is told anything: in care or not, and whether forgotten.

Facts arrive late and are corrected: each counts from its day, and the last word on a day holds. So a leaving that
never was is taken back by an entry on the same day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from pep_kernel import forgotten
from pep_kernel.contracts.scheduling import Ended
from pep_kernel.decider import Decider
from pep_kernel.forgotten import KnownForgotten, NoteForgotten, refuse_if_forgotten
from pep_kernel.message import Command, Event


class NoteInCare(Command):
    """The child is in care from this day."""

    child_ref: str
    on: date


class NoteLeftCare(Command):
    """The child is in care no more from this day; `ended` says how the spell ended."""

    child_ref: str
    on: date
    ended: Ended


class KnownInCare(Event):
    """We know that the child is in care from this day."""

    child_ref: str
    on: date


class KnownToHaveLeftCare(Event):
    """We know that the child is in care no more from this day, and how the spell ended."""

    child_ref: str
    on: date
    ended: Ended


KnownCommand = NoteInCare | NoteLeftCare | NoteForgotten
KnownEvent = KnownInCare | KnownToHaveLeftCare | KnownForgotten


@dataclass(frozen=True, slots=True)
class KnownChild:
    """Since when in care, or how it ended, in the order of the days; nothing at first."""

    care: tuple[tuple[date, Ended | None], ...] = ()
    forgotten: KnownForgotten | None = None

    @property
    def ended(self) -> Ended | None:
        """How the last spell ended; none for a child who is in care, or of whom nothing is known yet."""
        return self.care[-1][1] if self.care else None


def known_stream(child_ref: str) -> str:
    """What we know of a child."""
    return f"known-{child_ref}"


def decide(known: KnownChild, command: KnownCommand) -> Sequence[KnownEvent]:
    if isinstance(command, NoteForgotten):
        return forgotten.decide(known.forgotten, command)
    refuse_if_forgotten(known.forgotten)
    match command:
        case NoteInCare(child_ref=ref, on=on):
            return [] if (on, None) in known.care else [KnownInCare(child_ref=ref, on=on)]
        case NoteLeftCare(child_ref=ref, on=on, ended=ended):
            return [] if (on, ended) in known.care else [KnownToHaveLeftCare(child_ref=ref, on=on, ended=ended)]


def evolve(known: KnownChild, event: KnownEvent) -> KnownChild:
    match event:
        case KnownInCare(on=on):
            return _with(known, on, None)
        case KnownToHaveLeftCare(on=on, ended=ended):
            return _with(known, on, ended)
        case KnownForgotten():
            return replace(known, forgotten=event)


def _with(known: KnownChild, on: date, ended: Ended | None) -> KnownChild:
    others = [fact for fact in known.care if fact[0] != on]
    return replace(known, care=tuple(sorted([*others, (on, ended)], key=lambda fact: fact[0])))


KNOWN: Decider[KnownChild, KnownCommand, KnownEvent] = Decider(KnownChild(), decide, evolve)
