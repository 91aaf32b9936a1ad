"""The bodies and answers of the routes about facts, hand-over and the register of designated teachers."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field, RootModel

from scheduling.domain.child.told import Correction, Fact
from scheduling.domain.days import Day
from scheduling.domain.hand_over import HandOverPack
from scheduling.entrypoints.shapes import CHILD_REF, PERSON_REF, Ref, Shown, example


class FactBody(RootModel[Fact]):
    """One fact, by its kind."""

    model_config = {
        "json_schema_extra": {
            "examples": [{"kind": "placement", "on": "2026-11-02", "placement": "U4", "emergency": True}]
        }
    }


class FactCorrectionBody(Correction):
    """What was told, and what is right, or that it never happened; and why it was wrong."""

    model_config = example(
        fact="legal_status", on="2026-09-21", was="V4", right="C2", reason="The form was read wrong."
    )


class CircumstancesShown(Shown):
    """What is known of a child beside the overview."""

    child_ref: str = Field(examples=[CHILD_REF])
    placement_area: str | None
    fostering_allowance: bool | None
    reviewing_officer_ref: str | None
    special_educational_needs: str | None
    year_group: int | None = Field(description="By age.")
    year_group_told: int | None = Field(description="As the school says, where it said so.")
    stage: Literal["early_years", "school_age", "post_16"] | None
    planned_school_urn: str | None
    planned_school_on: date | None
    review_planned_on: date | None
    siblings: list[str] = Field(description="In care with this authority, whichever record names the other.")
    ended: str | None = Field(examples=["adopted"], description="How the last spell in care ended. For staff only.")
    ended_on: date | None


class HandOverShown(BaseModel):
    """The pack for the other authority, and its hash."""

    pack: HandOverPack
    sha256: str = Field(examples=["6a09e667f3bcc908bb67ae8584caa73b3c6ef372a54ff53a510e527f9b05688c"])


class ChildTakenOver(BaseModel):
    """The child, as this authority calls it."""

    child_ref: str = Field(examples=[CHILD_REF])


class VerificationBody(BaseModel):
    """Who stands in for the designated teacher, and when the teacher was last trained."""

    model_config = example(deputy_ref=PERSON_REF, trained_on="2026-06-19")

    deputy_ref: Ref | None = None
    trained_on: Day | None = None


class DesignatedTeacherShown(Shown):
    """One designated teacher of the register."""

    person_ref: str = Field(examples=[PERSON_REF])
    name: str | None = Field(None, examples=["Edna Primer"])
    school_urn: str | None
    deputy_ref: str | None
    trained_on: date | None
    verified_on: date | None


class DesignatedTeacherPage(BaseModel):
    """Some of them; `next` is what to send as `after` for those that follow."""

    items: list[DesignatedTeacherShown]
    next: str | None


class AbsenceBody(BaseModel):
    """Away from this day to that, and who does the work meanwhile."""

    model_config = example(on="2026-11-02", until="2026-11-13", deputy_ref=PERSON_REF)

    on: Day
    until: Day
    deputy_ref: Ref
