"""A question about due dates says what is known of the child; a rule that is for others then gives no date."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.scheduling.test_due_explained import IN_THE_OTHER_COUNTY, after, with_obligation
from tests.scheduling.worked_examples import (
    LEICESTERSHIRE,
    LEICESTERSHIRE_SCHOOL,
    MONDAY,
    NONESUCH,
    OXFORDSHIRE,
    OXFORDSHIRE_SCHOOL,
    episode,
    judging,
    of_kind,
    spell,
    told,
)

from pep_kernel.authority_policy.due_dates import AboutChild, Trigger
from pep_kernel.calendars import Calendar, Unit, due_date
from pep_kernel.scenario import Scenario
from scheduling.domain.child.about import about as known_about
from scheduling.domain.child.care_record import Schooling
from scheduling.domain.child.commands import NoteMeetingHeld
from scheduling.domain.child.decider import CHILD
from scheduling.domain.child.events import PEPDueDateSet
from scheduling.domain.child.states import Child, SpellInCare
from scheduling.domain.due.asking import Asked
from scheduling.domain.due.explanation import Uncounted
from scheduling.domain.rules import SchedulingRules


def special(trigger: Trigger = Trigger.ENTERED_CARE, **applies_to: Any) -> SchedulingRules:
    """The county's rules, and one more that is not for every child."""
    more = {"days": 3, "unit": "working", "duty": "complete", "met_by": "PEPMarkedComplete", "name": "special"}
    return with_obligation(OXFORDSHIRE, trigger=trigger.value, applies_to=applies_to, **more)


def is_asked(found: Asked) -> bool:
    return any(each.rule.endswith("special") for each in found.explanation.candidates)


@pytest.mark.parametrize(
    ("applies_to", "is_so", "is_not"),
    [
        ({"year_groups": (7,)}, {"year_group": 7}, {"year_group": 8}),
        ({"until_age_years": 12}, {"age_years": 11}, {"age_years": 12}),
        ({"legal_statuses": ("C2",)}, {"legal_status": "C2"}, {"legal_status": "V2"}),
        ({"emergency": True}, {"emergency": True}, {"emergency": False}),
        ({"out_of_county": True}, {"out_of_county": True}, {"out_of_county": False}),
        ({"first_pep": True}, {"first_pep": True}, {"first_pep": False}),
    ],
)
def test_a_rule_is_asked_of_whom_it_is_for_and_of_whom_nothing_else_is_known(
    applies_to: dict[str, Any], is_so: dict[str, Any], is_not: dict[str, Any]
) -> None:
    rules = special(**applies_to)
    assert is_asked(after(Trigger.ENTERED_CARE, MONDAY, rules, **is_so))
    assert not is_asked(after(Trigger.ENTERED_CARE, MONDAY, rules, **is_not))
    assert is_asked(after(Trigger.ENTERED_CARE, MONDAY, rules))


def test_whether_a_school_is_out_of_the_county_follows_from_the_school_unless_somebody_says() -> None:
    rules = special(out_of_county=True)
    ours: dict[str, Any] = {"school_urn": "999101", "laestab": "9319101"}
    assert is_asked(after(Trigger.ENTERED_CARE, MONDAY, rules, **IN_THE_OTHER_COUNTY))
    assert not is_asked(after(Trigger.ENTERED_CARE, MONDAY, rules, **ours))
    assert is_asked(after(Trigger.ENTERED_CARE, MONDAY, rules, **ours, out_of_county=True))
    assert not is_asked(after(Trigger.ENTERED_CARE, MONDAY, rules, **IN_THE_OTHER_COUNTY, out_of_county=False))


def test_after_an_emergency_it_need_not_be_said_that_it_was_one() -> None:
    for emergency in (True, False):
        rules = special(Trigger.EMERGENCY_PLACEMENT_MADE, emergency=emergency)
        assert is_asked(after(Trigger.EMERGENCY_PLACEMENT_MADE, MONDAY, rules, emergency=False)) == emergency


def test_where_no_pep_applies_the_answer_names_the_rules_and_the_days_that_it_rests_on() -> None:
    found = after(Trigger.ENTERED_CARE, MONDAY, legal_status="V4", **IN_THE_OTHER_COUNTY)
    assert found.policy_version == OXFORDSHIRE.version_on(MONDAY)
    assert found.calendar.out_of_county


