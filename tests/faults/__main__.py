"""`make faults`: breaks an installation of its own on purpose, and judges what is left of what was promised.

Ends with 0 when every promise was kept, 1 when one was not, 2 for a wrong call, 130 after Ctrl-C.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from tests.faults.checkers.others import others_are_heard_as_soon
from tests.faults.client import client_of_writers
from tests.faults.nemeses.every import EVERY
from tests.faults.nemeses.poison import Poison
from tests.faults.town import CannotAct, founded
from tests.faults.trial import Outcome, Trials
from tests.faults.workload import WRITERS, settle

from pep_local.trouble import say_trouble

out, err = Console(), Console(stderr=True, highlight=False)
SHOWN = 5
INTERRUPTED = 130


def faults(
    seconds: Annotated[float, typer.Option(min=1, help="How long each nemesis acts.")] = 30,
    seed: Annotated[int, typer.Option(help="Decides what writers do and what breaks when.")] = 7,
    only: Annotated[str, typer.Option(help=f"Some of: {', '.join(EVERY)}; with commas between.")] = "",
    writers: Annotated[int, typer.Option(min=1, max=32, help="How many write at once.")] = WRITERS,
    as_json: Annotated[bool, typer.Option("--json", help="For scripts: one line of JSON a nemesis.")] = False,
) -> None:
    """Let nemeses act on an installation of its own while people work, then judge what is left."""
    names = [name.strip() for name in only.split(",") if name.strip()] or list(EVERY)
    if unknown := [name for name in names if name not in EVERY]:
        raise typer.BadParameter(f"There is no {', '.join(unknown)}. There are: {', '.join(EVERY)}.")
    folder = Path(tempfile.mkdtemp(prefix="openpep-faults-"))
    try:
        outcomes = asyncio.run(_all(folder, names, seconds, seed, writers, _say_json if as_json else _say))
    except KeyboardInterrupt:
        shutil.rmtree(folder, ignore_errors=True)
        raise typer.Exit(INTERRUPTED) from None
    broken = [outcome for outcome in outcomes if outcome.findings]
    if not broken:
        shutil.rmtree(folder, ignore_errors=True)
    for outcome in broken:
        _how_to_repeat(outcome, seconds, seed, writers)
    raise typer.Exit(1 if broken else 0)


async def _all(
    folder: Path, names: list[str], seconds: float, seed: int, writers: int, show: Callable[[Outcome], None]
) -> list[Outcome]:
    began, outcomes = time.monotonic(), []

    def tell(what: str) -> None:
        err.print(f"{time.monotonic() - began:7.1f} s  {what}")

    tell(f"an installation is founded in {folder}")
    async with founded(folder, tell) as town, client_of_writers() as client:
        trials = Trials(town, await settle(town, client, folder), client, seed, writers)
        for name in names:
            tell(f"[bold]{name}[/] acts for {seconds:.0f} s")
            try:
                outcomes.append(_timed(await trials.of(EVERY[name](), seconds), tell))
                show(outcomes[-1])
            except CannotAct as reason:
                tell(f"{name} is left out. {reason}")
        tell("the installation is stopped")
    return outcomes


def _timed(outcome: Outcome, tell: Callable[[str], None]) -> Outcome:
    """With what only a stop-watch can say."""
    if not isinstance(outcome.nemesis, Poison):
        return outcome
    before, later = outcome.nemesis.p99_seconds()
    tell(f"99 of 100 announcements were taken in within {before:.2f} s, and {later:.2f} s while some could not be read")
    timed = {others_are_heard_as_soon.__name__.replace("_", " "): others_are_heard_as_soon(outcome.nemesis)}
    return replace(outcome, verdicts={**outcome.verdicts, **timed})


def _say(outcome: Outcome) -> None:
    counts = ", ".join(f"{count} {what}" for what, count in outcome.counts().items())
    faults = f"{outcome.faults} faults, {outcome.restarts} processes ended by themselves"
    out.print(f"\n[bold]{outcome.nemesis.name}[/]: {counts}")
    out.print(f"{faults}, at rest after {outcome.drain_seconds:.1f} s")
    table = Table(show_header=False)
    for checker, found in outcome.verdicts.items():
        table.add_row(
            checker, f"[red]{len(found)} findings, the first: {escape(str(found[0]))}" if found else "[green]kept"
        )
    out.print(table)


def _say_json(outcome: Outcome) -> None:
    told = {
        "nemesis": outcome.nemesis.name,
        **outcome.counts(),
        "faults": outcome.faults,
        "restarts": outcome.restarts,
        "drain_seconds": round(outcome.drain_seconds, 2),
        "roads": dict(outcome.workload.told),
        "verdicts": {checker: [str(each) for each in found] for checker, found in outcome.verdicts.items()},
    }
    out.file.write(json.dumps(told) + "\n")


def _how_to_repeat(outcome: Outcome, seconds: float, seed: int, writers: int) -> None:
    """The findings, the histories of the children whom they are about, and the call that makes the same again."""
    name = outcome.nemesis.name
    for each in outcome.findings[:SHOWN]:
        err.print(f"[red]{name}[/]: {escape(str(each))}")
    children = sorted({each.child for each in outcome.findings if each.child})[:SHOWN]
    parts = [outcome.history.only(child, outcome.history.path.with_name(f"{child}.jsonl")) for child in children]
    err.print("What was sent: " + ", ".join(map(str, parts or [outcome.history.path])))
    err.print(f"Again: make faults SECONDS={seconds:.0f} SEED={seed} ONLY={name} WRITERS={writers}")


if __name__ == "__main__":
    say_trouble(lambda: typer.run(faults))
