"""Promises that hold for every correction: the child is where a child is of whom all was told rightly at once."""

from __future__ import annotations

from datetime import date, timedelta
from functools import reduce
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.scheduling.single_facts import fact, school_told
from tests.scheduling.test_corrections import after, correct, known
from tests.scheduling.worked_examples import (
    LEICESTERSHIRE_SCHOOL,
    MONDAY,
    OTHER_WORKER,
    OXFORDSHIRE,
    OXFORDSHIRE_SCHOOL,
    REF,
    WORKER,
    episode,
    journal,
    of_kind,
    spell,
)

from pep_kernel.scenario import Scenario
from scheduling.domain.child.commands import RecordFact
from scheduling.domain.child.correction import TELL, history_of
from scheduling.domain.child.events import (
    PEPDueDateSet,
    PEPNotApplicable,
    PlacementChanged,
    SchoolMoved,
    SocialWorkerAllocated,
)
from scheduling.domain.child.fact_events import FactCorrected
from scheduling.domain.child.history import History, inserted, value_on
from scheduling.domain.child.states import Child
from scheduling.domain.concerns.events import NoApprovalRecorded
from scheduling.projections.child_overview import ChildOverview, overview

VALUES: dict[str, tuple[str, ...]] = {
    "placement": ("U1", "U4", "K2"),
    "legal_status": ("C2", "C1", "V4"),
    "school": (OXFORDSHIRE_SCHOOL, LEICESTERSHIRE_SCHOOL, "999102"),
    "social_worker": (WORKER, OTHER_WORKER, "worker5" + "a" * 19),
    "reviewing_officer": (WORKER, OTHER_WORKER, "worker5" + "a" * 19),
}
TOLD_AS = {
    "placement": "placement",
    "legal_status": "legal_status",
    "school": "school_urn",
    "social_worker": "person_ref",
    "reviewing_officer": "person_ref",
}
VALUE_IN = {
    "placement": "placement",
    "legal_status": "legal_status",
    "school": "school_urn",
    "social_worker": "social_worker_ref",
    "reviewing_officer": "reviewing_officer_ref",
}
SHOWN_AS = {name: field for name, field in VALUE_IN.items() if name != "reviewing_officer"}
DAYS = [MONDAY + timedelta(days=days) for days in range(1, 60, 7)]
EVERY_DAY = [MONDAY + timedelta(days=days) for days in range(70)]


def told(scenario: Scenario, command: Any) -> Scenario:
    return scenario.given(*scenario.when(command).happened)


def tells(name: str, on: date, value: str) -> RecordFact:
    more: dict[str, Any] = {TOLD_AS[name]: value}
    return fact(name, on, **more)


@st.composite
def lives(draw: st.DrawFn) -> tuple[str, list[tuple[date, str]], list[dict[str, Any]]]:
    """Some values of one fact, each told of a day of its own, in any order; and corrections of some of them."""
    name = draw(st.sampled_from(sorted(VALUES)))
    days = draw(st.lists(st.sampled_from(DAYS), min_size=1, max_size=4, unique=True))
    values = [(day, draw(st.sampled_from(VALUES[name]))) for day in days]
    corrections: list[dict[str, Any]] = []
    right = dict(values)
    for _ in range(draw(st.integers(1, 3))):
        if not right:
            break
        on = draw(st.sampled_from(sorted(right)))
        was, free = right.pop(on), [day for day in DAYS if day not in right and day != on]
        never = draw(st.booleans())
        right_on = None if never else draw(st.sampled_from([None, *free]))
        value = None if never else draw(st.sampled_from([None, *VALUES[name]]))
        if not never and (right_on, value) == (None, None):
            value = VALUES[name][0]
        corrections.append({"on": on, "was": was, "right_on": right_on, "right": value, "never_happened": never})
        if not never:
            right[right_on or on] = value or was
    return name, values, corrections


def expected(start: Child, name: str, values: list[tuple[date, str]], corrections: list[dict[str, Any]]) -> Any:
    right: dict[date, str] = dict(values)
    for each in corrections:
        was = right.pop(each["on"])
        if not each["never_happened"]:
            right[each["right_on"] or each["on"]] = each["right"] or was
    at_first: History[Any] = history_of(start, name)
    return reduce(lambda history, entry: inserted(history, *entry), right.items(), at_first)


