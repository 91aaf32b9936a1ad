"""Reads one CSV file as it comes: byte order mark or not, either line ending, quoted commas. Anything else is told.

A file is read as a stream; no more than one row of it is in memory.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from scheduling.ssda903.findings import Finding, Severity
from scheduling.ssda903.tables import NOT_USED, Table, table_of

LONGEST_CELL = 200
Tell = Callable[[Finding], None]


@dataclass(frozen=True, slots=True)
class Row:
    """A row by column name, blanks trimmed. `broken` means it has too few or too many cells: only its key is kept."""

    file: str
    line: int
    cells: dict[str, str]
    broken: bool = False


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file whose table is known, with the columns in their order."""

    path: Path
    table: Table
    columns: tuple[str, ...]


def open_table(
    path: Path, tell: Tell, recognise: Callable[[frozenset[str]], Table | None] = table_of
) -> SourceFile | None:
    """Which table the file is, by its first line. None, and told why, for a file that cannot be used."""
    first = _first_line(path, tell)
    if first is None:
        return None
    columns = tuple(cell.strip().upper() for cell in first)
    table = recognise(frozenset(columns))
    problem = _problem_with(columns, table)
    if problem or table is None:
        tell(Finding(Severity.FATAL, path.name, 1, "", ",".join(first)[:80], problem))
        return None
    if table in NOT_USED:
        tell(Finding(Severity.WARNING, path.name, 1, "", table.name, "this table is not needed and was not read"))
        return None
    _tell_of_other_columns(path, columns, table, tell)
    return SourceFile(path, table, columns)


def _first_line(path: Path, tell: Tell) -> list[str] | None:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            first = next(csv.reader(lines, strict=True), None)
    except OSError as fault:
        first, problem = None, f"cannot be opened: {fault.strerror}"
    except UnicodeDecodeError:
        first, problem = None, "is not UTF-8 text; save it as 'CSV UTF-8'"
    except csv.Error as fault:
        first, problem = None, f"is not CSV: {fault}"
    else:
        problem = "is empty"
    if not first:
        tell(Finding(Severity.FATAL, path.name, 1, "", "", f"the file {problem}"))
    return first or None


def _problem_with(columns: tuple[str, ...], table: Table | None) -> str:
    if table is None:
        return "which table this is cannot be told from its columns"
    if twice := sorted({column for column in columns if column and columns.count(column) > 1}):
        return f"the column {twice[0]} is there twice"
    if missing := [column for column in table.required if column not in columns and table not in NOT_USED]:
        return f"the table {table.name} lacks the column {', '.join(missing)}"
    return ""


def _tell_of_other_columns(path: Path, columns: tuple[str, ...], table: Table, tell: Tell) -> None:
    for column in columns:
        if column not in table.columns:
            tell(Finding(Severity.WARNING, path.name, 1, column, "", f"the table {table.name} has no such column"))


def rows(source: SourceFile, tell: Tell) -> Iterator[Row]:
    """Every row below the first. What cannot be read is told; after a fault that hides where rows end, none follow."""
    with source.path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.reader(lines, strict=True)
        try:
            next(reader)
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield _row(source, reader.line_num, cells, tell)
        except UnicodeDecodeError:
            _tell_fatal(source, reader.line_num + 1, "is not UTF-8 text; save it as 'CSV UTF-8'", tell)
        except csv.Error as fault:
            _tell_fatal(source, reader.line_num, f"is not CSV: {fault}", tell)


def _tell_fatal(source: SourceFile, line: int, problem: str, tell: Tell) -> None:
    tell(Finding(Severity.FATAL, source.path.name, line, "", "", f"from here on the file {problem}"))


def _row(source: SourceFile, line: int, cells: list[str], tell: Tell) -> Row:
    fault = _fault_of(source, cells)
    if fault is None:
        named = zip(source.columns, (cell.strip() for cell in cells), strict=True)
        return Row(source.path.name, line, dict(named))
    tell(Finding(Severity.ERROR, source.path.name, line, "", "", fault))
    return Row(source.path.name, line, _key_only(source, cells), broken=True)


def _fault_of(source: SourceFile, cells: list[str]) -> str | None:
    if len(cells) != len(source.columns):
        return f"the row has {len(cells)} cells, the first line {len(source.columns)}"
    if any("\0" in cell for cell in cells):
        return "a cell holds a NUL character"
    if any(len(cell) > LONGEST_CELL for cell in cells):
        return f"a cell is longer than {LONGEST_CELL} characters; is a quotation mark missing?"
    return None


def _key_only(source: SourceFile, cells: list[str]) -> dict[str, str]:
    with suppress(IndexError):
        return {source.table.key: cells[source.columns.index(source.table.key)].strip()}
    return {}
