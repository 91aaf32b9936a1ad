"""What people send."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from funding.domain.envelope.commands import FinancialYear
from pep_kernel.calendars import Term
from pep_kernel.money import Pence

Reason = Annotated[str, Field(min_length=1, max_length=2_000, examples=["The tuition has begun."])]


class Asked(BaseModel):
    """Fields that are not known are refused, so that a slip of the pen is not lost."""

    model_config = ConfigDict(extra="forbid")


class ApprovalBody(Asked):
    """Which lines of which version are approved. `may_exceed`: even beyond the term's envelope (the head only)."""

    plan_version: Annotated[int, Field(ge=1, examples=[1])]
    line_ids: Annotated[tuple[str, ...], Field(min_length=1, max_length=100, examples=[["line-1", "line-2"]])]
    may_exceed: bool = False


class DeclineBody(Asked):
    """Which line is declined, by which rule, and why."""

    plan_version: Annotated[int, Field(ge=1, examples=[1])]
    line_id: Annotated[str, Field(examples=["line-2"])]
    rule: Annotated[str, Field(min_length=1, max_length=40, examples=["L-102"])]
    reason: Reason


class HeldDecisionBody(Asked):
    """What becomes of held approvals: they stand, or are withdrawn."""

    decision: Literal["stand", "withdraw"]
    reason: Reason


class EnvelopeBody(Asked):
    """What there is to spend in a term: an amount, or the authority's share of the grant for this many children."""

    financial_year: FinancialYear
    term: Term
    amount_pence: Annotated[Pence | None, Field(examples=[631_200])] = None
    children: Annotated[int | None, Field(ge=1, le=20_000, examples=[None])] = None

    @model_validator(mode="after")
    def _one_of_two(self) -> EnvelopeBody:
        if (self.amount_pence is None) == (self.children is None):
            raise ValueError("give amount_pence or children, one of the two")
        return self
