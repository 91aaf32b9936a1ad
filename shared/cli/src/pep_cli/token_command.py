"""`pep token`: a person's token for scripts and tests of a development installation, by password.

A password belongs on the provider's own page, where it can ask for a second factor: elsewhere, `pep sign-in`.
"""

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
    """Development only: sign in by password and print a token: `export PEP_TOKEN=$(pep token …)`."""
    import httpx  # only this command needs it

    installation = read_installation()
    if installation.environment != "development":
        err.print(
            "pep token is for development installations only. Use pep sign-in, and your browser.",
            soft_wrap=True,
            highlight=False,
        )
        raise typer.Exit(2)
    place = installation.sign_in.get(authority)
    if place is None or place.by_password is None:
        err.print(
            f"This installation names no sign-in provider for {authority} that takes a password.",
            soft_wrap=True,
            highlight=False,
        )
        raise typer.Exit(2)
    client = (place.by_password.client_id, place.by_password.client_secret.get_secret_value())
    form = {"grant_type": "password", "username": person, "password": password}
    try:
        answer = httpx.post(place.by_password.token_url, data=form, auth=client, trust_env=False)
    except httpx.TransportError as error:
        raise Away(type(error).__name__) from error
    if answer.status_code != httpx.codes.OK:
        err.print("The provider does not know this person, or the password is wrong.", soft_wrap=True, highlight=False)
        raise typer.Exit(1)
    print(answer.json()["access_token"])
