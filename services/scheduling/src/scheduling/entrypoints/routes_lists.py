"""Lists over all children: the caseload, what is due and overdue."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from pep_kernel.calendars import YEAR_GROUP_FROM_BIRTH, cohort_year_group, school_year
from pep_kernel.contracts.scheduling import Obligation
from pep_runtime.http import Caller, Desk
from pep_runtime.paged_rows import Within
from scheduling.domain.days import Day
from scheduling.entrypoints.list_shapes import CaseloadPage, CaseShown, OverduePage, OverdueShown
from scheduling.entrypoints.permitted import READ, of_theirs, theirs
from scheduling.entrypoints.routes_children import After, Limit
from scheduling.entrypoints.shapes import DueDatePage, DueDateShown
from scheduling.projections.child_overview import CHILD_OVERVIEWS, ChildOverview
from scheduling.projections.due_date import DUE_DATES, DueDate

router = APIRouter(tags=["lists"])
School = Annotated[str | None, Query(pattern=r"^(\d{6}|EY\d{6})$", description="Of this school.")]
SomePerson = Annotated[str | None, Query(pattern=r"^[a-z2-7]{26}$")]
From = Annotated[Day | None, Query(alias="from", description="From this day on.")]
Before = Annotated[Day | None, Query(description="Before this day.")]
Duties = Annotated[list[Obligation] | None, Query(description="One or more obligations; all where none is named.")]
States = Annotated[list[Literal["open", "met", "overdue", "withdrawn", "not_counted"]] | None, Query()]
NAMES = ("given_name", "family_name", "preferred_name")
SHOWN_AS_IT_IS = ("school_urn", "social_worker_ref", "pep_applies")
NEXT = ("next_due", "next_obligation", "next_meeting_at", "next_meeting_id")


@router.get("/caseload", summary="Children in care by what is due next")
async def list_caseload(
    caller: Caller,
    school_urn: School = None,
    social_worker_ref: SomePerson = None,
    year_group: Annotated[int | None, Query(ge=-4, le=14)] = None,
    state: Annotated[
        Literal["overdue", "due", "nothing_due", "no_pep"] | None,
        Query(description="By the next due date: passed, still to come, none; or no PEP applies."),
    ] = None,
    after: After = None,
    limit: Limit = 50,
) -> CaseloadPage:
    """Those whose date passed longest ago come first, those of whom nothing is due last."""
    caller.permit("list children")
    asked = {"school_urn": school_urn, "social_worker_ref": social_worker_ref}
    where = {"left_care_on": None, "in_care_since": Within(), **_given(asked)}
    where |= {} if state is None else _in_state(state, caller.today)
    where |= {} if year_group is None else {"born_in_school_year": _born(year_group, caller.today)}
    only = theirs(caller, READ)
    page = await caller.rows(CHILD_OVERVIEWS, where, only=only, by="next_due", after=after, limit=limit)
    await caller.about_to_open(getattr(child, name) for child in page.items for name in NAMES)
    return CaseloadPage(items=[await _case(caller, child) for child in page.items], next=page.next)


def _given(asked: dict[str, Any]) -> dict[str, Any]:
    return {column: value for column, value in asked.items() if value is not None}


def _in_state(state: str, today: date) -> dict[str, Any]:
    match state:
        case "overdue":
            return {"next_due": Within(before=today)}
        case "due":
            return {"next_due": Within(today)}
        case "nothing_due":
            return {"next_due": None, "pep_applies": True}
        case _:
            return {"pep_applies": False}


def _born(year_group: int, today: date) -> int:
    return school_year(today) - YEAR_GROUP_FROM_BIRTH - year_group


async def _case(caller: Desk, child: ChildOverview) -> CaseShown:
    born, due = child.born_in_school_year, child.next_due
    return CaseShown(
        child_ref=child.child_ref,
        year_group=None if born is None else cohort_year_group(born, caller.today),
        days_overdue=None if due is None else _days_overdue(due, caller.today),
        **{name: getattr(child, name) for name in (*SHOWN_AS_IT_IS, *NEXT)},
        **{name: await caller.open(getattr(child, name)) for name in NAMES},
    )


def _days_overdue(due: date, today: date) -> int | None:
    return (today - due).days if due < today else None


@router.get("/due-dates", summary="What is due for all children, the earliest first")
async def list_due_dates(
    caller: Caller,
    obligation: Duties = None,
    state: States = None,
    first: From = None,
    before: Before = None,
    weeks: Annotated[int | None, Query(ge=1, le=104, description="Due within so many weeks from today.")] = None,
    after: After = None,
    limit: Limit = 50,
) -> DueDatePage:
    caller.permit("list due dates")
    where = _given({"obligation": obligation, "state": state})
    if (first, before, weeks) != (None, None, None):
        where["due"] = _days(first, before, weeks, caller.today)
    only = of_theirs(caller, READ)
    page = await caller.rows(DUE_DATES, where, only=only, by="due", after=after, limit=limit)
    return DueDatePage(items=[_due_shown(due) for due in page.items], next=page.next)


def _due_shown(due: DueDate) -> DueDateShown:
    """Why it was late is told in words in the list of one child alone."""
    return DueDateShown.model_validate(replace(due, late_details=None))


def _days(first: date | None, before: date | None, weeks: int | None, today: date) -> Within:
    """Weeks begin today, and end within the other two where these are given."""
    if weeks is None:
        return Within(first, before)
    ends = today + timedelta(weeks=weeks)
    return Within(max(first or today, today), min(before or ends, ends))


@router.get("/overdue", summary="What is overdue, and by how many days: the longest first")
async def list_overdue(
    caller: Caller, obligation: Duties = None, after: After = None, limit: Limit = 50
) -> OverduePage:
    """By the day itself, also where nobody has said so yet."""
    caller.permit("list due dates")
    where = {"state": ("open", "overdue"), "due": Within(before=caller.today), **_given({"obligation": obligation})}
    only = of_theirs(caller, READ)
    page = await caller.rows(DUE_DATES, where, only=only, by="due", after=after, limit=limit)
    return OverduePage(items=[_overdue(due, caller.today) for due in page.items], next=page.next)


def _overdue(due: DueDate, today: date) -> OverdueShown:
    shown = _due_shown(due)
    return OverdueShown(**shown.model_dump(), days_overdue=(today - due.due).days if due.due else 0)
