"""What is on record of a child between two meetings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True, slots=True)
class Suspension:
    """One suspension, by its first day; days are counted in halves."""

    began: date
    half_days: int


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """Something that the next PEP meeting must speak of; `taken_by` is the meeting that did."""

    item: str
    about: str
    taken_by: str | None = None


@dataclass(frozen=True, slots=True)
class ApprovedMove:
    """An agreement: to what, since when, and to which school where it is about one."""

    decision: str
    on: date
    school_urn: str | None = None


@dataclass(frozen=True, slots=True)
class Concerns:
    """`moves_count_from` is the day after which moves need approval: before it the child was not in our care.

    `urgent` are the reasons of urgent PEPs that were asked for since the last PEP meeting.
    """

    moves_count_from: date | None = None
    urgent: frozenset[str] = frozenset()
    absence_at_risk: bool = False
    suspensions: tuple[Suspension, ...] = ()
    excluded_on: frozenset[date] = frozenset()
    agenda: tuple[AgendaItem, ...] = ()
    approved: tuple[ApprovedMove, ...] = ()
    unapproved: frozenset[tuple[date, str]] = frozenset()
    reviews: frozenset[date] = frozenset()
    pathway_plans: frozenset[date] = frozenset()
    plans: frozenset[str] = frozenset()

    def with_moves_from(self, on: date, because: str) -> Concerns:
        """From the first day on which we answer for the child's schooling; a new school begins nothing anew."""
        if because == "school_moved" and self.moves_count_from is not None:
            return self
        return replace(self, moves_count_from=on)
