"""Money follows quality assurance: only a completed version can ask, and whatever is in doubt stays where it is.

Each line is decided by a person within their limit, is approved for exactly what it costs, and leaves at most once.
"""

from __future__ import annotations

from typing import Any

from funding.domain.claim import commands as ask
from funding.domain.claim.announce import announce
from funding.domain.claim.decisions import approve, decline, forget, hold, release, request, stand, stop, withdraw
from funding.domain.claim.events import ClaimEvent
from funding.domain.claim.evolve import evolve
from funding.domain.claim.states import Claim, Claimed, Forgotten, Held, NotRequested, Open, Superseded, Withdrawn
from pep_kernel.decider import Decider
from pep_kernel.forgotten import removed
from pep_kernel.refusal import Refusal
from pep_kernel.sealed import PlanText


def decide(claim: Claim, command: ask.AnyClaimCommand) -> list[ClaimEvent]:
    match claim, command:
        case Claimed() | Superseded(), ask.ForgetClaim():
            return forget(claim, command)
        case _, ask.ForgetClaim():
            return []
        case Forgotten(on=on, reason=reason), _:
            raise removed(on, reason)
        case Superseded(), ask.RequestPremium() | ask.HoldApprovals() | ask.StopClaim():
            return []
        case Superseded(), _:
            raise Refusal("Another plan took this one's place; no more of its money is decided or released.")
        case _, ask.RequestPremium(plan_version=version) if version <= newest_version(claim):
            return []
        case Claimed(child_ref=child_ref), ask.RequestPremium() if command.child_ref != child_ref:
            raise Refusal("A plan's money is for the one child whose plan it is.", "L-92")
        case NotRequested(), ask.RequestPremium():
            return request({}, command)
        case Claimed(), ask.RequestPremium():
            return [*withdraw(claim, command, "newer_version"), *request(claim.lines, command)]
        case _, ask.HoldApprovals(plan_version=version):
            return [] if is_known_or_past(claim, version) else hold(command)
        case NotRequested(), ask.StopClaim():
            return stop(command)
        case Claimed(), ask.StopClaim():
            return [*withdraw(claim, command, "plan_superseded"), *stop(command)]
        case NotRequested(), _:
            raise Refusal("Nothing is decided about money before quality assurance has completed the plan.", "L-74")
        case Open(), ask.ApprovePremium():
            return approve(claim, command)
        case Open(), ask.DeclinePremium():
            return decline(claim, command)
        case Open(), ask.ReleaseLines():
            return release(claim, command)
        case Held(), ask.LetApprovalsStand():
            return stand(claim, command)
        case Held(), ask.WithdrawApprovals(reason=reason):
            return withdraw(claim, command, "head_decided", PlanText.of(reason))
        case Open() | Withdrawn(), ask.LetApprovalsStand() | ask.WithdrawApprovals():
            raise Refusal("Nothing of this plan is held.")
        case Held(), _:
            raise Refusal(
                "The plan's completion was withdrawn; the head of the Virtual School decides about its money."
            )
        case _:
            raise Refusal("The plan's approvals were withdrawn; it must be completed again first.")


def newest_version(claim: NotRequested | Open | Held | Withdrawn) -> int:
    """The newest version that was completed or whose completion was withdrawn: nothing up to it can ask again."""
    return max(claim.withdrawn_version, claim.plan_version if isinstance(claim, Claimed) else 0)


def is_known_or_past(claim: NotRequested | Open | Held | Withdrawn, version: int) -> bool:
    """A withdrawal that was heard before, or is about a version that a newer one has replaced."""
    return version <= claim.withdrawn_version or (isinstance(claim, Claimed) and version < claim.plan_version)


CLAIM: Decider[Any, Any, Any] = Decider(NotRequested(), decide, evolve, announce)
