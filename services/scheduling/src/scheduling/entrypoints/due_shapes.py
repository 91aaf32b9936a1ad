"""What the routes about due dates take and answer, with fictional examples."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field

from pep_kernel.contracts.scheduling import Obligation
from scheduling.domain.child.events import LateBecause
from scheduling.domain.days import Day
from scheduling.entrypoints.shapes import CHILD_REF, Ref, Shown, example

AT_ONCE = 50


class Revision(Shown):
    """One open obligation of which today's rules and term dates say something else.

    `was` is none where it had no date; `due` is none where the child owes nothing, as another PEP stands for it.
    """

    child_ref: str = Field(examples=[CHILD_REF])
    obligation: Obligation
    trigger: str = Field(examples=["entered_care"])
    trigger_on: date
    was: date | None = None
    due: date | None
    policy_version: str


class RevisionPage(BaseModel):
    """The revisions of some children; `next` is what to send as `after` for the children that follow."""

    authority: str
    items: list[Revision]
    next: str | None


class RevisionsMade(BaseModel):
    """The dates that are others now."""

    items: list[Revision]


class RecomputationBody(BaseModel):
    """The children whose open dates are to be counted again, as the list before showed them."""

    model_config = example(child_refs=[CHILD_REF])

    child_refs: Annotated[list[Ref], Field(min_length=1, max_length=AT_ONCE)]


class LateReasonBody(BaseModel):
    """Why one obligation was late: a code to count by, and words if need be."""

    model_config = example(obligation="hold", trigger_on="2026-09-21", because="school_holiday")

    obligation: Obligation
    trigger_on: Day
    because: LateBecause
    details: Annotated[str, Field(min_length=1, max_length=500)] | None = None