def test_a_term_that_no_dates_reach_is_named_with_its_rule_and_why_it_has_no_date() -> None:
    (unknown,) = after(Trigger.TERM_OPENED, date(2030, 1, 7), LEICESTERSHIRE).explanation.uncounted
    assert isinstance(unknown, Uncounted)
    source = LEICESTERSHIRE.file.in_force(date(2030, 1, 7)).cadence.source
    assert (unknown.source, unknown.satisfied_by, unknown.unit, unknown.days) == (source, "MeetingHeld", "term", None)
    assert "No term dates" in unknown.reason


def asked_of_a_child(rules: SchedulingRules, **changes: Any) -> bool:
    happened = Scenario(CHILD).when(told(rules, **changes)).happened
    return any(each.obligation == "complete" for each in of_kind(PEPDueDateSet, happened))


def test_a_childs_own_legal_status_and_the_place_of_the_school_say_whether_the_rule_is_for_the_child() -> None:
    by_order = special(legal_statuses=("C2",))
    assert asked_of_a_child(by_order)
    assert not asked_of_a_child(by_order, spells=(spell(MONDAY, episode(MONDAY, legal_status="V2")),))
    outside = special(out_of_county=True)
    elsewhere = (Schooling(school_urn=LEICESTERSHIRE_SCHOOL, entered=date(2026, 9, 2)),)
    assert asked_of_a_child(outside, schooling=elsewhere)
    assert not asked_of_a_child(outside)


def hold(rules: SchedulingRules, on: date, **changes: Any) -> PEPDueDateSet:
    happened = Scenario(CHILD).when(told(rules, today=on, spells=(spell(on),), **changes)).happened
    (found,) = [each for each in of_kind(PEPDueDateSet, happened) if each.obligation == "hold"]
    return found


def test_a_child_on_no_roll_and_one_in_year_11_after_the_last_exam_are_counted_as_policy_says() -> None:
    summer, after_exams = date(2026, 8, 3), date(2026, 6, 29)
    on_no_roll = hold(NONESUCH, summer, schooling=())
    assert on_no_roll.due == due_date(summer, 15, Unit.WORKING, Calendar()).due
    at_school = (Schooling(school_urn=OXFORDSHIRE_SCHOOL, entered=date(2025, 9, 2)),)
    year_11 = hold(OXFORDSHIRE, after_exams, date_of_birth=date(2009, 11, 5), schooling=at_school)
    assert year_11.due == due_date(after_exams, 20, Unit.WORKING, Calendar()).due
    assert hold(OXFORDSHIRE, after_exams, schooling=at_school).due > year_11.due


def test_a_date_names_the_days_that_were_passed_over() -> None:
    passed = hold(OXFORDSHIRE, date(2026, 10, 5)).passed_over
    assert date(2026, 10, 26) in passed
    assert MONDAY not in passed


def test_a_rule_whose_days_no_calendar_reaches_is_named_with_its_source_and_what_would_meet_it() -> None:
    (unknown,) = after(Trigger.ENTERED_CARE, date(2030, 1, 7)).explanation.uncounted
    assert (unknown.source, unknown.satisfied_by) == (("O-31",), "MeetingHeld")
    assert unknown.rule.startswith("entered_care/hold")


def test_a_terms_meeting_is_named_with_its_rule_and_stands_beside_what_else_the_term_starts() -> None:
    spring = date(2027, 1, 4)
    (term,) = after(Trigger.TERM_OPENED, spring, LEICESTERSHIRE).explanation.candidates
    assert (term.rule, term.satisfied_by) == ("cadence", "MeetingHeld")
    both = after(Trigger.TERM_OPENED, spring, special(Trigger.TERM_OPENED)).explanation.candidates
    assert {each.obligation for each in both} == {"hold", "complete"}


@pytest.mark.parametrize(("on", "age_years"), [(date(2027, 8, 30), 11), (date(2027, 8, 31), 12)])
def test_where_the_day_of_birth_stays_sealed_a_child_is_as_old_as_the_youngest_of_the_year(
    on: date, age_years: int
) -> None:
    pupil = Child(
        spells=(SpellInCare(MONDAY),), born_in_school_year=2014, legal_statuses=((MONDAY, "C2"),), last_pep=MONDAY
    )
    held = NoteMeetingHeld(**judging(OXFORDSHIRE), meeting_id="m1", on=on, outcome="PEP")
    assert known_about(pupil, on, True, held) == AboutChild(
        year_group=7, age_years=age_years, legal_status="C2", out_of_county=True, first_pep=False
    )
