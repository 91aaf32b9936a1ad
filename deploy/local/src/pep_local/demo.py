"""The demo: `python -m pep_local.demo`. Starts everything, plays a term, says where to look, stays until Ctrl-C."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import time
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console

from pep_local import pid_files
from pep_local.installation import Installed, install
from pep_local.places import state_folder
from pep_local.stack import Stack
from pep_local.supervisor import Supervisor
from pep_local.term.desk import client_of_services
from pep_local.term.play import Term, set_first_day
from pep_local.term.steps import NotAsTold, Steps
from pep_local.term.where import tell_what_happened, tell_where_to_look
from pep_local.trouble import Trouble, say_trouble

OURS = ("postgres", "kafka", "mail", "sign-in", "secrets", "streams", "exports", "finance", "logs", "pids")
OUR_FILES = ("clock", "issuers.json", "installation.json", "addresses.json")
console = Console(stderr=True, highlight=False)


def demo(
    once: Annotated[bool, typer.Option("--once", help="Stop when the term has been played.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Go on with the data that is there; play nothing.")] = False,
) -> None:
    """Start servers and services, import two authorities' children, play an autumn term, and stay until Ctrl-C."""
    began, stack = time.monotonic(), Stack.on_fixed_ports(state_folder())
    plays = not (keep and stack.clock_file.exists())
    if plays:
        _start_clean(stack.folder)
    with Supervisor(stack.folder, console) as supervisor:
        installed = _start(supervisor, stack)
        if plays:
            steps = Steps(console)
            asyncio.run(_play(stack, installed, steps, supervisor))
            seconds = time.monotonic() - began
            tell_what_happened(console, stack)
            console.print(f"[bold]The term was played as told: {len(steps.done)} steps, {seconds:.0f} s.[/bold]")
        tell_where_to_look(console, stack)
        if not once:
            console.print("\nEverything stays up until Ctrl-C.")
            with contextlib.suppress(KeyboardInterrupt):
                supervisor.wait()
        console.print("Stopping.")


def _start_clean(folder: Path) -> None:
    """An earlier demo's data goes, unless something still runs on it."""
    if names := pid_files.running(folder / "pids"):
        raise Trouble(f"Already running from {folder}: {', '.join(names)}. `make down` stops them.")
    for name in OURS:
        shutil.rmtree(folder / name, ignore_errors=True)
    for name in OUR_FILES:
        (folder / name).unlink(missing_ok=True)


def _start(supervisor: Supervisor, stack: Stack) -> Installed:
    if not stack.clock_file.exists():
        set_first_day(stack)
    supervisor.start(stack.servers())
    with console.status("Databases, keys, topics"):
        installed = asyncio.run(install(stack))
    supervisor.start(stack.services(installed.environments))
    stack.write_addresses()
    return installed


async def _play(stack: Stack, installed: Installed, steps: Steps, supervisor: Supervisor) -> None:
    try:
        async with client_of_services() as client:
            await Term(stack, installed.administrators, steps, client).play()
    except (NotAsTold, httpx.TransportError) as fault:
        supervisor.check()
        raise Trouble(f"Not as told. {fault}") from fault


def main() -> None:
    """Trouble is said in one sentence, and the demo ends with 1."""
    say_trouble(lambda: typer.run(demo))


if __name__ == "__main__":
    main()
