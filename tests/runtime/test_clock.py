"""The clock: the real one, or an instant in a file that moves forward only."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from pep_runtime.clock import LONDON, Clock, midnight

SUMMER_EVENING = datetime.fromisoformat("2026-09-14T23:30:00+00:00")


def test_a_frozen_clock_stands_in_london(tmp_path: Path) -> None:
    clock = Clock(tmp_path / "clock")
    clock.set(SUMMER_EVENING)
    assert clock.now() == SUMMER_EVENING
    assert clock.today() == date(2026, 9, 15), "in London it is past midnight"
    assert Clock(tmp_path / "clock").now() == SUMMER_EVENING, "every process reads the same file"


def test_time_moves_forward_only(tmp_path: Path) -> None:
    clock = Clock(tmp_path / "clock")
    clock.set(SUMMER_EVENING)
    clock.set(SUMMER_EVENING + timedelta(days=1))
    with pytest.raises(ValueError, match="moves forward only"):
        clock.set(SUMMER_EVENING)
    assert clock.now() == SUMMER_EVENING + timedelta(days=1)


def test_an_instant_needs_a_zone_and_the_real_clock_is_not_set(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="needs a time zone"):
        Clock(tmp_path / "clock").set(SUMMER_EVENING.replace(tzinfo=None))
    with pytest.raises(ValueError, match="cannot be set"):
        Clock().set(SUMMER_EVENING)


@pytest.mark.parametrize("file", [None, Path("not") / "there"])
def test_without_a_frozen_instant_the_real_time_is_told(file: Path | None) -> None:
    before = datetime.now(LONDON)
    now = Clock(file).now()
    assert before <= now <= datetime.now(LONDON)
    assert now.tzinfo is LONDON


@pytest.mark.parametrize(("day", "offset"), [(date(2026, 7, 1), 1), (date(2026, 12, 1), 0)])
def test_a_day_begins_at_midnight_in_london(day: date, offset: int) -> None:
    assert midnight(day).utcoffset() == timedelta(hours=offset)
    assert midnight(day).date() == day
