"""Quality assurance: another person's eyes, one version, one decision."""

from __future__ import annotations

import pytest
from tests.pep_record.worked_examples import (
    CHILD,
    HELD,
    LEICESTERSHIRE,
    NEXT_PLAN_ID,
    OFFICER,
    OTHER_OFFICER,
    OXFORDSHIRE,
    PLAN_ID,
    TEACHER,
    TODAY,
    TUITION,
    TUITION_LINE,
    WORKER,
    approve,
    completed,
    mark_complete,
    marked_complete,
    return_plan,
    section,
    set_target,
    written,
)

from pep_kernel.contracts import pep_record as contracts
from pep_kernel.may import Role
from pep_kernel.scenario import Scenario
from pep_kernel.sealed import PlanText
from pep_record.domain.plan.commands import SignOff, Subject, Supersede, WithdrawCompletion
from pep_record.domain.plan.decider import PLAN
from pep_record.domain.plan.events import PEPCompleted, PEPReturned, SignedOffBySW, TargetSet

plan = Scenario(PLAN)
waiting = plan.given(*written(LEICESTERSHIRE), marked_complete())
returned = PEPReturned(
    plan_version=1, reason=PlanText.of("The costings are missing."), by=OFFICER, to=TEACHER, on=TODAY
)
signed_off = SignedOffBySW(plan_version=1, by=WORKER, on=TODAY)


@pytest.mark.rule("L-80", "L-82", "L-74")
def test_what_was_approved_is_announced_with_its_version_and_its_lines_and_without_a_word_of_the_plan() -> None:
    outcome = waiting.when(approve(LEICESTERSHIRE))
    outcome.then(completed())
    outcome.then_announced(
        contracts.PEPCompleted(
            plan_id=PLAN_ID,
            child_ref=CHILD,
            plan_version=1,
            meeting_id="meeting-1",
            school_year=2026,
            term="autumn",
            on=TODAY,
            lines=(
                contracts.PremiumLine(
                    line_id=TUITION_LINE.line_id,
                    category="tuition",
                    quantity=10,
                    unit_pence=4000,
                    line_pence=40000,
                ),
            ),
        )
    )


@pytest.mark.scenario("T33")
@pytest.mark.rule("L-81")
def test_a_returned_plan_is_completed_as_its_second_version() -> None:
    outcome = waiting.when(return_plan(LEICESTERSHIRE))
    outcome.then_announced(contracts.PEPReturned(plan_id=PLAN_ID, child_ref=CHILD, plan_version=1, to=TEACHER))
    again = outcome.then(returned)
    (costed,) = again.when(set_target(Subject.MATHS, TUITION, target_id="target-1")).then_some(TargetSet)
    assert isinstance(costed, TargetSet)
    assert [action.line.line_id for action in costed.actions if action.line] == ["target-1-v2-1"]
    resubmitted = again.given(costed).when(mark_complete(LEICESTERSHIRE)).then(marked_complete(version=2))
    resubmitted.when(approve(LEICESTERSHIRE, version=2)).then(completed(version=2))


def test_a_decision_is_about_the_version_that_was_seen() -> None:
    second = waiting.given(returned, marked_complete(version=2))
    second.when(approve(LEICESTERSHIRE, version=1)).then_refused("is about version 1; the plan is at version 2")
    second.when(return_plan(LEICESTERSHIRE, version=1)).then_refused("is about version 1")


@pytest.mark.scenario("T34")
@pytest.mark.rule("O-15", "O-24")
def test_nobody_quality_assures_what_they_wrote() -> None:
    by_officer = plan.given(*written(LEICESTERSHIRE), section("pupil_views", by=OFFICER), marked_complete())
    by_officer.when(approve(LEICESTERSHIRE)).then_refused("by somebody who wrote it", "O-15", "O-24")
    by_officer.when(return_plan(LEICESTERSHIRE)).then_refused("by somebody who wrote it")
    by_officer.when(approve(LEICESTERSHIRE, by=OTHER_OFFICER)).then_some(PEPCompleted)


