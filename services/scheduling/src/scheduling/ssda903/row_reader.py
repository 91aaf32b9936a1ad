"""Reads the cells of one row, tells what is wrong with them, and remembers whether the row can be used."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

from scheduling.domain.days import FIRST_BIRTH, LAST_DAY
from scheduling.ssda903.csv_files import Row, Tell
from scheduling.ssda903.findings import Finding, Severity

_BRITISH = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})(?: 0?0:00(?::00)?)?")
URN = re.compile(r"\d{6}|EY\d{6}")
LONGEST_IDENTIFIER = 40
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def read_day(text: str) -> date:
    """A day written DD/MM/YYYY, DD/MM/YY (of this century) or YYYY-MM-DD. ValueError if there is no such day."""
    if british := _BRITISH.fullmatch(text):
        day, month, year = (int(part) for part in british.groups())
        return date(year + 2000 if year < 100 else year, month, day)
    if iso := _ISO.fullmatch(text):
        return date(*(int(part) for part in iso.groups()))
    raise ValueError(text)


def has_short_year(text: str) -> bool:
    british = _BRITISH.fullmatch(text)
    return british is not None and len(british[3]) == 2


class RowReader:
    """One row. `sound` turns false with its first error."""

    def __init__(self, row: Row, tell: Tell) -> None:
        self.row = row
        self.sound = not row.broken
        self._tell = tell

    def text(self, column: str) -> str:
        """The cell, or nothing where the file has no such column."""
        return self.row.cells.get(column, "")

    def needed(self, column: str) -> str:
        """The cell; an error if it is empty."""
        if not (text := self.text(column)):
            self.error(column, "must not be empty")
        return text

    def day(self, column: str) -> date | None:
        """The cell as a day; an error if there is no such day, a warning if its year has two figures."""
        if not (text := self.text(column)):
            return None
        try:
            day = read_day(text)
        except ValueError:
            self.error(column, "there is no such day; write DD/MM/YYYY")
            return None
        if not FIRST_BIRTH <= day <= LAST_DAY:
            self.error(column, f"is not between {FIRST_BIRTH.year} and {LAST_DAY.year}")
            return None
        if has_short_year(text):
            self.warn(column, f"the year has two figures; read as {day.year}")
        return day

    def needed_day(self, column: str) -> date | None:
        """As `day`; an error if the cell is empty too."""
        return self.day(column) if self.needed(column) else None

    def code(self, column: str, codes: Collection[str]) -> str:
        """The cell in capitals; an error if it is empty or not on the list."""
        code = self.needed(column).upper()
        if code and code not in codes:
            self.error(column, "is not a known code")
        return code

    def identifier(self, column: str) -> str:
        """The cell as the authority's own number of somebody; an error if it is empty or too long to be one."""
        if len(text := self.needed(column)) > LONGEST_IDENTIFIER:
            self.error(column, f"is longer than {LONGEST_IDENTIFIER} characters")
        return text

    def number(self, column: str, shape: re.Pattern[str]) -> str | None:
        """An identifier in capitals, without slashes; an error if it has not the shape, none if the cell is empty."""
        number = self.text(column).upper().replace("/", "")
        if number and not shape.fullmatch(number):
            self.error(column, "has not the shape of such a number")
        return number or None

    def error(self, column: str, reason: str) -> None:
        self.sound = False
        self._say(Severity.ERROR, column, reason)

    def warn(self, column: str, reason: str) -> None:
        self._say(Severity.WARNING, column, reason)

    def _say(self, severity: Severity, column: str, reason: str) -> None:
        self._tell(Finding(severity, self.row.file, self.row.line, column, self.text(column), reason))


def single_rows(readers: list[RowReader], *columns: str) -> list[RowReader]:
    """One row for each different content of `columns`; an exact repeat is a warning, one that differs an error."""
    kept: dict[tuple[str, ...], RowReader] = {}
    for reader in readers:
        first = kept.setdefault(tuple(reader.text(column) for column in columns), reader)
        if first is reader:
            continue
        if first.row.cells == reader.row.cells:
            reader.warn(columns[0], f"repeats line {first.row.line} of {first.row.file}")
        else:
            reader.error(columns[0], f"differs from line {first.row.line} of {first.row.file}, which has the same key")
            first.sound = False
    return list(kept.values())
