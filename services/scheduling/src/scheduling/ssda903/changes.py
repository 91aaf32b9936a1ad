"""Reads the authority's file of daily changes: each row one fact of one child, from one day on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError

from scheduling.domain.child.care_record import CareRecord
from scheduling.domain.child.fact_events import Provider
from scheduling.domain.child.told import CareChange, Fact, PlacementTold
from scheduling.ssda903.csv_files import open_table, rows
from scheduling.ssda903.findings import Finding, Severity
from scheduling.ssda903.row_reader import RowReader
from scheduling.ssda903.schooling import SEN_CODES, YEAR_GROUPS
from scheduling.ssda903.staging import Stage
from scheduling.ssda903.tables import CHANGES

CHANGES_OF_CARE = "changes"
ENTRY = "entered_care"
YES_NO = {"Y": True, "N": False}
PROVIDERS = {code: code for code in get_args(Provider)}
AREAS = {"I": "in_area", "O": "out_of_area", "D": "at_a_distance"}
_FACT: TypeAdapter[Fact] = TypeAdapter(Fact)
Column = tuple[str, str, Mapping[str, Any]]
"""A column that need not be filled, what it says, and what each code in it means."""
_DAY = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")


def day_in(name: str) -> date | None:
    """The day in the name of a file, such as `changes-2026-11-02.csv`; none where there is none."""
    found = _DAY.search(name)
    try:
        return date.fromisoformat(found[0]) if found else None
    except ValueError:
        return None


def read_changes(stage: Stage, path: Path, progress: Callable[[int], None]) -> int:
    """Reads the file into `stage`, in the order of the days of its facts; how many rows are left out."""
    source = open_table(path, stage.tell)
    if source is None:
        return 0
    if source.table is not CHANGES:
        stage.tell(Finding(Severity.FATAL, path.name, 1, "", source.table.name, "is not a file of changes"))
        return 0
    found: list[tuple[date, CareChange]] = []
    left_out = 0
    for row in rows(source, stage.tell):
        progress(1)
        changes = _changes(RowReader(row, stage.tell))
        left_out += not changes
        found.extend(changes)
    for _on, told in sorted(found, key=lambda each: each[0]):
        stage.keep(CHANGES_OF_CARE, told)
    return left_out


def _changes(row: RowReader) -> list[tuple[date, CareChange]]:
    """The row's fact, with its day; nothing, and told why, for a row that cannot be used."""
    if not row.sound:
        return []
    child_id, fact, on = row.identifier("CHILD"), row.needed("FACT").lower(), row.needed_day("ON")
    if fact and fact not in (*VALUES, ENTRY):
        row.error("FACT", f"is not a known fact; these are: {', '.join(sorted((*VALUES, ENTRY)))}")
    if on is None or not row.sound:
        return []
    entry = _entry(row, child_id, on) if fact == ENTRY else None
    told = _first_placement(row, on) if fact == ENTRY else _told(row, fact, on)
    if not row.sound:
        return []
    entered = [(on, CareChange(child_id=child_id, entry=entry))] if entry else []
    return [*entered, *([(on, CareChange(child_id=child_id, fact=told))] if told else [])]


def _first_placement(row: RowReader, on: date) -> Fact | None:
    """What else a row of entering care says of the first placement: a fact by itself, told after the entry."""
    said = _where_said(row, _EMERGENCY, *_OF_A_PLACEMENT)
    if not said or not row.sound:
        return None
    return PlacementTold(on=on, placement=row.needed("PLACEMENT").upper(), **said)


def _told(row: RowReader, fact: str, on: date) -> Fact | None:
    """VALUE, as this fact reads it. What the fact does not take is told, and the row left out."""
    kind, value_of = VALUES[fact]
    value = value_of(row)
    if not row.sound:
        return None
    try:
        return _FACT.validate_python({"kind": kind, "on": on, **value})
    except ValidationError as wrong:
        _tell(row, "VALUE", wrong)
        return None


