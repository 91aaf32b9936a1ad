"""Another plan took this one's place: what it has not released never will be, and goes back to its term's envelope."""

from __future__ import annotations

from funding.domain.approval import claim_act
from funding.domain.claim.commands import StopClaim
from funding.domain.financial_year import financial_year_of_delivery
from pep_kernel.announcement import Said
from pep_kernel.calendars import Term
from pep_kernel.contracts.pep_record import PEPSuperseded
from pep_kernel.decider import Act


def stop_claim_when_plan_superseded(said: Said[PEPSuperseded], _rules: object) -> Act:
    told = said.announcement
    term = Term(told.term)
    command = StopClaim(plan_id=told.plan_id, child_ref=told.child_ref, by_plan_id=told.by_plan_id)
    return claim_act(command, financial_year_of_delivery(told.school_year, term), term)
