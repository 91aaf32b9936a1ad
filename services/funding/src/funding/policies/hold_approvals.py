"""A completion was withdrawn: nothing of its money leaves until the head of the Virtual School has decided."""

from __future__ import annotations

from funding.domain.approval import claim_streams, decide_with_envelope
from funding.domain.claim.commands import HoldApprovals
from pep_kernel.announcement import Said
from pep_kernel.contracts.pep_record import PEPCompletionWithdrawn
from pep_kernel.decider import Act


def hold_approvals_when_completion_withdrawn(said: Said[PEPCompletionWithdrawn], _rules: object) -> Act:
    told = said.announcement
    command = HoldApprovals(plan_id=told.plan_id, child_ref=told.child_ref, plan_version=told.plan_version)
    return Act(command, claim_streams(command), together=decide_with_envelope)
