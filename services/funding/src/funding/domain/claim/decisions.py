"""What is decided about lines: who may approve how much, what is taken back, what leaves."""

from __future__ import annotations

from collections.abc import Mapping

from funding.domain.claim import commands as ask
from funding.domain.claim.events import (
    ClaimEvent,
    PPPApprovalHeld,
    PPPApprovalStands,
    PPPApprovalWithdrawn,
    PPPApproved,
    PPPClaimForgotten,
    PPPClaimStopped,
    PPPDeclined,
    PPPReferred,
    PPPReleased,
    PPPRequested,
    RequestedLine,
    WithdrawnBecause,
)
from funding.domain.claim.states import (
    Approved,
    Awaiting,
    Claimed,
    Declined,
    Held,
    Line,
    Open,
    Released,
    Superseded,
    WithdrawnLine,
)
from funding.domain.financial_year import financial_year_of_delivery
from pep_kernel.authority_policy.funding import Eligibility
from pep_kernel.money import pounds
from pep_kernel.refusal import Refusal
from pep_kernel.sealed import PlanText

ADDS_UP = "L-73"


def request(known: Mapping[str, Line], command: ask.RequestPremium) -> list[ClaimEvent]:
    """The lines of a completed version, without those that have left; what policy settles is settled at once."""
    lines = [line for line in command.lines if not isinstance(known.get(line.line_id), Released)]
    asked = {line.line_id for line in lines}
    return [
        PPPRequested(
            plan_id=command.plan_id,
            child_ref=command.child_ref,
            plan_version=command.plan_version,
            school_year=command.school_year,
            term=command.term,
            financial_year=financial_year_of_delivery(command.school_year, command.term),
            on=command.on,
            lines=tuple(_requested(line) for line in lines),
            replaced=tuple(
                name for name, line in known.items() if name not in asked and not isinstance(line, Released)
            ),
        ),
        *(settled for line in lines for settled in _settle(command, line)),
    ]


def _requested(line: ask.JudgedLine) -> RequestedLine:
    return RequestedLine(line.line_id, line.category, line.quantity, line.unit_pence, line.line_pence)


def _settle(command: ask.RequestPremium, line: ask.JudgedLine) -> list[ClaimEvent]:
    plan_id, child_ref, line_id, rule = command.plan_id, command.child_ref, line.line_id, line.rule
    if line.quantity * line.unit_pence != line.line_pence:
        return [PPPDeclined(plan_id=plan_id, child_ref=child_ref, line_id=line_id, rule=ADDS_UP, on=command.on)]
    match line.eligibility:
        case Eligibility.ALLOW:
            return []
        case Eligibility.ASK:
            return [PPPReferred(plan_id=plan_id, child_ref=child_ref, line_id=line_id, rule=rule)]
        case Eligibility.DECLINE:
            return [PPPDeclined(plan_id=plan_id, child_ref=child_ref, line_id=line_id, rule=rule, on=command.on)]


def approve(claim: Open, command: ask.ApprovePremium) -> list[ClaimEvent]:
    """The lines as they were asked for, all or none, within the approver's limit for the whole plan."""
    seen_version(claim, command.plan_version)
    lines = {line_id: awaiting(claim, line_id) for line_id in dict.fromkeys(command.line_ids)}
    within_limit(claim, sum(line.line_pence for line in lines.values()), command.limit_pence)
    return [
        PPPApproved(
            plan_id=command.plan_id,
            child_ref=claim.child_ref,
            line_id=line_id,
            approved_pence=line.line_pence,
            financial_year=claim.financial_year,
            on=command.on,
        )
        for line_id, line in lines.items()
    ]


def seen_version(claim: Open, version: int) -> None:
    """Refuses a decision on another version than the one that is claimed."""
    if version != claim.plan_version:
        raise Refusal(f"The claim is about version {claim.plan_version} of the plan; look at it again.")


