"""Reads where a child goes to school, and went before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from scheduling.domain.child.care_record import Schooling
from scheduling.ssda903.known import Known
from scheduling.ssda903.row_reader import URN, RowReader, single_rows

SEN_CODES: Mapping[str, Literal["none", "support", "plan"]] = {"N": "none", "K": "support", "E": "plan"}
MAIN_SCHOOL, OTHER_SCHOOL = frozenset(["", "C", "M"]), frozenset(["S", "G", "F"])
YEAR_GROUPS = {"N1": -2, "N2": -1, "R": 0} | {str(year): year for year in range(15)}


def read_schooling(readers: list[RowReader], known: Known) -> list[Schooling]:
    singles = single_rows(readers, "CHILD", "SCHOOL_URN", "ENTERED")
    read = [schooling for reader in singles if (schooling := _one_school(reader, known))]
    return sorted(read, key=lambda schooling: schooling.entered)


def _one_school(reader: RowReader, known: Known) -> Schooling | None:
    reader.needed("SCHOOL_URN")
    urn, entered, left = reader.number("SCHOOL_URN", URN), reader.needed_day("ENTERED"), reader.day("LEFT")
    if entered and left and left < entered:
        reader.error("LEFT", "the child leaves the school before entering it")
    if known.school_urns and urn and reader.sound and urn not in known.school_urns:
        reader.warn("SCHOOL_URN", "no school with this number is in the schools table; it must have been listed before")
    special_educational_needs = _special_educational_needs(reader)
    is_main, year_group = _is_main_school(reader), _year_group(reader)
    if not reader.sound or urn is None or entered is None or not is_main:
        return None
    return Schooling(
        school_urn=urn,
        entered=entered,
        left=left,
        year_group=year_group,
        special_educational_needs=special_educational_needs,
    )


def _is_main_school(reader: RowReader) -> bool:
    status = reader.text("ROLL_STATUS").upper()
    if status in OTHER_SCHOOL:
        reader.warn("ROLL_STATUS", "is not the child's main school, so it is left out")
    elif status not in MAIN_SCHOOL:
        reader.error("ROLL_STATUS", "is not a known code")
    return status in MAIN_SCHOOL


def _special_educational_needs(reader: RowReader) -> Literal["none", "support", "plan"] | None:
    code = reader.text("SEN").upper()
    if code and code not in SEN_CODES:
        reader.error("SEN", "is not a known code")
    return SEN_CODES.get(code)


def _year_group(reader: RowReader) -> int | None:
    text = reader.text("YEAR_GROUP").upper()
    if text and text not in YEAR_GROUPS:
        reader.warn("YEAR_GROUP", "is not a year group, so it is left out")
    return YEAR_GROUPS.get(text)
