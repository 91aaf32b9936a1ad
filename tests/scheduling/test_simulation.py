"""A simulated year: the same chance gives the same year, a full diary pushes meetings out, and lateness shows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from tests.scheduling.worked_examples import LEICESTERSHIRE, NONESUCH, OXFORDSHIRE
from typer.testing import CliRunner

from pep_kernel.calendars import Term, age_on, birthday
from scheduling.domain.child.states import Applies
from scheduling.domain.rules import SchedulingRules
from scheduling.entrypoints.simulate_command import app
from scheduling.projections.timeliness_figures import Figures
from scheduling.simulation.core import Core
from scheduling.simulation.diary import Diary, monday_of
from scheduling.simulation.lives import lives
from scheduling.simulation.told import Load, load_of, timeliness_of
from scheduling.simulation.year import Practice, Year

MONDAY = date(2026, 9, 21)
POLICIES = Path(__file__).parents[2] / "shared" / "authorities"


def played(rules: SchedulingRules, practice: Practice, children: int = 60, seed: int = 7) -> Year:
    chance = Random(seed)
    year = Year.of(Core(rules), practice, chance, 2026)
    year.play(lives(children, 2026, chance))
    return year


def line(found: Sequence[Figures], obligation: str) -> Figures:
    (each,) = (each for each in found if each.obligation == obligation)
    return each


def hold(rules: SchedulingRules, practice: Practice) -> Figures:
    return line(timeliness_of(played(rules, practice), "anytown"), "hold")


def on_weekdays(day: date) -> bool:
    return day.weekday() < 5


def test_the_same_chance_gives_the_same_year_and_another_one_another() -> None:
    practice = Practice(meetings_a_week=100)
    first, again, other = (played(OXFORDSHIRE, practice, seed=seed) for seed in (7, 7, 8))
    assert timeliness_of(first, "anytown") == timeliness_of(again, "anytown")
    assert load_of(first, 10) == load_of(again, 10)
    assert first.timeliness != other.timeliness


def test_lives_differ_and_stay_within_their_year() -> None:
    found = list(lives(200, 2026, Random(7)))
    assert len({life.ref for life in found}) == 200
    days = [day for life in found for day in (life.known_on, *(on for on, _ in life.moves), life.leaves_on) if day]
    assert {day.year for day in days} == {2026}
    assert 0 < sum(bool(life.moves) for life in found) < 200
    assert 0 < sum(life.record.cut_over is not None for life in found) < 200


def test_a_year_in_which_everybody_is_early_has_everything_held_in_time() -> None:
    figures = hold(OXFORDSHIRE, Practice(meetings_a_week=1_000, arranged_late=0, unrepresented=0))
    assert (figures.counts.get("late", 0), figures.counts.get("overdue", 0)) == (0, 0)
    assert figures.counts["in_time"] > 0


def test_what_is_arranged_late_is_late_and_says_so() -> None:
    figures = hold(OXFORDSHIRE, Practice(meetings_a_week=1_000, arranged_late=1, unrepresented=0))
    assert figures.late_because["meeting_arranged_after_the_day"] == figures.counts["late"] > 0


def test_where_the_authority_must_attend_a_meeting_without_it_is_held_again() -> None:
    nobody_comes = Practice(meetings_a_week=1_000, unrepresented=0.5)
    there = played(LEICESTERSHIRE, nobody_comes)
    assert 0 < there.reviews < there.held.total()
    assert played(OXFORDSHIRE, nobody_comes).reviews == 0


def test_too_few_officers_make_meetings_late() -> None:
    enough = hold(OXFORDSHIRE, Practice(meetings_a_week=1_000))
    too_few = played(OXFORDSHIRE, Practice(meetings_a_week=1))
    assert max(too_few.held.values()) == 1
    late = line(timeliness_of(too_few, "anytown"), "hold")
    assert late.percent_in_time is not None
    assert enough.percent_in_time is not None
    assert late.percent_in_time < enough.percent_in_time


def test_each_day_on_which_something_happens_is_told_in_order() -> None:
    days: list[date] = []
    chance = Random(7)
    Year.of(Core(OXFORDSHIRE), Practice(100), chance, 2026).play(lives(20, 2026, chance), days.append)
    assert days == sorted(days)
    assert days[-1] <= date(2026, 12, 31)


@pytest.mark.rule("L-01", "L-07")
def test_a_child_in_care_all_the_year_meets_in_each_term() -> None:
    year = played(OXFORDSHIRE, Practice(meetings_a_week=1_000, arranged_late=0, unrepresented=0))
    in_autumn = sum(held for monday, held in year.held.items() if monday >= date(2026, 9, 1))
    in_summer = sum(held for monday, held in year.held.items() if date(2026, 4, 13) <= monday < date(2026, 8, 1))
    assert in_summer > 30
    assert in_autumn > 30
    busiest = load_of(year, 10).busiest
    assert busiest is not None
    assert year.held[busiest] < year.held.total() / 8, "the meetings of a term are spread over it"


def test_the_young_and_the_nearly_grown_up_are_among_them() -> None:
    found = list(lives(400, 2026, Random(7)))
    ages = [age_on(life.record.date_of_birth, life.known_on) for life in found]
    assert (min(ages), max(ages)) == (0, 17)
    young = [life for life, age in zip(found, ages, strict=True) if age in (2, 3)]
    assert 0 < sum(bool(life.record.schooling) for life in young) < len(young)
    assert not any(life.record.schooling for life, age in zip(found, ages, strict=True) if age < 2)
    at_home = [life for life in found if not life.record.schooling]
    assert {on for life in at_home for on, _ in life.moves} == {date(2026, 9, 1)}, "Reception begins"


@pytest.mark.scenario("T55")
def test_whoever_grows_old_enough_has_a_pep_from_then_and_whoever_grows_up_leaves_care() -> None:
    year = played(NONESUCH, Practice(meetings_a_week=1_000), children=400)
    stay = [life for life in year.lives.values() if not life.moves]
    young = [life for life in stay if age_on(life.record.date_of_birth, life.known_on) == 2]
    third = {life.ref: birthday(life.record.date_of_birth, 3) for life in young}
    since = {ref: year.children[ref].verdict for ref, day in third.items() if day <= year.last}
    applies = {ref: verdict.since for ref, verdict in since.items() if isinstance(verdict, Applies)}
    assert applies
    assert applies == {ref: third[ref] for ref in applies}
    of_age = [life for life in year.lives.values() if age_on(life.record.date_of_birth, year.last) >= 18]
    assert of_age
    assert not any(year.children[life.ref].running for life in of_age)


def test_a_year_beyond_the_known_terms_says_which_are_missing() -> None:
    beyond = Year.of(Core(OXFORDSHIRE), Practice(100), Random(7), 2030)
    assert beyond.terms_missing == list(Term)
    assert Year.of(Core(OXFORDSHIRE), Practice(100), Random(7), 2026).terms_missing == []
    asked = ["scheduling", "--children=5", "--year=2030", "--folder", str(POLICIES), "--authority=oxfordshire"]
    said = " ".join(CliRunner().invoke(app, asked).stdout.split())
    assert "The term dates of oxfordshire do not cover 2030" in said


def test_a_diary_takes_the_wanted_day_or_one_before_or_after_it() -> None:
    diary = Diary(2, on_weekdays, on_weekdays)
    assert diary.book(MONDAY, MONDAY) == MONDAY
    assert diary.book(MONDAY + timedelta(days=5), MONDAY) == MONDAY + timedelta(days=4), "a Friday for a Saturday"
    assert diary.book(MONDAY, MONDAY) == MONDAY + timedelta(days=7), "the week is full"
    assert diary.book(MONDAY, MONDAY + timedelta(days=9)) == MONDAY + timedelta(days=9), "not before it is possible"
    assert Diary(0, on_weekdays, on_weekdays).book(MONDAY, MONDAY) is None
    assert monday_of(MONDAY + timedelta(days=6)) == MONDAY


def test_a_meeting_is_on_a_school_day_if_that_is_early_enough() -> None:
    friday, saturday = MONDAY + timedelta(days=4), MONDAY + timedelta(days=5)
    holidays_begin = MONDAY + timedelta(days=2)
    diary = Diary(9, on_weekdays, lambda day: day < holidays_begin)
    assert diary.book(saturday, MONDAY) == MONDAY + timedelta(days=1), "the last day of the term"
    assert diary.book(saturday, holidays_begin) == friday, "in the holidays rather than too late"


def test_no_school_is_known_where_no_term_dates_reach() -> None:
    core = Core(OXFORDSHIRE)
    assert [core.school_on(day) for day in (date(2026, 9, 7), date(2026, 9, 6), date(2090, 9, 7))] == [
        True, False, False,
    ]  # fmt: skip


def test_what_nobody_has_time_for_is_asked_for_again_until_the_year_ends() -> None:
    year = played(OXFORDSHIRE, Practice(meetings_a_week=0), children=10)
    assert year.held.total() == 0
    assert line(timeliness_of(year, "anytown"), "hold").counts.get("in_time", 0) == 0


def test_the_load_names_the_busiest_week_and_what_it_asks_of_each_officer() -> None:
    load = Load(9, 1, {MONDAY: 3, MONDAY + timedelta(days=7): 6}, officers=4)
    assert (load.busiest, load.a_week, load.an_officer_at_most) == (MONDAY + timedelta(days=7), 4.5, 1.5)
    nothing = Load(0, 0, {}, officers=4)
    assert (nothing.busiest, nothing.a_week, nothing.an_officer_at_most) == (None, 0.0, 0.0)


@pytest.mark.parametrize("words", [["--json"], []], ids=["for scripts", "for people"])
def test_the_command_plays_a_year_and_says_what_it_comes_to(words: list[str]) -> None:
    asked = ["scheduling", "--children=30", "--folder", str(POLICIES), "--authority=oxfordshire", *words]
    answer = CliRunner().invoke(app, asked)
    assert answer.exit_code == 0, answer.output
    if words:
        found = json.loads(answer.stdout)
        assert (found["authority"], found["children"], found["seed"]) == ("oxfordshire", 30, 7)
        assert sum(found["load"]["weeks"].values()) == found["load"]["meetings"]
    else:
        assert "30 children under the rules of oxfordshire in 2026, seed 7." in answer.stdout
        assert "week of" in answer.stdout


def test_the_command_names_the_authorities_that_there_are() -> None:
    answer = CliRunner().invoke(app, ["scheduling", "--folder", str(POLICIES), "--authority=atlantis"])
    assert answer.exit_code == 2
    assert "There is no authority atlantis: leicestershire, nonesuch, oxfordshire are." in answer.output
