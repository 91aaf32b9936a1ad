"""What is known of a child beside the facts that due dates rest on: reviewing officers, siblings, needs, flags."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from pep_kernel.contracts.scheduling import Flagged, Lacked
from scheduling.domain.child import fact_events as told
from scheduling.domain.child.history import History, inserted, removed


@dataclass(frozen=True, slots=True, order=True)
class Noted:
    """Something was told of a fact: what of which fact, and of which day."""

    what: Lacked
    fact: Flagged
    on: date


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Dated facts, each history in the order of days.

    `emergencies` are the days of placements made in one; `notices_due` says of which placements a school must be told,
    and by when; `notified` of which it was, and when; `flags` what facts lack still; `let_be` those of them on which
    nobody need act.
    """

    allowances: History[bool] = ()
    reviewing_officers: History[str] = ()
    year_groups: History[int] = ()
    special_needs: History[str] = ()
    planned_moves: History[str | None] = ()
    siblings: frozenset[str] = frozenset()
    emergencies: frozenset[date] = frozenset()
    notices_due: tuple[tuple[date, date], ...] = ()
    notified: tuple[tuple[date, date], ...] = ()
    flags: frozenset[Noted] = frozenset()
    let_be: frozenset[Noted] = frozenset()


def evolve(known: Circumstances, event: told.OfCircumstances) -> Circumstances:
    match event:
        case told.FosteringAllowanceTold(on=on, paid=paid):
            return replace(known, allowances=inserted(known.allowances, on, paid))
        case told.ReviewingOfficerAssigned(on=on, reviewing_officer_ref=officer):
            return replace(known, reviewing_officers=inserted(known.reviewing_officers, on, officer))
        case told.YearGroupTold(on=on, year_group=group):
            return replace(known, year_groups=inserted(known.year_groups, on, group))
        case told.SpecialEducationalNeedsChanged(on=on, special_educational_needs=needs):
            return replace(known, special_needs=inserted(known.special_needs, on, needs))
        case told.EHCPIssued(on=on):
            return replace(known, special_needs=inserted(known.special_needs, on, "plan"))
        case told.SchoolMovePlanned(on=on, school_urn=urn):
            return replace(known, planned_moves=inserted(known.planned_moves, on, urn))
        case told.SiblingLinked(sibling_ref=sibling):
            return replace(known, siblings=known.siblings | {sibling})
        case told.SiblingUnlinked(sibling_ref=sibling):
            return replace(known, siblings=known.siblings - {sibling})
        case told.EmergencyPlacementMade(on=on):
            return replace(known, emergencies=known.emergencies | {on})
        case told.PlacementNoticeDue(on=on, due=due):
            return replace(known, notices_due=(*known.notices_due, (on, due)))
        case told.SchoolNotified(on=on, placement_on=placement_on):
            return replace(known, notified=(*known.notified, (placement_on, on)))
        case told.FactFlagged(on=on, fact=fact, lacks=lacks):
            return replace(known, flags=known.flags | {Noted(lacks, fact, on)})
        case told.FactFlagCleared(on=on, fact=fact, lacks=lacks):
            gone = {Noted(lacks, fact, on)}
            return replace(known, flags=known.flags - gone, let_be=known.let_be - gone)
        case told.FlagLetBe(on=on, fact=fact, lacks=lacks):
            return replace(known, let_be=known.let_be | {Noted(lacks, fact, on)})
        case _:
            return known


def without_notices(known: Circumstances, on: date) -> Circumstances:
    """As if no placement had begun on this day, of which a school must be told."""
    due = tuple(each for each in known.notices_due if each[0] != on)
    return replace(known, notices_due=due, notified=tuple(each for each in known.notified if each[0] != on))


def without_officer(known: Circumstances, on: date, officer: str) -> Circumstances:
    """As if nobody had told of this officer on this day."""
    return replace(known, reviewing_officers=removed(known.reviewing_officers, on, officer))
