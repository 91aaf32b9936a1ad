"""What the API shows and takes about the keeping of a record: its bodies and answers."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field

from scheduling.domain.keeping.events import EntriesBasis, WholeRecordBasis
from scheduling.entrypoints.shapes import CHILD_REF, PERSON_REF, Shown, example

CaseRef = Annotated[str, Field(pattern=r"^[A-Za-z0-9_/.#-]{1,60}$", description="A reference and no words.")]


class HoldBody(BaseModel):
    """Keep everything for this case."""

    model_config = example(case_ref="FAM-2026-0041")

    case_ref: CaseRef


class ForgettingBody(BaseModel):
    """Forget the child, on this lawful basis."""

    model_config = example(basis="retention_period_ended")

    basis: WholeRecordBasis


class EntriesBody(BaseModel):
    """Forget these entries of one stream (versions, both included), on this lawful basis."""

    model_config = example(
        basis="recorded_for_the_wrong_child", stream="meeting-5b0f3c1d9a7e5f62b8c0d1e2f3a4b5c6", first=1, last=3
    )

    basis: EntriesBasis
    stream: Annotated[str, Field(pattern=r"^[a-z]+-[a-z0-9-]{1,100}$")]
    first: Annotated[int, Field(ge=1)]
    last: Annotated[int, Field(ge=1)]


class HoldShown(Shown):
    """A case that holds the record."""

    case_ref: str = Field(examples=["FAM-2026-0041"])
    since: date
    by: str = Field(examples=[PERSON_REF])


class StandingShown(Shown):
    """What was asked of the record, and by whom it was decided."""

    stage: str = Field(examples=["asked"], description="asked, approved or forgotten")
    basis: str = Field(examples=["retention_period_ended"])
    asked_by: str = Field(examples=[PERSON_REF])
    asked_on: date
    stream: str | None = Field(description="Only entries of this stream; none: all of the record.")
    first: int | None
    last: int | None
    approved_by: str | None
    approved_on: date | None
    forgotten_on: date | None


class KeepingShown(BaseModel):
    """Until when a record must be kept (none: nobody knows the date of birth), what holds it, and what was asked."""

    authority: str = Field(examples=["anytown"])
    child_ref: str = Field(examples=[CHILD_REF])
    kept_until: date | None
    holds: list[HoldShown]
    standing: StandingShown | None
