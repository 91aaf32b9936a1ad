"""A child as the record stood at the end of a day: what was believed then, whatever was corrected since.

Folded from the child's own stream and those of its meetings, up to what had been recorded by then. The read models
tell only of now.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from pep_kernel.message import Recorded
from pep_kernel.read_model import rows_after
from pep_kernel.refusal import NotFound
from pep_runtime.clock import midnight
from pep_runtime.http import Caller, Desk
from pep_runtime.problems import not_understood
from scheduling.domain.days import Day
from scheduling.entrypoints.permitted import child_with_care_history
from scheduling.entrypoints.routes_children import dues_shown, shown_child
from scheduling.entrypoints.shapes import ChildShown, DueDateShown
from scheduling.projections.child_overview import CHILD_OVERVIEWS
from scheduling.projections.due_date import DUE_DATES

router = APIRouter(tags=["children"])
AsOf = Annotated[Day | None, Query(description="As it was known at the end of this day; left out, today.")]
_HISTORY = """select position, type, schema_version, recorded_at, announced, envelope, payload, child_ref from journal
    where authority = $1 and child_ref = $2 and stream ~ '^(child|meeting)-' and recorded_at < $3 order by position"""


class ChildAsKnown(BaseModel):
    """What was known of a child at the end of that day, and what was due by it, the earliest first."""

    as_of: date = Field(examples=["2026-10-09"])
    child: ChildShown
    due_dates: list[DueDateShown]


@router.get("/children/{child_ref}/as-known", summary="One child and what was due, as known on a day")
async def show_child_as_known(child_ref: str, caller: Caller, as_of: AsOf = None) -> ChildAsKnown:
    """A correction that came later changes nothing of it. Words that were removed since are removed here too.

    Whoever has taken the child over since is shown what was known before, as it was.
    """
    now = await child_with_care_history(caller, child_ref)
    day = as_of or caller.today
    if day > caller.today:
        raise not_understood("query", "as_of", "This day is still to come.")
    history = await _history(caller, child_ref, day)
    children = rows_after(CHILD_OVERVIEWS, history)
    if not children:
        raise NotFound(f"Nothing was known of this child on {day:%d/%m/%Y}.")
    dues = sorted(rows_after(DUE_DATES, history), key=lambda due: (due.due or date.max, due.obligation))
    return ChildAsKnown(
        as_of=day,
        child=await shown_child(caller, now, children[0]),
        due_dates=await dues_shown(caller, now, dues),
    )


async def _history(caller: Desk, child_ref: str, day: date) -> list[Recorded]:
    until = midnight(day + timedelta(days=1))
    rows: list[Any] = await caller.fetch(_HISTORY, caller.authority, child_ref, until)
    return [caller.service.types.recorded(row) for row in rows]
