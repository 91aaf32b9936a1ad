"""What a record tells of a child at school: gaps between schools, the year group, help for special needs."""

from datetime import date
from typing import Any

import pytest
from tests.scheduling.single_facts import school_told
from tests.scheduling.worked_examples import (
    LEICESTERSHIRE,
    LEICESTERSHIRE_SCHOOL,
    MONDAY,
    OXFORDSHIRE_SCHOOL,
    REF,
    TODAY,
    of_kind,
    spell,
    told,
)

from pep_kernel.scenario import Scenario
from scheduling.domain.child.care_record import Schooling
from scheduling.domain.child.decider import CHILD
from scheduling.domain.child.events import ChildEnteredCare, SchoolMoved
from scheduling.domain.child.fact_events import (
    EHCPIssued,
    FactFlagCleared,
    FactFlagged,
    SpecialEducationalNeedsChanged,
    YearGroupTold,
)

child = Scenario(CHILD)
IN_MAY, OCTOBER, LATER = date(2026, 5, 4), date(2026, 10, 1), date(2026, 12, 1)
LAST_DAY, TERM_BEGINS = date(2026, 7, 20), date(2026, 9, 2)
IN_CARE_SINCE_MAY = (spell(IN_MAY),)


def at(school: str = OXFORDSHIRE_SCHOOL, entered: date = TERM_BEGINS, **more: Any) -> Schooling:
    return Schooling(school_urn=school, entered=entered, **more)


def taken_in(*records: Any) -> Scenario:
    """The child as these records told of it, one after the other."""
    scenario = child
    for record in records:
        scenario = scenario.given(*scenario.when(record).happened)
    return scenario


def rolls(scenario: Scenario) -> list[tuple[date, str | None]]:
    return [*CHILD.fold(scenario.history).schools]  # type: ignore[arg-type]


def of_schools(today: date, *schooling: Schooling) -> Any:
    return told(spells=IN_CARE_SINCE_MAY, schooling=schooling, today=today)


BEFORE, NEXT = at("999102", date(2024, 9, 2), left=LAST_DAY), at()


def test_a_summer_between_two_schools_is_no_time_out_of_school() -> None:
    moved = [(date(2024, 9, 2), "999102"), (TERM_BEGINS, OXFORDSHIRE_SCHOOL)]
    at_once = of_schools(TODAY, BEFORE, NEXT)
    assert rolls(taken_in(at_once)) == moved
    assert rolls(taken_in(of_schools(date(2026, 8, 3), BEFORE), at_once)) == moved


def test_school_days_between_two_schools_are_time_out_of_school_whichever_way_the_record_comes() -> None:
    late = at(entered=date(2026, 9, 14))
    gap = [(date(2024, 9, 2), "999102"), (date(2026, 7, 21), None), (date(2026, 9, 14), OXFORDSHIRE_SCHOOL)]
    at_once = of_schools(TODAY, BEFORE, late)
    assert rolls(taken_in(at_once)) == gap
    one_by_one = taken_in(of_schools(date(2026, 9, 7), BEFORE))
    assert rolls(one_by_one) == gap[:2]
    assert rolls(taken_in(of_schools(date(2026, 9, 7), BEFORE), at_once)) == gap
    one_by_one.given(*one_by_one.when(at_once).happened).when(at_once).then_nothing()


def test_a_gap_that_somebody_told_is_held_by_a_record_that_shows_it() -> None:
    """A daily file takes the child off the roll in July: the record of September has the same last day."""
    left = taken_in(of_schools(LAST_DAY, BEFORE)).given(SchoolMoved(child_ref=REF, on=date(2026, 7, 21)))
    assert of_kind(FactFlagged, left.when(of_schools(TODAY, BEFORE, NEXT)).happened) == []


def test_a_weekend_between_two_schools_is_none_and_a_school_beside_another_leaves_none() -> None:
    friday, monday = date(2026, 9, 18), date(2026, 9, 21)
    over_a_weekend = taken_in(of_schools(TODAY, at(left=friday), at("999102", monday)))
    assert rolls(over_a_weekend) == [(TERM_BEGINS, OXFORDSHIRE_SCHOOL), (monday, "999102")]
    beside = taken_in(of_schools(TODAY, at(left=date(2026, 9, 10)), at("999102", date(2026, 9, 7))))
    assert rolls(beside) == [(TERM_BEGINS, OXFORDSHIRE_SCHOOL), (date(2026, 9, 7), "999102")]


@pytest.mark.parametrize(
    ("left", "entered", "missed"), [((2021, 7, 23), (2021, 9, 1), False), ((2021, 6, 11), (2021, 9, 1), True)]
)
def test_before_the_known_term_dates_only_july_and_august_are_summer(
    left: tuple[int, int, int], entered: tuple[int, int, int], missed: bool
) -> None:
    early = at("999102", date(2020, 9, 1), left=date(*left)), at(entered=date(*entered))
    assert (None in [urn for _day, urn in rolls(taken_in(of_schools(TODAY, *early)))]) is missed


