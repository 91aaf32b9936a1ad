"""Which kinds of spending Leicestershire's advice lets the premium pay for, by the authority's own file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from funding.policies.request_premium import judged
from pep_kernel.authority_policy import read_policy_file
from pep_kernel.authority_policy.funding import FundingFile
from pep_kernel.contracts.pep_record import PremiumLine

AUTHORITY = "leicestershire"
FILE = Path(__file__).parents[2] / "shared" / "authorities" / AUTHORITY / "funding.toml"
POLICY = read_policy_file(FundingFile, FILE.read_text(), FILE.name, AUTHORITY).in_force(date(2026, 11, 6))


def kind(category: str, eligibility: str, rule: str, *scenarios: str) -> object:
    """One row: the kind of spending, what becomes of it, the rule that says so."""
    marks = [pytest.mark.rule(rule), *([pytest.mark.scenario(*scenarios)] if scenarios else [])]
    return pytest.param(category, eligibility, rule, marks=marks, id=category)


@pytest.mark.parametrize(
    ("category", "eligibility", "rule"),
    [
        kind("tuition", "allow", "L-93"),
        kind("therapy", "allow", "L-94"),
        kind("cbt_registered_practitioner", "allow", "L-94"),
        kind("cbt_other", "decline", "L-94"),
        kind("counselling", "ask", "L-95"),
        kind("residential_trip", "ask", "L-96"),
        kind("food", "decline", "L-97"),
        kind("clubs", "decline", "L-98", "T44"),
        kind("school_activities", "decline", "L-99"),
        kind("transport", "decline", "L-100"),
        kind("uniform", "decline", "L-101"),
        kind("already_in_place", "decline", "L-102"),
    ],
)
def test_each_kind_of_spending_is_paid_declined_or_asked_about_with_its_rule(
    category: str, eligibility: str, rule: str
) -> None:
    line = PremiumLine(line_id="line-1", category=category, quantity=1, unit_pence=8_500, line_pence=8_500)
    judgement = judged(line, POLICY)
    assert (judgement.eligibility, judgement.rule) == (eligibility, rule)