def lived(life: Any) -> Scenario:
    name, values, corrections = life
    scenario = known()
    for day, value in values:
        scenario = told(scenario, tells(name, day, value))
    for each in corrections:
        scenario = told(scenario, correct(name, **each))
    return scenario


@given(life=lives())
def test_after_any_correction_each_day_has_the_value_that_it_has_for_a_child_of_whom_it_was_told_rightly(
    life: Any,
) -> None:
    name, values, corrections = life
    right = expected(after(known()), name, values, corrections)
    history = history_of(after(lived(life)), name)
    assert [value_on(history, day) for day in EVERY_DAY] == [value_on(right, day) for day in EVERY_DAY]


@given(life=lives(), late=st.sampled_from(DAYS))
def test_whoever_heard_the_wrong_fact_hears_what_holds_now_also_when_an_older_fact_comes_late(
    life: Any, late: date
) -> None:
    """Others keep the last word on each day, or the newest day alone; neither is where the child was by mistake."""
    name, _, _ = life
    scenario = lived(life)
    scenario = told(scenario, tells(name, late, VALUES[name][2]))
    now = value_on(history_of(after(scenario), name), EVERY_DAY[-1])
    by_day: History[Any] = ()
    newest: tuple[date, Any] = (date.min, None)
    heard: list[Any] = of_kind(type(TELL[name](REF, late, now)), scenario.history)
    for event in heard:
        day, value = event.on, getattr(event, VALUE_IN[name])
        by_day = inserted(by_day, day, value)
        newest = (day, value) if day >= newest[0] else newest
    row = reduce(overview, journal(*scenario.history), ChildOverview(REF))
    assert newest[1] == by_day[-1][1] == now
    assert name not in SHOWN_AS or getattr(row, SHOWN_AS[name]) == now


SINCE, OCTOBER_5, OCTOBER_12 = date(2026, 9, 2), date(2026, 10, 5), date(2026, 10, 12)


def test_a_fact_that_is_moved_to_an_earlier_day_holds_from_then_on() -> None:
    moved = told(known(), fact("social_worker", OCTOBER_12, person_ref=OTHER_WORKER))
    earlier = correct("social_worker", OCTOBER_12, was=OTHER_WORKER, right_on=OCTOBER_5)
    (_, allocated) = moved.when(earlier).then_some(FactCorrected, SocialWorkerAllocated)
    assert allocated == SocialWorkerAllocated(child_ref=REF, on=OCTOBER_5, social_worker_ref=OTHER_WORKER)
    assert after(told(moved, earlier)).social_workers == ((MONDAY, WORKER), (OCTOBER_5, OTHER_WORKER))


def test_a_move_to_a_new_school_that_was_earlier_is_one_move_and_no_way_back() -> None:
    moved = told(known(OXFORDSHIRE), school_told(OXFORDSHIRE, OCTOBER_12, "999102"))
    outcome = moved.when(correct("school", OCTOBER_12, OXFORDSHIRE, was="999102", right_on=OCTOBER_5))
    assert [each.on for each in of_kind(SchoolMoved, outcome.happened)] == [OCTOBER_5]
    assert [each.on for each in of_kind(NoApprovalRecorded, outcome.happened)] == [OCTOBER_5]
    assert {each.trigger_on for each in of_kind(PEPDueDateSet, outcome.happened)} == {OCTOBER_5}


def test_a_short_break_that_ended_earlier_is_no_short_break_again() -> None:
    short = known(spells=(spell(MONDAY, episode(MONDAY, legal_status="V4")),))
    taken_in = told(short, fact("legal_status", OCTOBER_12, legal_status="C2"))
    earlier = taken_in.when(correct("legal_status", OCTOBER_12, was="C2", right_on=OCTOBER_5))
    assert of_kind(PEPNotApplicable, earlier.happened) == []
    assert {each.trigger_on for each in of_kind(PEPDueDateSet, earlier.happened)} == {OCTOBER_5}


