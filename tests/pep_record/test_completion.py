"""What a plan must hold before it is marked complete, by authority."""

from __future__ import annotations

import pytest
from tests.pep_record.worked_examples import (
    CHILD,
    HELD,
    LEICESTERSHIRE,
    OXFORDSHIRE,
    PLAN_ID,
    TEACHER,
    TODAY,
    every_section,
    mark_complete,
    marked_complete,
    opened,
    section,
    target,
    written,
)

from pep_kernel.authority_policy import PepRecordPolicy
from pep_kernel.calendars import Term
from pep_kernel.contracts import pep_record as contracts
from pep_kernel.may import Role
from pep_kernel.scenario import Scenario
from pep_record.domain.plan.commands import FactsOfChild, Subject
from pep_record.domain.plan.decider import PLAN
from pep_record.domain.plan.events import PEPMarkedComplete

plan = Scenario(PLAN)


@pytest.mark.rule("L-78", "L-79")
def test_the_designated_teacher_marks_a_whole_plan_complete_and_the_virtual_school_hears_of_it() -> None:
    outcome = plan.given(*written(LEICESTERSHIRE)).when(mark_complete(LEICESTERSHIRE))
    outcome.then(marked_complete())
    outcome.then_announced(
        contracts.PEPMarkedComplete(plan_id=PLAN_ID, child_ref=CHILD, plan_version=1, on=TODAY, by=TEACHER)
    )


@pytest.mark.scenario("T21")
@pytest.mark.rule("L-20")
def test_a_plan_without_a_pep_meeting_cannot_be_marked_complete() -> None:
    unmet = FactsOfChild(has_school=True, pep_meetings=())
    plan.given(*written(LEICESTERSHIRE)).when(mark_complete(LEICESTERSHIRE, unmet)).then_refused(
        "No PEP meeting has been held", "L-20"
    )


def test_a_plan_rests_on_the_latest_pep_meeting() -> None:
    twice = HELD.model_copy(update={"pep_meetings": ("meeting-1", "meeting-2")})
    (marked,) = (
        plan.given(*written(LEICESTERSHIRE)).when(mark_complete(LEICESTERSHIRE, twice)).then_some(PEPMarkedComplete)
    )
    assert isinstance(marked, PEPMarkedComplete)
    assert marked.meeting_id == "meeting-2"


@pytest.mark.rule("L-05", "O-15")
def test_an_officer_marks_complete_only_for_a_child_without_a_school() -> None:
    whole = plan.given(*written(LEICESTERSHIRE))
    role = Role.VIRTUAL_SCHOOL_OFFICER
    whole.when(mark_complete(LEICESTERSHIRE, HELD, role)).then_refused("The designated teacher marks", "L-05")
    no_school = HELD.model_copy(update={"has_school": False})
    whole.when(mark_complete(LEICESTERSHIRE, no_school, role)).then_some(PEPMarkedComplete)


@pytest.mark.rule("L-78", "L-35")
def test_every_empty_section_is_named() -> None:
    targets = (target(Subject.MATHS, 1), target(Subject.ENGLISH, 2))
    some = plan.given(opened(), section("pupil_voice"), section("carer_voice"), *targets)
    some.when(mark_complete(OXFORDSHIRE)).then_refused(
        "The section 'Social care' is empty. The section 'Attendance, progress and attainment' is empty.", "L-78"
    )


@pytest.mark.scenario("T32")
@pytest.mark.rule("L-63")
def test_targets_without_maths_stop_a_plan_in_leicestershire_and_warn_in_oxfordshire() -> None:
    def without_maths(rules: PepRecordPolicy) -> Scenario:
        return plan.given(opened(), *every_section(rules), target(Subject.ENGLISH, 1))

    without_maths(LEICESTERSHIRE).when(mark_complete(LEICESTERSHIRE)).then_refused(
        "There is no target for maths.", "L-63"
    )
    (marked,) = without_maths(OXFORDSHIRE).when(mark_complete(OXFORDSHIRE)).then_some(PEPMarkedComplete)
    assert isinstance(marked, PEPMarkedComplete)
    assert marked.warnings == ("There is no target for maths.",)


@pytest.mark.scenario("T30")
@pytest.mark.rule("L-67")
def test_a_pupil_in_year_11_needs_a_target_for_after_16() -> None:
    whole = plan.given(*written(LEICESTERSHIRE))
    year_11 = HELD.model_copy(update={"born_in_school_year": 2010})
    whole.when(mark_complete(LEICESTERSHIRE, year_11)).then_refused("Year 11", "L-67")
    with_it = whole.given(target(Subject.POST_16, 3))
    with_it.when(mark_complete(LEICESTERSHIRE, year_11)).then_some(PEPMarkedComplete)
    unknown = HELD.model_copy(update={"born_in_school_year": None})
    whole.when(mark_complete(LEICESTERSHIRE, unknown)).then_some(PEPMarkedComplete)


@pytest.mark.scenario("T31")
@pytest.mark.rule("L-68")
def test_a_year_6_pupil_who_leaves_for_secondary_school_needs_a_transition_target() -> None:
    targets = (target(Subject.MATHS, 1), target(Subject.ENGLISH, 2))
    summer = plan.given(opened(term=Term.SUMMER), *every_section(LEICESTERSHIRE), *targets)
    summer.when(mark_complete(LEICESTERSHIRE)).then_refused("needs a transition target", "L-68")
    summer.given(target(Subject.TRANSITION, 3)).when(mark_complete(LEICESTERSHIRE)).then_some(PEPMarkedComplete)


def test_a_plan_in_quality_assurance_is_not_changed() -> None:
    waiting = plan.given(*written(LEICESTERSHIRE), marked_complete())
    waiting.when(mark_complete(LEICESTERSHIRE)).then_refused("It cannot be marked complete: the plan is in quality")