@pytest.mark.scenario("T34")
def test_who_marked_a_plan_complete_counts_as_its_author_in_every_later_version() -> None:
    second = waiting.given(returned, marked_complete(version=2))
    second.when(approve(LEICESTERSHIRE, version=2, by=TEACHER)).then_refused("by somebody who wrote it")


@pytest.mark.rule("O-24")
def test_in_oxfordshire_a_senior_member_assures_quality() -> None:
    signed = plan.given(*written(OXFORDSHIRE), marked_complete(), signed_off)
    officer = approve(OXFORDSHIRE, role=Role.VIRTUAL_SCHOOL_OFFICER)
    signed.when(officer).then_refused("senior virtual school officer or virtual school head", "O-24")
    signed.when(approve(OXFORDSHIRE)).then_some(PEPCompleted)


@pytest.mark.scenario("T36")
@pytest.mark.rule("O-42", "L-79")
def test_oxfordshire_waits_for_the_social_worker_and_leicestershire_does_not() -> None:
    unsigned = plan.given(*written(OXFORDSHIRE), marked_complete())
    unsigned.when(approve(OXFORDSHIRE)).then_refused("The social worker has not signed", "O-42")
    unsigned.when(SignOff(by=WORKER, on=TODAY)).then(signed_off).when(approve(OXFORDSHIRE)).then_some(PEPCompleted)
    waiting.when(approve(LEICESTERSHIRE)).then_some(PEPCompleted)


def test_signing_twice_is_signing_once_and_a_new_version_needs_a_new_signature() -> None:
    signed = plan.given(*written(OXFORDSHIRE), marked_complete(), signed_off)
    signed.when(SignOff(by=WORKER, on=TODAY)).then_nothing()
    second = signed.given(returned, marked_complete(version=2))
    second.when(approve(OXFORDSHIRE, version=2)).then_refused("The social worker has not signed")


@pytest.mark.rule("L-20")
def test_a_plan_whose_meeting_was_corrected_meanwhile_is_not_approved() -> None:
    corrected = HELD.model_copy(update={"pep_meetings": ()})
    waiting.when(approve(LEICESTERSHIRE, child=corrected)).then_refused("was no PEP meeting: return the plan", "L-20")


def test_a_completed_plan_is_decided() -> None:
    done = waiting.given(completed())
    done.when(approve(LEICESTERSHIRE)).then_refused("It cannot be quality assured: the plan is completed.")
    done.when(return_plan(LEICESTERSHIRE)).then_refused("It cannot be returned")


@pytest.mark.rule("L-20")
def test_a_superseded_plan_can_still_lose_its_completion_once() -> None:
    replaced = waiting.given(completed()).when(Supersede(by_plan_id=NEXT_PLAN_ID, on=TODAY))
    replaced.then_announced(
        contracts.PEPSuperseded(
            plan_id=PLAN_ID, child_ref=CHILD, school_year=2026, term="autumn", by_plan_id=NEXT_PLAN_ID
        )
    )
    after = replaced.before.given(*replaced.happened)
    after.when(WithdrawCompletion(meeting_id="meeting-9", on=TODAY)).then_nothing()
    withdrawn = after.when(WithdrawCompletion(meeting_id="meeting-1", on=TODAY))
    withdrawn.then_announced(
        contracts.PEPCompletionWithdrawn(plan_id=PLAN_ID, child_ref=CHILD, plan_version=1, meeting_id="meeting-1")
    )
    later = withdrawn.before.given(*withdrawn.happened)
    later.when(WithdrawCompletion(meeting_id="meeting-1", on=TODAY)).then_nothing()
    later.when(Supersede(by_plan_id="plan-child-7-3", on=TODAY)).then_refused("another plan has taken this one's place")


def test_a_history_that_cannot_be_is_not_guessed_at() -> None:
    with pytest.raises(TypeError, match="the plan was Nothing"):
        PLAN.fold([marked_complete()])


def test_what_others_need_not_know_is_not_announced() -> None:
    assert PLAN.announce(plan.decider.fold(written(LEICESTERSHIRE)), section("pupil_views")) is None
