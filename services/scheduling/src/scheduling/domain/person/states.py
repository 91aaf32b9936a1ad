"""What a person can be to us: unknown, staff, staff no longer, carer, one of the children."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True, slots=True)
class NotKnown:
    """Nobody has told of this person."""


Grant = tuple[str, date | None, date | None]
"""What is granted, its last day, its first day."""


@dataclass(frozen=True, slots=True)
class Absence:
    """Away from this day to that, and who does the work meanwhile."""

    on: date
    until: date
    deputy_ref: str


@dataclass(frozen=True, slots=True)
class Staff:
    """Works here. `granted` is what is granted beside the role, each with its last and first day where it has one."""

    digest: str
    role: str
    school_urn: str | None = None
    granted: tuple[Grant, ...] = ()
    absences: tuple[Absence, ...] = ()
    approval_limit_pence: int = 0

    @property
    def job(self) -> tuple[str, str | None]:
        """What the person may rests on this; whoever stands in for them does the work of this job."""
        return self.role, self.school_urn

    def with_grant(self, grant: Grant) -> Staff:
        """What is granted twice is granted to the day that was said last; each absence has a first day of its own."""
        others = tuple(each for each in self.granted if (each[0], each[2]) != (grant[0], grant[2]))
        return replace(self, granted=(*others, grant))

    def away_on(self, day: date) -> Absence | None:
        """The absence that this day is one of."""
        return next((absence for absence in self.absences if absence.on <= day <= absence.until), None)

    def absence(self, on: date, first: date | None) -> Absence | None:
        """The one that begins on this first day and is not over; without that day, the one of today."""
        if first is None:
            return self.away_on(on)
        return next((absence for absence in self.absences if absence.on == first and on <= absence.until), None)

    def without_grant(self, what: str, since: date | None) -> Staff:
        """Without the one that began on this day; without a day, without all of it."""
        ended = {each for each in self.granted if each[0] == what and since in (None, each[2])}
        return replace(self, granted=tuple(each for each in self.granted if each not in ended))


@dataclass(frozen=True, slots=True)
class Gone:
    """Worked here once."""


@dataclass(frozen=True, slots=True)
class Carer:
    """Looks after these children."""

    digest: str
    child_refs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Pupil:
    """One of the children, who may sign in."""


Person = NotKnown | Staff | Gone | Carer | Pupil
PERSON_STATES: tuple[type[Person], ...] = (NotKnown, Staff, Gone, Carer, Pupil)
