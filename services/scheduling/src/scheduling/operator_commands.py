"""`pep administrator add`: the first person of a new authority, who then takes in all others.

An operator's command: nobody has signed in yet, so it opens the service's database itself.
"""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from rich.console import Console

from pep_kernel.may import Role
from pep_runtime.settings import Settings
from scheduling.domain.child.care_record import StaffRecord

app = typer.Typer(no_args_is_help=True, pretty_exceptions_show_locals=False)


@app.callback()
def administrator() -> None:
    """Set up who administers an authority."""


@app.command()
def add(
    authority: Annotated[str, typer.Argument(help="The authority's short name.")],
    staff_id: Annotated[str, typer.Argument(help="The authority's own number of this person.")],
    name: Annotated[str, typer.Option(help="The person's name.")],
    email: Annotated[str, typer.Option(help="The person's e-mail address.")],
) -> None:
    """Add an administrator, and print the reference under which this person signs in."""
    Console().print(asyncio.run(_add(authority, staff_id, name, email)), highlight=False)


async def _add(authority: str, staff_id: str, name: str, email: str) -> str:
    from pep_runtime.service import running  # the whole service takes a while to load; `pep --help` need not wait
    from scheduling.entrypoints.administrators import add_administrator
    from scheduling.main import PARTS

    async with running(PARTS, Settings()) as service:
        return await add_administrator(
            service, authority, StaffRecord(staff_id=staff_id, name=name, email=email, role=Role.ADMINISTRATOR)
        )
