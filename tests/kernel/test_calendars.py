"""Deadlines counted by hand from real bank holidays and two counties' term dates."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pep_kernel.calendars import (
    Calendar,
    DueDate,
    Roll,
    Term,
    TermDates,
    TermDatesMissing,
    Unit,
    age_on,
    due_date,
    financial_year,
    school_year,
    year_group,
)


def stretches(year: int, term: Term, *days: date) -> tuple[TermDates, ...]:
    return tuple(TermDates(first, last, year, term) for first, last in zip(days[::2], days[1::2], strict=True))


LATER_2026_27 = (
    *stretches(2026, Term.SPRING, date(2027, 1, 4), date(2027, 2, 12), date(2027, 2, 22), date(2027, 3, 25)),
    *stretches(2026, Term.SUMMER, date(2027, 4, 12), date(2027, 5, 28)),
)
OX = Calendar(
    terms=(
        *stretches(2025, Term.AUTUMN, date(2025, 9, 2), date(2025, 10, 24), date(2025, 11, 3), date(2025, 12, 19)),
        *stretches(2025, Term.SPRING, date(2026, 1, 5), date(2026, 2, 13), date(2026, 2, 23), date(2026, 3, 27)),
        *stretches(2025, Term.SUMMER, date(2026, 4, 13), date(2026, 5, 22), date(2026, 6, 1), date(2026, 7, 20)),
        *stretches(2026, Term.AUTUMN, date(2026, 9, 2), date(2026, 10, 23), date(2026, 11, 2), date(2026, 12, 18)),
        *LATER_2026_27,
        *stretches(2026, Term.SUMMER, date(2027, 6, 7), date(2027, 7, 21)),
    )
)
LE = Calendar(
    terms=(
        *stretches(2026, Term.AUTUMN, date(2026, 8, 27), date(2026, 10, 16), date(2026, 10, 26), date(2026, 12, 18)),
        *LATER_2026_27,
        *stretches(2026, Term.SUMMER, date(2027, 6, 7), date(2027, 7, 9)),
    )
)
ANYWHERE = Calendar()


def due(trigger: date, days: int, unit: Unit, calendar: Calendar = ANYWHERE, roll: Roll = Roll.KEEP) -> date:
    return due_date(trigger, days, unit, calendar, roll).due


@pytest.mark.scenario("T01")
@pytest.mark.rule("reg 2")
def test_twenty_working_days_after_an_ordinary_monday() -> None:
    assert due(date(2026, 9, 21), 20, Unit.WORKING) == date(2026, 10, 19)


@pytest.mark.scenario("T02")
@pytest.mark.rule("O-31")
def test_twenty_school_days_in_one_half_term() -> None:
    assert due(date(2026, 9, 21), 20, Unit.SCHOOL, OX) == date(2026, 10, 19)


@pytest.mark.scenario("T02b")
@pytest.mark.rule("O-31")
def test_a_school_with_an_earlier_half_term_ends_its_twenty_school_days_after_the_statutory_date() -> None:
    at_that_school = due_date(date(2026, 9, 21), 20, Unit.SCHOOL, LE)
    assert at_that_school.due == date(2026, 10, 26)
    assert at_that_school.skipped[0] == (date(2026, 10, 19), "school holiday")


@pytest.mark.scenario("T04")
def test_christmas_and_new_year_do_not_count_and_are_named() -> None:
    assert due_date(date(2026, 12, 11), 20, Unit.WORKING, ANYWHERE) == DueDate(
        due=date(2027, 1, 13),
        start=date(2026, 12, 11),
        skipped=(
            (date(2026, 12, 25), "Christmas Day"),
            (date(2026, 12, 28), "Boxing Day (observed)"),
            (date(2027, 1, 1), "New Year's Day"),
        ),
    )


@pytest.mark.scenario("T05")
@pytest.mark.rule("O-31")
def test_school_days_over_christmas_end_after_the_statutory_date() -> None:
    assert due(date(2026, 12, 11), 20, Unit.SCHOOL, OX) == date(2027, 1, 22)


@pytest.mark.scenario("T07")
@pytest.mark.parametrize(("days", "expected"), [(10, date(2026, 4, 14)), (20, date(2026, 4, 28))])
def test_easter_does_not_count(days: int, expected: date) -> None:
    assert due(date(2026, 3, 28), days, Unit.WORKING) == expected


@pytest.mark.scenario("T08")
@pytest.mark.rule("O-31")
def test_entering_care_at_the_end_of_summer_term_puts_the_two_dates_far_apart() -> None:
    assert due(date(2026, 7, 17), 20, Unit.WORKING) == date(2026, 8, 14)
    assert due(date(2026, 7, 17), 20, Unit.SCHOOL, OX) == date(2026, 9, 28)


@pytest.mark.scenario("T09")
def test_entering_care_in_the_summer_holidays() -> None:
    entered = date(2026, 8, 14)
    assert due(entered, 20, Unit.WORKING) == date(2026, 9, 14)
    assert due(entered, 10, Unit.SCHOOL, OX) == date(2026, 9, 15)


@pytest.mark.scenario("T09")
def test_the_summer_holidays_of_a_county_whose_last_school_year_is_known_too() -> None:
    le = Calendar(terms=(*stretches(2025, Term.SUMMER, date(2026, 6, 1), date(2026, 7, 10)), *LE.terms))
    assert due(date(2026, 8, 14), 10, Unit.SCHOOL, le) == date(2026, 9, 10)


@pytest.mark.scenario("T10")
@pytest.mark.rule("O-31")
def test_an_inset_day_of_the_school_moves_the_date_by_one() -> None:
    with_inset = Calendar(OX.terms, inset_days=frozenset({date(2026, 1, 5)}))
    assert due(date(2025, 11, 24), 20, Unit.SCHOOL, OX) == date(2026, 1, 5)
    assert due_date(date(2025, 11, 24), 20, Unit.SCHOOL, with_inset).due == date(2026, 1, 6)
    assert with_inset.why_not_counted(date(2026, 1, 5), Unit.SCHOOL) == "INSET day"


@pytest.mark.scenario("T13")
@pytest.mark.rule("O-13")
@pytest.mark.rule("reg 2")
def test_the_early_may_bank_holiday_does_not_count() -> None:
    assert due(date(2026, 4, 20), 10, Unit.WORKING) == date(2026, 5, 5)


@pytest.mark.scenario("T15")
def test_five_working_days_from_the_day_before_christmas_eve() -> None:
    assert due(date(2026, 12, 23), 5, Unit.WORKING) == date(2027, 1, 4)


@pytest.mark.scenario("T28")
@pytest.mark.rule("L-78")
def test_ten_days_after_a_meeting_by_either_reading() -> None:
    assert due(date(2026, 11, 9), 10, Unit.CALENDAR) == date(2026, 11, 19)
    assert due(date(2026, 11, 9), 10, Unit.WORKING) == date(2026, 11, 23)


@pytest.mark.scenario("T61")
@pytest.mark.rule("O-13", "O-31")
def test_ten_working_and_twenty_school_days_from_the_same_monday() -> None:
    assert due(date(2026, 9, 21), 10, Unit.WORKING) == date(2026, 10, 5)
    assert due(date(2026, 9, 21), 20, Unit.SCHOOL, OX) == date(2026, 10, 19)


@pytest.mark.parametrize(
    ("roll", "expected"),
    [(Roll.KEEP, date(2026, 12, 25)), (Roll.NEXT, date(2026, 12, 29)), (Roll.PREVIOUS, date(2026, 12, 24))],
)
def test_a_date_on_christmas_day_stays_or_moves_as_policy_says(roll: Roll, expected: date) -> None:
    assert due(date(2026, 12, 15), 10, Unit.CALENDAR, roll=roll) == expected


def test_a_bank_holiday_can_be_added_and_taken_away() -> None:
    calendar = Calendar(bank_holiday_overrides={date(2026, 5, 4): None, date(2026, 5, 5): "A royal wedding"})
    assert calendar.is_working_day(date(2026, 5, 4))
    assert calendar.why_not_counted(date(2026, 5, 5), Unit.WORKING) == "A royal wedding"


def test_a_bank_holiday_in_term_is_no_school_day() -> None:
    assert OX.why_not_counted(date(2027, 5, 3), Unit.SCHOOL) == "May Day"


def test_school_days_beyond_the_known_term_dates_cannot_be_counted() -> None:
    with pytest.raises(TermDatesMissing, match="Thursday 22 July 2027"):
        due(date(2027, 7, 15), 10, Unit.SCHOOL, OX)


def test_without_term_dates_school_days_cannot_be_counted() -> None:
    with pytest.raises(TermDatesMissing):
        due(date(2026, 9, 21), 1, Unit.SCHOOL)


def test_a_deadline_is_at_least_one_day_away() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        due(date(2026, 9, 21), 0, Unit.WORKING)


@pytest.mark.parametrize("unit", list(Unit))
@pytest.mark.parametrize("trigger", [date.min, date.max])
def test_a_year_that_nobody_knows_cannot_be_counted(trigger: date, unit: Unit) -> None:
    with pytest.raises(TermDatesMissing):
        due(trigger, 10, unit, OX)


def test_half_term_is_part_of_its_term_and_the_christmas_holidays_are_part_of_none() -> None:
    half_term = OX.term_on(date(2026, 10, 28))
    assert half_term is not None
    assert (half_term.school_year, half_term.term) == (2026, Term.AUTUMN)
    assert (half_term.first, half_term.last) == (date(2026, 9, 2), date(2026, 12, 18))
    assert OX.term_on(date(2026, 12, 27)) is None


def test_a_day_in_the_holidays_looks_ahead_to_the_next_term() -> None:
    assert OX.term_on_or_next(date(2026, 12, 27)).term is Term.SPRING
    assert OX.term_on_or_next(date(2026, 10, 28)).term is Term.AUTUMN


def test_the_next_term_begins_after_the_day() -> None:
    assert OX.next_term(date(2026, 9, 2)).term is Term.SPRING
    assert OX.next_term(date(2026, 6, 16)).school_year == 2026


@pytest.mark.scenario("T55")
@pytest.mark.rule("L-07")
def test_two_of_three_terms_make_exactly_two_a_year() -> None:
    among = frozenset({Term.AUTUMN, Term.SUMMER})
    autumn = OX.next_term(date(2026, 8, 31), among)
    summer = OX.next_term(autumn.first, among)
    assert (autumn.term, summer.term) == (Term.AUTUMN, Term.SUMMER)
    with pytest.raises(TermDatesMissing):
        OX.next_term(summer.first, among)


@pytest.mark.parametrize(
    ("day", "year"), [(date(2026, 8, 31), 2025), (date(2026, 9, 1), 2026), (date(2027, 1, 1), 2026)]
)
def test_a_school_year_begins_on_the_first_of_september(day: date, year: int) -> None:
    assert school_year(day) == year


@pytest.mark.parametrize(
    ("born", "group"),
    [
        (date(2010, 9, 1), 11),
        (date(2011, 8, 31), 11),
        (date(2011, 9, 1), 10),
        (date(2022, 3, 9), 0),
        (date(2024, 9, 20), -3),
    ],
)
def test_the_year_group_follows_from_the_birth_cohort(born: date, group: int) -> None:
    assert year_group(born, date(2026, 9, 21)) == group


@pytest.mark.parametrize(
    ("day", "year"), [(date(2026, 3, 31), "2025-26"), (date(2026, 4, 1), "2026-27"), (date(2099, 4, 1), "2099-00")]
)
def test_a_financial_year_begins_on_the_first_of_april(day: date, year: str) -> None:
    assert financial_year(day) == year


@pytest.mark.parametrize(
    ("on", "years"),
    [(date(2026, 2, 28), 13), (date(2026, 3, 1), 14), (date(2028, 2, 28), 15), (date(2028, 2, 29), 16)],
)
def test_a_child_born_on_a_leap_day_is_a_year_older_on_the_first_of_march(on: date, years: int) -> None:
    assert age_on(date(2012, 2, 29), on) == years


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.integers(1, 60))
def test_exactly_so_many_working_days_lie_between_trigger_and_due_date(trigger: date, days: int) -> None:
    last = due(trigger, days, Unit.WORKING)
    between = (date.fromordinal(day) for day in range(trigger.toordinal() + 1, last.toordinal() + 1))
    assert sum(ANYWHERE.is_working_day(day) for day in between) == days
    assert ANYWHERE.is_working_day(last)
