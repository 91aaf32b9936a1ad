"""When a child's care is reviewed, and what is missing for it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from pep_kernel.decider import Act
from pep_kernel.may import Condition
from pep_runtime.http import Caller, Desk
from scheduling.domain.concerns.commands import SchedulePathwayPlan, ScheduleReview
from scheduling.domain.concerns.readiness import readiness, wanted_by
from scheduling.domain.days import Day
from scheduling.domain.meeting_of_child import child_stream
from scheduling.domain.rules import SchedulingRules
from scheduling.entrypoints.concern_shapes import PathwayPlanBody, ReviewAheadShown, ReviewBody, ReviewPage
from scheduling.entrypoints.permitted import of_theirs, permitted_child
from scheduling.entrypoints.routes_children import After, Limit
from scheduling.projections.child_overview import CHILD_OVERVIEWS, ChildOverview
from scheduling.projections.review_ahead import REVIEWS_AHEAD, ReviewAhead

router = APIRouter(tags=["reviews"])
READ, RECORD = "read readiness", "record review dates"
FOUR_WEEKS = timedelta(weeks=4)


@router.post("/children/{child_ref}/reviews", status_code=204, summary="Say when a child's care is reviewed")
async def schedule_review(child_ref: str, body: ReviewBody, caller: Caller) -> None:
    await permitted_child(caller, child_ref, RECORD)
    by, today = caller.signed.person_ref, caller.today
    command = ScheduleReview(child_ref=child_ref, **body.model_dump(), today=today, by=by)
    await caller.do(Act(command, (child_stream(child_ref),), child_ref=child_ref))


@router.post("/children/{child_ref}/pathway-plans", status_code=204, summary="Say when the pathway plan is made")
async def schedule_pathway_plan(child_ref: str, body: PathwayPlanBody, caller: Caller) -> None:
    await permitted_child(caller, child_ref, RECORD)
    command = SchedulePathwayPlan(child_ref=child_ref, on=body.on, today=caller.today, by=caller.signed.person_ref)
    await caller.do(Act(command, (child_stream(child_ref),), child_ref=child_ref))


@router.get("/reviews", summary="The reviews that come, and what is missing for each")
async def list_reviews(
    caller: Caller,
    until: Annotated[Day | None, Query(description="Up to this day; four weeks from today if none is given.")] = None,
    after: After = None,
    limit: Limit = 50,
) -> ReviewPage:
    caller.permit("list reviews")
    only = _between(of_theirs(caller, READ), caller.today, until or caller.today + FOUR_WEEKS)
    page = await caller.rows(REVIEWS_AHEAD, only=only, after=after, limit=limit)
    refs = [each.child_ref for each in page.items]
    children = {
        each.child_ref: each for each in (await caller.rows(CHILD_OVERVIEWS, {"child_ref": refs}, limit=limit)).items
    }
    return ReviewPage(
        items=[await _shown(caller, each, children[each.child_ref]) for each in page.items], next=page.next
    )


def _between(theirs: Condition, first: date, last: date) -> Condition:
    sql = f"review_on between {{first}} and {{last}} and ({theirs.sql})"
    return Condition(sql, {**theirs.arguments, "first": first, "last": last})


async def _shown(caller: Desk, ahead: ReviewAhead, child: ChildOverview) -> ReviewAheadShown:
    rules: SchedulingRules = caller.rules
    review_on = ahead.review_on or caller.today
    rule = rules.file.in_force(review_on).review_readiness
    found = readiness(
        review_on,
        wanted_by(review_on, rule, rules.calendar_for(None, None)),
        last_review_on=ahead.last_review_on,
        held_on=ahead.pep_held_on,
        available_on=ahead.plan_available_on,
        open_dues=ahead.open_dues,
    )
    return ReviewAheadShown(
        child_ref=ahead.child_ref,
        given_name=await caller.open(child.given_name),
        family_name=await caller.open(child.family_name),
        review_on=review_on,
        pathway_plan_on=ahead.pathway_plan_on,
        wanted_by=found.wanted_by,
        plan_available_on=ahead.plan_available_on,
        ready=not found.missing,
        missing=list(found.missing),
    )
