"""What a feed says of a child: the code of each session, day by day. And what a day of it comes to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from scheduling.domain.attendance.codes import Kind, kind_of
from scheduling.domain.attendance.events import DayAttendance
from scheduling.domain.child.care_record import BATCH_SIZE, LocalId, Record, batch
from scheduling.domain.days import LAST_DAY

Mark = Annotated[str, Field(min_length=1, max_length=2)]
MOST_DAYS = 200
FIRST_DAY = date(2011, 4, 1)
"""The day from which authorities' oldest rules hold: what is older cannot be judged, and is a slip of the pen."""
JudgedDay = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]


class DayMarks(Record):
    """One day: the codes of its two sessions, as far as they are told."""

    on: JudgedDay
    am: Mark | None = None
    pm: Mark | None = None

    @model_validator(mode="after")
    def _in_use(self) -> Self:
        if not self.codes:
            raise ValueError("tell at least one of 'am' and 'pm'")
        for code in self.codes:
            kind_of(code, self.on)
        return self

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(code for code in (self.am, self.pm) if code is not None)

    def written(self) -> str:
        """`2026-09-14 / I`; a session that is not told is a dash."""
        return f"{self.on} {self.am or '-'} {self.pm or '-'}"


def day_once(days: tuple[DayMarks, ...]) -> tuple[DayMarks, ...]:
    """The days in order. ValueError if one is there twice."""
    if len({each.on for each in days}) < len(days):
        raise ValueError("a day is there twice")
    return tuple(sorted(days, key=lambda each: each.on))


class AttendanceRecord(Record):
    """The marks of one child, by the authority's own number of the child, our reference of it, or the pupil number."""

    child_id: LocalId | None = None
    child_ref: Annotated[str, Field(pattern=r"^[a-z2-7]{26}$")] | None = None
    upn: Annotated[str, Field(pattern=r"^[A-HJ-NP-RT-Z]\d{11}[\dA-HJ-NP-RT-Z]$")] | None = None
    days: Annotated[tuple[DayMarks, ...], Field(min_length=1, max_length=MOST_DAYS), AfterValidator(day_once)]

    @model_validator(mode="after")
    def _one_name(self) -> Self:
        if sum(name is not None for name in (self.child_id, self.child_ref, self.upn)) != 1:
            raise ValueError("name the child by one of 'child_id', 'child_ref' and 'upn'")
        return self


class AttendanceBatch(Record):
    """The body of `POST /attendance`."""

    model_config = batch(child_id="7", days=[{"on": "2026-09-14", "am": "/", "pm": "I"}])

    records: Annotated[tuple[AttendanceRecord, ...], Field(min_length=1, max_length=BATCH_SIZE)]


def counted(day: DayMarks, digest: str) -> DayAttendance:
    """How many sessions were possible, and how many of them were missed, without leave or with it."""
    kinds = [kind_of(code, day.on) for code in day.codes]
    return DayAttendance(
        on=day.on,
        possible=sum(kind is not Kind.NOT_COUNTED for kind in kinds),
        missed=sum(kind in (Kind.AUTHORISED, Kind.UNAUTHORISED) for kind in kinds),
        unauthorised=sum(kind is Kind.UNAUTHORISED for kind in kinds),
        digest=digest,
    )


def in_words(days: Iterable[DayMarks]) -> str:
    """The marks of several days, a line each."""
    return "\n".join(day.written() for day in days)
