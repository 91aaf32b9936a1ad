"""The officers' diary: so many meetings a week and no more; a full week pushes a meeting to another one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

MOST_DAYS_LATER = 200


@dataclass(slots=True)
class Diary:
    """`a_week` meetings at most, on days on which offices work, and on school days where that is early enough."""

    a_week: int
    works_on: Callable[[date], bool]
    school_on: Callable[[date], bool]
    weeks: Counter[date] = field(default_factory=Counter)

    def book(self, wanted: date, earliest: date) -> date | None:
        """The wanted day, or the nearest before it with room from `earliest` on, or after it; none within months.

        Who would be too late otherwise meets in the school holidays.
        """
        first = max(wanted, earliest)
        before = [day for day in _back(first, earliest) if self._has_room(day)]
        after = (day for day in _ahead(first) if self._has_room(day))
        day = next(filter(self.school_on, before), None) or next(iter(before), None) or next(after, None)
        if day is not None:
            self.weeks[monday_of(day)] += 1
        return day

    def _has_room(self, day: date) -> bool:
        return self.weeks[monday_of(day)] < self.a_week and self.works_on(day)


def _back(first: date, earliest: date) -> Iterator[date]:
    return (first - timedelta(days=back) for back in range((first - earliest).days + 1))


def _ahead(first: date) -> Iterator[date]:
    return (first + timedelta(days=ahead) for ahead in range(1, MOST_DAYS_LATER))


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())
