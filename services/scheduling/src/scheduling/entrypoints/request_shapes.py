"""What the routes about requests show and take, with fictional examples."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

from pep_kernel.authority_policy.approvals import Consulted, Decision
from scheduling.domain.days import Day
from scheduling.entrypoints.shapes import CHILD_REF, Shown, example

REQUEST_ID = "7d2a1c0b9e8f7a6b5c4d3e2f1a0b9c8d"
Urn = Annotated[str, Field(pattern=r"^(\d{6}|EY\d{6})$")]
Words = Annotated[str, Field(min_length=1, max_length=4000)]


class SchoolChangeBody(BaseModel):
    """The school change form. `planned_placement_change`: the child is to live elsewhere, as planned (O-89)."""

    model_config = example(
        school_urn="999102",
        for_day="2027-01-04",
        why="The child moves to carers near the new school.",
        childs_view="I want to go where my friends from football are.",
        effect_on_education="GCSE options are the same; a tutor covers the two weeks between.",
        planned_placement_change=True,
    )

    school_urn: Urn
    for_day: Day
    why: Words
    childs_view: Words
    effect_on_education: Words
    planned_placement_change: bool = False


class HolidayBody(BaseModel):
    """A holiday in term time. The head teacher grants the leave; the authority agrees to it, or does not."""

    model_config = example(first_day="2026-11-23", last_day="2026-11-27", why="A wedding in the carers' family.")

    first_day: Day
    last_day: Day
    why: Words
    childs_view: Words | None = None
    effect_on_education: Words | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.last_day < self.first_day:
            raise ValueError("'last_day' is before 'first_day'")
        return self


class PlacementBody(BaseModel):
    """A placement, or a move in Year 10 or 11, that waits for somebody to agree.

    At a distance is outside the area and that of every neighbour: another job agrees to it.
    """

    model_config = example(
        decision="key_stage_4_move",
        for_day="2027-01-04",
        school_urn="999102",
        why="The placement ends, and the next one is too far from the school.",
        effect_on_education="The new school teaches the same examination courses.",
    )

    decision: Literal["placement_change", "key_stage_4_move", "out_of_area_placement", "placement_at_a_distance"]
    for_day: Day
    school_urn: Urn | None = None
    why: Words
    childs_view: Words | None = None
    effect_on_education: Words | None = None
    planned_placement_change: bool = False


class RequestMade(BaseModel):
    """The new request."""

    request_id: str = Field(examples=[REQUEST_ID])


class ConsultationBody(BaseModel):
    """Somebody was asked on this day, and this was the answer."""

    model_config = example(on="2026-12-01", consulted="designated_teacher", answer="The courses fit; she should go.")

    on: Day
    consulted: Consulted
    answer: Words


class ProfessionalMeetingBody(BaseModel):
    """Those who work with the child met on this day."""

    model_config = example(on="2026-12-02", conclusion="All agree that the move should wait for the end of term.")

    on: Day
    conclusion: Words


class DeclineBody(BaseModel):
    """Why the answer is no."""

    model_config = example(reason="The examination courses of the new school are other ones.")

    reason: Words


class RequestShown(Shown):
    """One request, without its words."""

    request_id: str = Field(examples=[REQUEST_ID])
    child_ref: str = Field(examples=[CHILD_REF])
    decision: Decision
    state: Literal["waiting", "agreed", "declined", "withdrawn"]
    asked_by: str
    asked_on: date
    for_day: date
    until: date | None
    school_urn: str | None
    approvers: list[str] = Field(examples=[["virtual_school_head", "corporate_parenting_manager"]])
    agreed: list[str]
    must_consult: list[str] = Field(description="Who must still be asked.")
    professionals_meet: bool = Field(description="Whether professionals must still meet about it.")
    professionals_met_on: date | None
    decided_on: date | None


class ConsultationShown(BaseModel):
    """Who was asked, when, and the answer."""

    consulted: str
    asked_on: date
    answer: str | None


class RequestInFull(RequestShown):
    """One request with the child's name and its words."""

    given_name: str | None
    family_name: str | None
    why: str | None
    childs_view: str | None
    effect_on_education: str | None
    declined_because: str | None
    consultations: list[ConsultationShown]


class RequestPage(BaseModel):
    """Some requests; `next` is what to send as `after` for those that follow."""

    items: list[RequestShown]
    next: str | None
