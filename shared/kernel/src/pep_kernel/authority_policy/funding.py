"""Funding's rules: what the premium may pay for, who approves how much, what there is to spend, how it is paid."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import Field, model_validator

from pep_kernel.authority_policy.dated import Dated, InForce, RulesFile
from pep_kernel.authority_policy.succession import Several, Versions
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

    NAMED_BY = ("category",)

    category: str = Field(pattern=r"^[a-z0-9_]+$", description="The kind of spending, as plans name it.")
    eligibility: Eligibility = Field(description="Pay (`allow`), do not pay (`decline`), or ask a person (`ask`).")
    reason: str = Field(min_length=1, description="The sentence that the school reads.")


class ApprovalLimits(Dated):
    """How much each role may approve for one plan; roles without limit may approve any amount."""

    limits_pence: dict[Role, Pence] = Field(description="Role → the most that it may approve for one plan.")
    without_limit: tuple[Role, ...] = Field(min_length=1, description="Roles that may approve any amount.")

    @model_validator(mode="after")
    def _one_or_the_other(self) -> ApprovalLimits:
        if both := sorted(set(self.limits_pence) & set(self.without_limit)):
            raise ValueError(f"{', '.join(both)}: has a limit and is without one")
        return self

    def limit_pence(self, role: Role) -> int | None:
        """The role's limit: 0 for a role that approves nothing; none for one without limit."""
        return None if role in self.without_limit else self.limits_pence.get(role, 0)


class Grant(Dated):
    """The premium for one child and year, and the part of it that the Virtual School keeps back for all."""

    amount_pence: Pence = Field(description="The premium for one child and financial year.")
    held_back_percent: int = Field(ge=0, le=100, description="The part that the Virtual School keeps back for all.")

    def term_pence(self, term: Term) -> int:
        """One child's share of a term, to the penny: the three terms of a financial year add up to the year."""
        kept = self.amount_pence * self.held_back_percent // 100
        return split_pence(self.amount_pence - kept, 3)[TERMS_OF_A_FINANCIAL_YEAR.index(term)]


class Envelope(Dated):
    """Whether the head of the Virtual School may approve more than the term's envelope holds."""

    head_may_override: bool = Field(description="Whether the head may approve beyond the envelope, with a reason.")


class PaymentRoutes(Dated):
    """How schools are paid: in the authority's own area, and in another (a ledger journal does not reach those)."""

    own_area: PaymentRoute = Field(description="How schools in the authority's own area are paid.")
    other_area: PaymentRoute = Field(description="How schools in other areas are paid; never by journal.")

    @model_validator(mode="after")
    def _a_journal_stays_at_home(self) -> PaymentRoutes:
        if self.other_area == "journal":
            raise ValueError("a ledger journal cannot pay a school in another area")
        return self


class BestValue(Dated):
    """Which spending needs words about its value beside its costs, and whether its effect is looked at afterwards."""

    from_pence: Pence | None = Field(
        None, description="A line of this amount or more needs a sentence on its value; left out, no line does."
    )
    impact_reviewed: Literal["premium_only", "every_intervention"] = Field(
        description="Whose effect the next plan reviews: of what the premium paid for, or of every intervention."
    )


class FundingPolicy(InForce):
    """Funding's rules of one authority on one day."""

    categories: tuple[Category, ...]
    approval_limits: ApprovalLimits
    grant: Grant
    envelope: Envelope
    payment_routes: PaymentRoutes
    best_value: BestValue

    def category(self, name: str) -> Category | None:
        """What policy says of this kind of spending; none where it is silent, and a person is asked."""
        return next((category for category in self.categories if category.category == name), None)


class FundingFile(RulesFile):
    """What the premium pays for, who approves, how schools are paid."""

    categories: Several[Category] = Field(min_length=1)
    approval_limits: Versions[ApprovalLimits]
    grant: Versions[Grant]
    envelope: Versions[Envelope]
    payment_routes: Versions[PaymentRoutes]
    best_value: Versions[BestValue]

    def in_force(self, on: date) -> FundingPolicy:
        """The rules that hold on this day. NotInForce before the file's first day."""
        return self._in_force(FundingPolicy, on)
