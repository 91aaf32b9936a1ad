"""Figures for the Virtual School's annual report: what was done in time, by authority, school or team."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from pep_kernel.calendars import school_year
from pep_runtime.http import Caller, Desk
from pep_runtime.problems import not_understood
from scheduling.domain.days import Day
from scheduling.entrypoints.timeliness_shapes import FiguresShown, TimelinessShown
from scheduling.projections.timeliness import TimelinessOfChild
from scheduling.projections.timeliness_figures import By, Figures, as_csv, figures

router = APIRouter(tags=["figures"])
First = Annotated[
    Day | None, Query(alias="from", description="What was due from this day on; else from the school year's first.")
]
Last = Annotated[Day | None, Query(alias="to", description="The last such day; else the school year's last.")]
Places = Annotated[By, Query(description="Counted apart for each school, each team, or not apart.")]
A_TABLE = {"description": "A table for a spreadsheet.", "content": {"text/csv": {"schema": {"type": "string"}}}}
AS_CSV: dict[int | str, dict[str, Any]] = {200: A_TABLE}


@router.get("/timeliness", summary="How much was done in time")
async def show_timeliness(
    caller: Caller, first: First = None, last: Last = None, by: Places = "authority"
) -> TimelinessShown:
    caller.permit("read timeliness")
    days = _days(first, last, caller.today)
    lines = [_shown(each) for each in await _figures(caller, days, by)]
    return TimelinessShown(authority=caller.authority, first=days[0], last=days[1], by=by, lines=lines)


@router.get("/timeliness.csv", summary="The same as a table", responses=AS_CSV, response_class=Response)
async def download_timeliness(
    caller: Caller, first: First = None, last: Last = None, by: Places = "authority"
) -> Response:
    caller.permit("read timeliness")
    return Response(as_csv(await _figures(caller, _days(first, last, caller.today), by)), media_type="text/csv")


def _days(first: date | None, last: date | None, today: date) -> tuple[date, date]:
    """Where a day is left out: that of the school year in which we are."""
    year = school_year(today)
    days = (first or date(year, 9, 1), last or date(year + 1, 8, 31))
    if days[1] < days[0]:
        raise not_understood("query", "to", "This day is before the first one.")
    return days


async def _figures(caller: Desk, days: tuple[date, date], by: By) -> list[Figures]:
    """Of all children, restricted ones too: nobody is named."""
    children = [_child(record) for record in await caller.fetch(_CHILDREN)]
    teams = {record["person_ref"]: record["team"] for record in await caller.fetch(_TEAMS)}
    asked: dict[str, Any] = {"first": days[0], "last": days[1], "by": by}
    return figures(children, teams, **asked, authority=caller.authority, today=caller.today)


# The child stays unnamed: nobody looks at a record who looks at a count.
_CHILDREN = "select school_urn, social_worker_ref, duties from timeliness_of_child"
_TEAMS = "select person_ref, team from team_of_worker"


def _child(record: Mapping[str, Any]) -> TimelinessOfChild:
    of = {"school_urn": record["school_urn"], "social_worker_ref": record["social_worker_ref"]}
    return TimelinessOfChild("", **of, duties=tuple(record["duties"]))


def _shown(line: Figures) -> FiguresShown:
    return FiguresShown(
        place=line.place,
        obligation=line.obligation,
        percent_in_time=line.percent_in_time,
        late_because=dict(line.late_because),
        days_in_quality_assurance=line.days_in_quality_assurance,
        **{name: line.counts.get(name, 0) for name in ("in_time", "late", "overdue", "open", "withdrawn")},
    )
