"""What is told of a child's attendance. The marks are sealed: they tell of illness, faith and more."""

from __future__ import annotations

from datetime import date

import msgspec

from pep_kernel.message import Event
from pep_kernel.sealed import PlanText


class DayAttendance(msgspec.Struct, frozen=True, array_like=True):
    """One day in figures. `digest` is a keyed hash of its marks, so that the same marks again are known.

    Written as a list, since there are many.
    """

    on: date
    possible: int
    missed: int
    unauthorised: int
    digest: str


class AttendanceMarksReceived(Event):
    """Marks of some days came in, those only that are new or corrected. One event a child and file (decision 0040).

    The sums are those of the school year so far, after these marks.
    """

    child_ref: str
    on: date
    days: tuple[DayAttendance, ...]
    marks: PlanText
    school_year: int
    possible: int
    missed: int
    unauthorised: int
    corrected: bool = False
