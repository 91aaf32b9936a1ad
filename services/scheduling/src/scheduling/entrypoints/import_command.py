"""`pep import children FILES…`, `pep import changes FILE`: read, say what is wrong and what would happen, send.

Nothing is sent unless every row is free of errors, or `--skip-bad` is said: then children with errors are left out.
Sending the same files again, or later ones, does nothing twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console

from pep_kernel.contracts.scheduling import Feed
from scheduling.attendance_feed.newest_day import newest_day
from scheduling.attendance_feed.reading import CHILDRENS_MARKS, read_marks
from scheduling.entrypoints.import_report import Report
from scheduling.entrypoints.import_sender import IN_ORDER, Kinds, SendingFailed, send_kind, tell_of_file
from scheduling.ssda903.changes import CHANGES_OF_CARE, day_in, read_changes
from scheduling.ssda903.findings import Severity
from scheduling.ssda903.reading import Preview, read_files
from scheduling.ssda903.staging import Stage

SECONDS_A_BATCH = 60.0

Api = Annotated[str, typer.Option(envvar="PEP_SCHEDULING_URL", help="Base address of the scheduling service.")]
Token = Annotated[str, typer.Option(envvar="PEP_TOKEN", help="Your token of the sign-in provider.")]

app = typer.Typer(no_args_is_help=True, pretty_exceptions_show_locals=False)  # locals hold personal data


class Exit(IntEnum):
    """How the command ends. 2 is a wrong way to call it."""

    DONE = 0
    NOT_SENT = 1
    WRONG_CALL = 2
    FILES_HAVE_ERRORS = 3
    SOME_REFUSED = 4


@app.callback()
def take_in() -> None:
    """Take in what the authority's own systems say."""


@app.command()
def children(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="CSV files, in any order; which table each one is shows by its columns.", show_default=False
        ),
    ],
    api: Api = "http://127.0.0.1:8000",
    token: Token = "",
    another_child: Annotated[
        list[str] | None,
        typer.Option(help="CHILD of somebody who resembles a known child and is another; may be said several times."),
    ] = None,
    cut_over: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="First load: the day of going live; running spells owe no first plan."),
    ] = None,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Leave out what has errors, take in the rest.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts: one JSON object a line.")] = False,
) -> None:
    """Take in children in care, their schools, the staff and the carers, and which children may sign in.

    Ends with 0 when all is done, 1 when the service could not be reached or said no, 2 for a wrong call, 3 when files
    have errors and nothing was sent, 4 when the service refused some records.
    """
    report, stage = Report(Console(), Console(stderr=True), as_json=as_json), Stage()
    try:
        others = frozenset(another_child or ())
        preview = _read(stage, files, cut_over.date() if cut_over else None, others, report)
        may_send = not preview.fatal and (preview.is_clean or skip_bad)
        total = preview.schools + preview.staff + preview.children + preview.carers
        sends = may_send and not dry_run
        code = _send(stage, total, api, token, report, IN_ORDER) if sends else _only_tell(report, may_send)
    finally:
        stage.close()
    raise typer.Exit(code)


@app.command()
def attendance(
    files: Annotated[list[Path], typer.Argument(help="CSV files of marks, in any order.", show_default=False)],
    day: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="The day whose marks were expected; left out, the newest in the files."
        ),
    ] = None,
    past: Annotated[
        bool,
        typer.Option("--past", help="Marks from before the daily feed: of no day it is said that its file is here."),
    ] = False,
    api: Annotated[
        str, typer.Option(envvar="PEP_SCHEDULING_URL", help="Base address of the scheduling service.")
    ] = "http://127.0.0.1:8000",
    token: Annotated[str, typer.Option(envvar="PEP_TOKEN", help="Your token of the sign-in provider.")] = "",
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Leave out what has errors, take in the rest.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts: one JSON object a line.")] = False,
) -> None:
    """Take in the marks of a daily attendance feed. The same marks again change nothing; other ones correct a day.

    A file that is late is an alert. Ends with the same numbers as `children` does.
    """
    report, stage = Report(Console(), Console(stderr=True), as_json=as_json), Stage()
    try:
        with report.progress("Reading", None) as advance:
            preview = read_marks(stage, files, advance)
        report.findings(stage)
        report.summary("What the files hold", preview.rows())
        may_send = not preview.fatal and (not preview.errors or skip_bad)
        sends = may_send and not dry_run
        of = None if past else (day.date() if day else newest_day(stage))
        file = DailyFile("attendance", of, files, CHILDRENS_MARKS, "/attendance")
        code = _send_file(stage, file, (api, token), report) if sends else _only_tell(report, may_send)
    finally:
        stage.close()
    raise typer.Exit(code)


