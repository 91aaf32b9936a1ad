"""What others hear of a claim: references, pence and rule numbers, never a word of the plan."""

from __future__ import annotations

from funding.domain.claim import events as own
from funding.domain.claim.evolve import AnyClaimEvent
from funding.domain.claim.states import Claim
from pep_kernel.announcement import Announcement
from pep_kernel.contracts import funding as told
from pep_kernel.contracts.pep_record import PremiumLine


def announce(_claim: Claim, event: AnyClaimEvent) -> Announcement | None:
    match event:
        case own.PPPRequested():
            return _requested(event)
        case own.PPPReleased():
            return _released(event)
        case own.PPPApproved(line_id=line_id, approved_pence=pence, financial_year=year):
            return told.PPPApproved(
                plan_id=event.plan_id,
                child_ref=event.child_ref,
                line_id=line_id,
                approved_pence=pence,
                financial_year=year,
            )
        case own.PPPDeclined(plan_id=plan_id, child_ref=child_ref, line_id=line_id, rule=rule):
            return told.PPPDeclined(plan_id=plan_id, child_ref=child_ref, line_id=line_id, rule=rule)
        case own.PPPApprovalHeld(plan_id=plan_id, child_ref=child_ref):
            return told.PPPApprovalHeld(plan_id=plan_id, child_ref=child_ref, reason="completion_withdrawn")
        case own.PPPApprovalStands(plan_id=plan_id, child_ref=child_ref, plan_version=version):
            return told.PPPApprovalStands(plan_id=plan_id, child_ref=child_ref, plan_version=version)
        case own.PPPApprovalWithdrawn(plan_id=plan_id, child_ref=child_ref, withdrawn_pence=pence):
            return told.PPPApprovalWithdrawn(plan_id=plan_id, child_ref=child_ref, withdrawn_pence=pence)
        case own.PPPClaimForgotten(plan_id=plan_id, child_ref=child_ref, withdrawn_pence=pence) if pence:
            return told.PPPApprovalWithdrawn(plan_id=plan_id, child_ref=child_ref, withdrawn_pence=pence)
        case own.PPPReferred() | own.PPPClaimStopped() | own.PPPClaimForgotten():
            return None


def _requested(event: own.PPPRequested) -> told.PPPRequested:
    return told.PPPRequested(
        plan_id=event.plan_id,
        child_ref=event.child_ref,
        plan_version=event.plan_version,
        financial_year=event.financial_year,
        lines=tuple(_line(line) for line in event.lines),
    )


def _line(line: own.RequestedLine) -> PremiumLine:
    return PremiumLine(
        line_id=line.line_id,
        category=line.category,
        quantity=line.quantity,
        unit_pence=line.unit_pence,
        line_pence=line.line_pence,
    )


def _released(event: own.PPPReleased) -> told.PPPReleased:
    return told.PPPReleased(
        plan_id=event.plan_id,
        child_ref=event.child_ref,
        line_id=event.line_id,
        released_pence=event.released_pence,
        payee_urn=event.payee_urn,
        financial_year=event.financial_year,
        run_id=event.run_id,
        line_number=event.line_number,
        on=event.on,
    )
