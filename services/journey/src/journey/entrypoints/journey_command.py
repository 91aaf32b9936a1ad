"""`pep journey CHILD`: a child's story at the terminal, now or as it was known on a day."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from enum import IntEnum
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import httpx
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

LONDON = ZoneInfo("Europe/London")
SECONDS_A_PAGE = 30.0
LINES_A_PAGE = 200

app = typer.Typer(
    help="Tell what happened to a child, and who knew it when.",
    context_settings={"allow_interspersed_args": True},  # or options after CHILD are taken for another command
)


class Exit(IntEnum):
    """How the command ends. 2 is a wrong way to call it."""

    DONE = 0
    NOT_TOLD = 1


class NotTold(Exception):
    """The service could not be reached or said no; the sentence is for the person at the terminal."""


@app.callback(invoke_without_command=True)
def journey(
    child: Annotated[str, typer.Argument(help="The child's reference.", show_default=False)],
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="As it was known at the end of this day.")
    ] = None,
    api: Annotated[
        str, typer.Option(envvar="PEP_JOURNEY_URL", help="Base address of the journey service.")
    ] = "http://127.0.0.1:8000",
    token: Annotated[str, typer.Option(envvar="PEP_TOKEN", help="Your token of the sign-in provider.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="For scripts: one JSON object.")] = False,
) -> None:
    """Tell what happened to a child: what, who, when known, when true, under which rules, and where it stands.

    Ends with 0 when all is told, 1 when the service could not be reached or said no, 2 for a wrong call.
    """
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        with httpx.Client(base_url=api, headers=headers, timeout=SECONDS_A_PAGE) as client:
            story = whole_story(client, child, as_of.date().isoformat() if as_of else None)
    except NotTold as fault:
        Console(stderr=True).print(Text(str(fault), style="red"))
        raise typer.Exit(Exit.NOT_TOLD) from fault
    if as_json:
        typer.echo(json.dumps(story, ensure_ascii=False))
    else:
        show(Console(), story)


def whole_story(client: httpx.Client, child: str, as_of: str | None) -> dict[str, Any]:
    """All pages as one. `rests_on` is the last page's: while pages were read, more may have become known."""
    pages = list(_pages(client, child, as_of))
    return {**pages[-1], "lines": [line for page in pages for line in page["lines"]]}


def _pages(client: httpx.Client, child: str, as_of: str | None) -> Iterator[dict[str, Any]]:
    asked: dict[str, str | int] = {"limit": LINES_A_PAGE}
    if as_of:
        asked["as_of"] = as_of
    while True:
        page = _page(client, child, asked)
        yield page
        if page["next"] is None:
            return
        asked["after"] = page["next"]


def _page(client: httpx.Client, child: str, asked: dict[str, str | int]) -> dict[str, Any]:
    try:
        answer = client.get(f"/children/{child}/journey", params=asked)
        said: dict[str, Any] = answer.json()
    except httpx.TransportError as error:
        raise NotTold(f"The journey service cannot be reached at {client.base_url}.") from error
    except ValueError as error:
        raise NotTold(f"Something else than the journey service answers at {client.base_url}.") from error
    if answer.status_code != httpx.codes.OK:
        raise NotTold(said.get("detail", f"The journey service answered {answer.status_code}."))
    return said


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
