"""`pep sign-in` and `pep sign-out`: as oneself, at the authority's own sign-in provider, in the browser."""

from __future__ import annotations

import asyncio
import webbrowser
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from pep_cli.kept_token import KeptToken
from pep_cli.loopback import Loopback
from pep_cli.settings import Installation, SignInPlace, read_installation, token_file
from pep_cli.terminal import Away, err, out
from pep_runtime.clock import LONDON

if TYPE_CHECKING:
    from pep_runtime.code_flow import CodeFlow

Answer = TypeVar("Answer")
PATIENCE_SECONDS = 300.0


def sign_in(
    authority: Annotated[str, typer.Argument(help="The authority at whose sign-in provider you are known.")],
    open_browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the browser, or only say where to go.")
    ] = True,
) -> None:
    """Sign in with your browser. The commands that act for you then do so until it expires, after an hour at most.

    Ends with 0 when you are signed in, 1 when that did not come about, 2 when the authority has no sign-in provider
    here. The browser must run on this machine.
    """
    from pep_runtime.tokens import NotSignedIn  # only this command needs it, and it takes a while to load

    installation = read_installation()
    place = installation.sign_in.get(authority)
    if place is None:
        err.print(f"This installation names no sign-in provider for {authority}.", soft_wrap=True, highlight=False)
        raise typer.Exit(2)
    try:
        kept = _signed_in(installation, authority, place, open_browser)
    except (NotSignedIn, ValueError) as refused:
        err.print(str(refused), style="red", soft_wrap=True, highlight=False)
        raise typer.Exit(1) from refused
    kept.keep(token_file())
    until = datetime.fromtimestamp(kept.expires_at, LONDON)
    out.print(f"You are signed in at {authority} until {until:%H:%M}.", highlight=False)


def sign_out() -> None:
    """Forget who signed in here. (The provider may still know your browser: sign out there too.)"""
    token_file().unlink(missing_ok=True)
    out.print("Nobody is signed in here now.")


def _signed_in(installation: Installation, authority: str, place: SignInPlace, open_browser: bool) -> KeptToken:
    from pep_runtime.tokens import NotSignedIn

    with Loopback() as loopback:
        begun = asyncio.run(_asked(installation, authority, place, lambda flow: flow.begin(loopback.address)))
        _show(begun.address, open_browser)
        came_back_to = loopback.wait_for(begun.state, PATIENCE_SECONDS)
        if came_back_to is None:
            raise NotSignedIn(f"Nobody signed in within {PATIENCE_SECONDS / 60:.0f} minutes.")
        signed_in = asyncio.run(_asked(installation, authority, place, lambda flow: flow.finish(begun, came_back_to)))
    token = signed_in.access_token.get_secret_value()
    return KeptToken(authority=authority, issuer=place.issuer, token=token, expires_at=signed_in.expires_at)


async def _asked(
    installation: Installation, authority: str, place: SignInPlace, ask: Callable[[CodeFlow], Awaitable[Answer]]
) -> Answer:
    import httpx

    from pep_runtime.code_flow import Client, CodeFlow
    from pep_runtime.provider_keys import ProviderAway

    client = Client(issuer=place.issuer, client_id=place.client_id, scope=place.scope)
    try:
        async with httpx.AsyncClient(timeout=10) as http:
            return await ask(CodeFlow(client, installation.environment, http))
    except ProviderAway as away:
        raise Away(f"the sign-in provider of {authority}") from away


def _show(address: str, open_browser: bool) -> None:
    if open_browser and webbrowser.open(address):
        err.print("Your browser has opened the sign-in page. If not, go to:", soft_wrap=True, highlight=False)
    else:
        err.print("Open this address in the browser of this machine:", soft_wrap=True, highlight=False)
    err.print(address, soft_wrap=True, highlight=False, markup=False)
    err.print(f"Waiting for {PATIENCE_SECONDS / 60:.0f} minutes at most; Ctrl-C gives up.", highlight=False)
