"""What can be asked of a claim."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from pep_kernel.authority_policy.funding import Eligibility
from pep_kernel.calendars import Term
from pep_kernel.message import Command
from pep_kernel.money import Pence


class JudgedLine(Command):
    """A line of the plan and what the authority's policy says of its kind; `rule` cites the policy's source."""

    line_id: str
    category: str
    quantity: int
    unit_pence: Pence
    line_pence: Pence
    eligibility: Eligibility
    rule: str


class ClaimCommand(Command):
    """Every command names its plan, and the child whose plan it is."""

    plan_id: str
    child_ref: str


class RequestPremium(ClaimCommand):
    """Quality assurance completed this version: its lines await a decision."""

    plan_version: int
    school_year: int
    term: Term
    on: date
    lines: tuple[JudgedLine, ...]


class ApprovePremium(ClaimCommand):
    """Somebody approves lines of the version they saw, up to their limit for one plan (none: without limit).

    `may_exceed`: the head of the Virtual School lets them take more than the term's envelope holds.
    """

    plan_version: int
    line_ids: Annotated[tuple[str, ...], Field(min_length=1)]
    limit_pence: Pence | None
    may_exceed: bool = False
    on: date


class DeclinePremium(ClaimCommand):
    """Somebody declines one line, with the rule and in words of their own."""

    plan_version: int
    line_id: str
    rule: str
    reason: str
    on: date


class HoldApprovals(ClaimCommand):
    """This version's completion was withdrawn."""

    plan_version: int


class LetApprovalsStand(ClaimCommand):
    """The head of the Virtual School lets held approvals stand."""

    reason: str
    on: date


class WithdrawApprovals(ClaimCommand):
    """The head of the Virtual School takes held approvals back."""

    reason: str
    on: date


class StopClaim(ClaimCommand):
    """Another plan took this one's place."""

    by_plan_id: str


class ForgetClaim(ClaimCommand):
    """The child is forgotten."""

    on: date
    reason: str


class LinePayment(Command):
    """Who is paid for a line, by which route, and the line's number in the finance journal."""

    line_id: str
    line_number: int
    payee_urn: str
    payee_ukprn: str
    payment_route: str


class ReleaseLines(ClaimCommand):
    """A release run pays these lines."""

    run_id: str
    on: date
    payments: tuple[LinePayment, ...]


AnyClaimCommand = (
    RequestPremium
    | ApprovePremium
    | DeclinePremium
    | HoldApprovals
    | LetApprovalsStand
    | WithdrawApprovals
    | StopClaim
    | ForgetClaim
    | ReleaseLines
)
