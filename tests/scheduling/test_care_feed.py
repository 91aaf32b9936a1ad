"""The daily file of changes: late or missing it is an alert, once; what time alone does has a cause that stays."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.scheduling.test_projections import folded
from tests.scheduling.worked_examples import OXFORDSHIRE, REF

from pep_kernel.contracts import scheduling as contracts
from pep_kernel.scenario import Scenario
from scheduling.domain.child.commands import EndCareAtEighteen, FlagMissingNotice
from scheduling.domain.feed.decider import FEED, CareFeedLate, CareFeedTakenIn, LookForFeed, TakeInFeed
from scheduling.domain.meeting_of_child import TellOfChild
from scheduling.domain.stage import stage_of
from scheduling.policies.look_at_care import (
    born_by,
    eighteenth_birthday,
    end_care_at_eighteen,
    flag_missing_notice,
    look_for_feed,
)
from scheduling.projections.care_feed import CARE_FEEDS

feed = Scenario(FEED)
FRIDAY, MONDAY, TUESDAY, WEDNESDAY = (date(2026, 9, day) for day in (18, 21, 22, 23))


def judging(today: date) -> dict[str, Any]:
    return {"late_after_working_days": 1, "calendar_for": OXFORDSHIRE.calendar_for, "today": today}


def taking(of: date, today: date, digest: str = "d") -> TakeInFeed:
    return TakeInFeed(of=of, digest=digest, rows=3, **judging(today))


def came(of: date, on: date, digest: str = "d") -> CareFeedTakenIn:
    return CareFeedTakenIn(of=of, on=on, digest=digest, rows=3)


def test_a_file_that_comes_within_the_working_days_is_in_time_and_harmless_again() -> None:
    taken = feed.when(taking(FRIDAY, MONDAY)).then(came(FRIDAY, MONDAY))
    taken.when(taking(FRIDAY, WEDNESDAY)).then_nothing()


def test_a_late_file_is_taken_in_and_said_to_be_late_once() -> None:
    outcome = feed.when(taking(FRIDAY, WEDNESDAY))
    late = CareFeedLate(of=FRIDAY, on=WEDNESDAY, days_late=2)
    taken = outcome.then(came(FRIDAY, WEDNESDAY), late)
    outcome.then_announced(contracts.CareFeedLate(of=FRIDAY, on=WEDNESDAY, days_late=2))
    taken.when(taking(FRIDAY, WEDNESDAY, "other")).then(came(FRIDAY, WEDNESDAY, "other"))


def test_a_file_that_does_not_come_is_late_from_the_day_after_it_should_have_been_here() -> None:
    here = feed.given(came(FRIDAY, FRIDAY))
    here.when(LookForFeed(**judging(TUESDAY))).then_nothing()
    missing = CareFeedLate(of=MONDAY, on=WEDNESDAY, days_late=1)
    here.when(LookForFeed(**judging(WEDNESDAY))).then(missing).when(LookForFeed(**judging(WEDNESDAY))).then_nothing()
    feed.when(LookForFeed(**judging(WEDNESDAY))).then_nothing()


def test_the_row_of_the_feed_names_the_newest_file_and_the_last_late_one() -> None:
    late = CareFeedLate(of=FRIDAY, on=WEDNESDAY, days_late=2)
    (row,) = folded(CARE_FEEDS, came(MONDAY, MONDAY), came(FRIDAY, WEDNESDAY), late)
    assert (row.newest_of, row.taken_in_on, row.late_of) == (MONDAY, WEDNESDAY, FRIDAY)
    assert folded(CARE_FEEDS, late) == []


def test_a_look_at_a_feed_has_the_newest_file_as_its_cause() -> None:
    act, cause = look_for_feed("oxfordshire", OXFORDSHIRE, FRIDAY, WEDNESDAY)
    assert isinstance(act.command, LookForFeed)
    assert act.command.late_after_working_days == 1
    assert cause == look_for_feed("oxfordshire", OXFORDSHIRE, FRIDAY, TUESDAY)[1]
    assert cause != look_for_feed("oxfordshire", OXFORDSHIRE, MONDAY, WEDNESDAY)[1]


def test_a_birthday_is_a_cause_and_nothing_happens_before_it() -> None:
    born, birthday = date(2008, 9, 21), date(2026, 9, 21)
    assert end_care_at_eighteen("oxfordshire", REF, born, FRIDAY) is None
    found = end_care_at_eighteen("oxfordshire", REF, born, TUESDAY)
    assert found is not None
    assert found[0].command == TellOfChild(fact=EndCareAtEighteen(child_ref=REF, birthday=birthday))
    assert found == end_care_at_eighteen("oxfordshire", REF, born, birthday)
    assert born_by(FRIDAY) == 2008


@pytest.mark.parametrize(
    ("born", "birthday"), [(date(2008, 2, 29), date(2026, 3, 1)), (date(2008, 3, 1), date(2026, 3, 1))]
)
def test_a_leap_day_comes_on_the_first_of_march(born: date, birthday: date) -> None:
    assert eighteenth_birthday(born) == birthday


def test_a_missing_notice_is_looked_for_once_a_placement() -> None:
    act, cause = flag_missing_notice("oxfordshire", REF, FRIDAY, TUESDAY)
    assert act.command == FlagMissingNotice(child_ref=REF, placement_on=FRIDAY, today=TUESDAY)
    assert cause == flag_missing_notice("oxfordshire", REF, FRIDAY, WEDNESDAY)[1]


def test_a_stage_follows_from_the_year_group() -> None:
    assert [stage_of(group) for group in (-1, 0, 11, 12)] == ["early_years", "school_age", "school_age", "post_16"]
