"""The rows of one child: a day, a session, a code each. The same mark twice is one; two different ones are an error."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from scheduling.domain.attendance.codes import UnknownCode, kind_of
from scheduling.domain.attendance.marks import FIRST_DAY, MOST_DAYS, AttendanceRecord, DayMarks
from scheduling.ssda903.csv_files import Row, Tell
from scheduling.ssda903.row_reader import RowReader
from scheduling.ssda903.tables import Table
from scheduling.ssda903.upn import check_letter, has_the_shape_of_a_upn

Session = Literal["AM", "PM"]
BY_NUMBER = Table("attendance", "CHILD", ("DATE", "CHILD", "SESSION", "CODE"))
BY_REFERENCE = Table("attendance by reference", "REF", ("DATE", "REF", "SESSION", "CODE"))
BY_PUPIL_NUMBER = Table("attendance by pupil number", "UPN", ("DATE", "UPN", "SESSION", "CODE"))
OF_A_FEED = (BY_NUMBER, BY_REFERENCE, BY_PUPIL_NUMBER)
NAMED_BY: Mapping[str, str] = {"CHILD": "child_id", "REF": "child_ref", "UPN": "upn"}
REFERENCE = re.compile(r"[a-z2-7]{26}")
SESSIONS = ("AM", "PM")


def table_of_feed(columns: frozenset[str]) -> Table | None:
    """By which column the children are named: the authority's own number, our reference of it, the pupil number."""
    return next((table for table in OF_A_FEED if table.key in columns), None)


def of_a_child(table: Table, key: str, rows: Sequence[Row], tell: Tell) -> AttendanceRecord | None:
    """The child's marks; none, and told why, where a row is wrong."""
    readers = [RowReader(row, tell) for row in rows]
    marks: dict[tuple[date, str], tuple[str, RowReader]] = {}
    for reader in readers:
        _read(table, reader, marks)
    days = sorted({day for day, _session in marks})
    if len(days) > MOST_DAYS:
        readers[0].error("DATE", f"has more than {MOST_DAYS} days of one child; send a school year at a time")
    if not all(reader.sound for reader in readers):
        return None
    told = tuple(DayMarks(on=day, am=_mark(marks, day, "AM"), pm=_mark(marks, day, "PM")) for day in days)
    return AttendanceRecord.model_validate({NAMED_BY[table.key]: key, "days": told})


def _mark(marks: dict[tuple[date, str], tuple[str, RowReader]], day: date, session: Session) -> str | None:
    return marks[day, session][0] if (day, session) in marks else None


def _read(table: Table, reader: RowReader, marks: dict[tuple[date, str], tuple[str, RowReader]]) -> None:
    if not reader.sound:
        return
    _check_name(table, reader)
    day = reader.needed_day("DATE")
    session, code = reader.code("SESSION", SESSIONS), reader.needed("CODE").upper()
    if day is not None and day < FIRST_DAY:
        reader.error("DATE", f"is before {FIRST_DAY:%d/%m/%Y}")
    if day is None or not reader.sound:
        return
    try:
        kind_of(code, day)
    except UnknownCode as fault:
        reader.error("CODE", str(fault))
        return
    _place(reader, marks, (day, session), code)


def _check_name(table: Table, reader: RowReader) -> None:
    """A pupil number with a wrong check letter may stand in the records just so, and is only told."""
    key = reader.identifier(table.key)
    if key and table is BY_REFERENCE and not REFERENCE.fullmatch(key):
        reader.error("REF", "has not the shape of such a reference")
    if key and table is BY_PUPIL_NUMBER:
        if not has_the_shape_of_a_upn(key):
            reader.error("UPN", "has not the shape of a unique pupil number")
        elif key[0] != check_letter(key):
            reader.warn("UPN", f"the check letter should be {check_letter(key)}; check the number with the school")


def _place(
    reader: RowReader, marks: dict[tuple[date, str], tuple[str, RowReader]], place: tuple[date, str], code: str
) -> None:
    known, first = marks.setdefault(place, (code, reader))
    if first is reader:
        return
    if known == code:
        reader.warn("CODE", f"repeats line {first.row.line} of {first.row.file}")
    else:
        reader.error("CODE", f"differs from line {first.row.line} of {first.row.file}, which has the same session")
