"""What a delegate wrote: in one authority the designated teacher answers for it before the plan is marked complete."""

from __future__ import annotations

import pytest
from msgspec import structs
from tests.pep_record.test_projections import overview
from tests.pep_record.worked_examples import (
    HELD,
    LEICESTERSHIRE,
    OXFORDSHIRE,
    PLAN_ID,
    TEACHER,
    TODAY,
    approve,
    mark_complete,
    marked_complete,
    section,
    target,
    written,
)

from pep_kernel.authority_policy import PepRecordPolicy
from pep_kernel.may import Role
from pep_kernel.scenario import Scenario
from pep_record.domain.plan.commands import ApproveDelegatesWork, FactsOfChild, Subject
from pep_record.domain.plan.decider import PLAN
from pep_record.domain.plan.events import DelegateApprovedByDT, PEPMarkedComplete, SectionContributed, TargetSet

DELEGATE = "delegate-1"
plan = Scenario(PLAN)
section_by_delegate = structs.replace(section("school_view", by=DELEGATE), role="delegate")
target_by_delegate = structs.replace(target(Subject.ENGLISH, 2, by=DELEGATE), role="delegate")
delegated = plan.given(*written(OXFORDSHIRE), section_by_delegate, target_by_delegate)
approved = DelegateApprovedByDT(parts=("school_view", "target-2"), by=TEACHER, on=TODAY)


def approve_delegate(
    rules: PepRecordPolicy = OXFORDSHIRE,
    *,
    by: str = TEACHER,
    role: Role = Role.DESIGNATED_TEACHER,
    child: FactsOfChild = HELD,
) -> ApproveDelegatesWork:
    return ApproveDelegatesWork(plan_id=PLAN_ID, by=by, role=role, on=TODAY, rules=rules, child=child)


@pytest.mark.rule("O-22")
@pytest.mark.scenario("T35")
def test_what_a_delegate_wrote_is_not_submitted_until_the_designated_teacher_has_approved_it() -> None:
    delegated.when(mark_complete(OXFORDSHIRE)).then_refused("the designated teacher must approve that first", "O-22")
    answered = delegated.when(approve_delegate()).then(approved)
    answered.when(approve_delegate()).then_nothing()
    answered.when(mark_complete(OXFORDSHIRE)).then_some(PEPMarkedComplete)


@pytest.mark.rule("O-22")
@pytest.mark.scenario("T35")
def test_where_the_authority_asks_for_no_approval_none_is_waited_for() -> None:
    there = plan.given(*written(LEICESTERSHIRE), structs.replace(section("pupil_views"), role="delegate"))
    there.when(mark_complete(LEICESTERSHIRE)).then_some(PEPMarkedComplete)


@pytest.mark.rule("O-21", "O-22")
def test_a_delegate_does_not_approve_the_own_work_and_an_officer_only_where_there_is_no_school() -> None:
    only = "The designated teacher approves what a delegate wrote."
    delegated.when(approve_delegate(by=DELEGATE, role=Role.DELEGATE)).then_refused(only, "O-22")
    officer = Role.VIRTUAL_SCHOOL_OFFICER
    delegated.when(approve_delegate(by="officer-1", role=officer)).then_refused(only, "O-22")
    nowhere = HELD.model_copy(update={"has_school": False})
    standing_in = delegated.when(approve_delegate(by="officer-1", role=officer, child=nowhere))
    standing_in.then_some(DelegateApprovedByDT)


@pytest.mark.rule("O-22", "O-24")
def test_whoever_answers_for_a_delegates_words_does_not_assure_their_quality() -> None:
    answered = delegated.given(structs.replace(approved, by="officer-1"), marked_complete())
    answered.when(approve(OXFORDSHIRE, by="officer-1")).then_refused("somebody who wrote it", "O-24")


@pytest.mark.rule("O-22")
@pytest.mark.parametrize("anew", [section("school_view"), target(Subject.ENGLISH, 2)], ids=["section", "target"])
def test_what_somebody_else_wrote_anew_is_a_delegates_no_more_and_what_a_delegate_wrote_again_is(
    anew: SectionContributed | TargetSet,
) -> None:
    by_delegate = section_by_delegate if isinstance(anew, SectionContributed) else target_by_delegate
    one = plan.given(*written(OXFORDSHIRE), by_delegate)
    one.given(anew).when(mark_complete(OXFORDSHIRE)).then_some(PEPMarkedComplete)
    again = one.given(approved, by_delegate)
    again.when(mark_complete(OXFORDSHIRE)).then_refused("must approve that first", "O-22")


def test_a_plan_in_quality_assurance_is_approved_by_no_teacher_any_more() -> None:
    waiting = plan.given(*written(OXFORDSHIRE), marked_complete())
    waiting.when(approve_delegate()).then_refused("It cannot be approved: the plan is in quality assurance.")


def test_the_overview_names_what_awaits_the_designated_teacher() -> None:
    assert overview(section_by_delegate, target_by_delegate).by_delegate == ("school_view", "target-2")
    assert overview(section_by_delegate, section("school_view")).by_delegate == ()
    assert overview(section_by_delegate, approved).by_delegate == ()
