"""The officers' diary: so many meetings a week and no more; a full week pushes a meeting to another one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

MOST_DAYS_LATER = 200


@dataclass(slots=True)
class Diary:
    """`a_week` meetings at most, on days on which offices work."""

    a_week: int
    works_on: Callable[[date], bool]
    weeks: Counter[date] = field(default_factory=Counter)

    def book(self, wanted: date, earliest: date) -> date | None:
        """The wanted day, or the nearest before it with room from `earliest` on, or after it; none within months."""
        day = next((each for each in _days(wanted, earliest) if self._has_room(each)), None)
        if day is not None:
            self.weeks[monday_of(day)] += 1
        return day

    def _has_room(self, day: date) -> bool:
        return self.weeks[monday_of(day)] < self.a_week and self.works_on(day)


def _days(wanted: date, earliest: date) -> Iterator[date]:
    day = max(wanted, earliest)
    yield from (day - timedelta(days=back) for back in range((day - earliest).days + 1))
    yield from (day + timedelta(days=ahead) for ahead in range(1, MOST_DAYS_LATER))


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())
