"""What is known of a child: spells in care, histories of placement, status, school and worker, and what is due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from pep_kernel.authority_policy.due_dates import Trigger
from pep_kernel.contracts.scheduling import Obligation
from scheduling.domain.access.decider import Access
from scheduling.domain.child.circumstances import Circumstances
from scheduling.domain.child.ending import DIED
from scheduling.domain.child.events import Covered
from scheduling.domain.child.fact_events import Area, Provider
from scheduling.domain.child.history import History
from scheduling.domain.child.particulars import SHARED
from scheduling.domain.concerns.states import Concerns
from scheduling.domain.keeping.states import Keeping


@dataclass(frozen=True, slots=True)
class Undecided:
    """Nobody has asked yet whether a PEP applies in this spell."""


@dataclass(frozen=True, slots=True)
class Applies:
    """A PEP applies from the `first` day on; `since` is the last one that asked for it, which a new school does too."""

    since: date
    first: date


@dataclass(frozen=True, slots=True)
class DoesNotApply:
    """No PEP applies, for this reason; `on` is the day of which that was said."""

    reason: str
    on: date


Verdict = Undecided | Applies | DoesNotApply


@dataclass(frozen=True, slots=True)
class SpellInCare:
    """One unbroken time in care; no end while it runs, and no reason for it."""

    began: date
    ended: date | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """One obligation with its date; what started it, who met it when, whether it was overdue, who has been told.

    `in_place_of`: what else had started it on that day, and gave way to this date. `over` are the meetings of that day
    that were over when it was asked for: they are not the ones that it asks for.
    """

    obligation: Obligation
    trigger_on: date
    due: date
    started_by: str | None = None
    met_by: str | None = None
    overdue: bool = False
    trigger: str = ""
    unit: str = ""
    met_on: date | None = None
    escalated: int = 0
    in_place_of: Trigger | None = None
    over: frozenset[str] = frozenset()


OfTerm = Literal["due", "not_counted", "withdrawn"] | Covered
"""What came of a term's meeting: it is due, or was; or why it is not."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """What was due, with all that was said of it, until the child left care or no PEP applied any more, on this day."""

    due: Due
    on: date


@dataclass(frozen=True, slots=True)
class Arranged:
    """A meeting that stands: on this day it was arranged, for that day. One that was put off was arranged twice."""

    meeting_id: str
    on: date
    for_day: date


@dataclass(frozen=True, slots=True)
class Uncounted:
    """One obligation without a date: no calendar or rule reached its days. It is owed and can be met all the same."""

    obligation: Obligation
    trigger_on: date
    trigger: str
    started_by: str | None = None
    met_by: str | None = None
    met_on: date | None = None
    due: None = None
    over: frozenset[str] = frozenset()


