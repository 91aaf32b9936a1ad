"""Reads a set of files from first line to finished records. Two passes: rows go in by file, come out by child."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from pep_kernel.calendars import financial_year
from scheduling.domain.child.code_lists import CODE_LISTS
from scheduling.ssda903.children import OF_A_CHILD, read_child
from scheduling.ssda903.csv_files import Row, open_table, rows
from scheduling.ssda903.findings import Finding, Severity
from scheduling.ssda903.known import Known
from scheduling.ssda903.people_and_schools import read_carer, read_pupil, read_school, read_staff
from scheduling.ssda903.row_reader import RowReader, read_day
from scheduling.ssda903.staging import Stage
from scheduling.ssda903.tables import CARERS, CHANGES, EPISODES, HEADER, PUPILS, SCHOOLS, STAFF, Table

Progress = Callable[[int], None]
"""Hears how many rows or children more have been read."""
Made = TypeVar("Made", bound=BaseModel)

CHILDREN, STAFF_MEMBERS, CARERS_OF_CHILDREN, SCHOOLS_LISTED = "children", "staff", "carers", "schools"
PUPIL_ACCOUNTS = "pupils"


@dataclass(frozen=True, slots=True)
class Preview:
    """What the files hold, and what of it can be taken in."""

    children: int
    children_left_out: int
    spells: int
    spells_running: int
    staff: int
    carers: int
    pupils: int
    schools: int
    fatal: int
    errors: int
    warnings: int

    @property
    def is_clean(self) -> bool:
        return not self.fatal and not self.errors


def read_files(
    stage: Stage,
    paths: Iterable[Path],
    cut_over: date | None,
    progress: Progress,
    others: frozenset[str] = frozenset(),
) -> Preview:
    """Reads all files into `stage`: findings, and a record for everything that can be taken in.

    `others` are children of whom somebody said that they are none of those whom they resemble.
    """
    latest = date.min
    for path in paths:
        latest = max(latest, _stage_file(stage, path, progress))
    _tell_if_header_is_missing(stage)
    _keep_each(stage, SCHOOLS, SCHOOLS_LISTED, read_school)
    _keep_each(stage, STAFF, STAFF_MEMBERS, read_staff)
    return_year = max(CODE_LISTS) if latest == date.min else financial_year(latest)
    known = Known(return_year, stage.keys(SCHOOLS), stage.keys(STAFF), cut_over, others)
    counts = _keep_children(stage, known, progress)
    _keep_each(stage, CARERS, CARERS_OF_CHILDREN, read_carer)
    _keep_each(stage, PUPILS, PUPIL_ACCOUNTS, read_pupil)
    return _preview(stage, counts)


def _stage_file(stage: Stage, path: Path, progress: Progress) -> date:
    """Stages one file; the newest day on which one of its episodes began or ceased."""
    source = open_table(path, stage.tell)
    if source is None:
        return date.min
    if source.table is CHANGES:
        stage.tell(Finding(Severity.FATAL, path.name, 1, "", "changes", "is taken in by `pep import changes`"))
        return date.min
    watch = _Latest()
    counted = _counted(rows(source, stage.tell), progress)
    stage.add(source.table, watch.over(counted) if source.table is EPISODES else counted)
    return watch.day


def _counted(read: Iterable[Row], progress: Progress) -> Iterator[Row]:
    for row in read:
        progress(1)
        yield row


class _Latest:
    """Remembers the newest day in the episodes that pass by: it says which year's return this is."""

    def __init__(self) -> None:
        self.day = date.min

    def over(self, episodes: Iterable[Row]) -> Iterator[Row]:
        for row in episodes:
            for column in ("DECOM", "DEC"):
                with suppress(ValueError):
                    self.day = max(self.day, read_day(row.cells.get(column, "")))
            yield row


def _tell_if_header_is_missing(stage: Stage) -> None:
    if stage.keys(EPISODES) and not stage.keys(HEADER):
        stage.tell(Finding(Severity.FATAL, "", 0, "", "", "there are episodes, but no header table"))


def _keep_each(stage: Stage, table: Table, kind: str, read: Callable[[list[RowReader]], Made | None]) -> None:
    for _key, tables in stage.by_key(table):
        readers = [RowReader(row, stage.tell) for row in tables[table.name]]
        if not _has_key(table, readers):
            continue
        if record := read(readers):
            stage.keep(kind, record)


def _has_key(table: Table, readers: list[RowReader]) -> bool:
    """Whether these rows say whom they are about; if not it is told, once for each row."""
    for reader in readers:
        if reader.sound:
            reader.identifier(table.key)
    return all(reader.sound or reader.row.broken for reader in readers) and bool(readers[0].text(table.key))


@dataclass(slots=True)
class _Counts:
    left_out: int = 0
    spells: int = 0
    running: int = 0


def _keep_children(stage: Stage, known: Known, progress: Progress) -> _Counts:
    counts = _Counts()
    for child_id, tables in stage.by_key(*OF_A_CHILD):
        readers = [RowReader(row, stage.tell) for of_table in tables.values() for row in of_table]
        if not _has_key(HEADER, readers):
            continue
        _keep_child(stage, child_id, tables, known, counts)
        progress(1)
    return counts


def _keep_child(stage: Stage, child_id: str, tables: dict[str, list[Row]], known: Known, counts: _Counts) -> None:
    record = read_child(child_id, tables, known, stage.tell)
    if record is None:
        counts.left_out += 1
        return
    stage.keep(CHILDREN, record)
    counts.spells += len(record.spells)
    counts.running += sum(spell.ended is None for spell in record.spells)


def _preview(stage: Stage, counts: _Counts) -> Preview:
    return Preview(
        children=stage.count_records(CHILDREN),
        children_left_out=counts.left_out,
        spells=counts.spells,
        spells_running=counts.running,
        staff=stage.count_records(STAFF_MEMBERS),
        carers=stage.count_records(CARERS_OF_CHILDREN),
        pupils=stage.count_records(PUPIL_ACCOUNTS),
        schools=stage.count_records(SCHOOLS_LISTED),
        fatal=stage.count_findings(Severity.FATAL),
        errors=stage.count_findings(Severity.ERROR),
        warnings=stage.count_findings(Severity.WARNING),
    )
