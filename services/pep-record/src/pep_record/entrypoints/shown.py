"""What people are shown."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

_SUMMARY: JsonDict = {
    "plan_id": "plan-7d2k5h4qm3v6w8x9y2z3a4b5c6-1",
    "child_ref": "7d2k5h4qm3v6w8x9y2z3a4b5c6",
    "number": 1,
    "school_year": 2026,
    "term": "autumn",
    "state": "in_quality_assurance",
    "plan_version": 1,
    "opened_on": "2026-09-21",
    "marked_complete_on": "2026-10-09",
    "completed_on": None,
    "social_worker_agrees": False,
    "warnings": ["There is no target for maths."],
    "superseded_by": None,
    "by_delegate": [],
}


class PlanSummary(BaseModel):
    """Where a plan stands. `plan_version` is the version that is being written, judged, or was approved."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [_SUMMARY]})

    plan_id: str
    child_ref: str
    number: int
    school_year: Annotated[int, Field(description="The calendar year in which the school year began.")]
    term: str
    state: Annotated[
        str,
        Field(
            description="draft, in_quality_assurance, returned, completed, completion_withdrawn, superseded, forgotten."
        ),
    ]
    plan_version: int
    opened_on: date
    marked_complete_on: date | None
    completed_on: date | None
    social_worker_agrees: bool
    warnings: tuple[str, ...]
    superseded_by: str | None
    by_delegate: Annotated[
        tuple[str, ...],
        Field(description="Sections and targets that a delegate wrote and the designated teacher has not approved."),
    ]


class PlanPage(BaseModel):
    """Some plans; ask again with `after` = `next` for more."""

    items: tuple[PlanSummary, ...]
    next: str | None


class SectionShown(BaseModel):
    """One section of the authority's plan; without text if nobody has written it."""

    section: Annotated[str, Field(examples=["pupil_views"])]
    title: Annotated[str, Field(examples=["Pupil views"])]
    required: bool
    contributors: tuple[str, ...]
    text: str | None = None
    written_by: str | None = None
    written_on: date | None = None


class LineShown(BaseModel):
    """A costed line, in pence."""

    line_id: Annotated[str, Field(examples=["target-3f2a9c1b7d04-v1-1"])]
    category: Annotated[str, Field(examples=["tuition"])]
    quantity: int
    unit_pence: int
    line_pence: int


class ActionShown(BaseModel):
    """What will be done, and by whom."""

    text: str
    owner: str
    line: LineShown | None


class TargetShown(BaseModel):
    """A target with its actions."""

    target_id: Annotated[str, Field(examples=["target-3f2a9c1b7d04"])]
    subject: str
    text: str
    set_by: str
    set_on: date
    actions: tuple[ActionShown, ...]


class ViewsShown(BaseModel):
    """What a carer, or the child, said for themselves."""

    role: Annotated[str, Field(examples=["pupil"])]
    text: str
    given_by: str
    given_on: date


class OwnViewsShown(BaseModel):
    """What you said last for the current plan; nothing, if you said nothing."""

    text: Annotated[str | None, Field(examples=["I like science. I want a quiet place to read."])]
    given_on: date | None


class PlanShown(PlanSummary):
    """A whole plan."""

    return_reason: Annotated[str | None, Field(description="Why quality assurance returned it, if it did.")]
    sections: tuple[SectionShown, ...]
    targets: tuple[TargetShown, ...]
    views: tuple[ViewsShown, ...]


class TargetMade(BaseModel):
    """The name of the target that was set."""

    target_id: Annotated[str, Field(examples=["target-3f2a9c1b7d04"])]
