"""What the person at the screen sees of an import: progress, findings, a preview, the result. Or lines of JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from itertools import islice

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from scheduling.entrypoints.import_sender import Sent
from scheduling.ssda903.findings import Finding
from scheduling.ssda903.reading import Preview
from scheduling.ssda903.staging import Stage

SHOWN = 100
"""The most findings that are shown on a screen; `--json` gives all."""

COLOURS = {"fatal": "bold red", "error": "red", "warning": "yellow"}


@dataclass(frozen=True)
class Report:
    """`out` is for what was asked, `err` for progress and trouble."""

    out: Console
    err: Console
    as_json: bool

    @contextmanager
    def progress(self, what: str, total: int | None) -> Iterator[Callable[[int], None]]:
        """A bar on the screen; the function it gives moves it on."""
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, TimeElapsedColumn(), console=self.err, transient=True) as bars:
            task = bars.add_task(what, total=total)
            yield lambda count: bars.advance(task, count)

    def findings(self, stage: Stage) -> None:
        if self.as_json:
            for finding in stage.findings():
                self._line(finding=asdict(finding))
            return
        shown = list(islice(stage.findings(), SHOWN + 1))
        if shown:
            self.out.print(_table_of(shown[:SHOWN]))
        if len(shown) > SHOWN:
            self.out.print(f"Only the first {SHOWN} findings are shown; --json gives all.")

    def preview(self, preview: Preview) -> None:
        if self.as_json:
            self._line(preview=asdict(preview))
            return
        table = Table("", "can be taken in", title="What the files hold")
        table.add_row("children in care, or who were", str(preview.children))
        table.add_row("their spells in care", f"{preview.spells} ({preview.spells_running} running)")
        table.add_row("schools", str(preview.schools))
        table.add_row("staff", str(preview.staff))
        table.add_row("carers", str(preview.carers))
        table.add_row("whether a child may sign in", str(preview.pupils))
        table.add_row("children left out", str(preview.children_left_out))
        self.out.print(table)
        self.out.print(f"{preview.fatal + preview.errors} errors, {preview.warnings} warnings.")

    def summary(self, title: str, rows: Iterable[tuple[str, int]]) -> None:
        """What the files hold, a line each."""
        if self.as_json:
            self._line(preview=dict(rows))
            return
        table = Table("", "", title=title, show_header=False)
        for what, count in rows:
            table.add_row(what, str(count))
        self.out.print(table)

    def nothing_sent(self, may_send: bool) -> None:
        if self.as_json:
            self._line(imported=None)
        elif may_send:
            self.out.print("Nothing was sent: this was a dry run.")
        else:
            self.out.print("Nothing was sent: mend the errors, or say --skip-bad to leave out what has them.")

    def failed(self, reason: str) -> None:
        self.err.print(escape(f"Not all was sent: {reason} Run the same command again; nothing happens twice."))

    def sent(self, sent: list[Sent]) -> None:
        if self.as_json:
            self._line(imported={each.kind: {**asdict(each)} for each in sent})
            return
        table = Table("", "new or changed", "known already", "refused", title="What was taken in")
        for each in sent:
            table.add_row(each.kind, str(each.changed), str(each.unchanged), str(len(each.refused)))
        self.out.print(table)
        for each in sent:
            for reason in each.refused[:SHOWN]:
                self.out.print(escape(f"Refused ({each.kind}): {reason}"))
            for flag in each.flagged[:SHOWN]:
                self.out.print(escape(f"To look at ({each.kind}): {flag}"))

    def file_of(self, of: date, rows: int, left_out: int) -> None:
        if self.as_json:
            self._line(file={"of": of.isoformat(), "rows": rows, "left_out": left_out})
            return
        self.out.print(f"The changes of {of:%d/%m/%Y}: rows that can be taken in: {rows}; left out: {left_out}.")

    def late(self, days: int) -> None:
        if self.as_json:
            self._line(days_late=days)
        elif days:
            self.err.print(f"This file is {days} day{'s' if days > 1 else ''} late. The alert is recorded.")

    def _line(self, **content: object) -> None:
        self.out.file.write(json.dumps(content, ensure_ascii=False, default=str) + "\n")


def _table_of(findings: list[Finding]) -> Table:
    table = Table(title="Findings")
    for heading in ("", "file", "line", "column", "value", "what is wrong"):
        table.add_column(heading, overflow="fold")  # never cut: a file or a code is wanted whole
    for each in findings:
        colour = COLOURS[each.severity]
        cells = (each.file, str(each.line or ""), each.column, each.value, each.reason)
        table.add_row(f"[{colour}]{each.severity}[/]", *(escape(cell) for cell in cells))
    return table
