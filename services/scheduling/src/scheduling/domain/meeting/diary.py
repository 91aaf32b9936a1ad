"""Whose time a meeting takes: two at once, no time to travel between them, too many in a week, lessons missed.

All of this is shown to whoever arranges. Nothing of it is refused: people know what can be moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from typing import Literal

from pep_kernel.authority_policy.meeting_practice import Diary, LessonTimes
from pep_kernel.calendars import Calendar, TermDatesMissing, Unit


@dataclass(frozen=True, slots=True)
class Appointment:
    """One meeting in somebody's diary. `place` is the child's school, where there is one; times are local."""

    meeting_id: str
    begins: datetime
    ends: datetime
    place: str | None = None

    def overlaps(self, other: Appointment) -> bool:
        """One that begins when the other ends does not."""
        return self.begins < other.ends and other.begins < self.ends


@dataclass(frozen=True, slots=True)
class Clash:
    """Two meetings of one person that cannot both be attended, or hardly."""

    kind: Literal["overlap", "travel"]
    one: str
    other: str


def clashes(appointments: Iterable[Appointment], travel: timedelta) -> list[Clash]:
    """Every pair that overlaps, or between which there is no time to travel, the earliest first."""
    in_order = sorted(appointments, key=lambda each: (each.begins, each.meeting_id))
    return [clash for one, other in combinations(in_order, 2) for clash in _clash(one, other, travel)]


def _clash(one: Appointment, other: Appointment, travel: timedelta) -> Iterator[Clash]:
    if one.overlaps(other):
        yield Clash("overlap", one.meeting_id, other.meeting_id)
    elif one.place != other.place and other.begins - one.ends < travel:
        yield Clash("travel", one.meeting_id, other.meeting_id)


def week_is_full(new: Appointment, others: Iterable[Appointment], diary: Diary) -> bool:
    """Whether an officer has as many meetings in this week, Monday to Sunday, as one officer can attend."""
    week = new.begins.isocalendar()[:2]
    same_week = [each for each in others if each.begins.isocalendar()[:2] == week]
    return len(same_week) >= diary.officer_meetings_per_week


def in_lessons(meeting: Appointment, lessons: LessonTimes, calendar: Calendar) -> bool:
    """Whether it takes a pupil out of lessons: on a school day, at a time of lessons (O-61)."""
    try:
        why_not = calendar.why_not_counted(meeting.begins.date(), Unit.SCHOOL)
    except TermDatesMissing:
        return False
    return why_not is None and lessons.touches(meeting.begins.time(), meeting.ends.time())
