"""What the figures for the annual report look like."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from pep_kernel.contracts.scheduling import Obligation
from scheduling.projections.timeliness import LateReason
from scheduling.projections.timeliness_figures import By


class FiguresShown(BaseModel):
    """One obligation at one place: how many were due in these days, and what became of them."""

    place: str = Field(description="The authority, a school's URN or a team.", examples=["999101"])
    obligation: Obligation
    in_time: int = Field(description="Met on their day at the latest.", examples=[41])
    late: int = Field(description="Met later.", examples=[3])
    overdue: int = Field(description="Not met, and their day has passed.", examples=[1])
    open: int = Field(description="Not met yet, and still in time.", examples=[5])
    withdrawn: int = Field(description="Not asked for any more: the child left care, for example.", examples=[2])
    percent_in_time: float | None = Field(description="Of those in time, late and overdue.", examples=[91.1])
    late_because: dict[LateReason, int] = Field(
        description="Known reasons of those late or overdue; one may have several, or none."
    )
    days_in_quality_assurance: int = Field(
        description="How long all their plans waited, or have waited, for quality assurance.", examples=[12]
    )


class TimelinessShown(BaseModel):
    """Figures of what was due from one day to another, both included. They name no child."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"authority": "anytown", "by": "team", "lines": []}]})

    authority: str
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    by: By
    lines: list[FiguresShown]
