"""Asking a service's API as the person who sits at the terminal: with a token, and the service's own words for a no."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import httpx
import typer

from pep_cli.settings import read_installation
from pep_cli.terminal import Away, err

SECONDS_AN_ANSWER = 30.0
POSITION = "Pep-Position"
HOW_TO_SIGN_IN = " Here: `pep sign-in AUTHORITY`."

Token = Annotated[
    str, typer.Option("--token", envvar="PEP_TOKEN", help="Your token of the sign-in provider.", show_default=False)
]


class SaidNo(Exception):
    """The service refuses; the sentence is its own."""


class Service:
    """One service, asked with one token. What it was asked to do is seen by the next question."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def get(self, path: str, **asked: Any) -> Any:
        """The answer. Raises `SaidNo`, `Away`."""
        answer = self._ask("GET", path, params=_known(asked))
        return answer.json()

    def text(self, path: str, **asked: Any) -> str:
        """The answer as it is: a file. Raises `SaidNo`, `Away`."""
        return self._ask("GET", path, params=_known(asked)).text

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """The answer, if there is one. Raises `SaidNo`, `Away`."""
        answer = self._ask("POST", path, json=body)
        return answer.json() if answer.content else None

    def _ask(self, method: str, path: str, **how: Any) -> httpx.Response:
        try:
            answer = self._client.request(method, path, **how)
        except httpx.TransportError as error:
            raise Away(f"{self._client.base_url}: {type(error).__name__}") from error
        if answer.is_success:
            self._client.headers.update({POSITION: answer.headers[POSITION]} if POSITION in answer.headers else {})
            return answer
        raise SaidNo(_sentence(answer) + (HOW_TO_SIGN_IN if answer.status_code == httpx.codes.UNAUTHORIZED else ""))


def _known(asked: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if value is not None}


def _sentence(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return f"The service answered {answer.status_code}."


@contextmanager
def service(name: str, token: str) -> Iterator[Service]:
    """The service of this installation. A no is printed, and ends the command with 1."""
    place = read_installation().services.get(name)
    if place is None:
        err.print(f"There is no service {name} in this installation.")
        raise typer.Exit(2)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        with httpx.Client(base_url=place.url, headers=headers, timeout=SECONDS_AN_ANSWER, trust_env=False) as client:
            yield Service(client)
    except SaidNo as no:
        err.print(str(no), style="red", highlight=False, soft_wrap=True)
        raise typer.Exit(1) from no


def check_authority(said: str, wanted: str) -> None:
    """Nothing is done for another authority than the one that was typed: the token alone decides whose it is."""
    if said != wanted:
        err.print(f"This token is of {said}, not of {wanted}. Nothing was done.", highlight=False)
        raise typer.Exit(2)
