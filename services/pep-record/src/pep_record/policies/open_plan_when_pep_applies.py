"""Whenever a PEP applies to a child, a plan is opened for the term of that day, or the next one in the holidays."""

from __future__ import annotations

from pep_kernel.announcement import Said
from pep_kernel.contracts.scheduling import PEPApplicable
from pep_kernel.decider import Act
from pep_record.domain.opening import opening
from pep_record.domain.plan.commands import OpenPlan
from pep_record.domain.rules import RecordRules


def open_plan_when_pep_applies(said: Said[PEPApplicable], rules: RecordRules) -> Act:
    """TermDatesMissing where the authority's term dates do not reach: the child waits until somebody adds them."""
    told = said.announcement
    term = rules.calendar.term_on_or_next(told.on)
    command = OpenPlan(
        child_ref=told.child_ref, on=told.on, because=told.because, school_year=term.school_year, term=term.term
    )
    return opening(command, rules.in_force(told.on).version)
