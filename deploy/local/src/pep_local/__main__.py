"""Start and stop the servers and services of this machine: `python -m pep_local up`, `down`, `servers`."""

import asyncio
import shutil
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pep_local import kafka, pid_files
from pep_local.places import make_folder, state_folder
from pep_local.stack import Stack
from pep_local.supervisor import Supervisor
from pep_local.trouble import say_trouble

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
console = Console(stderr=True)

Folder = Annotated[Path | None, typer.Option(help="The state folder; .state of the checkout unless given.")]


@app.command()
def up(folder: Folder = None) -> None:
    """Start everything in the background, on the fixed ports."""
    from pep_local.installation import install  # all services load with it; other commands need not wait

    stack = Stack.on_fixed_ports(folder or state_folder())
    with Supervisor(stack.folder) as supervisor:
        supervisor.start(stack.servers())
        console.print("Databases, keys, topics …")
        installed = asyncio.run(install(stack))
        supervisor.start(stack.services(installed.environments))
        addresses = stack.write_addresses()
        supervisor.leave_running()
    console.print("Running. `make down` stops everything.", f"Addresses: {addresses}", sep="\n", soft_wrap=True)
    console.print(f"Logs: {stack.folder / 'logs'}", soft_wrap=True)
    for authority, user in installed.administrators.items():
        console.print(
            f"Administrator of {authority}: .venv/bin/pep token {authority} {user.person_ref}", soft_wrap=True
        )
    console.print(f"Their password: {stack.folder / 'secrets' / 'first-administrator'}", soft_wrap=True)


@app.command()
def down(folder: Folder = None) -> None:
    """Stop everything that was started from the folder, the last first."""
    stopped = pid_files.stop_all((folder or state_folder()) / "pids")
    console.print(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing was running.")


@app.command()
def servers(
    folder: Annotated[Path, typer.Option(help="Where their data goes.")],
    lifeline: Annotated[Path, typer.Option(help="A named pipe: its end by the last writer stops the servers.")],
) -> None:
    """For tests: PostgreSQL and Kafka on free ports while someone holds the lifeline; then the folder is removed."""
    stack = Stack.on_free_ports(make_folder(folder), secured=False)
    with Supervisor(stack.folder) as supervisor, lifeline.open("rb") as held:
        supervisor.start(stack.stores(fsync=False))
        print(stack.write_addresses(), flush=True)
        held.read()
    shutil.rmtree(folder)


@app.command()
def libraries() -> None:
    """Fetch Kafka's libraries, if they are not here yet."""
    console.print(f"Kafka's libraries are in {kafka.libraries()}.")


def main() -> None:
    """Trouble is said in one sentence."""
    say_trouble(app)


if __name__ == "__main__":
    main()
