"""What a fact lacks that it should have had. The fact stands all the same: nobody undoes a move by refusing to note it.

Which approval a move needs is law for Years 10 and 11 (reg 10) and for placements outside the area (reg 11), and an
authority's own rule for a change of school (O-91). An emergency goes first and is approved later.
"""

from __future__ import annotations

from datetime import date

from pep_kernel.authority_policy.due_dates import Trigger
from pep_kernel.contracts.scheduling import Flagged, Lacks
from scheduling.domain.child import due_dates
from scheduling.domain.child.circumstances import Noted
from scheduling.domain.child.commands import Judged
from scheduling.domain.child.events import ChildEvent, PEPDueDateSet, PlacementChanged
from scheduling.domain.child.fact_events import FactFlagged, PlacementNoticeDue
from scheduling.domain.child.history import value_on
from scheduling.domain.child.states import Child
from scheduling.domain.child.told import PlacementTold


def flagged(child: Child, child_ref: str, fact: Flagged, on: date, lacks: Lacks) -> list[ChildEvent]:
    """The flag, unless it was said already."""
    known = Noted(lacks, fact, on) in child.circumstances.flags
    return [] if known else [FactFlagged(child_ref=child_ref, on=on, fact=fact, lacks=lacks)]


def notice(child: Child, command: Judged, told: PlacementTold) -> list[ChildEvent]:
    """By when the school must have been told in writing; nothing for a child on no school's roll."""
    if value_on(child.schools, told.on) is None:
        return []
    due = _after_emergency(child, command, told.on) if told.emergency else told.on
    return [PlacementNoticeDue(child_ref=command.child_ref, on=told.on, due=due)] if due else []


def _after_emergency(child: Child, command: Judged, on: date) -> date | None:
    """By the authority's rules of that day: five working days after it (reg 13, T15). Any other is told first."""
    dates = due_dates.after(Trigger.EMERGENCY_PLACEMENT_MADE, on, child, command)
    return next((each.due for each in dates if isinstance(each, PEPDueDateSet) and each.obligation == "notify"), None)


def late_notice(child: Child, child_ref: str, placement_on: date, notified_on: date) -> list[ChildEvent]:
    late = any(on == placement_on and due < notified_on for on, due in child.circumstances.notices_due)
    return flagged(child, child_ref, "placement", placement_on, "notice_in_time") if late else []


def missing_notice(child: Child, child_ref: str, placement_on: date, today: date) -> list[ChildEvent]:
    """From the day after the school had to be told, if nobody noted that it was."""
    if placement_on in child.circumstances.notified:
        return []
    late = any(on == placement_on and due < today for on, due in child.circumstances.notices_due)
    return flagged(child, child_ref, "placement", placement_on, "notice") if late else []


def moved_to(command: Judged, told: PlacementTold) -> PlacementChanged:
    return PlacementChanged(
        child_ref=command.child_ref,
        on=told.on,
        placement=told.placement,
        area=told.area,
        changes_school=told.changes_school,
    )
