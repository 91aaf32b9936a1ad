"""Whenever another service announces something that money depends on, a command of ours follows."""

from __future__ import annotations

from funding.policies.hold_approvals import hold_approvals_when_completion_withdrawn
from funding.policies.note_child import (
    note_care_ended_when_child_left_care,
    note_care_ended_when_responsibility_transferred,
    note_entry_when_child_entered_care,
    note_school_when_school_moved,
    stop_claims_when_child_forgotten,
)
from funding.policies.note_payee import note_payee_when_school_listed
from funding.policies.request_premium import request_premium_when_plan_completed
from funding.policies.stop_claim import stop_claim_when_plan_superseded
from pep_kernel.colleagues import COLLEAGUE_POLICIES
from pep_kernel.contracts.pep_record import PEPCompleted, PEPCompletionWithdrawn, PEPSuperseded
from pep_kernel.contracts.scheduling import (
    CareResponsibilityTransferred,
    ChildEnteredCare,
    ChildForgotten,
    ChildLeftCare,
    SchoolListed,
    SchoolMoved,
)
from pep_kernel.policy import Policies

POLICIES: Policies = {
    **COLLEAGUE_POLICIES,
    ChildEnteredCare: note_entry_when_child_entered_care,
    ChildLeftCare: note_care_ended_when_child_left_care,
    CareResponsibilityTransferred: note_care_ended_when_responsibility_transferred,
    SchoolMoved: note_school_when_school_moved,
    SchoolListed: note_payee_when_school_listed,
    ChildForgotten: stop_claims_when_child_forgotten,
    PEPCompleted: request_premium_when_plan_completed,
    PEPCompletionWithdrawn: hold_approvals_when_completion_withdrawn,
    PEPSuperseded: stop_claim_when_plan_superseded,
}
