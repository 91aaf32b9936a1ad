"""`pep journey CHILD`: a child's story at the terminal, now or as it was known on a day."""

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
    help="Tell what happened to a child, and who knew it when.",
    context_settings={"allow_interspersed_args": True},  # or options after CHILD are taken for another command
)


@app.callback(invoke_without_command=True)
def journey(
    child: Child,
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="As it was known at the end of this day.")
    ] = None,
    api: Api = HERE,
    token: Token = "",
    as_json: AsJson = False,
) -> None:
    """Tell what happened to a child: what, who, when known, when true, under which rules, and where it stands.

    Ends with 0 when all is told, 1 when the service could not be reached or said no, 2 for a wrong call.
    """
    asked = {"as_of": as_of.date().isoformat()} if as_of else {}
    story = as_one(all_pages(api, token, f"/children/{quote(child, safe='')}/journey", asked))
    if as_json:
        typer.echo(json.dumps(story, ensure_ascii=False))
    else:
        show(Console(), story)


def as_one(pages: list[dict[str, Any]]) -> dict[str, Any]:
    """All pages as one. `rests_on` is the last page's: while pages were read, more may have become known."""
    return {**pages[-1], "lines": [line for page in pages for line in page["lines"]]}


def show(console: Console, story: dict[str, Any]) -> None:
    """A table, a line an event, and what the story rests on."""
    when = f"as known on {story['as_of']}" if story["as_of"] else "as known now"
    table = Table(title=f"Journey of {story['child_ref']}, {when}", title_justify="left")
    for heading in ("known", "true", "what", "who", "rules", "place"):
        table.add_column(heading, no_wrap=heading in ("known", "true"), overflow="fold")
    for line in story["lines"]:
        table.add_row(*(Text(cell) for cell in _cells(line)))
    console.print(table)
    places = ", ".join(f"{service} up to {position}" for service, position in story["rests_on"].items())
    console.print(Text(f"This rests on: {places}." if places else "Nothing was known then."))


def _cells(line: dict[str, Any]) -> tuple[str, ...]:
    known, true = (datetime.fromisoformat(line[name]).astimezone(LONDON) for name in ("known_at", "true_at"))
    place = f"{line['service']} {line['position']}"
    return (
        f"{known:%d/%m/%Y %H:%M}",
        f"{true:%d/%m/%Y}",
        line["what"],
        line["who"],
        line["policy_version"] or "",
        place,
    )
