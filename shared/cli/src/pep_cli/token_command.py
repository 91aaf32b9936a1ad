"""`pep token`: signing in at a development installation."""

from __future__ import annotations

from typing import Annotated

import typer

from pep_cli.settings import read_installation
from pep_cli.terminal import Away, err


def token(
    authority: Annotated[str, typer.Argument(help="The authority whose sign-in provider is asked.")],
    person: Annotated[str, typer.Argument(help="The person's reference.")],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, envvar="PEP_PASSWORD")],
) -> None:
    """Sign in at a development installation's provider and print a token: `export PEP_TOKEN=$(pep token …)`."""
    import httpx  # only this command needs it

    place = read_installation().sign_in.get(authority)
    if place is None:
        err.print(f"This installation names no sign-in provider for {authority} that takes a password.")
        raise typer.Exit(2)
    form = {"grant_type": "password", "username": person, "password": password}
    try:
        answer = httpx.post(place.token_url, data=form, auth=(place.client_id, place.client_secret), trust_env=False)
    except httpx.TransportError as error:
        raise Away(type(error).__name__) from error
    if answer.status_code != httpx.codes.OK:
        err.print("The provider does not know this person, or the password is wrong.")
        raise typer.Exit(1)
    print(answer.json()["access_token"])
