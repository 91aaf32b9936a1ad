"""`pep due recompute AUTHORITY`: which open dates would be others, or counted now, by today's rules and terms.

A date is computed once and stands until a person says `--yes`. Without it nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.table import Table

SECONDS = 60.0
PATH = "/due/recomputation"


def recompute(
    authority: Annotated[str, typer.Argument(help="The authority at which you are signed in.")],
    service: Annotated[
        str, typer.Option(envvar="PEP_SCHEDULING_URL", help="Base address of the scheduling service.")
    ] = "http://127.0.0.1:8000",
    token: Annotated[str, typer.Option(envvar="PEP_TOKEN", help="Your token of the sign-in provider.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Change them; without it they are only listed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts: one JSON list.")] = False,
) -> None:
    """List the open due dates that would be others today, and with --yes change them."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with httpx.Client(base_url=service, headers=headers, timeout=SECONDS) as client:
        try:
            found = [each for page in _pages(client, authority) for each in _of_page(client, page, yes)]
        except httpx.HTTPError as away:
            _give_up(f"{service} could not be reached: {away or type(away).__name__}")
    if as_json:
        typer.echo(httpx.Response(200, json=found).text)
    else:
        _print(found, yes)


def _pages(client: httpx.Client, authority: str) -> Iterator[dict[str, Any]]:
    after: str | None = ""
    while after is not None:
        page = _asked(client.get(PATH, params={"after": after} if after else {}))
        if page["authority"] != authority:
            _give_up(f"You are signed in at {page['authority']}, not at {authority}.")
        yield page
        after = page["next"]


def _of_page(client: httpx.Client, page: dict[str, Any], yes: bool) -> list[dict[str, Any]]:
    children = sorted({each["child_ref"] for each in page["items"]})
    if not yes or not children:
        return list(page["items"])
    return list(_asked(client.post(PATH, json={"child_refs": children}))["items"])


def _asked(answer: httpx.Response) -> dict[str, Any]:
    if not answer.is_success:
        _give_up(f"{answer.request.url.path} answered {answer.status_code}: {_sentence(answer)}")
    told: dict[str, Any] = answer.json()
    return told


def _sentence(answer: httpx.Response) -> str:
    try:
        return str(answer.json().get("detail") or answer.text)
    except ValueError:
        return answer.text[:200]


def _give_up(sentence: str) -> None:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)


def _print(found: list[dict[str, Any]], yes: bool) -> None:
    if not found:
        typer.echo("Every open date is as it would be counted today.")
        return
    table = Table("what", "since", "is" if not yes else "was", "would be" if not yes else "is now")
    table.add_column("child", overflow="fold")
    for each in found:
        table.add_row(
            each["obligation"], each["trigger_on"], each["was"] or "no date", each["due"] or "none", each["child_ref"]
        )
    Console().print(table)
    if not yes:
        typer.echo("Nothing was changed. --yes changes them.")
