"""What pep-record announces reaches the child's due dates."""

from datetime import date

import pytest
from tests.scheduling.worked_examples import OXFORDSHIRE, REF, said

from pep_kernel.announcement import Announcement
from pep_kernel.contracts import pep_record
from pep_kernel.decider import Act
from scheduling.domain.child.commands import MeetObligation, ReopenObligations
from scheduling.policies import POLICIES

PLAN = f"plan-{REF}-1"
ON = date(2026, 10, 16)


def _act(announcement: Announcement) -> Act:
    act = POLICIES[type(announcement)](said(announcement), OXFORDSHIRE)
    assert act is not None
    assert (act.streams, act.child_ref) == ((f"child-{REF}",), REF)
    return act


@pytest.mark.rule("L-79")
def test_marking_a_plan_complete_meets_complete() -> None:
    marked = pep_record.PEPMarkedComplete(plan_id=PLAN, child_ref=REF, plan_version=1, on=ON, by="teacher")
    assert _act(marked).command == MeetObligation(child_ref=REF, obligation="complete", on=ON, by=PLAN)


@pytest.mark.rule("L-80")
def test_completion_after_quality_assurance_meets_available() -> None:
    completed = pep_record.PEPCompleted(
        plan_id=PLAN,
        child_ref=REF,
        plan_version=1,
        meeting_id="m1",
        school_year=2026,
        term="autumn",
        on=ON,
        lines=(),
    )
    assert _act(completed).command == MeetObligation(child_ref=REF, obligation="available", on=ON, by=PLAN)


def test_a_withdrawn_completion_opens_both_again() -> None:
    withdrawn = pep_record.PEPCompletionWithdrawn(plan_id=PLAN, child_ref=REF, plan_version=1, meeting_id="m1")
    assert _act(withdrawn).command == ReopenObligations(child_ref=REF, by=PLAN)
