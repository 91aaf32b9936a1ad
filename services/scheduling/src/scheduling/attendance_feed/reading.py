"""Reads files of marks, a row a session, into one record a child. A child with an error is left out whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from scheduling.attendance_feed.rows import OF_A_FEED, of_a_child, table_of_feed
from scheduling.domain.attendance.marks import AttendanceRecord, counted
from scheduling.ssda903.csv_files import Row, open_table, rows
from scheduling.ssda903.findings import Severity
from scheduling.ssda903.staging import Stage

CHILDRENS_MARKS = "marks"
Progress = Callable[[int], None]


@dataclass(slots=True)
class Preview:
    """What the files hold, and what of it can be taken in."""

    children: int = 0
    children_left_out: int = 0
    days: int = 0
    sessions_possible: int = 0
    sessions_missed: int = 0
    fatal: int = 0
    errors: int = 0
    warnings: int = 0

    def rows(self) -> Iterator[tuple[str, int]]:
        """Each figure with its name in words."""
        yield from ((name.replace("_", " "), count) for name, count in asdict(self).items())

    def add(self, record: AttendanceRecord) -> None:
        figures = [counted(day, "") for day in record.days]
        self.children += 1
        self.days += len(figures)
        self.sessions_possible += sum(day.possible for day in figures)
        self.sessions_missed += sum(day.missed for day in figures)


def read_marks(stage: Stage, paths: Iterable[Path], progress: Progress) -> Preview:
    """Reads all files into `stage`: findings, and a record for each child without errors."""
    for path in paths:
        source = open_table(path, stage.tell, table_of_feed)
        if source is not None:
            stage.add(source.table, _counted(rows(source, stage.tell), progress))
    preview = Preview()
    for table in OF_A_FEED:
        for key, found in stage.by_key(table):
            _keep(stage, preview, of_a_child(table, key, found[table.name], stage.tell))
    for severity, name in ((Severity.FATAL, "fatal"), (Severity.ERROR, "errors"), (Severity.WARNING, "warnings")):
        setattr(preview, name, stage.count_findings(severity))
    return preview


def _counted(read: Iterable[Row], progress: Progress) -> Iterator[Row]:
    for row in read:
        progress(1)
        yield row


def _keep(stage: Stage, preview: Preview, record: AttendanceRecord | None) -> None:
    if record is None:
        preview.children_left_out += 1
        return
    stage.keep(CHILDRENS_MARKS, record)
    preview.add(record)
