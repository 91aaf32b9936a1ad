"""Asking the service journey from the terminal, with the person's own token: every page of an answer, or why not."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import Annotated, Any, NoReturn
from zoneinfo import ZoneInfo

import httpx
import typer
from rich.console import Console
from rich.text import Text

LONDON = ZoneInfo("Europe/London")
SECONDS_A_PAGE = 30.0
LINES_A_PAGE = 200

Child = Annotated[str, typer.Argument(help="The child's reference.", show_default=False)]
Api = Annotated[str, typer.Option(envvar="PEP_JOURNEY_URL", help="Base address of the journey service.")]
Token = Annotated[str, typer.Option(envvar="PEP_TOKEN", help="Your token of the sign-in provider.")]
AsJson = Annotated[bool, typer.Option("--json", help="For scripts: one JSON object.")]
HERE = "http://127.0.0.1:8000"
HOW_TO_SIGN_IN = " Here: `pep sign-in AUTHORITY`."


class Exit(IntEnum):
    """How a command ends. 2 is a wrong way to call it."""

    DONE = 0
    NOT_TOLD = 1


class NotTold(Exception):
    """The service could not be reached or said no; the sentence is for the person at the terminal."""


def all_pages(api: str, token: str, path: str, asked: dict[str, str]) -> list[dict[str, Any]]:
    """Every page of an answer, in order. Ends the command where the service cannot be reached or says no."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        with httpx.Client(base_url=api, headers=headers, timeout=SECONDS_A_PAGE) as client:
            return list(pages(client, path, asked))
    except NotTold as fault:
        _give_up(fault)


def _give_up(fault: NotTold) -> NoReturn:
    Console(stderr=True).print(Text(str(fault), style="red"))
    raise typer.Exit(Exit.NOT_TOLD) from fault


def pages(client: httpx.Client, path: str, asked: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Page after page. Raises `NotTold`."""
    following: str | None = None
    while True:
        page = _page(client, path, {**asked, **({"after": following} if following else {})})
        yield page
        following = page["next"]
        if following is None:
            return


def _page(client: httpx.Client, path: str, asked: dict[str, str]) -> dict[str, Any]:
    try:
        answer = client.get(path, params={"limit": LINES_A_PAGE, **asked})
        said: dict[str, Any] = answer.json()
    except httpx.TransportError as error:
        raise NotTold(f"The journey service cannot be reached at {client.base_url}.") from error
    except ValueError as error:
        raise NotTold(f"Something else than the journey service answers at {client.base_url}.") from error
    if answer.status_code != httpx.codes.OK:
        sentence = said.get("detail", f"The journey service answered {answer.status_code}.")
        raise NotTold(sentence + (HOW_TO_SIGN_IN if answer.status_code == httpx.codes.UNAUTHORIZED else ""))
    return said
