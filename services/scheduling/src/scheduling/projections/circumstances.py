"""`child_circumstances`: what is known of a child beside the overview."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from pep_kernel.may import with_member
from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from scheduling.domain.child import fact_events as told
from scheduling.domain.child.ending import kind_of_end
from scheduling.domain.child.events import (
    ChildEnteredCare,
    ChildLeftCare,
    PlacementChanged,
    SchoolMoved,
)
from scheduling.domain.concerns.events import LACReviewScheduled
from scheduling.projections.child_overview import is_newest


@dataclass(frozen=True, slots=True)
class ChildCircumstances:
    """The newest of each; `…_since` are their days. `ended` says how the last spell ended: bereavement is for staff."""

    child_ref: str
    placement_area: str | None = None
    placement_area_since: date | None = None
    fostering_allowance: bool | None = None
    fostering_since: date | None = None
    reviewing_officer_ref: str | None = None
    reviewing_officer_since: date | None = None
    special_educational_needs: str | None = None
    special_needs_since: date | None = None
    year_group_told: int | None = None
    year_group_since: date | None = None
    planned_school_urn: str | None = None
    planned_school_on: date | None = None
    review_planned_on: date | None = None
    siblings: tuple[str, ...] = ()
    ended: str | None = None
    ended_on: date | None = None


NOT_SAID = "none"
"""A school move that is told by itself says nothing of needs."""

_ABOUT = (
    ChildEnteredCare,
    ChildLeftCare,
    PlacementChanged,
    SchoolMoved,
    told.FactCorrected,
    told.OfCircumstances,
    LACReviewScheduled,
)


def _keys(recorded: Recorded) -> Iterable[Key]:
    event = recorded.event
    return ((event.child_ref,),) if isinstance(event, _ABOUT) else ()


def _fold(row: ChildCircumstances | None, recorded: Recorded, key: Key) -> ChildCircumstances | None:
    return circumstances(row or ChildCircumstances(*key), recorded) if list(_keys(recorded)) else row


def circumstances(row: ChildCircumstances, recorded: Recorded) -> ChildCircumstances:
    match recorded.event:
        case PlacementChanged(on=on, area=area) if is_newest(on, row.placement_area_since):
            return replace(row, placement_area=area, placement_area_since=on)
        case told.FosteringAllowanceTold(on=on, paid=paid) if is_newest(on, row.fostering_since):
            return replace(row, fostering_allowance=paid, fostering_since=on)
        case told.ReviewingOfficerAssigned(on=on, reviewing_officer_ref=officer) if is_newest(
            on, row.reviewing_officer_since
        ):
            return replace(row, reviewing_officer_ref=officer, reviewing_officer_since=on)
        case told.SpecialEducationalNeedsChanged(on=on, special_educational_needs=needs):
            return _needing(row, on, needs)
        case told.EHCPIssued(on=on):
            return _needing(row, on, "plan")
        case SchoolMoved(on=on, special_educational_needs=needs, school_urn=urn):
            here = replace(row, planned_school_urn=None, planned_school_on=None)
            row = here if urn is not None and urn == row.planned_school_urn else row
            return row if needs == NOT_SAID else _needing(row, on, needs)
        case told.YearGroupTold(on=on, year_group=group) if is_newest(on, row.year_group_since):
            return replace(row, year_group_told=group, year_group_since=on)
        case told.SchoolMovePlanned(on=on, school_urn=urn):
            return replace(row, planned_school_urn=urn, planned_school_on=on)
        case LACReviewScheduled(on=on):
            return replace(row, review_planned_on=on)
        case told.SiblingLinked(sibling_ref=sibling) | told.SiblingUnlinked(sibling_ref=sibling):
            is_one = isinstance(recorded.event, told.SiblingLinked)
            return replace(row, siblings=with_member(row.siblings, sibling, is_one))
        case ChildLeftCare(on=on, reason=reason, earlier=False) if is_newest(on, row.ended_on):
            return replace(row, ended=kind_of_end(reason), ended_on=on)
        case ChildEnteredCare(on=on) if is_newest(on, row.ended_on):
            return replace(row, ended=None, ended_on=None)
        case told.FactCorrected():
            return _corrected(row, recorded.event)
        case _:
            return row


def _needing(row: ChildCircumstances, on: date, needs: str) -> ChildCircumstances:
    if not is_newest(on, row.special_needs_since):
        return row
    return replace(row, special_educational_needs=needs, special_needs_since=on)


def _corrected(row: ChildCircumstances, event: told.FactCorrected) -> ChildCircumstances:
    """What was wrong is not shown; what is right is told next."""
    match event:
        case told.FactCorrected(fact="reviewing_officer", on=on) if on == row.reviewing_officer_since:
            return replace(row, reviewing_officer_ref=None, reviewing_officer_since=None)
        case told.FactCorrected(fact="placement", on=on) if on == row.placement_area_since:
            return replace(row, placement_area=None, placement_area_since=None)
        case told.FactCorrected(fact="left_care", on=on) if on == row.ended_on:
            return replace(row, ended=None, ended_on=None)
        case _:
            return row


CIRCUMSTANCES = ReadModel("child_circumstances", ChildCircumstances, ("child_ref",), _keys, _fold)
