"""The authority's rules for plans, and its terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pep_kernel.authority_policy import PepRecordFile, PepRecordPolicy
from pep_kernel.calendars import Calendar


@dataclass(frozen=True, slots=True)
class RecordRules:
    """Every version of the rules, and the days on which schools of the authority's area are open."""

    file: PepRecordFile
    calendar: Calendar

    def in_force(self, on: date) -> PepRecordPolicy:
        """The rules that hold on this day. NotInForce before the first."""
        return self.file.in_force(on)
