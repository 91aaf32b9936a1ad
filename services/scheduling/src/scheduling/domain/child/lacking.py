"""What a fact lacks that it should have had. The fact stands all the same: nobody undoes a move by refusing to note it.

Here it is written notice to the school (reg 13) and agreement with what else is known; which approvals a move lacks is
found in `concerns/approvals.py`.
"""

from __future__ import annotations

from datetime import date

from pep_kernel.contracts.scheduling import Flagged, Lacks
from scheduling.domain.child.circumstances import Noted
from scheduling.domain.child.commands import Judged, RecordFact
from scheduling.domain.child.events import ChildEvent, PlacementChanged
from scheduling.domain.child.fact_events import FactFlagged, PlacementNoticeDue
from scheduling.domain.child.history import value_on
from scheduling.domain.child.states import Child
from scheduling.domain.child.told import PlacementTold


def flagged(child: Child, child_ref: str, fact: Flagged, on: date, lacks: Lacks) -> list[ChildEvent]:
    """The flag, unless it was said already."""
    known = Noted(lacks, fact, on) in child.circumstances.flags
    return [] if known else [FactFlagged(child_ref=child_ref, on=on, fact=fact, lacks=lacks)]


def notice(child: Child, child_ref: str, told: PlacementTold) -> list[ChildEvent]:
    """The school is told in writing before any placement that is no emergency; nothing for a child on no roll.

    After an emergency it has some days, which are counted as an obligation.
    """
    if told.emergency or value_on(child.schools, told.on) is None:
        return []
    return [PlacementNoticeDue(child_ref=child_ref, on=told.on, due=told.on)]


def late_notices(child: Child, command: RecordFact) -> list[ChildEvent]:
    """The school was told, but after the day by which it had to be."""
    return [
        flag
        for placement_on, notified_on in child.circumstances.notified
        if _was_due_before(child, placement_on, notified_on)
        for flag in flagged(child, command.child_ref, "placement", placement_on, "notice_in_time")
    ]


def missing_notice(child: Child, child_ref: str, placement_on: date, today: date) -> list[ChildEvent]:
    """From the day after the school had to be told, if nobody noted that it was."""
    if placement_on in dict(child.circumstances.notified) or not _was_due_before(child, placement_on, today):
        return []
    return flagged(child, child_ref, "placement", placement_on, "notice")


def _was_due_before(child: Child, placement_on: date, day: date) -> bool:
    """By the obligation to tell the school, where an emergency started one, or else by the placement's own day."""
    obligations = [due.due for due in child.dues if (due.obligation, due.trigger_on) == ("notify", placement_on)]
    ordinary = [due for on, due in child.circumstances.notices_due if on == placement_on]
    return any(due < day for due in obligations or ordinary)


def moved_to(command: Judged, told: PlacementTold) -> PlacementChanged:
    return PlacementChanged(
        child_ref=command.child_ref,
        on=told.on,
        placement=told.placement,
        area=told.area,
        changes_school=told.changes_school,
    )
