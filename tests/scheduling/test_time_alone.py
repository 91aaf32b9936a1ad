"""Time alone gives a child a PEP: a birthday or a new school year comes, and nobody tells anything."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.scheduling.single_facts import worker_told
from tests.scheduling.worked_examples import (
    LEICESTERSHIRE,
    OXFORDSHIRE,
    OXFORDSHIRE_SCHOOL,
    REF,
    judging,
    of_kind,
    told,
)

from pep_kernel.scenario import Scenario
from scheduling.domain.child.care_record import Schooling
from scheduling.domain.child.commands import JudgeApplicability
from scheduling.domain.child.decider import CHILD
from scheduling.domain.child.events import PEPApplicable, PEPDueDateSet, PEPNotApplicable
from scheduling.domain.rules import SchedulingRules
from scheduling.policies.look_at_care import WithoutPEP, is_to_be_judged, judge_applicability

child = Scenario(CHILD)
SECOND_BIRTHDAY, IN_SPRING, LATER = date(2026, 11, 5), date(2027, 3, 1), date(2027, 11, 1)
RECEPTION = date(2027, 9, 1)
OTHER = "worker5" + "a" * 19
TWO, THREE = date(2024, 11, 5), date(2023, 6, 1)
TERM = date(2027, 1, 5)
IN_NURSERY: dict[str, Any] = {
    "date_of_birth": TWO,
    "schooling": (Schooling(school_urn=OXFORDSHIRE_SCHOOL, entered=date(2026, 9, 2), year_group=-2),),
}
AT_HOME: dict[str, Any] = {"date_of_birth": THREE, "schooling": ()}


def too_young() -> Scenario:
    """At a nursery, and two years old in November."""
    known = child.when(told(LEICESTERSHIRE, **IN_NURSERY))
    assert [each.reason for each in of_kind(PEPNotApplicable, known.happened)] == ["too_young"]
    return child.given(*known.happened)


def at_home() -> Scenario:
    """At no nursery, and in Reception from September of the next year."""
    known = child.when(told(OXFORDSHIRE, **AT_HOME))
    assert [each.reason for each in of_kind(PEPNotApplicable, known.happened)] == ["no_early_years_setting"]
    return child.given(*known.happened)


@pytest.mark.scenario("T55")
def test_a_fact_that_is_told_after_the_birthday_counts_from_the_birthday() -> None:
    happened = too_young().when(worker_told(IN_SPRING, OTHER, LEICESTERSHIRE, born=TWO)).happened
    assert [each.on for each in of_kind(PEPApplicable, happened)] == [SECOND_BIRTHDAY]


@pytest.mark.scenario("T55")
def test_a_fact_that_is_told_in_reception_counts_from_the_first_of_september() -> None:
    happened = at_home().when(worker_told(LATER, OTHER, born=THREE)).happened
    assert [each.on for each in of_kind(PEPApplicable, happened)] == [RECEPTION]


def older(today: date, born: date, rules: SchedulingRules = LEICESTERSHIRE) -> JudgeApplicability:
    return JudgeApplicability(**judging(rules), date_of_birth=born, today=today)


@pytest.mark.scenario("T55")
def test_on_the_second_birthday_a_pep_applies_once_though_nobody_tells_anything() -> None:
    too_young().when(older(date(2026, 11, 4), TWO)).then_nothing()
    birthday = too_young().when(older(SECOND_BIRTHDAY, TWO))
    (applies,) = of_kind(PEPApplicable, birthday.happened)
    assert (applies.on, applies.because) == (SECOND_BIRTHDAY, "entered_care")
    assert {each.trigger_on for each in of_kind(PEPDueDateSet, birthday.happened)} == {SECOND_BIRTHDAY}
    too_young().given(*birthday.happened).when(older(date(2026, 11, 6), TWO)).then_nothing()


def test_a_look_that_comes_late_counts_from_the_birthday() -> None:
    late = too_young().when(older(TERM, TWO)).happened
    assert [each.on for each in of_kind(PEPApplicable, late)] == [SECOND_BIRTHDAY]


def test_in_reception_a_pep_applies_without_a_nursery() -> None:
    reception = at_home().when(older(RECEPTION, THREE, OXFORDSHIRE)).happened
    assert [each.on for each in of_kind(PEPApplicable, reception)] == [RECEPTION]


@pytest.mark.parametrize(
    ("why_not", "status", "today", "is_so"),
    [
        ("too_young", "C2", date(2026, 11, 4), False),
        ("too_young", "C2", SECOND_BIRTHDAY, True),
        ("short_break", "V4", SECOND_BIRTHDAY, False),
        ("no_rules_yet", None, date(2010, 1, 4), False),
    ],
)
def test_only_of_whom_the_rules_say_something_else_today_are_judged(
    why_not: str, status: str | None, today: date, is_so: bool
) -> None:
    without = WithoutPEP(REF, why_not, TWO, status, OXFORDSHIRE_SCHOOL)
    assert is_to_be_judged(without, LEICESTERSHIRE, today) is is_so


def test_each_day_may_be_looked_at_again() -> None:
    without = WithoutPEP(REF, "too_young", TWO, "C2", OXFORDSHIRE_SCHOOL)
    act, cause = judge_applicability("leicestershire", without, ("child-7",), LEICESTERSHIRE, SECOND_BIRTHDAY)
    assert isinstance(act.command, JudgeApplicability)
    assert act.command.date_of_birth == TWO
    assert cause != judge_applicability("leicestershire", without, ("child-7",), LEICESTERSHIRE, TERM)[1]
