"""`absence`: who is away from when to when, and who does the work meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from scheduling.domain.person.events import StaffAbsent, StaffReturned


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    """One absence; the first and the last day are days of it."""

    person_ref: str
    absent_on: date
    until: date
    deputy_ref: str

    @property
    def on(self) -> date:
        """The first day."""
        return self.absent_on


_ABOUT = (StaffAbsent, StaffReturned)


def _keys(recorded: Recorded) -> Iterable[Key]:
    match recorded.event:
        case StaffAbsent(person_ref=ref, on=on) | StaffReturned(person_ref=ref, absent_on=on):
            return ((ref, on),)
        case _:
            return ()


def _fold(row: AbsenceRow | None, recorded: Recorded, _key: Key) -> AbsenceRow | None:
    match row, recorded.event:
        case _, StaffAbsent(person_ref=ref, on=on, until=until, deputy_ref=deputy):
            return AbsenceRow(ref, on, until, deputy)
        case AbsenceRow(absent_on=first), StaffReturned(on=on) if on > first:
            return replace(row, until=on - timedelta(days=1))
        case _:
            return None


ABSENCES = ReadModel("absence", AbsenceRow, ("person_ref", "absent_on"), _keys, _fold)
