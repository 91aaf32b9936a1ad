"""`pep administrator add`: the first person of a new authority, who then takes in all others.

An operator's command: nobody has signed in yet, so it opens the service's database itself.
"""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from rich.console import Console

from pep_kernel.decider import Act
from pep_kernel.ids import timer_cause
from pep_kernel.may import Role
from pep_runtime.handler import ByPolicy
from pep_runtime.service import RunningService, running
from pep_runtime.settings import Settings
from scheduling.domain.child.care_record import StaffRecord
from scheduling.domain.person.commands import AddStaffMember
from scheduling.main import PARTS

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
    async with running(PARTS, Settings()) as service:
        return await add_administrator(
            service, authority, StaffRecord(staff_id=staff_id, name=name, email=email, role=Role.ADMINISTRATOR)
        )


async def add_administrator(service: RunningService, authority: str, record: StaffRecord) -> str:
    """Add the person as a fact in the log; doing it again changes nothing. Gives the opaque reference."""
    ref = await service.reference(authority, "person", record.staff_id)
    digest = await service.reference(authority, "particulars", record.model_dump_json())
    cause = timer_cause("first administrator", authority, ref)
    act = Act(AddStaffMember(person_ref=ref, record=record, digest=digest), (f"person-{ref}",))
    await service.handler.handle(authority, act, ByPolicy("onboarding", cause, cause))
    return ref
