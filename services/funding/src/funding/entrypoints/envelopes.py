"""Envelopes: what there is to spend in a term."""

from __future__ import annotations

from fastapi import APIRouter

from funding.domain.envelope.commands import OpenTermEnvelope
from funding.domain.streams import envelope_stream
from funding.entrypoints.answers import EnvelopeAnswer, PageAnswer
from funding.entrypoints.bodies import EnvelopeBody
from funding.entrypoints.paging import After, Limit
from funding.projections.envelope import ENVELOPES
from pep_kernel.authority_policy.funding import FundingPolicy
from pep_kernel.decider import Act
from pep_runtime.http import Caller

router = APIRouter(prefix="/envelopes", tags=["envelopes"])


@router.get("", summary="List the terms' envelopes")
async def list_envelopes(caller: Caller, after: After = None, limit: Limit = 50) -> PageAnswer[EnvelopeAnswer]:
    caller.permit("read finance")
    page = await caller.rows(ENVELOPES, after=after, limit=limit)
    return PageAnswer(items=[EnvelopeAnswer.model_validate(envelope) for envelope in page.items], next=page.next)


@router.post("", status_code=204, summary="Open a term's envelope")
async def open_envelope(body: EnvelopeBody, caller: Caller) -> None:
    caller.permit("open term envelope")
    policy: FundingPolicy = caller.rules.in_force(caller.today)
    command = OpenTermEnvelope(
        financial_year=body.financial_year, term=body.term, amount_pence=amount_pence(body, policy), on=caller.today
    )
    await caller.do(Act(command, (envelope_stream(body.financial_year, body.term),), policy_version=policy.version))


def amount_pence(body: EnvelopeBody, policy: FundingPolicy) -> int:
    """The amount, or so many children's shares of the grant for this term."""
    if body.amount_pence is not None:
        return body.amount_pence
    return (body.children or 0) * policy.grant.term_pence(body.term)