@app.command()
def changes(
    file: Annotated[Path, typer.Argument(help="The CSV file of one day's changes.", show_default=False)],
    day: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The file's day; left out, the day in its name."),
    ] = None,
    api: Api = "http://127.0.0.1:8000",
    token: Token = "",
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Leave out rows with errors, take in the rest.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts: one JSON object a line.")] = False,
) -> None:
    """Take in a file of daily changes: one fact of one child a row. A file that is late is an alert.

    Ends as `pep import children` does.
    """
    report, stage = Report(Console(), Console(stderr=True), as_json=as_json), Stage()
    of = day.date() if day else day_in(file.name)
    if of is None:
        raise typer.BadParameter("say which day's changes these are: --day 2026-11-02")
    try:
        with report.progress("Reading", None) as advance:
            left_out = read_changes(stage, file, advance)
        report.findings(stage)
        rows = stage.count_records(CHANGES_OF_CARE)
        report.file_of(of, rows, left_out)
        may_send = not stage.count_findings(Severity.FATAL) and (not stage.count_findings(Severity.ERROR) or skip_bad)
        told, sends = DailyFile("care", of, [file], CHANGES_OF_CARE, "/care-changes"), may_send and not dry_run
        code = _send_file(stage, told, (api, token), report) if sends else _only_tell(report, may_send)
    finally:
        stage.close()
    raise typer.Exit(code)


@dataclass(frozen=True, slots=True)
class DailyFile:
    """A file of a feed: its day, unless it is from before the feed; its rows, and the address that takes them."""

    feed: Feed
    of: date | None
    files: Sequence[Path]
    kind: str
    path: str


def _send_file(stage: Stage, file: DailyFile, where: tuple[str, str], report: Report) -> Exit:
    rows = stage.count_records(file.kind)
    try:
        with _client(*where) as client, report.progress("Sending", rows) as advance:
            late = tell_of_file(client, file.feed, file.of, rows, _hash_of(file.files)) if file.of else 0
            sent = send_kind(stage, client, file.kind, file.path, advance)
    except SendingFailed as fault:
        report.failed(str(fault))
        return Exit.NOT_SENT
    report.late(late)
    report.sent([sent])
    return Exit.SOME_REFUSED if sent.refused else Exit.DONE


def _hash_of(files: Sequence[Path]) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in sorted(files))).hexdigest()


def _client(api: str, token: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.Client(base_url=api, headers=headers, timeout=SECONDS_A_BATCH)


def _read(stage: Stage, files: list[Path], cut_over: date | None, others: frozenset[str], report: Report) -> Preview:
    with report.progress("Reading", None) as advance:
        preview = read_files(stage, files, cut_over, advance, others)
    report.findings(stage)
    report.preview(preview)
    return preview


def _only_tell(report: Report, may_send: bool) -> Exit:
    report.nothing_sent(may_send)
    return Exit.DONE if may_send else Exit.FILES_HAVE_ERRORS


def _send(stage: Stage, total: int, api: str, token: str, report: Report, kinds: Kinds) -> Exit:
    try:
        with _client(api, token) as client, report.progress("Sending", total) as advance:
            sent = [send_kind(stage, client, kind, path, advance) for kind, path in kinds]
    except SendingFailed as fault:
        report.failed(str(fault))
        return Exit.NOT_SENT
    report.sent(sent)
    return Exit.SOME_REFUSED if any(each.refused for each in sent) else Exit.DONE