def awaiting(claim: Open, line_id: str) -> Awaiting:
    """The line, if a decision on it is due. Refuses, saying where it stands, otherwise."""
    match claim.lines.get(line_id):
        case Awaiting() as line:
            return line
        case None:
            raise Refusal(f"Line {line_id} is not in version {claim.plan_version} of the plan.")
        case Declined(rule=rule):
            raise Refusal(f"Line {line_id} was declined under {rule}.", rule)
        case Approved() | Released() | WithdrawnLine():
            raise Refusal(f"Line {line_id} was decided before.")


def within_limit(claim: Open, more_pence: int, limit_pence: int | None) -> None:
    """Refuses what, with all that was approved for the plan before, is more than this person may approve.

    The limit is the plan's, not the click's: line by line comes to the same as all at once.
    """
    total = claim.spent_pence() + more_pence
    if limit_pence is not None and total > limit_pence:
        raise Refusal(
            f"This makes {pounds(total)} for the plan; you may approve {pounds(limit_pence)}. "
            "The head of the Virtual School may approve more."
        )


def decline(claim: Open, command: ask.DeclinePremium) -> list[ClaimEvent]:
    """One line, with the rule and the person's words."""
    seen_version(claim, command.plan_version)
    awaiting(claim, command.line_id)
    return [
        PPPDeclined(
            plan_id=command.plan_id,
            child_ref=claim.child_ref,
            line_id=command.line_id,
            rule=command.rule,
            on=command.on,
            reason=PlanText.of(command.reason),
        )
    ]


def hold(command: ask.HoldApprovals) -> list[ClaimEvent]:
    return [
        PPPApprovalHeld(plan_id=command.plan_id, child_ref=command.child_ref, plan_version=command.plan_version),
    ]


def stand(claim: Held, command: ask.LetApprovalsStand) -> list[ClaimEvent]:
    return [
        PPPApprovalStands(
            plan_id=command.plan_id,
            child_ref=claim.child_ref,
            plan_version=claim.plan_version,
            on=command.on,
            reason=PlanText.of(command.reason),
        )
    ]


def withdraw(
    claim: Claimed, command: ask.ClaimCommand, because: WithdrawnBecause, reason: PlanText | None = None
) -> list[ClaimEvent]:
    """All that is approved and has not left. Where nothing is, only the head's decision is worth an event."""
    approved = claim.approved()
    if not approved and because != "head_decided":
        return []
    return [
        PPPApprovalWithdrawn(
            plan_id=command.plan_id,
            child_ref=claim.child_ref,
            line_ids=tuple(approved),
            withdrawn_pence=sum(approved.values()),
            because=because,
            reason=reason,
        )
    ]


def stop(command: ask.StopClaim) -> list[ClaimEvent]:
    return [PPPClaimStopped(plan_id=command.plan_id, child_ref=command.child_ref, by_plan_id=command.by_plan_id)]


def forget(claim: Claimed | Superseded, command: ask.ForgetClaim) -> list[ClaimEvent]:
    """What has left has left; all else never will."""
    unpaid, pence = (claim.unpaid(), sum(claim.approved().values())) if isinstance(claim, Claimed) else ((), 0)
    return [PPPClaimForgotten(**command.model_dump(), line_ids=unpaid, withdrawn_pence=pence)]


def release(claim: Open, command: ask.ReleaseLines) -> list[ClaimEvent]:
    """Every line for exactly what was approved, and never a second time (I5)."""
    approved = claim.approved()
    if unapproved := [payment.line_id for payment in command.payments if payment.line_id not in approved]:
        raise Refusal(f"Not approved, or released before: {', '.join(unapproved)}.", "L-75")
    return [_released(claim, command, payment, approved[payment.line_id]) for payment in command.payments]


def _released(claim: Open, command: ask.ReleaseLines, payment: ask.LinePayment, pence: int) -> PPPReleased:
    return PPPReleased(
        plan_id=command.plan_id,
        child_ref=claim.child_ref,
        line_id=payment.line_id,
        released_pence=pence,
        payee_urn=payment.payee_urn,
        payee_ukprn=payment.payee_ukprn,
        payment_route=payment.payment_route,
        financial_year=claim.financial_year,
        term=claim.term,
        run_id=command.run_id,
        line_number=payment.line_number,
        on=command.on,
    )
