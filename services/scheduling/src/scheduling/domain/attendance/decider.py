"""The marks of one child in one school year. The same marks again change nothing; other ones correct the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from pep_kernel.calendars import school_year
from pep_kernel.decider import Decider
from pep_kernel.message import Command
from pep_kernel.refusal import Refusal
from pep_kernel.sealed import PlanText
from scheduling.domain.attendance.events import AttendanceMarksReceived, DayAttendance
from scheduling.domain.attendance.marks import DayMarks, counted, in_words


class TakeInMarks(Command):
    """Take in what is told of these days; `digests` by day."""

    child_ref: str
    today: date
    days: tuple[DayMarks, ...]
    digests: Mapping[date, str]


@dataclass(frozen=True, slots=True)
class Attendance:
    """The days that are known, in figures."""

    days: Mapping[date, DayAttendance] = field(default_factory=dict)

    def between(self, first: date, last: date) -> tuple[int, int]:
        """How many sessions were possible from the first day to the last, and how many of them were missed."""
        known = [day for day in self.days.values() if first <= day.on <= last]
        return sum(day.possible for day in known), sum(day.missed for day in known)

    def with_days(self, days: tuple[DayAttendance, ...]) -> Attendance:
        """With these days, which take the place of what was known of them."""
        return Attendance({**self.days, **{day.on: day for day in days}})


def decide(attendance: Attendance, command: TakeInMarks) -> Sequence[AttendanceMarksReceived]:
    if any(day.on > command.today for day in command.days):
        raise Refusal("A mark of a day that is still to come cannot be taken in.")
    known = attendance.days
    news = [day for day in command.days if day.on not in known or known[day.on].digest != command.digests[day.on]]
    if not news:
        return []
    days = tuple(counted(day, command.digests[day.on]) for day in news)
    corrected = any(day.on in known for day in news)
    return [_received(command, days, in_words(news), attendance.with_days(days), corrected=corrected)]


def _received(
    command: TakeInMarks, days: tuple[DayAttendance, ...], marks: str, after: Attendance, *, corrected: bool
) -> AttendanceMarksReceived:
    possible, missed = after.between(date.min, date.max)
    return AttendanceMarksReceived(
        child_ref=command.child_ref,
        on=command.today,
        days=days,
        marks=PlanText.of(marks),
        school_year=school_year(days[0].on),
        possible=possible,
        missed=missed,
        unauthorised=sum(day.unauthorised for day in after.days.values()),
        corrected=corrected,
    )


def evolve(attendance: Attendance, event: AttendanceMarksReceived) -> Attendance:
    return attendance.with_days(event.days)


ATTENDANCE: Decider[Attendance, TakeInMarks, AttendanceMarksReceived] = Decider(Attendance(), decide, evolve)
