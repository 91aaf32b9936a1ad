"""What lacks something and stands all the same, and whether the authority's own files come: lists to work through."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from pep_kernel.contracts.scheduling import Feed, Lacked
from pep_kernel.decider import Act
from pep_runtime.clock import midnight
from pep_runtime.http import Caller
from pep_runtime.paged_rows import Within
from scheduling.domain.child.commands import LetFlagBe
from scheduling.domain.days import Day
from scheduling.domain.feed.decider import CareFeedTakenIn, TakeInFeed, feed_stream, late_after
from scheduling.domain.meeting_of_child import child_stream
from scheduling.domain.rules import SchedulingRules
from scheduling.entrypoints.flag_shapes import (
    CareFeedBody,
    CareFeedShown,
    FeedDayPage,
    FeedDayShown,
    FlagPage,
    LetBeBody,
    flag_shown,
)
from scheduling.entrypoints.permitted import of_theirs, permitted_child
from scheduling.entrypoints.routes_children import After, Limit
from scheduling.entrypoints.routes_lists import Before, From
from scheduling.projections.fact_flag import FACT_FLAGS
from scheduling.projections.feed_day import FEED_DAYS, FeedDay

router = APIRouter()
READ = "read concerns"
IMPORTS: dict[Feed, str] = {"care": "import care records", "attendance": "import attendance"}
Kinds = Annotated[
    list[Lacked] | None, Query(description="One or more of what may be missing; all where none is named.")
]


@router.get("/flags", tags=["lists"], summary="Facts that stand and lack something, the longest first")
async def list_flags(
    caller: Caller,
    lacks: Kinds = None,
    state: Annotated[
        Literal["awaited", "flagged", "late", "ended"],
        Query(description="`late`: a notice that came too late, which is history."),
    ] = "flagged",
    since: Annotated[Day | None, Query(description="Flagged from this day on.")] = None,
    child_ref: Annotated[str | None, Query(pattern=r"^[a-z2-7]{26}$", description="Of this child.")] = None,
    after: After = None,
    limit: Limit = 50,
) -> FlagPage:
    """A notice, an approval, agreement with the age or with the care record. Of the children whom one may read."""
    caller.permit("list flags")
    asked: dict[str, Any] = {"lacks": lacks, "child_ref": child_ref}
    asked["flagged_at"] = Within(midnight(since)) if since else None
    where = {"state": state, **{column: value for column, value in asked.items() if value is not None}}
    only = of_theirs(caller, READ)
    page = await caller.rows(FACT_FLAGS, where, only=only, by="flagged_at", after=after, limit=limit)
    await caller.about_to_open(flag.reason for flag in page.items)
    return FlagPage(items=[await flag_shown(caller, flag) for flag in page.items], next=page.next)


@router.post(
    "/children/{child_ref}/flags/let-be",
    tags=["concerns"],
    status_code=204,
    summary="Let be what a fact lacks, and say why",
)
async def let_flag_be(child_ref: str, body: LetBeBody, caller: Caller) -> None:
    """It ends in the list, with who and why; the fact lacks it still. Told anew, the fact is flagged anew."""
    await permitted_child(caller, child_ref, "let flag be")
    command = LetFlagBe(
        child_ref=child_ref,
        fact=body.fact,
        on=body.fact_on,
        lacks=body.lacks,
        decision=body.decision,
        let_be_on=caller.today,
        by=caller.signed.person_ref,
        reason=body.reason,
    )
    await caller.do(Act(command, (child_stream(child_ref),), child_ref=child_ref))


@router.post("/care-feeds", tags=["taking in"], summary="Tell that the file of a day is here; a late one is an alert")
async def take_in_care_feed(body: CareFeedBody, caller: Caller) -> CareFeedShown:
    """Of changes of care, or of attendance. The rows themselves are sent to their own address."""
    caller.permit(IMPORTS[body.feed])
    rules: SchedulingRules = caller.rules
    command = TakeInFeed(
        feed=body.feed,
        of=body.of,
        digest=body.sha256,
        rows=body.rows,
        late_after_working_days=late_after(rules.file.in_force(caller.today), body.feed),
        calendar_for=rules.calendar_for,
        today=caller.today,
    )
    events = (await caller.do(Act(command, (feed_stream(body.feed),)))).events
    late = sum(event.days_late for event in events if isinstance(event, CareFeedTakenIn))
    return CareFeedShown(feed=body.feed, of=body.of, is_new=bool(events), days_late=late)


@router.get("/care-feeds", tags=["lists"], summary="The days of the feeds: which came, were late, are missing")
async def list_care_feeds(
    caller: Caller,
    feed: Annotated[Feed | None, Query(description="One feed; both where none is named.")] = None,
    state: Annotated[list[Literal["came", "late", "missing"]] | None, Query()] = None,
    first: From = None,
    before: Before = None,
    after: After = None,
    limit: Limit = 50,
) -> FeedDayPage:
    """A day is missing from the day after the last on which its file would have been in time."""
    caller.permit("list feeds")
    asked = {"feed": feed, "state": state, "of": Within(first, before) if first or before else None}
    where = {column: value for column, value in asked.items() if value is not None}
    page = await caller.rows(FEED_DAYS, where, by="of", after=after, limit=limit)
    return FeedDayPage(items=[_day(day, caller.today) for day in page.items], next=page.next)


def _day(day: FeedDay, today: date) -> FeedDayShown:
    shown = {name: getattr(day, name, None) for name in FeedDayShown.model_fields}
    late = ((day.came_on or today) - day.due).days if day.due else 0
    return FeedDayShown(**{**shown, "days_late": late})
