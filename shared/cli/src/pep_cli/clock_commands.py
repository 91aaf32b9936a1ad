"""`pep clock`: the frozen clock of a demo or test installation."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from pep_cli.settings import read_installation
from pep_cli.terminal import err, out
from pep_runtime.clock import LONDON, Clock

app = typer.Typer(no_args_is_help=True)


@app.command("show")
def clock_show() -> None:
    """What time it is for the services."""
    out.print(Clock(read_installation().clock_file).now().isoformat(), highlight=False)


@app.command("set")
def clock_set(
    instant: Annotated[
        datetime, typer.Argument(help="London time, for example 2026-09-21T09:00; it moves forward only.")
    ],
) -> None:
    """Move the frozen clock of a demo or test installation forward."""
    try:
        Clock(read_installation().clock_file).set(instant.replace(tzinfo=LONDON))
    except ValueError as error:
        err.print(str(error))
        raise typer.Exit(1) from error
    clock_show()
