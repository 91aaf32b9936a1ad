"""The file of each day of a feed: late or missing it is an alert, once; what time alone does has a cause that stays."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.scheduling.test_projections import folded
from tests.scheduling.worked_examples import LEICESTERSHIRE, NONESUCH, OXFORDSHIRE, REF, journal, of_kind

from pep_kernel.calendars import birthday
from pep_kernel.contracts import scheduling as contracts
from pep_kernel.scenario import Scenario
from scheduling.domain.child.commands import EndCareAtEighteen, FlagMissingNotice
from scheduling.domain.child.events import ReviewHeld
from scheduling.domain.feed.decider import FEED, CareFeedLate, CareFeedTakenIn, LookForFeed, TakeInFeed, late_after
from scheduling.domain.stage import stage_of
from scheduling.policies.look_at_care import (
    born_by,
    end_care_at_eighteen,
    flag_missing_notice,
    look_for_feed,
)
from scheduling.projections.feed_day import FEED_DAYS, FeedDay

feed = Scenario(FEED)
FRIDAY, MONDAY, TUESDAY, WEDNESDAY, THURSDAY = (date(2026, 9, day) for day in (18, 21, 22, 23, 24))


def judging(today: date, **more: Any) -> dict[str, Any]:
    return {"late_after_working_days": 1, "calendar_for": OXFORDSHIRE.calendar_for, "today": today, **more}


def taking(of: date, today: date, digest: str = "d", **more: Any) -> TakeInFeed:
    return TakeInFeed(of=of, digest=digest, rows=3, **judging(today, **more))


def looking(today: date, **more: Any) -> LookForFeed:
    return LookForFeed(**judging(today, **more))


def came(of: date, on: date, digest: str = "d", **more: Any) -> CareFeedTakenIn:
    return CareFeedTakenIn(of=of, on=on, digest=digest, rows=3, **more)


def late(of: date, on: date, days: int, **more: Any) -> CareFeedLate:
    return CareFeedLate(of=of, on=on, days_late=days, **more)


def test_a_file_that_comes_within_the_working_days_is_in_time_and_harmless_again() -> None:
    taken = feed.when(taking(FRIDAY, MONDAY)).then(came(FRIDAY, MONDAY))
    taken.when(taking(FRIDAY, WEDNESDAY)).then_nothing()


def test_a_late_file_is_taken_in_and_said_to_be_late_once() -> None:
    outcome = feed.when(taking(FRIDAY, WEDNESDAY))
    taken = outcome.then(came(FRIDAY, WEDNESDAY, days_late=2), late(FRIDAY, WEDNESDAY, 2))
    outcome.then_announced(contracts.CareFeedLate(of=FRIDAY, on=WEDNESDAY, days_late=2))
    taken.when(taking(FRIDAY, WEDNESDAY, "other")).then(came(FRIDAY, WEDNESDAY, "other"))


def test_a_second_file_that_corrects_a_day_is_not_late() -> None:
    in_time = feed.given(came(FRIDAY, MONDAY))
    in_time.when(taking(FRIDAY, THURSDAY, "other")).then(came(FRIDAY, THURSDAY, "other"))


def test_a_file_that_does_not_come_is_late_from_the_day_after_it_should_have_been_here() -> None:
    here = feed.given(came(FRIDAY, FRIDAY))
    here.when(looking(TUESDAY)).then_nothing()
    missing = here.when(looking(WEDNESDAY)).then(late(MONDAY, WEDNESDAY, 1))
    missing.when(looking(WEDNESDAY)).then_nothing()
    missing.when(looking(THURSDAY)).then(late(TUESDAY, THURSDAY, 1))
    feed.when(looking(WEDNESDAY)).then_nothing()


def test_a_file_that_comes_after_it_was_missed_is_late_and_said_no_more() -> None:
    missed = feed.given(came(FRIDAY, FRIDAY), late(MONDAY, WEDNESDAY, 1))
    missed.when(taking(MONDAY, THURSDAY)).then(came(MONDAY, THURSDAY, days_late=2))


def test_a_day_between_two_that_came_is_missing_too() -> None:
    gap = feed.given(came(FRIDAY, FRIDAY), came(TUESDAY, TUESDAY))
    gap.when(looking(WEDNESDAY)).then(late(MONDAY, WEDNESDAY, 1))


def test_one_look_at_a_feed_that_stopped_long_ago_tells_of_a_month_at_most() -> None:
    stopped = feed.given(came(FRIDAY, FRIDAY))
    told = of_kind(CareFeedLate, stopped.when(looking(date(2027, 2, 1))).happened)
    assert (min(each.of for each in told), max(each.of for each in told)) == (date(2027, 1, 4), date(2027, 1, 28))


def test_a_file_of_a_day_that_is_still_to_come_is_refused() -> None:
    feed.when(taking(TUESDAY, MONDAY)).then_refused("of: 22/09/2026 is still to come.")


@pytest.mark.rule("O-74")
def test_marks_of_attendance_are_missed_on_school_days_only() -> None:
    last_day, after_half_term = date(2026, 10, 23), date(2026, 11, 2)
    here = feed.given(came(last_day, last_day, feed="attendance"))
    here.when(looking(after_half_term, feed="attendance")).then_nothing()
    outcome = here.when(looking(date(2026, 11, 4), feed="attendance"))
    outcome.then(late(after_half_term, date(2026, 11, 4), 1, feed="attendance"))
    outcome.then_announced(
        contracts.CareFeedLate(of=after_half_term, on=date(2026, 11, 4), days_late=1, feed="attendance")
    )
    taken = feed.when(taking(last_day, last_day, feed="attendance"))
    taken.then(came(last_day, last_day, feed="attendance"))


def test_beyond_the_known_term_dates_no_marks_are_expected() -> None:
    long_after = date(2040, 3, 5)
    here = feed.given(came(date(2040, 3, 1), date(2040, 3, 1), feed="attendance"))
    here.when(looking(long_after, feed="attendance")).then_nothing()


@pytest.mark.rule("O-74")
def test_an_authority_without_such_a_feed_takes_in_none_and_nobody_looks_for_it() -> None:
    feed.when(taking(FRIDAY, MONDAY, feed="attendance", late_after_working_days=None)).then_refused(
        "This authority has no feed of attendance."
    )
    assert look_for_feed("leicestershire", LEICESTERSHIRE, "attendance", FRIDAY, WEDNESDAY) is None
    found = look_for_feed("oxfordshire", OXFORDSHIRE, "attendance", FRIDAY, WEDNESDAY)
    assert found is not None
    assert (found[0].command, found[0].streams) == (looking(WEDNESDAY, feed="attendance"), ("feed-attendance",))


def test_each_day_of_each_feed_is_a_row_that_came_was_late_or_is_missing() -> None:
    rows = folded(
        FEED_DAYS,
        came(FRIDAY, FRIDAY),
        came(FRIDAY, MONDAY, "corrected"),
        late(MONDAY, WEDNESDAY, 1),
        late(TUESDAY, THURSDAY, 1),
        came(MONDAY, THURSDAY, days_late=2),
        came(WEDNESDAY, date(2026, 9, 25), days_late=1),
        late(WEDNESDAY, date(2026, 9, 25), 1),
        came(FRIDAY, FRIDAY, feed="attendance"),
    )
    assert rows == [
        FeedDay("care", FRIDAY, "came", FRIDAY, 3),
        FeedDay("care", MONDAY, "late", THURSDAY, 3, TUESDAY),
        FeedDay("care", TUESDAY, "missing", due=WEDNESDAY),
        FeedDay("care", WEDNESDAY, "late", date(2026, 9, 25), 3, THURSDAY),
        FeedDay("attendance", FRIDAY, "came", FRIDAY, 3),
    ]
    (recorded,) = journal(ReviewHeld(child_ref=REF, on=MONDAY))
    assert (list(FEED_DAYS.keys(recorded)), FEED_DAYS.fold(None, recorded, ("care", FRIDAY))) == ([], None)


def test_a_look_at_a_feed_has_its_day_and_the_newest_file_as_its_cause() -> None:
    found, again, next_day, newer = (
        look_for_feed("oxfordshire", OXFORDSHIRE, "care", newest, today)
        for newest, today in ((FRIDAY, TUESDAY), (FRIDAY, TUESDAY), (FRIDAY, WEDNESDAY), (MONDAY, TUESDAY))
    )
    assert found is not None
    assert found == again
    assert isinstance(found[0].command, LookForFeed)
    assert found[0].command.late_after_working_days == 1
    feeds: tuple[contracts.Feed, ...] = ("care", "attendance")
    assert [late_after(NONESUCH.file.in_force(TUESDAY), each) for each in feeds] == [3, 2]
    assert len({each[1] for each in (found, next_day, newer) if each}) == 3


def test_a_birthday_is_a_cause_and_nothing_happens_before_it() -> None:
    born, eighteenth = date(2008, 9, 21), date(2026, 9, 21)
    assert end_care_at_eighteen("oxfordshire", REF, born, FRIDAY, OXFORDSHIRE) is None
    found = end_care_at_eighteen("oxfordshire", REF, born, TUESDAY, OXFORDSHIRE)
    assert found is not None
    assert found[0].command == EndCareAtEighteen(
        child_ref=REF, birthday=eighteenth, today=TUESDAY, rules=OXFORDSHIRE.file
    )
    on_the_day = end_care_at_eighteen("oxfordshire", REF, born, eighteenth, OXFORDSHIRE)
    assert on_the_day is not None
    assert found[1] == on_the_day[1]
    assert born_by(FRIDAY) == 2008


@pytest.mark.parametrize(
    ("born", "eighteenth"), [(date(2008, 2, 29), date(2026, 3, 1)), (date(2008, 3, 1), date(2026, 3, 1))]
)
def test_a_leap_day_comes_on_the_first_of_march(born: date, eighteenth: date) -> None:
    assert birthday(born, 18) == eighteenth


def test_a_missing_notice_is_looked_for_once_a_placement() -> None:
    act, cause = flag_missing_notice("oxfordshire", REF, FRIDAY, TUESDAY)
    assert act.command == FlagMissingNotice(child_ref=REF, placement_on=FRIDAY, today=TUESDAY)
    assert cause == flag_missing_notice("oxfordshire", REF, FRIDAY, WEDNESDAY)[1]


def test_a_stage_follows_from_the_year_group() -> None:
    assert [stage_of(group) for group in (-1, 0, 11, 12)] == ["early_years", "school_age", "school_age", "post_16"]
