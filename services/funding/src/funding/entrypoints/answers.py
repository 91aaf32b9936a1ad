"""What people are shown. Children, people and plans are references; money is whole pence."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Item = TypeVar("Item")


class Shown(BaseModel):
    """Made from a row of a read model, or from what a decision is made of."""

    model_config = ConfigDict(from_attributes=True)


class PageAnswer(BaseModel, Generic[Item]):
    """Some of them; `next` is what to send as `after` for those that follow, none at the end."""

    items: list[Item]
    next: str | None = None


class ClaimAnswer(Shown):
    """One plan's money. `approved_pence` is what is approved and has not left."""

    plan_id: Annotated[str, Field(examples=["plan-a2b4c6d7e3f5g2h4i6j7k3l5m2-1"])]
    child_ref: Annotated[str, Field(examples=["a2b4c6d7e3f5g2h4i6j7k3l5m2"])]
    plan_version: Annotated[int, Field(examples=[1])]
    completed_on: Annotated[date, Field(examples=["2026-11-06"])]
    school_year: Annotated[int, Field(examples=[2026])]
    term: Annotated[str, Field(examples=["autumn"])]
    financial_year: Annotated[str, Field(examples=["2026-27"])]
    standing: Annotated[str, Field(description="open, held, withdrawn, superseded or forgotten", examples=["open"])]
    requested_pence: Annotated[int, Field(examples=[51_100])]
    approved_pence: Annotated[int, Field(examples=[40_000])]
    released_pence: Annotated[int, Field(examples=[0])]


class LineAnswer(Shown):
    """One money line. `rule` is why it was declined, or what a person must weigh."""

    line_id: Annotated[str, Field(examples=["line-1"])]
    category: Annotated[str, Field(examples=["tuition"])]
    quantity: Annotated[int, Field(examples=[10])]
    unit_pence: Annotated[int, Field(examples=[4_000])]
    line_pence: Annotated[int, Field(examples=[40_000])]
    standing: Annotated[str, Field(description="awaiting, approved, declined, withdrawn, released or forgotten")]
    rule: Annotated[str | None, Field(examples=["L-95"])] = None
    reason: Annotated[str | None, Field(examples=["In place for all pupils."])] = None
    decided_by: Annotated[str | None, Field(examples=["x3kq5m7nvd2ra4ty6bhw8jc1pe"])] = None
    decided_on: Annotated[date | None, Field(examples=["2026-11-09"])] = None
    run_id: Annotated[str | None, Field(examples=["0b6e7c9af2d34c5d8f00a1b2c3d4e5f6"])] = None
    payee_urn: Annotated[str | None, Field(examples=["900001"])] = None


class ClaimWithLines(ClaimAnswer):
    """One plan's money, line by line."""

    lines: list[LineAnswer]


class EnvelopeAnswer(Shown):
    """A term's money, and how much of it approvals have taken."""

    financial_year: Annotated[str, Field(examples=["2026-27"])]
    term: Annotated[str, Field(examples=["autumn"])]
    amount_pence: Annotated[int, Field(examples=[631_200])]
    committed_pence: Annotated[int, Field(examples=[51_100])]


class PayeeAnswer(Shown):
    """The school that is paid, and how."""

    urn: Annotated[str, Field(examples=["900001"])]
    ukprn: Annotated[str, Field(examples=["10090001"])]
    payment_route: Annotated[str, Field(examples=["journal"])]


class PayableAnswer(Shown):
    """An approved line that would leave."""

    plan_id: Annotated[str, Field(examples=["plan-a2b4c6d7e3f5g2h4i6j7k3l5m2-1"])]
    line_id: Annotated[str, Field(examples=["line-1"])]
    amount_pence: Annotated[int, Field(examples=[40_000])]
    payee: PayeeAnswer


class LeftOutAnswer(Shown):
    """An approved line that would stay, and why."""

    plan_id: Annotated[str, Field(examples=["plan-a2b4c6d7e3f5g2h4i6j7k3l5m2-1"])]
    line_id: Annotated[str, Field(examples=["line-1"])]
    reason: Annotated[str, Field(examples=["The child has changed school since the plan was completed."])]


class PreviewAnswer(BaseModel):
    """What a run would release and leave out, by what is known now."""

    total_pence: Annotated[int, Field(examples=[40_000])]
    payable: list[PayableAnswer]
    left_out: list[LeftOutAnswer]


class RunAnswer(BaseModel):
    """A run that was made."""

    run_id: Annotated[str, Field(examples=["0b6e7c9af2d34c5d8f00a1b2c3d4e5f6"])]


class ReleaseRunAnswer(Shown):
    """A release run and its file: `relied_on` says how far each other service's announcements had been taken in."""

    run_id: Annotated[str, Field(examples=["0b6e7c9af2d34c5d8f00a1b2c3d4e5f6"])]
    made_on: Annotated[date, Field(examples=["2026-11-16"])]
    relied_on: Annotated[tuple[str, ...], Field(examples=[["pep-record 17", "scheduling 41"]])]
    left_out: Annotated[tuple[str, ...], Field(examples=[[]])]
    file_name: Annotated[str | None, Field(examples=["ppp-0b6e7c9af2d34c5d8f00a1b2c3d4e5f6.csv"])]
    line_count: Annotated[int, Field(examples=[2])]
    total_pence: Annotated[int, Field(examples=[51_100])]
    sha256: str | None
    taken_by: Annotated[tuple[str, ...], Field(description="Who has taken the file.")]
