"""What a fact lacks that it should have had. The fact stands all the same: nobody undoes a move by refusing to note it.

Here it is written notice to the school (reg 13) and agreement with what else is known; which approvals a move lacks is
found in `concerns/approvals.py`, and how a flag ends in `clearing.py`. After an emergency the notice is an obligation:
that it is overdue, and was met late, is said by the obligation and flagged nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pep_kernel.contracts.scheduling import Flagged, Lacks
from scheduling.domain.child import clearing
from scheduling.domain.child.circumstances import Noted
from scheduling.domain.child.commands import OfOneFact
from scheduling.domain.child.events import ChildEvent, PlacementChanged
from scheduling.domain.child.fact_events import FactFlagged, PlacementNoticeDue
from scheduling.domain.child.history import value_on
from scheduling.domain.child.states import Child, Where, in_care
from scheduling.domain.child.told import PlacementTold


def flagged(child: Child, child_ref: str, fact: Flagged, on: date, lacks: Lacks) -> list[ChildEvent]:
    """The flag, unless it stands already."""
    known = Noted(lacks, fact, on) in child.circumstances.flags
    return [] if known else [FactFlagged(child_ref=child_ref, on=on, fact=fact, lacks=lacks)]


def notice(child: Child, child_ref: str, told: PlacementTold) -> list[ChildEvent]:
    """The school is told in writing before any placement that is no emergency; nothing for a child on no roll."""
    if told.emergency or value_on(child.schools, told.on) is None:
        return []
    return [PlacementNoticeDue(child_ref=child_ref, on=told.on, due=told.on)]


def late_notices(child: Child, command: OfOneFact) -> list[ChildEvent]:
    """The school was told, but after the day by which it had to be."""
    return [
        flag
        for placement_on, notified_on in child.circumstances.notified
        if _was_due_before(child, placement_on, notified_on)
        for flag in flagged(child, command.child_ref, "placement", placement_on, "notice_in_time")
    ]


def missing_notice(child: Child, child_ref: str, placement_on: date, today: date) -> Sequence[ChildEvent]:
    """From the day after the school had to be told, if nobody noted that it was.

    Nothing is awaited any more of a placement in a spell that never was.
    """
    if placement_on in dict(child.circumstances.notified) or not _was_due_before(child, placement_on, today):
        return []
    if not in_care(child, placement_on):
        return [clearing.cleared(child_ref, Noted("notice", "placement", placement_on), "fact_corrected", today)]
    return flagged(child, child_ref, "placement", placement_on, "notice")


def _was_due_before(child: Child, placement_on: date, day: date) -> bool:
    """By the placement's own day, unless an emergency made an obligation of it."""
    if any((due.obligation, due.trigger_on) == ("notify", placement_on) for due in child.dues):
        return False
    return any(due < day for on, due in child.circumstances.notices_due if on == placement_on)


def moved_to(child_ref: str, told: PlacementTold, where: Where) -> PlacementChanged:
    return PlacementChanged(
        child_ref=child_ref,
        on=told.on,
        placement=told.placement,
        area=where.area,
        changes_school=where.changes_school,
        provider=where.provider,
        same_carers=told.same_carers,
    )