Owed = Due | Uncounted


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction that was made: of which fact, of which day, from what to what."""

    fact: str
    on: date
    was: str | None
    right_on: date | None
    right: str | None


@dataclass(frozen=True, slots=True)
class Where:
    """What was said of where a placement lies and who provides it, and whether the school changes with it."""

    area: Area | None = None
    provider: Provider | None = None
    changes_school: bool = False

    def with_more(self, area: Area | None, provider: Provider | None, changes_school: bool) -> Where:
        """With what was said of the same placement later. What is left out then is as it was."""
        return Where(area or self.area, provider or self.provider, changes_school or self.changes_school)


@dataclass(frozen=True, slots=True)
class Transferred:
    """Another authority is responsible from this day."""

    on: date
    to_authority: str


@dataclass(frozen=True, slots=True)
class Child:
    """All that is known. A child of whom nothing is known has no spell. `live_from` is the day of going live (T64).

    `where` has the placements, each with its day, of which more than the code was said.
    `renumbered` are the days and new numbers of schools that the child did not move to.
    `digests` are keyed hashes of who the child is now, by name.
    `arranged` are the meetings with a date that were not called off, held or still to come. `peps` are those held as
    PEPs, `progress_reviews` the others; `marked` are the plans marked complete, `available` those that were completed
    after quality assurance, each with its day. `terms` are the first days of the terms whose meeting has been looked
    at, with what came of it. `set_aside` is what was withdrawn only because care, or the PEP, had ended: if that was
    wrong, it is due as it was. `said_overdue` are the dates that were said to have passed, by obligation, start and
    day, with how many steps of the ladder were told: a date that is set again stays so, since it is said once.
    """

    digests: Mapping[str, str] = field(default_factory=dict)
    spells: tuple[SpellInCare, ...] = ()
    placements: History[str] = ()
    where: Mapping[tuple[date, str], Where] = field(default_factory=dict)
    legal_statuses: History[str] = ()
    schools: History[str | None] = ()
    renumbered: frozenset[tuple[date, str | None]] = frozenset()
    social_workers: History[str] = ()
    reviews: frozenset[date] = frozenset()
    last_pep: date | None = None
    live_from: date | None = None
    born_in_school_year: int | None = None
    circumstances: Circumstances = Circumstances()
    corrections: tuple[Corrected, ...] = ()
    transferred: Transferred | None = None
    arranged: tuple[Arranged, ...] = ()
    peps: Mapping[str, date] = field(default_factory=dict)
    progress_reviews: Mapping[str, date] = field(default_factory=dict)
    marked: Mapping[str, date] = field(default_factory=dict)
    available: Mapping[str, date] = field(default_factory=dict)
    terms: Mapping[date, OfTerm] = field(default_factory=dict)
    verdict: Verdict = Undecided()
    dues: tuple[Due, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    said_overdue: Mapping[tuple[Obligation, date, date], int] = field(default_factory=dict)
    uncounted: tuple[Uncounted, ...] = ()
    keeping: Keeping = Keeping()
    access: Access = Access()
    concerns: Concerns = Concerns()

    @property
    def running(self) -> SpellInCare | None:
        """The spell that has not ended."""
        return next((spell for spell in self.spells if spell.ended is None), None)

    @property
    def likeness(self) -> frozenset[str]:
        """The keyed hashes that another record of this child would share."""
        return frozenset(self.digests[what] for what in SHARED if what in self.digests)

    def in_care_on(self, day: date) -> bool:
        """Whether a spell ran on this day; the day on which it ended is none of its days."""
        return any(spell.began <= day and (spell.ended is None or day < spell.ended) for spell in self.spells)

    @property
    def open_dues(self) -> tuple[Due, ...]:
        """What is due and not met, overdue or not."""
        return tuple(due for due in self.dues if due.met_by is None)

    @property
    def asked_for(self) -> tuple[Owed, ...]:
        """Every obligation, met or not, with a date or without one."""
        return (*self.dues, *self.uncounted)

    @property
    def owed(self) -> tuple[Owed, ...]:
        """Those that are not met."""
        return tuple(each for each in self.asked_for if each.met_by is None)

    @property
    def owed_of_pep(self) -> tuple[Owed, ...]:
        """The same without telling the school where the child lives: that is due without a PEP too."""
        return tuple(each for each in self.owed if each.obligation != "notify")


def in_care(child: Child, on: date) -> bool:
    """On the day on which a spell ends the child was in care still."""
    return any(spell.began <= on <= (spell.ended or date.max) for spell in child.spells)


def with_spells(child: Child, spells: tuple[SpellInCare, ...]) -> Child:
    """How long the record is kept follows from how care ended, as it is known now."""
    died_on = next((spell.ended for spell in reversed(spells) if spell.reason == DIED), None)
    return replace(child, spells=spells, keeping=replace(child.keeping, died_on=died_on))


def ended(spells: tuple[SpellInCare, ...], on: date, reason: str) -> tuple[SpellInCare, ...]:
    """An older spell that is told late ends, and not the running one, which may have begun on that day."""
    ending = next((spell for spell in spells if spell.ended is None and spell.began <= on), None)
    return tuple(replace(spell, ended=on, reason=reason) if spell is ending else spell for spell in spells)