def _entry(row: RowReader, child_id: str, on: date) -> CareRecord | None:
    born = row.needed_day("DOB")
    given, family = row.text("GIVEN_NAME"), row.text("FAMILY_NAME")
    first = {
        "began": on,
        "reason_new": "S",
        "legal_status": row.needed("VALUE").upper(),
        "placement": row.needed("PLACEMENT").upper(),
    }
    whole = {
        "child_id": child_id,
        "date_of_birth": born,
        "sex": row.needed("SEX").upper(),
        "upn": row.text("UPN").upper() or None,
        "name": {"given": given, "family": family} if given and family else None,
        "spells": [{"began": on, "episodes": [first]}],
    }
    if not row.sound:
        return None
    try:
        return CareRecord.model_validate(whole)
    except ValidationError as wrong:
        _tell(row, "FACT", wrong)
        return None


def _tell(row: RowReader, column: str, wrong: ValidationError) -> None:
    for fault in wrong.errors(include_input=False, include_url=False):
        row.error(column, fault["msg"].removeprefix("Value error, "))


def _code(name: str) -> Callable[[RowReader], dict[str, Any]]:
    return lambda row: {name: row.needed("VALUE").upper()}


def _identifier(name: str, **more: Any) -> Callable[[RowReader], dict[str, Any]]:
    return lambda row: {name: row.identifier("VALUE"), **more}


def _among(name: str, column: str, codes: Mapping[str, Any]) -> Callable[[RowReader], dict[str, Any]]:
    return lambda row: {name: codes.get(row.code(column, codes))}


def _nothing(_row: RowReader) -> dict[str, Any]:
    return {}


def _placement(row: RowReader) -> dict[str, Any]:
    return _code("placement")(row) | _where_said(row, _EMERGENCY, *_OF_A_PLACEMENT)


def _school(row: RowReader) -> dict[str, Any]:
    return {"school_urn": row.text("VALUE").upper() or None} | _where_said(row, _EMERGENCY)


def _where_said(row: RowReader, *columns: Column) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for column, name, codes in columns:
        if row.text(column):
            told |= _among(name, column, codes)(row)
    return told


_EMERGENCY: Column = ("EMERGENCY", "emergency", YES_NO)
_OF_A_PLACEMENT: tuple[Column, ...] = (
    ("AREA", "area", AREAS),
    ("PLACE_PROVIDER", "provider", PROVIDERS),
    ("CHANGES_SCHOOL", "changes_school", YES_NO),
    ("SAME_CARERS", "same_carers", YES_NO),
    ("FOSTERING_ALLOWANCE", "fostering_allowance", YES_NO),
)

VALUES: Mapping[str, tuple[str, Callable[[RowReader], dict[str, Any]]]] = {
    "left_care": ("left_care", _code("reason")),
    "placement": ("placement", _placement),
    "legal_status": ("legal_status", _code("legal_status")),
    "school": ("school", _school),
    "school_move_planned": ("school_move_planned", lambda row: {"school_urn": row.text("VALUE").upper() or None}),
    "removed_from_roll": ("removed_from_roll", _nothing),
    "social_worker": ("social_worker", _identifier("staff_id")),
    "reviewing_officer": ("reviewing_officer", _identifier("staff_id")),
    "review_held": ("review_held", _nothing),
    "review_scheduled": ("review_scheduled", _nothing),
    "fostering_allowance": ("fostering_allowance", _among("paid", "VALUE", YES_NO)),
    "sibling": ("sibling", _identifier("sibling_child_id")),
    "not_sibling": ("sibling", _identifier("sibling_child_id", linked=False)),
    "year_group": ("year_group", _among("year_group", "VALUE", YEAR_GROUPS)),
    "special_educational_needs": (
        "special_educational_needs",
        _among("special_educational_needs", "VALUE", SEN_CODES),
    ),
    "school_notified": ("school_notified", lambda row: {"placement_on": row.needed_day("VALUE")}),
    "responsibility_transferred": (
        "responsibility_transferred",
        lambda row: {"to_authority": row.needed("VALUE").lower()},
    ),
}
"""What stands in FACT, the kind of fact that it is, and how VALUE is read for it."""
