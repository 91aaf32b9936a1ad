"""`pep keys`: an authority's own key, which wraps the keys of its children's and people's data."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from pep_cli.progress import progress_bar
from pep_cli.settings import KeysPlace, read_installation
from pep_cli.terminal import AsJson, err, out

if TYPE_CHECKING:
    from pep_runtime.authority_keys import KeyWrapper
    from pep_runtime.rotation import Progress, Rotated, Standing

app = typer.Typer(no_args_is_help=True)
Authority = Annotated[str, typer.Argument(help="Whose key.", show_default=False)]
Yes = Annotated[bool, typer.Option("--yes", help="Do it; without it you are only told what would be done.")]
Work = Callable[["KeyWrapper", "Progress"], Awaitable["Rotated"]]


@app.command()
def rotate(authority: Authority, yes: Yes = False, as_json: AsJson = False) -> None:
    """Make a new key for AUTHORITY and wrap all under it, while everything runs. Stopped, it goes on when repeated.

    Nothing that is sealed changes, and references stay. Old and new key both work until `pep keys retire`. Ends with
    1 if it cannot be done.
    """
    from pep_runtime.rotation import rotate as do_rotate

    place = _place()
    found = _standing(place, authority)
    first = "goes on" if found.under_way else f"key {found.numbers[-1] + 1} is made"
    plan = f"{authority}: {first}; {found.keys} keys are looked at, and those under an older key are wrapped anew."
    if not yes:
        _only_planned(found, plan, as_json)
    done = _run(place, lambda keys, show: do_rotate(place.operator_dsn, keys, authority, show))
    said = f"{authority}: key {done.number} wraps all {done.keys} keys; {done.wrapped_anew} of them were wrapped anew."
    _say(done, f"{said} In a minute or later: `pep keys retire {authority}`.", as_json)


@app.command()
def retire(authority: Authority, yes: Yes = False, as_json: AsJson = False) -> None:
    """Take AUTHORITY's older keys out of use, a minute or more after `pep keys rotate`, when all is wrapped anew.

    They are put aside, not erased: what a backup from before needs comes back with that backup. Ends with 1 if there
    is nothing to retire.
    """
    from pep_runtime.rotation import retire as do_retire

    place = _place()
    found = _standing(place, authority)
    if not found.under_way:
        _refuse(f"{authority} has one key only: there is none to retire.")
    old = ", ".join(map(str, found.numbers[:-1]))
    if not yes:
        _only_planned(found, f"{authority}: key {old} is put aside; key {found.numbers[-1]} stays.", as_json)
    done = _run(place, lambda keys, show: do_retire(place.operator_dsn, keys, authority, show))
    _say(done, f"{authority}: key {old} is out of use; key {done.number} wraps all {done.keys} keys.", as_json)


def _place() -> KeysPlace:
    place = read_installation().keys
    if place is None:
        _refuse("This installation does not say where its keys are.", 2)
    return place


def _standing(place: KeysPlace, authority: str) -> Standing:
    from pep_runtime.authority_keys import KeysAway
    from pep_runtime.rotation import standing

    async def look() -> Standing:
        async with place.wrapper() as keys:
            return await standing(place.operator_dsn, keys, authority)

    try:
        found = asyncio.run(look())
    except (KeysAway, ValueError) as reason:  # ValueError: the installation's file does not say where the keys are
        _refuse(str(reason))
    if not found.numbers:
        _refuse(f"{authority} has no key here: is it spelt rightly, and was it opened?")
    return found


def _run(place: KeysPlace, work: Work) -> Rotated:
    """Under a bar. Ctrl-C leaves both keys in use, and what is done stays done."""
    from pep_runtime.authority_keys import KeysAway
    from pep_runtime.sealing import CannotOpen

    with progress_bar() as bar:
        task = bar.add_task("wrapping keys anew", total=None)

        async def run() -> Rotated:
            async with place.wrapper() as keys:
                return await work(keys, lambda done, of: bar.update(task, completed=done, total=of))

        try:
            return asyncio.run(run())
        except (KeysAway, CannotOpen) as reason:
            sentence = f"{reason} Both keys stay in use; begin again when that is mended."
    _refuse(sentence)


def _only_planned(found: Standing, plan: str, as_json: bool) -> NoReturn:
    _say(found, f"{plan} Nothing was done: add --yes.", as_json)
    raise typer.Exit


def _say(found: Standing | Rotated, sentence: str, as_json: bool) -> None:
    if as_json:
        print(json.dumps(asdict(found)))
    else:
        out.print(sentence, highlight=False, soft_wrap=True)


def _refuse(sentence: str, code: int = 1) -> NoReturn:
    err.print(sentence, style="red", highlight=False, soft_wrap=True)
    raise typer.Exit(code)
