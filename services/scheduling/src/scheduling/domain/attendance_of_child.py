"""Where marks and their child are decided together: whom the feed covers, and whether too much was missed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby

from pydantic import Field

from pep_kernel.authority_policy import SchedulingPolicy
from pep_kernel.authority_policy.concerns import PersistentAbsence
from pep_kernel.calendars import school_year
from pep_kernel.decider import Decided, States
from pep_kernel.message import Command
from pep_kernel.refusal import Refusal
from scheduling.domain.attendance.decider import ATTENDANCE, Attendance, TakeInMarks
from scheduling.domain.attendance.events import AttendanceMarksReceived
from scheduling.domain.attendance.marks import DayMarks
from scheduling.domain.child.judged import Judged
from scheduling.domain.child.states import Child
from scheduling.domain.concerns.commands import JudgeAbsence
from scheduling.domain.meeting_of_child import child_stream, judge_child

NO_LONGER_THEIRS = "Nobody in care here has this pupil number now; one child had it before."


class TakeInAttendance(Judged):
    """What a feed says of one child. The day of birth says from when on it may (T50).

    `named_by` is a keyed hash of the pupil number, where the feed names the child by that.
    """

    date_of_birth: date
    named_by: str | None = None
    days: tuple[DayMarks, ...]
    digests: Mapping[date, str]
    today: date = Field(exclude=True)


class TakeInAttendanceOfMany(Command):
    """Of several children, no child twice."""

    records: tuple[TakeInAttendance, ...]


def attendance_stream(child_ref: str, year: int) -> str:
    """One stream a child and school year, since figures begin anew each September."""
    return f"attendance-{child_ref}-{year}"


def streams_of(child_ref: str, days: Sequence[DayMarks]) -> tuple[str, ...]:
    """The child's stream, and one for each school year that is told of."""
    years = sorted({school_year(day.on) for day in days})
    return (child_stream(child_ref), *(attendance_stream(child_ref, year) for year in years))


def judge_attendance_of_many(states: States, command: TakeInAttendanceOfMany) -> Decided:
    """Several children in one append: each is judged for itself."""
    return [each for record in command.records for each in judge_attendance(states, record)]


def judge_attendance(states: States, command: TakeInAttendance) -> Decided:
    """Only days on which the child was in care and old enough are taken in; the others are not ours to keep."""
    child = states.of(child_stream(command.child_ref), Child)
    if command.named_by is not None and command.named_by not in child.likeness:
        raise Refusal(NO_LONGER_THEIRS)
    covered = [day for day in command.days if child.in_care_on(day.on) and _is_collected(command, day.on)]
    if not covered:
        raise Refusal("No attendance is collected of this child on these days.", "O-74")
    happened = [each for year in _by_year(covered) for each in _of_year(states, command, year)]
    return [*happened, *_absence(states, command, happened)]


def _is_collected(command: TakeInAttendance, on: date) -> bool:
    return command.rules.in_force(on).attendance_feed.covers(command.date_of_birth, on)


def _by_year(days: Sequence[DayMarks]) -> list[tuple[DayMarks, ...]]:
    return [tuple(year) for _year, year in groupby(days, key=lambda day: school_year(day.on))]


def _of_year(states: States, command: TakeInAttendance, days: tuple[DayMarks, ...]) -> Decided:
    stream = attendance_stream(command.child_ref, school_year(days[0].on))
    take_in = TakeInMarks(child_ref=command.child_ref, today=command.today, days=days, digests=command.digests)
    return [(stream, event) for event in ATTENDANCE.decide(states.of(stream, Attendance), take_in)]


def _absence(states: States, command: TakeInAttendance, happened: Decided) -> Decided:
    """Judged by this school year, up to the newest day known of it; what comes late of an older one is only kept."""
    stream = attendance_stream(command.child_ref, school_year(command.today))
    if not happened or happened[-1][0] != stream:
        return []
    events = [event for at, event in happened if at == stream and isinstance(event, AttendanceMarksReceived)]
    attendance = states.of(stream, Attendance)
    for event in events:
        attendance = ATTENDANCE.evolve(attendance, event)
    return judge_child(states, _judged(command, attendance))


def _judged(command: TakeInAttendance, attendance: Attendance) -> JudgeAbsence:
    last = max(attendance.days)
    first = window_from(command.rules.in_force(last), last)
    possible, missed = attendance.between(first, last)
    return JudgeAbsence(
        child_ref=command.child_ref,
        rules=command.rules,
        calendar_for=command.calendar_for,
        on=last,
        since=first,
        possible=possible,
        missed=missed,
    )


def window_from(policy: SchedulingPolicy, last: date) -> date:
    """The first day that counts: of the school year, or later where only some weeks do."""
    rule: PersistentAbsence = policy.persistent_absence
    september = date(school_year(last), 9, 1)
    if rule.window_weeks is None:
        return september
    return max(september, last + timedelta(days=1) - timedelta(weeks=rule.window_weeks))
