"""What an authority has decided, as scheduling needs it: its rules in all versions, its schools' calendars."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from pep_kernel.authority_policy import SchedulingFile
from pep_kernel.calendars import Calendar

CalendarFor = Callable[[str | None, str | None], Calendar]
"""The calendar of a school, by its URN and LAESTAB; of the authority's own area where neither is known."""


@dataclass(frozen=True, slots=True)
class SchedulingRules:
    """One authority's rules for scheduling."""

    file: SchedulingFile
    calendar_for: CalendarFor

    def version_on(self, day: date) -> str:
        """The version in force on this day. NotInForce before the first."""
        return self.file.in_force(day).version