def test_a_first_school_of_the_same_day_is_put_right_without_a_day_at_no_school() -> None:
    outcome = known().when(correct("school", SINCE, was=OXFORDSHIRE_SCHOOL, right="999102"))
    assert of_kind(SchoolMoved, outcome.happened) == [SchoolMoved(child_ref=REF, on=SINCE, school_urn="999102")]


def test_a_value_that_was_put_right_once_does_not_come_back_when_the_one_before_is_put_right_too() -> None:
    moved = told(known(), fact("social_worker", OCTOBER_12, person_ref=OTHER_WORKER))
    never = told(moved, correct("social_worker", OCTOBER_12, was=OTHER_WORKER, never_happened=True))
    other = told(never, correct("social_worker", MONDAY, was=WORKER, right=OTHER_WORKER))
    assert value_on(after(other).social_workers, OCTOBER_12) == OTHER_WORKER


def test_a_spell_that_began_later_leaves_where_the_child_had_moved_by_then() -> None:
    moved = told(known(), fact("placement", date(2026, 9, 23), placement="U4"))
    later = told(moved, correct("entered_care", MONDAY, right_on=date(2026, 9, 28)))
    assert value_on(after(later).placements, date(2026, 9, 28)) == "U4"
    assert value_on(after(later).legal_statuses, date(2026, 9, 28)) == "C2"


def test_an_emergency_at_entering_care_goes_with_the_first_day_to_the_right_one() -> None:
    urgent = fact("placement", MONDAY, placement="U1", emergency=True, area="out_of_area")
    entered = told(known(), urgent)
    week_before = date(2026, 9, 14)
    earlier = entered.when(correct("entered_care", MONDAY, right_on=week_before))
    assert {each.trigger_on for each in of_kind(PEPDueDateSet, earlier.happened)} == {week_before}
    now = after(entered.given(*earlier.happened))
    assert now.circumstances.emergencies == {week_before}
    assert now.where[week_before, "U1"].area == "out_of_area"


def short_break() -> Scenario:
    return known(spells=(spell(MONDAY, episode(MONDAY, legal_status="V4")),))


def dues(scenario: Scenario) -> set[tuple[str, date, date]]:
    return {(due.obligation, due.trigger_on, due.due) for due in after(scenario).open_dues}


def test_a_status_that_is_told_late_starts_what_it_would_have_started_in_order() -> None:
    taken_in = fact("legal_status", OCTOBER_5, legal_status="C1")
    order = fact("legal_status", date(2026, 11, 2), legal_status="C2")
    late, in_order = told(told(short_break(), order), taken_in), told(told(short_break(), taken_in), order)
    assert dues(late) == dues(in_order) != set()
    assert after(late).verdict == after(in_order).verdict


def test_a_school_that_is_told_late_starts_what_it_would_have_started_in_order() -> None:
    away = fact("school", OCTOBER_5, OXFORDSHIRE, school_urn="999102")
    back = fact("school", date(2026, 11, 2), OXFORDSHIRE, school_urn=OXFORDSHIRE_SCHOOL)
    late, in_order = told(told(known(OXFORDSHIRE), back), away), told(told(known(OXFORDSHIRE), away), back)
    assert dues(late) == dues(in_order)
    assert {trigger_on for _, trigger_on, _ in dues(late)} >= {OCTOBER_5, date(2026, 11, 2)}


def test_a_placement_lies_where_it_lay_whatever_else_of_it_was_wrong() -> None:
    moved = told(known(), fact("placement", OCTOBER_5, placement="U4", area="out_of_area", provider="PR1"))
    later = moved.when(correct("placement", OCTOBER_5, was="U4", right_on=OCTOBER_12))
    (right, _) = of_kind(PlacementChanged, later.happened)
    assert (right.on, right.area, right.provider) == (OCTOBER_12, "out_of_area", "PR1")
    again = told(moved, fact("placement", OCTOBER_12, placement="K2"))
    never = again.when(correct("placement", OCTOBER_12, was="K2", never_happened=True))
    (still,) = of_kind(PlacementChanged, never.happened)
    assert (still.placement, still.area, still.restated) == ("U4", "out_of_area", True)