def test_a_spell_that_begins_in_the_summer_begins_at_the_school_that_was_left_for_it() -> None:
    august = date(2026, 8, 10)
    record = told(spells=(spell(august),), schooling=(BEFORE, NEXT))
    (entered,) = of_kind(ChildEnteredCare, child.when(record).happened)
    assert entered.school_urn == "999102"


def test_a_row_of_entering_care_moves_nobody_away_from_a_school_of_the_same_day() -> None:
    moved = taken_in(told()).given(SchoolMoved(child_ref=REF, on=MONDAY, school_urn="999102"))
    row = told(schooling=(at(entered=MONDAY),)).model_copy(update={"whole": False})
    moved.when(row).then_nothing()


# Needs and year group


def needing(needs: str | None, today: date = TODAY, **more: Any) -> Any:
    schooling = at(special_educational_needs=needs, **{"year_group": 7, **more})
    return told(schooling=(schooling,), today=today)


def test_help_for_special_needs_counts_from_the_first_day_at_the_school_and_another_from_today() -> None:
    first = child.when(needing("support"))
    (told_first,) = of_kind(SpecialEducationalNeedsChanged, first.happened)
    assert (told_first.on, told_first.special_educational_needs) == (TERM_BEGINS, "support")
    known = child.given(*first.happened)
    known.when(needing("support", LATER)).then_nothing()
    plan = known.when(needing("plan", LATER))
    plan.then(EHCPIssued(child_ref=REF, on=LATER))
    known.given(*plan.happened).when(needing("plan", LATER)).then_nothing()


def test_a_record_that_says_nothing_of_needs_takes_no_plan_away() -> None:
    taken_in(needing("plan")).when(needing(None, LATER)).then_nothing()


def test_other_help_at_a_new_school_counts_from_its_first_day() -> None:
    moved_on = date(2026, 11, 2)
    schools = (at(), at("999102", moved_on, special_educational_needs="plan"))
    happened = taken_in(needing("support")).when(told(schooling=schools, today=LATER)).happened
    assert of_kind(EHCPIssued, happened) == [EHCPIssued(child_ref=REF, on=moved_on)]


def test_a_year_group_that_age_would_give_is_not_told_and_another_one_is_and_is_flagged() -> None:
    assert of_kind(YearGroupTold, child.when(needing(None)).happened) == []
    below = child.when(needing(None, year_group=6))
    assert of_kind(YearGroupTold, below.happened) == [YearGroupTold(child_ref=REF, on=TERM_BEGINS, year_group=6)]
    assert [flag.on for flag in of_kind(FactFlagged, below.happened)] == [TERM_BEGINS]
    known = child.given(*below.happened)
    known.when(needing(None, LATER, year_group=6)).then_nothing()
    known.when(needing(None, LATER)).then(
        YearGroupTold(child_ref=REF, on=LATER, year_group=7),
        FactFlagCleared(
            child_ref=REF,
            on=TERM_BEGINS,
            fact="year_group",
            lacks="agreement_with_computed_year_group",
            because="year_group_agrees",
            cleared_on=LATER,
        ),
    )


def test_a_year_group_of_a_school_that_was_left_is_of_then() -> None:
    record = needing(None, entered=date(2025, 9, 2), left=LAST_DAY, year_group=6)
    assert of_kind(YearGroupTold, child.when(record).happened) == []


def test_a_year_group_of_a_school_entered_years_ago_is_that_of_this_school_year() -> None:
    record = needing(None, LATER, entered=date(2025, 9, 2), year_group=6)
    assert [each.on for each in of_kind(YearGroupTold, child.when(record).happened)] == [date(2026, 9, 1)]


def test_of_a_child_who_left_care_and_by_a_row_of_entering_care_no_needs_are_told() -> None:
    gone = told(
        spells=(spell(ended=OCTOBER, reason_ceased="E4A"),),
        schooling=(at(special_educational_needs="plan"),),
        today=LATER,
    )
    assert of_kind(EHCPIssued, child.when(gone).happened) == []
    row = needing("plan").model_copy(update={"whole": False})
    assert of_kind(EHCPIssued, child.when(row).happened) == []


def test_a_school_told_by_itself_says_nothing_of_needs() -> None:
    move = school_told(LEICESTERSHIRE, TODAY, LEICESTERSHIRE_SCHOOL)
    taken_in(needing("plan")).when(move).then(SchoolMoved(child_ref=REF, on=TODAY, school_urn=LEICESTERSHIRE_SCHOOL))
