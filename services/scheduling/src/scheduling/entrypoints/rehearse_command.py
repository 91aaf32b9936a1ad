"""`pep rehearse FILE`: an authority's own cases, played against its policy files before they go live."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from scheduling.entrypoints.files_of_authorities import AUTHORITIES, Folder, files_of
from scheduling.entrypoints.rehearsal import Case, Difference, RehearsalFault, played, read_cases


def rehearse(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="TOML or CSV: events and expected dates.")],
    folder: Folder = AUTHORITIES,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts: one JSON object.")] = False,
) -> None:
    """Play an authority's own cases against its policy files. Ends with 1 if a date is another than expected."""
    try:
        cases = read_cases(file)
    except RehearsalFault as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(2) from fault
    differences = [each for case in cases for each in _play(folder, case)]
    if as_json:
        told = {"cases": len(cases), "differences": [each.as_json() for each in differences]}
        typer.echo(json.dumps(told))
    else:
        _print(cases, differences)
    raise typer.Exit(1 if differences else 0)


def _play(folder: Path, case: Case) -> list[Difference]:
    return played(case, files_of(folder, case.authority))


def _print(cases: list[Case], differences: list[Difference]) -> None:
    console = Console()
    if not differences:
        console.print(f"All {len(cases)} cases come out as expected.", highlight=False)
        return
    table = Table()
    for heading in ("case", "what", "expected", "by the files", "rule"):
        table.add_column(heading, overflow="fold")
    for each in differences:
        table.add_row(each.case, each.obligation, each.expected, each.found, each.rule)
    console.print(table)
    failed = len({each.case for each in differences})
    console.print(f"{failed} of {len(cases)} cases: another date than expected.", highlight=False)
