"""`pep import children FILES…`: reads an authority's files, says what is wrong and what would happen, then sends them.

Nothing is sent unless every row is free of errors, or `--skip-bad` is said: then children with errors are left out.
Sending the same files again, or later ones, does nothing twice.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import IntEnum
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console

from scheduling.entrypoints.import_report import Report
from scheduling.entrypoints.import_sender import SendingFailed, send_everything
from scheduling.ssda903.reading import Preview, read_files
from scheduling.ssda903.staging import Stage

SECONDS_A_BATCH = 60.0

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
    api: Annotated[
        str, typer.Option(envvar="PEP_SCHEDULING_URL", help="Base address of the scheduling service.")
    ] = "http://127.0.0.1:8000",
    token: Annotated[str, typer.Option(envvar="PEP_TOKEN", help="Your token of the sign-in provider.")] = "",
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
        preview = _read(stage, files, cut_over.date() if cut_over else None, report)
        may_send = not preview.fatal and (preview.is_clean or skip_bad)
        code = _send(stage, preview, api, token, report) if may_send and not dry_run else _only_tell(report, may_send)
    finally:
        stage.close()
    raise typer.Exit(code)


def _read(stage: Stage, files: list[Path], cut_over: date | None, report: Report) -> Preview:
    with report.progress("Reading", None) as advance:
        preview = read_files(stage, files, cut_over, advance)
    report.findings(stage)
    report.preview(preview)
    return preview


def _only_tell(report: Report, may_send: bool) -> Exit:
    report.nothing_sent(may_send)
    return Exit.DONE if may_send else Exit.FILES_HAVE_ERRORS


def _send(stage: Stage, preview: Preview, api: str, token: str, report: Report) -> Exit:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    total = preview.schools + preview.staff + preview.children + preview.carers + preview.pupils
    try:
        with (
            httpx.Client(base_url=api, headers=headers, timeout=SECONDS_A_BATCH) as client,
            report.progress("Sending", total) as advance,
        ):
            sent = send_everything(stage, client, advance)
    except SendingFailed as fault:
        report.failed(str(fault))
        return Exit.NOT_SENT
    report.sent(sent)
    return Exit.SOME_REFUSED if any(each.refused for each in sent) else Exit.DONE
