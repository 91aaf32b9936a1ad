"""Funding's rules: what the premium may pay for, who approves how much, what there is to spend, how it is paid."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from pep_kernel.authority_policy.dated import (
    Dated,
    InForce,
    RulesFile,
    Versions,
    all_in_force,
    followed_on_by,
    in_force,
)
from pep_kernel.calendars import Term
from pep_kernel.may import Role
from pep_kernel.money import Pence, split_pence

TERMS_OF_A_FINANCIAL_YEAR = (Term.SUMMER, Term.AUTUMN, Term.SPRING)
PaymentRoute = Literal["journal", "bacs", "invoice"]


class Eligibility(StrEnum):
    """What policy says of a kind of spending: pay, do not pay, or ask a person."""

    ALLOW = "allow"
    DECLINE = "decline"
    ASK = "ask"


class Category(Dated):
    """A kind of spending, what policy says of it, and the sentence that explains it to the school."""

    category: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    eligibility: Eligibility
    reason: str


class ApprovalLimits(Dated):
    """How much each role may approve for one plan; roles without limit may approve any amount."""

    limits_pence: dict[Role, Pence]
    without_limit: Annotated[tuple[Role, ...], Field(min_length=1)]

    def limit_pence(self, role: Role) -> int | None:
        """The role's limit: 0 for a role that approves nothing; none for one without limit."""
        return None if role in self.without_limit else self.limits_pence.get(role, 0)


class Grant(Dated):
    """The premium for one child and year, and the part of it that the Virtual School keeps back for all."""

    amount_pence: Pence
    held_back_percent: Annotated[int, Field(ge=0, le=100)]

    def term_pence(self, term: Term) -> int:
        """One child's share of a term, to the penny: the three terms of a financial year add up to the year."""
        kept = self.amount_pence * self.held_back_percent // 100
        return split_pence(self.amount_pence - kept, 3)[TERMS_OF_A_FINANCIAL_YEAR.index(term)]


class Envelope(Dated):
    """Whether the head of the Virtual School may approve more than the term's envelope holds."""

    head_may_override: bool


class PaymentRoutes(Dated):
    """How schools are paid: in the authority's own area, and in another (a ledger journal does not reach those)."""

    own_area: PaymentRoute
    other_area: PaymentRoute

    @model_validator(mode="after")
    def _a_journal_stays_at_home(self) -> PaymentRoutes:
        if self.other_area == "journal":
            raise ValueError("a ledger journal cannot pay a school in another area")
        return self


class FundingPolicy(InForce):
    """Funding's rules of one authority on one day."""

    categories: tuple[Category, ...]
    approval_limits: ApprovalLimits
    grant: Grant
    envelope: Envelope
    payment_routes: PaymentRoutes

    def category(self, name: str) -> Category | None:
        """What policy says of this kind of spending; none where it is silent, and a person is asked."""
        return next((category for category in self.categories if category.category == name), None)


def _name(category: Category) -> str:
    return category.category


class FundingFile(RulesFile):
    """`funding.toml`: every version of every rule."""

    categories: Annotated[tuple[Category, ...], Field(min_length=1), AfterValidator(followed_on_by(_name))]
    approval_limits: Versions[ApprovalLimits]
    grant: Versions[Grant]
    envelope: Versions[Envelope]
    payment_routes: Versions[PaymentRoutes]

    def in_force(self, on: date) -> FundingPolicy:
        """The rules that hold on this day. NotInForce before the file's first day."""
        return FundingPolicy(
            categories=all_in_force(self.categories, on),
            approval_limits=in_force("approval_limits", self.approval_limits, on),
            grant=in_force("grant", self.grant, on),
            envelope=in_force("envelope", self.envelope, on),
            payment_routes=in_force("payment_routes", self.payment_routes, on),
        )
