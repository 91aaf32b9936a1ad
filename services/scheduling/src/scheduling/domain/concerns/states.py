"""What is on record of a child between two meetings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from pep_kernel.contracts.scheduling import FlagEnds


@dataclass(frozen=True, slots=True)
class Suspension:
    """One suspension, by its first day; days are counted in halves. `withdrawn`: only what was served of it counts.

    The last two are what was said of it: the year's sum with it, and from when on the child is taught elsewhere.
    """

    began: date
    half_days: int
    withdrawn: bool = False
    half_days_in_year: int = 0
    provision_from: date | None = None


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """Something of this day that the next PEP meeting must speak of; `taken_by` is the meeting that did."""

    item: str
    about: str
    on: date
    taken_by: str | None = None


@dataclass(frozen=True, slots=True)
class UrgentPEP:
    """A PEP that was asked for at once, by a person or by what the facts showed. `held_at`: the meeting that was it."""

    reason: str
    on: date
    by_person: bool = False
    held_at: str | None = None


@dataclass(frozen=True, slots=True)
class ApprovedMove:
    """An agreement: to what, since when, to which school where it is about one, and for which day it was asked."""

    decision: str
    on: date
    school_urn: str | None = None
    for_day: date | None = None


@dataclass(frozen=True, slots=True)
class UnapprovedMove:
    """A move that was said to lack an agreement. `settled`: it was given later, or somebody lets it be."""

    on: date
    decision: str
    school_urn: str | None = None
    emergency: bool = False
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Concerns:
    """`moves_count_from` is the day after which moves need approval: before it the child was not in our care.

    `urgent` are the urgent PEPs that were asked for since a PEP applies. A permanent exclusion is known by its day, one
    that does not stand too. `review_on` and `pathway_plan_on` are the days that were told last.
    """

    moves_count_from: date | None = None
    urgent: tuple[UrgentPEP, ...] = ()
    absence_at_risk: bool = False
    suspensions: tuple[Suspension, ...] = ()
    excluded_on: frozenset[date] = frozenset()
    not_excluded_on: frozenset[date] = frozenset()
    agenda: tuple[AgendaItem, ...] = ()
    approved: tuple[ApprovedMove, ...] = ()
    unapproved: tuple[UnapprovedMove, ...] = ()
    review_on: date | None = None
    pathway_plan_on: date | None = None
    plans: frozenset[str] = frozenset()

    def with_moves_from(self, on: date, because: str) -> Concerns:
        """From the first day on which we answer for the child's schooling; a new school begins nothing anew."""
        if because == "school_moved" and self.moves_count_from is not None:
            return self
        return replace(self, moves_count_from=on)

    def with_flag_ended(self, on: date, decision: str | None, because: FlagEnds) -> Concerns:
        """A later agreement, or a person, settles the move; one that never was is forgotten, and may be told again."""
        of_it = [move for move in self.unapproved if (move.on, move.decision, move.settled) == (on, decision, False)]
        others = tuple(move for move in self.unapproved if move not in of_it)
        settled = tuple(replace(move, settled=True) for move in of_it if because != "fact_corrected")
        return replace(self, unapproved=(*others, *settled))

    def suspension(self, began: date) -> Suspension | None:
        """The suspension from this day, whether or not it stands."""
        return next((each for each in self.suspensions if each.began == began), None)

    def with_suspension(self, new: Suspension) -> Concerns:
        """With this one in the place of what was known of its day, in the order of days."""
        others = (each for each in self.suspensions if each.began != new.began)
        return replace(self, suspensions=tuple(sorted((*others, new), key=lambda each: each.began)))

    def with_pep_meeting(self, item: str, meeting_id: str, on: date) -> Concerns:
        """The PEP meeting that speaks of it is also the urgent one that was asked for because of it by then."""
        about = {each.about for each in self.agenda if each.item == item}
        held = (
            replace(each, held_at=meeting_id) if each.reason in about and each.on <= on else each
            for each in self.waiting
        )
        past = (each for each in self.urgent if each.held_at is not None)
        return replace(self, agenda=self._taken(item, meeting_id), urgent=(*past, *held))

    def without_pep_meeting(self, item: str, meeting_id: str) -> Concerns:
        """That was no PEP meeting: what it spoke of waits again, and so does the urgent PEP."""
        about = {each.about for each in self.agenda if each.item == item}
        urgent = tuple(
            replace(each, held_at=None) if each.held_at == meeting_id and each.reason in about else each
            for each in self.urgent
        )
        return replace(self, agenda=self._taken(item, None), urgent=urgent)

    def _taken(self, item: str, by: str | None) -> tuple[AgendaItem, ...]:
        return tuple(replace(each, taken_by=by) if each.item == item else each for each in self.agenda)

    def begun_anew(self) -> Concerns:
        """A PEP applies that did not: what was urgent before, was missed or planned then, asks for nothing now."""
        return replace(self, urgent=(), absence_at_risk=False, review_on=None, pathway_plan_on=None)

    @property
    def waiting(self) -> tuple[UrgentPEP, ...]:
        """The urgent PEPs that no meeting has been yet."""
        return tuple(each for each in self.urgent if each.held_at is None)

    def waits(self, about: str, beside: str) -> bool:
        """Whether the next PEP meeting must speak of such a thing, beside this one."""
        return any(each.about == about and each.taken_by is None and each.item != beside for each in self.agenda)
