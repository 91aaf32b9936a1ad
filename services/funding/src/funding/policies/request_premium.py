"""Quality assurance completed a plan: its costed lines ask for money, each judged by the policy of that day."""

from __future__ import annotations

from funding.domain.approval import claim_act
from funding.domain.claim.commands import JudgedLine, RequestPremium
from funding.domain.financial_year import financial_year_of_delivery
from funding.domain.rules import FundingRules
from pep_kernel.announcement import Said
from pep_kernel.authority_policy.funding import Eligibility, FundingPolicy
from pep_kernel.calendars import Term
from pep_kernel.contracts.pep_record import PEPCompleted, PremiumLine
from pep_kernel.decider import Act

SILENT = "no rule for this kind of spending"


def request_premium_when_plan_completed(said: Said[PEPCompleted], rules: FundingRules) -> Act:
    told = said.announcement
    policy, term = rules.in_force(told.on), Term(told.term)
    command = RequestPremium(
        plan_id=told.plan_id,
        child_ref=told.child_ref,
        plan_version=told.plan_version,
        school_year=told.school_year,
        term=term,
        on=told.on,
        lines=tuple(judged(line, policy) for line in told.lines),
    )
    return claim_act(command, financial_year_of_delivery(told.school_year, term), term, policy.version)


def judged(line: PremiumLine, policy: FundingPolicy) -> JudgedLine:
    """The line with what policy says of its kind; where policy is silent a person is asked."""
    category = policy.category(line.category)
    eligibility, rule = (Eligibility.ASK, SILENT) if category is None else (category.eligibility, category.source[0])
    return JudgedLine(**line.model_dump(), eligibility=eligibility, rule=rule)
