"""Keeps rows, findings and finished records in a temporary database, so that memory does not grow with the children.

The database is SQLite's private one: a file without a name, gone when it is closed or the process ends.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby, islice

from pydantic import BaseModel

from scheduling.ssda903.csv_files import Row
from scheduling.ssda903.findings import Finding, Severity
from scheduling.ssda903.tables import Table

_TABLES = """
create table staged (table_name text, key text, file text, line integer, broken integer, cells text);
create table finding (severity text, file text, line integer, column_name text, value text, reason text);
create table record (kind text, body text);
"""
_AT_ONCE = 1_000


class Stage:
    """Rows go in by table and come out by key; findings and records go in one by one."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(_TABLES)
        self._database.execute("begin")
        self._told: list[tuple[str, str, int, str, str, str]] = []
        self._kept: list[tuple[str, str]] = []

    def close(self) -> None:
        self._database.close()

    def add(self, table: Table, rows: Iterable[Row]) -> None:
        self._database.executemany(
            "insert into staged values (?, ?, ?, ?, ?, ?)",
            (
                (table.name, row.cells.get(table.key, ""), row.file, row.line, row.broken, json.dumps(row.cells))
                for row in rows
            ),
        )

    def by_key(self, *tables: Table) -> Iterator[tuple[str, dict[str, list[Row]]]]:
        """For each key, in order, its rows by table name, as they stood in the files. Rows without key: under ''."""
        rows = self._database.execute(
            "select key, table_name, file, line, broken, cells from staged "
            "where table_name in (select value from json_each(?)) order by key, rowid",
            (json.dumps([table.name for table in tables]),),
        )
        for key, group in groupby(rows, key=lambda row: row[0]):
            yield key, _by_table(group)

    def keys(self, table: Table) -> frozenset[str]:
        return frozenset(
            row[0]
            for row in self._database.execute("select distinct key from staged where table_name = ?", (table.name,))
        )

    def tell(self, finding: Finding) -> None:
        self._told.append((finding.severity, finding.file, finding.line, finding.column, finding.value, finding.reason))
        if len(self._told) >= _AT_ONCE:
            self._write()

    def keep(self, kind: str, record: BaseModel) -> None:
        self._kept.append((kind, record.model_dump_json()))
        if len(self._kept) >= _AT_ONCE:
            self._write()

    def _write(self) -> None:
        self._database.executemany("insert into finding values (?, ?, ?, ?, ?, ?)", self._told)
        self._database.executemany("insert into record values (?, ?)", self._kept)
        self._told.clear()
        self._kept.clear()

    def findings(self) -> Iterator[Finding]:
        """All of them, the worst first, each kind in the order of files and lines."""
        self._write()
        found = self._database.execute(
            "select * from finding "
            "order by case severity when 'fatal' then 0 when 'error' then 1 else 2 end, file, line, rowid"
        )
        for severity, *rest in found:
            yield Finding(Severity(severity), *rest)

    def count_findings(self, severity: Severity) -> int:
        self._write()
        return self._count("select count(*) from finding where severity = ?", severity)

    def count_records(self, kind: str) -> int:
        self._write()
        return self._count("select count(*) from record where kind = ?", kind)

    def _count(self, query: str, *values: str) -> int:
        return int(self._database.execute(query, values).fetchone()[0])

    def batches(self, kind: str, size: int) -> Iterator[tuple[str, ...]]:
        """The records of one kind as JSON, `size` at a time, in the order in which they were kept."""
        self._write()
        bodies = (
            row[0] for row in self._database.execute("select body from record where kind = ? order by rowid", (kind,))
        )
        while batch := tuple(islice(bodies, size)):
            yield batch


def _by_table(group: Iterable[tuple[str, str, str, int, int, str]]) -> dict[str, list[Row]]:
    tables: dict[str, list[Row]] = {}
    for _key, table, file, line, broken, cells in group:
        tables.setdefault(table, []).append(Row(file, line, json.loads(cells), bool(broken)))
    return tables
