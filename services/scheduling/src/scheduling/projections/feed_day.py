"""`feed_day`: each day of a feed: whether its file came, how late it was, or that it is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from scheduling.domain.feed.decider import CareFeedLate, CareFeedTakenIn


@dataclass(frozen=True, slots=True)
class FeedDay:
    """One day of one feed. `due` is the last day on which its file would have been in time, known where it was not."""

    feed: str
    of: date
    state: Literal["came", "late", "missing"]
    came_on: date | None = None
    rows: int | None = None
    due: date | None = None


def _keys(recorded: Recorded) -> Iterable[Key]:
    event = recorded.event
    return ((event.feed, event.of),) if isinstance(event, CareFeedTakenIn | CareFeedLate) else ()


def _fold(row: FeedDay | None, recorded: Recorded, key: Key) -> FeedDay | None:
    """A second file of a day corrects the first; whether the day was late is said by the first."""
    match row, recorded.event:
        case None, CareFeedTakenIn(on=on, rows=rows):
            return FeedDay(key[0], key[1], "came", on, rows)
        case FeedDay(state="missing"), CareFeedTakenIn(on=on, rows=rows):
            return replace(row, state="late", came_on=on, rows=rows)
        case FeedDay(), CareFeedTakenIn(rows=rows):
            return replace(row, rows=rows)
        case _, CareFeedLate(on=on, days_late=days):
            due = on - timedelta(days=days)
            return replace(row, state="late", due=due) if row else FeedDay(key[0], key[1], "missing", due=due)
        case _:
            return row


FEED_DAYS = ReadModel("feed_day", FeedDay, ("feed", "of"), _keys, _fold, ("of",))
