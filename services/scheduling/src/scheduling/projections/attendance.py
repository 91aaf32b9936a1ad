"""`attendance`: how many sessions of a school year a child could attend and how many were missed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from pep_kernel.calendars import school_year
from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from scheduling.domain.attendance.events import AttendanceMarksReceived
from scheduling.domain.concerns.events import PersistentAbsenceRecovered, PersistentAbsenceRiskDetected


@dataclass(frozen=True, slots=True)
class AttendanceOfYear:
    """One child in one school year. `at_risk_since` is the day on which too much had been missed, until it is over."""

    child_ref: str
    school_year: int
    possible: int = 0
    missed: int = 0
    unauthorised: int = 0
    newest_day: date | None = None
    at_risk_since: date | None = None


def _keys(recorded: Recorded) -> Iterable[Key]:
    match recorded.event:
        case AttendanceMarksReceived(child_ref=ref, school_year=year):
            return ((ref, year),)
        case PersistentAbsenceRiskDetected(child_ref=ref, on=on) | PersistentAbsenceRecovered(child_ref=ref, on=on):
            return ((ref, school_year(on)),)
        case _:
            return ()


def _fold(row: AttendanceOfYear | None, recorded: Recorded, key: Key) -> AttendanceOfYear | None:
    known = row or AttendanceOfYear(*key)
    match recorded.event:
        case AttendanceMarksReceived(possible=possible, missed=missed, unauthorised=unauthorised, days=days):
            newest = max(day.on for day in days)
            return replace(
                known,
                possible=possible,
                missed=missed,
                unauthorised=unauthorised,
                newest_day=max(newest, known.newest_day or newest),
            )
        case PersistentAbsenceRiskDetected(on=on):
            return replace(known, at_risk_since=on)
        case PersistentAbsenceRecovered():
            return replace(known, at_risk_since=None)
        case _:
            return row


ATTENDANCE_OF_YEARS = ReadModel("attendance", AttendanceOfYear, ("child_ref", "school_year"), _keys, _fold)
