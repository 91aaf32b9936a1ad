"""A child as this service knows them: as much of it as rules depend on.

Facts may come late, twice and in any order; in the end the state is the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from pep_kernel.forgotten import KnownForgotten


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting that took place. Once corrected, it is not changed by what was first said of it."""

    meeting_id: str
    on: date
    outcome: str
    corrected: bool = False

    @property
    def is_pep_meeting(self) -> bool:
        return self.outcome == "PEP"


@dataclass(frozen=True, slots=True)
class CurrentFrom:
    """The child's n-th plan was the current one from this day on."""

    plan_id: str
    number: int
    on: date


@dataclass(frozen=True, slots=True)
class Roll:
    """On whose roll the child is from this day on; none: on no school's."""

    school_urn: str | None
    on: date


@dataclass(frozen=True, slots=True)
class Known:
    """Nothing is known at first; a fact may come before the one that the child is in care.

    `left_care_on` is the leaving that was told last, unless an entry was told since; from `closes_on` those who were
    around the child see the record no more.
    """

    born_in_school_year: int | None = None
    left_care_on: date | None = None
    closes_on: date | None = None
    roll: Roll = Roll(None, date.min)
    meetings: tuple[Meeting, ...] = ()
    plans: tuple[CurrentFrom, ...] = ()
    forgotten: KnownForgotten | None = None

    @property
    def current_plan(self) -> CurrentFrom | None:
        return self.plans[-1] if self.plans else None

    def pep_meetings_of(self, plan_id: str) -> tuple[str, ...]:
        """The PEP meetings that were held while this plan was the current one, in the order of their days."""
        for plan, following in zip_longest(self.plans, self.plans[1:]):
            if plan.plan_id == plan_id:
                return self._pep_meetings(plan.on, following.on if following else date.max)
        return ()

    def _pep_meetings(self, first: date, before: date) -> tuple[str, ...]:
        held = sorted(self.meetings, key=lambda meeting: (meeting.on, meeting.meeting_id))
        return tuple(each.meeting_id for each in held if each.is_pep_meeting and first <= each.on < before)
