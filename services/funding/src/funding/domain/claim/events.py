"""What can happen to the money lines of one plan."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from pep_kernel.message import Event
from pep_kernel.sealed import PlanText

WithdrawnBecause = Literal["head_decided", "newer_version", "plan_superseded"]


class RequestedLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One costed line of the plan: quantity times unit is line."""

    line_id: str
    category: str
    quantity: int
    unit_pence: int
    line_pence: int


class ClaimEvent(Event):
    """What every event of a claim says: whose plan it is about."""

    plan_id: str
    child_ref: str


class PPPRequested(ClaimEvent):
    """A completed version asks for these lines. `replaced` are undecided lines of an earlier version that it drops."""

    plan_version: int
    school_year: int
    term: str
    financial_year: str
    on: date
    lines: tuple[RequestedLine, ...]
    replaced: tuple[str, ...] = ()


class PPPReferred(ClaimEvent):
    """Policy does not settle this line; a person decides and weighs this rule."""

    line_id: str
    rule: str


class PPPDeclined(ClaimEvent):
    """This line is not paid for: the rule, and a person's own words where a person decided."""

    line_id: str
    rule: str
    on: date
    reason: PlanText | None = None


class PPPApproved(ClaimEvent):
    """This line may be paid."""

    line_id: str
    approved_pence: int
    financial_year: str
    on: date


class PPPApprovalHeld(ClaimEvent):
    """This version's completion was withdrawn."""

    plan_version: int


class PPPApprovalStands(ClaimEvent):
    """The head lets the approvals stand although this version's completion was withdrawn."""

    plan_version: int
    on: date
    reason: PlanText


class PPPApprovalWithdrawn(ClaimEvent):
    """These approvals are taken back, and their money goes back to the envelope."""

    line_ids: tuple[str, ...]
    withdrawn_pence: int
    because: WithdrawnBecause
    reason: PlanText | None = None


class PPPReleased(ClaimEvent):
    """Money for one line may be paid to this school: all that the line in the finance file says."""

    line_id: str
    released_pence: int
    payee_urn: str
    payee_ukprn: str
    payment_route: str
    financial_year: str
    term: str
    run_id: str
    line_number: int
    on: date


class PPPClaimStopped(ClaimEvent):
    """Another plan took this one's place."""

    by_plan_id: str


class PPPClaimForgotten(ClaimEvent):
    """The child is forgotten. These lines were not decided, or were approved for this much, and are never paid."""

    on: date
    reason: str
    line_ids: tuple[str, ...]
    withdrawn_pence: int
