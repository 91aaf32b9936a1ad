"""Claims: what plans ask for, and people's decisions about it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from funding.domain.approval import claim_act
from funding.domain.approval_limit import approval_limit_pence, may_exceed_envelope
from funding.domain.claim.commands import (
    AnyClaimCommand,
    ApprovePremium,
    DeclinePremium,
    LetApprovalsStand,
    WithdrawApprovals,
)
from funding.entrypoints.answers import ClaimAnswer, ClaimWithLines, LineAnswer, PageAnswer
from funding.entrypoints.bodies import ApprovalBody, DeclineBody, HeldDecisionBody
from funding.entrypoints.paging import After, Limit
from funding.projections.claim_line import CLAIM_LINES, ClaimLine
from funding.projections.claim_overview import CLAIM_OVERVIEW, ClaimOverview
from pep_kernel.authority_policy.funding import FundingPolicy
from pep_kernel.may import Resource
from pep_kernel.refusal import Refusal
from pep_runtime.http import Caller, Desk

router = APIRouter(prefix="/claims", tags=["claims"])
Standing = Literal["open", "held", "withdrawn", "superseded", "forgotten"]


@router.get("", summary="List claims")
async def list_claims(
    caller: Caller,
    standing: Annotated[Standing | None, Query(description="Only those that stand so.")] = None,
    child_ref: Annotated[str | None, Query(description="Only this child's.")] = None,
    after: After = None,
    limit: Limit = 50,
) -> PageAnswer[ClaimAnswer]:
    caller.permit("read finance")
    asked = {"standing": standing, "child_ref": child_ref}
    where = {column: value for column, value in asked.items() if value is not None}
    page = await caller.rows(CLAIM_OVERVIEW, where, after=after, limit=limit)
    return PageAnswer(items=[ClaimAnswer.model_validate(claim) for claim in page.items], next=page.next)


@router.get("/{plan_id}", summary="One claim, line by line")
async def show_claim(plan_id: str, caller: Caller) -> ClaimWithLines:
    caller.permit("read finance")
    claim = await caller.row(CLAIM_OVERVIEW, plan_id)
    lines = [await _shown(caller, line) for line in await _lines(caller, plan_id)]
    return ClaimWithLines(**ClaimAnswer.model_validate(claim).model_dump(), lines=lines)


@router.post("/{plan_id}/approval", status_code=204, summary="Approve lines")
async def approve(plan_id: str, body: ApprovalBody, caller: Caller) -> None:
    claim = await _claim(caller, plan_id, "decide premium")
    policy = _policy(caller)
    if body.may_exceed and not may_exceed_envelope(caller.signed, policy):
        raise Refusal("Only the head of the Virtual School may approve more than the term's envelope holds.")
    limit = approval_limit_pence(caller.signed, policy)
    command = ApprovePremium(**_whose(claim), **body.model_dump(), limit_pence=limit, on=caller.today)
    await _do(caller, claim, command, policy)


@router.post("/{plan_id}/decline", status_code=204, summary="Decline a line, with the rule and the reason")
async def decline(plan_id: str, body: DeclineBody, caller: Caller) -> None:
    claim = await _claim(caller, plan_id, "decide premium")
    command = DeclinePremium(**_whose(claim), **body.model_dump(), on=caller.today)
    await _do(caller, claim, command, _policy(caller))


@router.post("/{plan_id}/held-decision", status_code=204, summary="Decide about held approvals (the head)")
async def decide_held(plan_id: str, body: HeldDecisionBody, caller: Caller) -> None:
    claim = await _claim(caller, plan_id, "decide held approval")
    kind = LetApprovalsStand if body.decision == "stand" else WithdrawApprovals
    await _do(caller, claim, kind(**_whose(claim), reason=body.reason, on=caller.today), _policy(caller))


async def _claim(caller: Desk, plan_id: str, action: str) -> ClaimOverview:
    claim = await caller.row(CLAIM_OVERVIEW, plan_id)
    caller.permit(action, Resource(child_ref=claim.child_ref))
    return claim


def _whose(claim: ClaimOverview) -> dict[str, str]:
    return {"plan_id": claim.plan_id, "child_ref": claim.child_ref}


def _policy(caller: Desk) -> FundingPolicy:
    policy: FundingPolicy = caller.rules.in_force(caller.today)
    return policy


async def _do(caller: Desk, claim: ClaimOverview, command: AnyClaimCommand, policy: FundingPolicy) -> None:
    await caller.do(claim_act(command, claim.financial_year, claim.term, policy.version))


async def _lines(caller: Desk, plan_id: str) -> list[ClaimLine]:
    lines: list[ClaimLine] = []
    after: str | None = None
    while True:
        page = await caller.rows(CLAIM_LINES, {"plan_id": plan_id}, after=after, limit=200)
        lines.extend(page.items)
        if (after := page.next) is None:
            return lines


async def _shown(caller: Desk, line: ClaimLine) -> LineAnswer:
    row = {name: getattr(line, name) for name in LineAnswer.model_fields}
    return LineAnswer(**{**row, "reason": await caller.open(line.reason)})
