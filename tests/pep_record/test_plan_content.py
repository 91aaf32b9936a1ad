"""Who writes which part of a plan, and what its targets cost."""

from __future__ import annotations

from datetime import date

import pytest
from tests.pep_record.worked_examples import (
    LEICESTERSHIRE,
    OXFORDSHIRE,
    TEACHER,
    TODAY,
    TUITION,
    TUITION_LINE,
    contribute,
    opened,
    set_target,
    target,
)

from pep_kernel.authority_policy import PepRecordPolicy
from pep_kernel.may import Role
from pep_kernel.scenario import Scenario
from pep_kernel.sealed import PlanText
from pep_record.domain.plan.commands import FactsOfChild, SignOff, Subject
from pep_record.domain.plan.decider import PLAN
from pep_record.domain.plan.events import SectionContributed, TargetSet

plan = Scenario(PLAN)
draft = plan.given(opened())


@pytest.mark.rule("L-38", "L-40", "O-40")
@pytest.mark.parametrize(
    ("rules", "key"),
    [(LEICESTERSHIRE, "permissions"), (LEICESTERSHIRE, "care_situation"), (OXFORDSHIRE, "social_care")],
)
def test_the_social_worker_alone_writes_of_care(rules: PepRecordPolicy, key: str) -> None:
    draft.when(contribute(key, Role.SOCIAL_WORKER, rules)).then_some(SectionContributed)
    draft.when(contribute(key, Role.DESIGNATED_TEACHER, rules)).then_refused("is written by: social worker")


@pytest.mark.rule("L-26", "O-41")
def test_the_designated_teacher_writes_of_attainment_and_the_social_worker_does_not() -> None:
    draft.when(contribute("reading_writing_maths", Role.DESIGNATED_TEACHER, LEICESTERSHIRE)).then(
        SectionContributed(
            section="reading_writing_maths",
            text=PlanText.of("Enjoys fractions."),
            by=TEACHER,
            role="designated_teacher",
            on=TODAY,
        )
    )
    draft.when(contribute("reading_writing_maths", Role.SOCIAL_WORKER, LEICESTERSHIRE)).then_refused(
        "Progress in reading, writing and maths", "L-26"
    )


@pytest.mark.rule("L-31")
@pytest.mark.parametrize("role", [Role.DESIGNATED_TEACHER, Role.SOCIAL_WORKER, Role.VIRTUAL_SCHOOL_OFFICER])
def test_anyone_who_helps_the_child_writes_down_the_childs_views(role: Role) -> None:
    draft.when(contribute("pupil_views", role, LEICESTERSHIRE)).then_some(SectionContributed)


@pytest.mark.rule("O-14", "O-15")
def test_for_a_child_without_a_school_an_officer_writes_as_the_designated_teacher_would() -> None:
    asked = contribute("school_view", Role.VIRTUAL_SCHOOL_OFFICER, OXFORDSHIRE, FactsOfChild(has_school=False))
    draft.when(asked).then_some(SectionContributed)
    at_school = contribute("school_view", Role.VIRTUAL_SCHOOL_OFFICER, OXFORDSHIRE, FactsOfChild(has_school=True))
    draft.when(at_school).then_refused("is written by: designated teacher")


def test_a_section_that_the_authority_does_not_have_cannot_be_written() -> None:
    draft.when(contribute("star_sign", Role.DESIGNATED_TEACHER, OXFORDSHIRE)).then_refused("no section 'star_sign'")


@pytest.mark.scenario("T37")
@pytest.mark.rule("L-71", "L-73")
def test_ten_sessions_at_forty_pounds_are_four_hundred_pounds() -> None:
    (set_,) = draft.when(set_target(Subject.MATHS, TUITION, None)).then_some(TargetSet)
    assert isinstance(set_, TargetSet)
    assert [action.line for action in set_.actions] == [TUITION_LINE, None]


@pytest.mark.scenario("T38")
@pytest.mark.rule("L-73")
def test_a_line_that_does_not_add_up_is_refused_by_its_name() -> None:
    wrong = TUITION.model_copy(update={"line_pence": 45000})
    draft.when(set_target(Subject.MATHS, TUITION, wrong)).then_refused(
        "Line 2 (tuition): 10 x £40.00 is £400.00, not £450.00.", "L-73"
    )


def test_a_target_can_be_set_anew_and_keeps_its_name() -> None:
    before = draft.given(target(Subject.MATHS, 1), target(Subject.ENGLISH, 2))
    after = before.when(set_target(Subject.MATHS, TUITION, target_id="target-1")).then(
        target(Subject.MATHS, 1, TUITION_LINE)
    )
    state = after.decider.fold(after.history)
    assert [(each.target_id, each.lines) for each in state.content.targets] == [
        ("target-1", (TUITION_LINE,)),
        ("target-2", ()),
    ]


@pytest.mark.rule("L-30")
def test_a_social_worker_sets_targets_and_costs_none() -> None:
    draft.when(set_target(Subject.SEMH, role=Role.SOCIAL_WORKER)).then_some(TargetSet)
    draft.when(set_target(Subject.SEMH, TUITION, role=Role.SOCIAL_WORKER)).then_refused(
        "is costed by the school", "L-30"
    )
    costed = draft.given(target(Subject.MATHS, 1, TUITION_LINE))
    costed.when(set_target(Subject.MATHS, role=Role.SOCIAL_WORKER, target_id="target-1")).then_refused("is costed")


def test_what_is_not_opened_cannot_be_written_or_signed() -> None:
    plan.when(set_target(Subject.MATHS)).then_refused("It cannot be changed: there is no such plan.")
    draft.when(SignOff(by="worker-1", on=date(2026, 10, 9))).then_refused(
        "It cannot be signed off: the plan is still being written."
    )
