"""`pep break-glass`: who opened a record in an emergency, to be looked over each week."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

import typer

from pep_cli.signed_in import Service, Token, check_authority, service
from pep_cli.terminal import AsJson, out, table_of
from pep_runtime.clock import LONDON

ROWS_A_PAGE = 200


def break_glass(
    authority: Annotated[str, typer.Argument(help="Whose records.", show_default=False)],
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="From this day on; the last week where none is given."),
    ] = None,
    as_json: AsJson = False,
    token: Token = "",
) -> None:
    """List who opened a child's record in an emergency, as which role, until when, and the reason that was given.

    Ends with 1 if the service says no, 2 for a wrong call.
    """
    with service("scheduling", token) as scheduling:
        rows = list(_rows(scheduling, authority, since.date().isoformat() if since else None))
    if as_json:
        print(json.dumps(rows))
        return
    table = table_of("when", "until", "child", "who", "as", "reason")
    for row in rows:
        table.add_row(*told(row))
    out.print(table if rows else "Nobody opened a record in an emergency.")


def told(row: dict[str, Any]) -> tuple[str, ...]:
    """A row as people read it."""
    when, until, role = _time(row["broken_at"]), _time(row["until"]), row["role"].replace("_", " ")
    return when, until, row["child_ref"], row["person_ref"], role, row["reason"]


def _time(written: str) -> str:
    return f"{datetime.fromisoformat(written).astimezone(LONDON):%d/%m/%Y %H:%M}"


def _rows(scheduling: Service, authority: str, since: str | None) -> Iterator[dict[str, Any]]:
    after = None
    while True:
        page = scheduling.get("/broken-glass", since=since, after=after, limit=ROWS_A_PAGE)
        check_authority(page["authority"], authority)
        yield from page["items"]
        if (after := page["next"]) is None:
            return
