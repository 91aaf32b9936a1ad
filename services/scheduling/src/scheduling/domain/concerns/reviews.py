"""When the child's care is reviewed and the pathway plan is made, and whether a plan is there for it."""

from __future__ import annotations

from collections.abc import Sequence

from pep_kernel.calendars import cohort_year_group
from pep_kernel.refusal import Refusal
from scheduling.domain.child.commands import MeetObligation, ReopenObligations
from scheduling.domain.child.events import ChildEvent
from scheduling.domain.child.states import Child
from scheduling.domain.concerns.commands import SchedulePathwayPlan, ScheduleReview
from scheduling.domain.concerns.events import (
    LACReviewScheduled,
    PathwayPlanScheduled,
    PlanBecameAvailable,
    PlanNoLongerAvailable,
)

YEAR_OF_16TH_BIRTHDAY = 11


def review(child: Child, command: ScheduleReview) -> Sequence[ChildEvent]:
    """The designated teacher hears of it in advance; the school is not expected at all of them (O-10, O-11).

    One review is planned at a time: another day is only understood with the one that it takes the place of.
    """
    if command.on < command.today:
        raise Refusal("The day of the review has passed; record that it was held.")
    planned = child.concerns.review_on
    if command.on == planned:
        return []
    if planned is not None and planned >= command.today and planned != command.instead_of:
        raise Refusal(
            f"A review is planned for {planned:%d/%m/%Y}. Where it was put off, name that day in instead_of;"
            " the one after it is told when it has been held."
        )
    expected = command.school_expected
    return [LACReviewScheduled(child_ref=command.child_ref, on=command.on, by=command.by, school_expected=expected)]


def pathway_plan(child: Child, command: SchedulePathwayPlan) -> Sequence[ChildEvent]:
    """From the school year of the sixteenth birthday on."""
    if command.on < command.today:
        raise Refusal("The day of the pathway plan has passed.")
    if cohort_year_group(child.born_in_school_year or 0, command.on) < YEAR_OF_16TH_BIRTHDAY:
        raise Refusal("A pathway plan is made for young people of 16 and more.")
    if command.on == child.concerns.pathway_plan_on:
        return []
    return [PathwayPlanScheduled(child_ref=command.child_ref, on=command.on, by=command.by)]


def plan_completed(child: Child, command: MeetObligation) -> Sequence[ChildEvent]:
    """Said where no obligation says it: a later PEP may owe no date by which it must be there."""
    said_already = any((due.obligation, due.met_by) == ("available", command.by) for due in child.dues)
    if command.obligation != "available" or said_already or command.by in child.concerns.plans:
        return []
    return [PlanBecameAvailable(child_ref=command.child_ref, plan_id=command.by, on=command.on)]


def completion_withdrawn(child: Child, command: ReopenObligations) -> Sequence[ChildEvent]:
    if command.by not in child.concerns.plans and command.by not in child.available:
        return []
    return [PlanNoLongerAvailable(child_ref=command.child_ref, plan_id=command.by)]
