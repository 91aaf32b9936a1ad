"""`pep timeliness`: how much was done in time, for the Virtual School's annual report."""

from __future__ import annotations

import json
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

from pep_cli.signed_in import Token, check_authority, service
from pep_cli.terminal import AsJson, out, table_of

COUNTS = ("in_time", "late", "overdue", "open", "withdrawn")
HEADINGS = ("obligation", "in time", "%", "late", "overdue", "open", "withdrawn")


class By(StrEnum):
    """For what figures are counted apart."""

    AUTHORITY = "authority"
    SCHOOL = "school"
    TEAM = "team"


def timeliness(
    authority: Annotated[str, typer.Argument(help="Whose figures.", show_default=False)],
    first: Annotated[
        datetime,
        typer.Option("--from", formats=["%Y-%m-%d"], help="What was due from this day on.", show_default=False),
    ],
    last: Annotated[
        datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The last such day.", show_default=False)
    ],
    by: Annotated[By, typer.Option(help="Counted apart for each.")] = By.AUTHORITY,
    as_csv: Annotated[bool, typer.Option("--csv", help="A table for a spreadsheet.")] = False,
    as_json: AsJson = False,
    token: Token = "",
) -> None:
    """Count what was due in these days and how much of it was done in time, by obligation. No child is named.

    Ends with 1 if the service says no, 2 for a wrong call.
    """
    days = {"from": first.date().isoformat(), "to": last.date().isoformat()}
    with service("scheduling", token) as scheduling:
        found = scheduling.get("/timeliness", **days, by=by.value)
        check_authority(found["authority"], authority)
        if as_csv:
            print(scheduling.text("/timeliness.csv", **days, by=by.value), end="")
            return
    print(json.dumps(found)) if as_json else _say(found)


def _say(found: dict[str, Any]) -> None:
    apart = found["by"] != By.AUTHORITY
    table = table_of(*([found["by"]] if apart else []), *HEADINGS)
    told = None
    for line in found["lines"]:
        if apart and line["place"] != told:
            table.add_section()
        place = "" if line["place"] == told else line["place"]
        told = line["place"]
        percent = "" if line["percent_in_time"] is None else f"{line['percent_in_time']:.1f}"
        in_time, *others = (str(line[name]) for name in COUNTS)
        table.add_row(*([place] if apart else []), line["obligation"], in_time, percent, *others)
    out.print(table if found["lines"] else "Nothing was due in these days.")
    for line in found["lines"]:
        for reason, count in line["late_because"].items():
            said = f"{line['place']}, {line['obligation']}, {reason.replace('_', ' ')}: {count}"
            out.print(said, highlight=False, markup=False)
