"""`pep access CHILD`: who has looked at a child's records, and who was refused, at the terminal."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from journey.entrypoints.asking import HERE, LONDON, Api, AsJson, Child, Token, all_pages

app = typer.Typer(
    help="Say who has looked at a child's records.",
    context_settings={"allow_interspersed_args": True},  # or options after CHILD are taken for another command
)
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only from this day on.")]


@app.callback(invoke_without_command=True)
def access(
    child: Child,
    since: Day = None,
    person: Annotated[str, typer.Option(help="Only by this person (a reference).")] = "",
    api: Api = HERE,
    token: Token = "",
    as_json: AsJson = False,
) -> None:
    """Say who has looked at a child's records and who was refused: who, when, at what, and why they might.

    The authority is the one that your token is of. That you asked is written down too. Ends with 0 when all is told, 1
    when the service could not be reached or said no, 2 for a wrong call.
    """
    asked = {"since": since.date().isoformat() if since else "", "person_ref": person}
    path = f"/children/{quote(child, safe='')}/looks"
    pages = all_pages(api, token, path, {name: value for name, value in asked.items() if value})
    looks = [look for page in pages for look in page["items"]]
    if as_json:
        typer.echo(json.dumps({"child_ref": child, "items": looks}, ensure_ascii=False))
    else:
        show(Console(), child, looks)


def show(console: Console, child: str, looks: list[dict[str, Any]]) -> None:
    """A table, a line a look, the newest first."""
    if not looks:
        console.print(Text("Nobody has looked, as far as is known here."))
        return
    table = Table(title=f"Who has looked at {child}", title_justify="left")
    for heading in ("when", "who", "did", "what was opened", "why", "place"):
        table.add_column(heading, no_wrap=heading == "when", overflow="fold")
    for look in looks:
        table.add_row(*(Text(cell) for cell in cells(look)))
    console.print(table)


def cells(look: dict[str, Any]) -> tuple[str, ...]:
    """One look in plain words."""
    when = datetime.fromisoformat(look["at"]).astimezone(LONDON)
    did = look["action"] if look["shown"] else f"was refused: {look['action']}"
    among = f", among {look['records']}" if look["records"] > 1 else ""
    return (
        f"{when:%d/%m/%Y %H:%M}",
        f"{look['role'].replace('_', ' ')} {look['person_ref']}",
        did + among,
        ", ".join(each.replace("_", " ") for each in look["classes"]) or ("facts" if look["shown"] else "nothing"),
        look["reason"],
        f"{look['service']} {look['position']}",
    )
