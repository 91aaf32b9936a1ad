"""By when and why, by one engine for log, API and terminal: every rule, the governing one, what disagrees."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.scheduling.single_facts import fact
from tests.scheduling.worked_examples import (
    LEICESTERSHIRE,
    NONESUCH,
    OXFORDSHIRE,
    episode,
    judging,
    of_kind,
    rules_of,
    spell,
    told,
)

from pep_kernel.authority_policy import NotInForce, SchedulingFile
from pep_kernel.authority_policy.due_dates import AboutChild, Conditions, Overdue, Trigger
from pep_kernel.calendars import Calendar, Roll, TermDatesMissing, Unit, due_date, passed_over
from pep_kernel.scenario import Scenario
from scheduling.domain.child.about import about as known_about
from scheduling.domain.child.commands import NoteMeetingHeld
from scheduling.domain.child.decider import CHILD
from scheduling.domain.child.events import PEPDueDateSet
from scheduling.domain.child.states import Child
from scheduling.domain.due.asking import Asked, Question, asked
from scheduling.domain.rules import SchedulingRules

MONDAY = date(2026, 9, 21)
IN_THE_OTHER_COUNTY: dict[str, Any] = {"school_urn": "900101", "laestab": "8554001"}


def after(trigger: Trigger, on: date, rules: SchedulingRules = OXFORDSHIRE, **more: Any) -> Asked:
    return asked(Question(trigger=trigger, on=on, **more), rules)


def governing(found: Asked) -> dict[str, date]:
    return {name: each.due for name, each in found.explanation.governing.items()}


@pytest.mark.rule("O-13", "O-31")
@pytest.mark.rule("reg 33")
@pytest.mark.scenario("T01", "T02", "T61")
def test_each_obligation_names_its_rule_its_source_and_what_meets_it() -> None:
    found = after(Trigger.ENTERED_CARE, MONDAY)
    told = [(c.obligation, c.due, c.unit, c.days, c.source, c.satisfied_by) for c in found.explanation.candidates]
    assert told == [
        ("convene", date(2026, 10, 5), "working", 10, ("O-13",), "MeetingScheduled"),
        ("hold", date(2026, 10, 19), "school", 20, ("O-31",), "MeetingHeld"),
        ("available", date(2026, 10, 19), "working", 20, ("reg 33",), "PEPCompleted"),
    ]
    assert found.explanation.conflicts == ()
    assert found.policy_version == OXFORDSHIRE.version_on(MONDAY)


@pytest.mark.rule("O-31")
@pytest.mark.scenario("T02b")
def test_a_school_with_an_earlier_half_term_is_late_for_the_law_and_the_note_says_so() -> None:
    found = after(Trigger.ENTERED_CARE, MONDAY, **IN_THE_OTHER_COUNTY)
    (conflict,) = found.explanation.conflicts
    assert (conflict.late.due, conflict.statutory.due) == (date(2026, 10, 26), date(2026, 10, 19))
    assert conflict.note == "20 school days end after the statutory date, 19/10/2026."
    assert conflict.late.skipped[0] == (date(2026, 10, 19), "school holiday")


@pytest.mark.rule("O-31")
@pytest.mark.scenario("T04", "T05", "T08")
@pytest.mark.parametrize(
    ("entered", "statutory", "local"),
    [
        (date(2026, 12, 11), date(2027, 1, 13), date(2027, 1, 22)),
        (date(2026, 7, 17), date(2026, 8, 14), date(2026, 9, 28)),
    ],
)
def test_both_dates_stand_where_holidays_part_them(entered: date, statutory: date, local: date) -> None:
    found = after(Trigger.ENTERED_CARE, entered)
    assert governing(found)["available"] == statutory
    assert governing(found)["hold"] == local
    assert [each.late.obligation for each in found.explanation.conflicts] == ["hold"]


@pytest.mark.scenario("T07")
def test_an_emergency_before_easter_begins_within_ten_working_days() -> None:
    saturday = date(2026, 3, 28)
    assert governing(after(Trigger.EMERGENCY_PLACEMENT_MADE, saturday))["convene"] == date(2026, 4, 14)
    assert governing(after(Trigger.ENTERED_CARE, saturday))["available"] == date(2026, 4, 28)


@pytest.mark.scenario("T09")
@pytest.mark.parametrize(
    ("authority", "due"), [("leicestershire", date(2026, 9, 10)), ("oxfordshire", date(2026, 9, 15))]
)
def test_a_policy_of_ten_school_days_counts_from_the_summer_holidays_by_each_countys_terms(
    authority: str, due: date
) -> None:
    rules = rules_of(authority)
    ten = with_obligation(rules, days=10, unit="school", duty="hold", met_by="MeetingHeld", name="ten school days")
    found = after(Trigger.ENTERED_CARE, date(2026, 8, 14), ten)
    assert governing(found)["hold"] == due
    assert governing(found)["available"] == date(2026, 9, 14)


def with_obligation(rules: SchedulingRules, **more: Any) -> SchedulingRules:
    first = rules.file.obligations[0].model_dump()
    added = {**first, "trigger": "entered_care", "source": ("our choice",), "effective_until": None, **more}
    told = rules.file.model_dump()
    file = SchedulingFile.model_validate({**told, "obligations": [*told["obligations"], added]})
    return SchedulingRules(file, rules.calendar_for)


@pytest.mark.rule("O-31")
@pytest.mark.scenario("T10")
def test_an_inset_day_of_the_school_moves_the_date() -> None:
    entered = date(2025, 11, 24)
    assert governing(after(Trigger.ENTERED_CARE, entered))["hold"] == date(2026, 1, 5)
    at_school = after(Trigger.ENTERED_CARE, entered, school_urn="900204", laestab="9314004")
    assert governing(at_school)["hold"] == date(2026, 1, 6)
    hold = at_school.explanation.governing["hold"]
    assert (date(2026, 1, 5), "INSET day") in hold.skipped


@pytest.mark.rule("O-13")
@pytest.mark.scenario("T13")
def test_a_school_move_counts_around_the_may_bank_holiday() -> None:
    assert governing(after(Trigger.SCHOOL_MOVED, date(2026, 4, 20)))["convene"] == date(2026, 5, 5)


@pytest.mark.scenario("T15")
def test_the_school_is_told_in_writing_within_five_working_days_of_an_emergency() -> None:
    found = after(Trigger.EMERGENCY_PLACEMENT_MADE, date(2026, 12, 23), LEICESTERSHIRE)
    notify = found.explanation.governing["notify"]
    assert (notify.due, notify.satisfied_by, notify.source) == (date(2027, 1, 4), "SchoolNotified", ("reg 13",))


@pytest.mark.rule("L-78")
@pytest.mark.scenario("T28")
@pytest.mark.parametrize(("unit", "due"), [("calendar", date(2026, 11, 19)), ("working", date(2026, 11, 23))])
def test_ten_days_for_completing_by_either_reading(unit: str, due: date) -> None:
    told = LEICESTERSHIRE.file.model_dump()
    changed = [{**each, "unit": unit} if each["duty"] == "complete" else each for each in told["obligations"]]
    rules = SchedulingRules(
        SchedulingFile.model_validate({**told, "obligations": changed}), LEICESTERSHIRE.calendar_for
    )
    assert governing(after(Trigger.MEETING_HELD, date(2026, 11, 9), rules)) == {"complete": due}


@pytest.mark.rule("reg 48")
@pytest.mark.scenario("T54")
@pytest.mark.parametrize("legal_status", ["V3", "V4"])
def test_a_short_break_starts_nothing(legal_status: str) -> None:
    found = after(Trigger.ENTERED_CARE, MONDAY, legal_status=legal_status)
    assert (governing(found), found.why_no_pep) == ({}, "short_break")


@pytest.mark.parametrize(
    ("about", "why"),
    [
        ({"age_years": 1}, "too_young"),
        ({"age_years": 18}, "grown_up"),
        ({"year_group": -1, "without_school": True}, "no_early_years_setting"),
        ({"year_group": -1}, None),
        ({"age_years": 9, "year_group": 4, "legal_status": "C2"}, None),
    ],
)
def test_whether_a_pep_applies_comes_first(about: dict[str, Any], why: str | None) -> None:
    assert after(Trigger.ENTERED_CARE, MONDAY, **about).why_no_pep == why


@pytest.mark.scenario("T15", "T54")
@pytest.mark.parametrize("legal_status", ["C2", "V4"])
@pytest.mark.parametrize("at_school", [True, False])
def test_of_an_emergency_the_answer_is_what_the_log_keeps(legal_status: str, at_school: bool) -> None:
    on, child = date(2026, 9, 24), Scenario(CHILD)
    record: dict[str, Any] = {"spells": (spell(MONDAY, episode(MONDAY, legal_status=legal_status)),)}
    record |= {} if at_school else {"schooling": ()}
    known = child.given(*child.when(told(**record)).happened)
    placed = known.when(fact("placement", on, OXFORDSHIRE, placement="U1", emergency=True)).happened
    kept = {each.obligation: each.due for each in of_kind(PEPDueDateSet, placed)}
    about: dict[str, Any] = {"legal_status": legal_status, "without_school": not at_school, "year_group": 7}
    assert governing(after(Trigger.EMERGENCY_PLACEMENT_MADE, on, **about)) == kept


def test_a_school_in_an_area_that_nobody_names_is_told() -> None:
    assert "school 123456" in (after(Trigger.ENTERED_CARE, MONDAY, school_urn="123456").note or "")
    assert after(Trigger.ENTERED_CARE, MONDAY, school_urn="900204", laestab="9314004").note is None


@pytest.mark.rule("L-07")
@pytest.mark.scenario("T55")
def test_a_term_that_opens_asks_those_who_have_a_meeting_in_it() -> None:
    spring = date(2027, 1, 4)
    assert governing(after(Trigger.TERM_OPENED, spring, LEICESTERSHIRE, year_group=7)) == {"hold": date(2027, 3, 25)}
    assert governing(after(Trigger.TERM_OPENED, spring, LEICESTERSHIRE, year_group=-1)) == {}
    assert governing(after(Trigger.TERM_OPENED, spring, LEICESTERSHIRE)) == {"hold": date(2027, 3, 25)}


def test_what_no_term_dates_reach_is_said_not_to_be_known() -> None:
    late = date(2030, 1, 7)
    found = after(Trigger.ENTERED_CARE, late)
    (unknown,) = found.explanation.uncounted
    assert (unknown.obligation, unknown.days, unknown.unit) == ("hold", 20, "school")
    assert "No term dates" in unknown.reason
    assert [each.rule for each in after(Trigger.TERM_OPENED, late).explanation.uncounted] == ["cadence"]


def test_before_the_first_rule_nothing_can_be_asked() -> None:
    with pytest.raises(NotInForce):
        after(Trigger.ENTERED_CARE, date(2010, 1, 4))


def test_of_several_rules_about_one_obligation_the_earliest_governs_and_the_law_on_one_day() -> None:
    local = {"unit": "working", "duty": "available", "met_by": "PEPCompleted", "name": "local"}
    earlier = after(Trigger.ENTERED_CARE, MONDAY, with_obligation(OXFORDSHIRE, days=15, **local))
    assert earlier.explanation.governing["available"].rule == "entered_care/available/local"
    assert earlier.explanation.conflicts == ()
    same_day = after(Trigger.ENTERED_CARE, MONDAY, with_obligation(OXFORDSHIRE, days=20, **local))
    assert same_day.explanation.governing["available"].rule == "entered_care/available"
    later = after(Trigger.ENTERED_CARE, MONDAY, with_obligation(OXFORDSHIRE, days=30, **local))
    assert [each.late.rule for each in later.explanation.conflicts] == ["entered_care/available/local"]


@pytest.mark.parametrize(
    ("rule", "misses"),
    [
        ({"days": 30, "unit": "working", "duty": "hold", "met_by": "MeetingHeld"}, True),
        ({"days": 15, "unit": "working", "duty": "hold", "met_by": "MeetingHeld"}, False),
        ({"days": 30, "unit": "working", "duty": "notify", "met_by": "SchoolNotified"}, False),
        ({"days": 30, "unit": "school", "duty": "hold", "met_by": "MeetingHeld", "trigger": "review_held"}, False),
    ],
)
def test_a_policy_knows_which_of_its_dates_can_miss_the_law(rule: dict[str, Any], misses: bool) -> None:
    rules = with_obligation(LEICESTERSHIRE, name="local", **rule).file.in_force(MONDAY)
    assert bool(rules.can_miss_the_law()) == misses


def test_a_rule_for_some_children_is_no_rule_for_others() -> None:
    october = date(2026, 10, 5)
    year_11 = {"year_group": 11, **IN_THE_OTHER_COUNTY}
    rules = {c.rule for c in after(Trigger.ENTERED_CARE, october, NONESUCH, **year_11).explanation.candidates}
    assert "entered_care/hold/Year 11 out of county" in rules
    rules = {c.rule for c in after(Trigger.ENTERED_CARE, october, NONESUCH, year_group=10).explanation.candidates}
    assert "entered_care/hold/Year 11 out of county" not in rules


@pytest.mark.parametrize(
    ("conditions", "about", "excluded"),
    [
        ({"year_groups": (7, 8)}, {"year_group": 9}, True),
        ({"year_groups": (7, 8)}, {"year_group": 7}, False),
        ({"year_groups": (7, 8)}, {}, False),
        ({"from_age_years": 5}, {"age_years": 4}, True),
        ({"from_age_years": 5}, {"age_years": 5}, False),
        ({"until_age_years": 5}, {"age_years": 5}, True),
        ({"until_age_years": 5}, {}, False),
        ({"legal_statuses": ("C2",)}, {"legal_status": "V2"}, True),
        ({"emergency": True}, {"emergency": False}, True),
        ({"out_of_county": False}, {"out_of_county": True}, True),
        ({"first_pep": False}, {"first_pep": True}, True),
        ({"first_pep": False}, {"first_pep": False}, False),
    ],
)
def test_what_is_known_of_a_child_excludes_and_what_is_not_known_does_not(
    conditions: dict[str, Any], about: dict[str, Any], excluded: bool
) -> None:
    assert Conditions.model_validate(conditions).excludes(AboutChild(**about)) == excluded


@pytest.mark.rule("O-14")
def test_a_child_on_no_roll_is_counted_by_the_authoritys_terms_or_by_every_working_day_as_policy_says() -> None:
    summer = date(2026, 8, 3)
    ours = after(Trigger.ENTERED_CARE, summer, OXFORDSHIRE, without_school=True)
    assert governing(ours)["hold"] == date(2026, 9, 29)
    theirs = after(Trigger.ENTERED_CARE, summer, NONESUCH, without_school=True, year_group=7)
    assert governing(theirs)["hold"] == due_date(summer, 15, Unit.WORKING, Calendar()).due


def test_year_11_after_the_last_exam_is_counted_in_working_days_where_policy_says_so() -> None:
    after_exams = date(2026, 6, 29)
    ours = after(Trigger.ENTERED_CARE, after_exams, OXFORDSHIRE, year_group=11)
    assert governing(ours)["hold"] == due_date(after_exams, 20, Unit.WORKING, Calendar()).due
    others = after(Trigger.ENTERED_CARE, after_exams, OXFORDSHIRE, year_group=10)
    assert governing(others)["hold"] > governing(ours)["hold"]
    by_terms = after(Trigger.ENTERED_CARE, date(2026, 7, 6), NONESUCH, year_group=11)
    assert by_terms.calendar.always_open_from is None


def test_a_setting_open_all_year_has_no_school_holidays() -> None:
    found = after(Trigger.ENTERED_CARE, date(2026, 7, 17), school_urn="EY900203", laestab="9310203")
    assert governing(found)["hold"] == governing(found)["available"] == date(2026, 8, 14)
    assert found.calendar.always_open(date(2026, 9, 1)) is found.calendar
    assert OXFORDSHIRE.calendar_for(None, None).always_open() is OXFORDSHIRE.calendar_for(None, None).always_open()


@pytest.mark.parametrize(
    ("roll", "due", "moved"),
    [("keep", date(2026, 12, 25), None), ("next", date(2026, 12, 29), date(2026, 12, 25))],
)
def test_a_calendar_deadline_on_a_closed_day_follows_policy_and_says_from_where_it_moved(
    roll: str, due: date, moved: date | None
) -> None:
    told = {"days": 10, "unit": "calendar", "duty": "complete", "met_by": "PEPMarkedComplete", "roll": roll}
    found = after(Trigger.ENTERED_CARE, date(2026, 12, 15), with_obligation(LEICESTERSHIRE, **told, name="x"))
    complete = found.explanation.governing["complete"]
    assert (complete.due, complete.moved_from) == (due, moved)


COUNTED = st.sampled_from(list(Unit))
DAYS = st.dates(date(2025, 9, 1), date(2027, 3, 1))
CALENDARS = st.sampled_from([rules_of(name).calendar_for(None, None) for name in ("oxfordshire", "leicestershire")])


@given(DAYS, st.integers(1, 60), COUNTED, CALENDARS)
def test_a_due_date_is_never_on_a_day_that_is_passed_over(
    start: date, days: int, unit: Unit, calendar: Calendar
) -> None:
    counted = _counted(start, days, unit, calendar)
    skipped = {day for day, _why in passed_over(counted, unit, calendar)}
    assert counted.due not in skipped
    assert calendar.why_not_counted(counted.due, unit) is None
    assert (counted.due - start).days == days + len(skipped)
    assert set(counted.skipped) <= set(passed_over(counted, unit, calendar))


@given(DAYS, st.integers(1, 60), st.sampled_from(list(Unit)), CALENDARS)
def test_a_day_more_is_never_earlier(start: date, days: int, unit: Unit, calendar: Calendar) -> None:
    fewer = _counted(start, days, unit, calendar).due
    more = _counted(start, days + 1, unit, calendar).due
    later = _counted(start + timedelta(days=1), days, unit, calendar).due
    assert fewer < more
    assert fewer <= later


@given(DAYS, st.integers(1, 60), CALENDARS, st.sampled_from(list(Roll)))
def test_a_calendar_deadline_that_is_moved_is_on_a_working_day_and_one_that_is_kept_is_not_moved(
    start: date, days: int, calendar: Calendar, roll: Roll
) -> None:
    due = due_date(start, days, Unit.CALENDAR, calendar, roll).due
    if roll is Roll.KEEP:
        assert due == start + timedelta(days=days)
    else:
        assert calendar.is_working_day(due)


@given(DAYS, CALENDARS, st.integers(1, 60), COUNTED)
def test_looking_up_a_date_is_the_same_as_walking_to_it(start: date, calendar: Calendar, days: int, unit: Unit) -> None:
    day, left = start, days
    while left:
        day += timedelta(days=1)
        try:
            left -= calendar.why_not_counted(day, unit) is None
        except TermDatesMissing:
            assume(False)
    assert _counted(start, days, unit, calendar).due == day


def _counted(start: date, days: int, unit: Unit, calendar: Calendar) -> Any:
    try:
        return due_date(start, days, unit, calendar)
    except TermDatesMissing:
        assume(False)


def test_of_a_child_whose_birth_was_never_told_neither_year_nor_age_is_known() -> None:
    held = NoteMeetingHeld(**judging(OXFORDSHIRE), meeting_id="m1", on=MONDAY, outcome="PEP")
    about = known_about(Child(), MONDAY, None, held)
    assert about == AboutChild(first_pep=True)


@pytest.mark.parametrize("days", [(3, 3), (5, 2)])
def test_a_ladder_climbs(days: tuple[int, int]) -> None:
    steps = [
        {"after_working_days": days[0], "to": "team_manager"},
        {"after_working_days": days[1], "to": "virtual_school_head"},
    ]
    with pytest.raises(ValidationError, match="after more working days"):
        Overdue.model_validate({"effective_from": MONDAY, "source": ("our choice",), "steps": steps})
