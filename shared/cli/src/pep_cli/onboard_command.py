"""`pep onboard`: a new authority gets its place in every service, on Kafka and among the keys."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Annotated

import typer

from pep_cli.infrastructure import infrastructure_of, policies_of, refuse
from pep_cli.settings import Installation, read_installation, use_environment
from pep_cli.terminal import AsJson, Away, err, out, table_of

if TYPE_CHECKING:
    from pep_runtime.onboarding import Item

Administrator = Annotated[
    str | None, typer.Option(help="The first administrator: the authority's own number of this person.")
]


def onboard(
    authority: Annotated[str, typer.Argument(help="The authority's short name, that of its folder of policy files.")],
    administrator: Administrator = None,
    name: Annotated[str | None, typer.Option(help="The administrator's name.")] = None,
    email: Annotated[str | None, typer.Option(help="The administrator's e-mail address.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say what an authority has here and what it lacks; then, if you agree, make what is lacking.

    Its encryption key, its topics, Kafka's users with their rights and quotas, its place in every journal. What is
    there is kept, so it can be repeated. Ends with 0 if nothing is lacking (any more), with 1 if nothing was made.
    """
    if None in (administrator, name, email) and (administrator, name, email) != (None, None, None):
        refuse("--administrator, --name and --email go together.", 2)
    installation = read_installation()
    _check_policies(installation, authority)
    found = asyncio.run(_look(installation, authority))
    missing = [item for item in found if not item.there]
    if not as_json:
        _say(authority, found, administrator)
    if (missing or administrator) and not (yes or (not as_json and typer.confirm("Make it?", err=True))):
        _print_json(as_json, authority, found, None)
        raise typer.Exit(1)
    if missing:
        asyncio.run(_open(installation, authority))
    reference = _add(installation, authority, administrator, name, email) if administrator else None
    _print_json(as_json, authority, found, reference)
    if not as_json:
        made = f"{len(missing)} were made." if missing else "There was nothing to make."
        out.print(made + (f" The administrator signs in as {reference}." if reference else ""), soft_wrap=True)


def _check_policies(installation: Installation, authority: str) -> None:
    """An authority without rules that can be read is not opened."""
    from pep_kernel.authority_policy import PolicyFileError
    from pep_runtime.policies import read_policies

    folder = policies_of(installation)
    try:
        known = read_policies(folder).authorities
    except PolicyFileError as fault:
        refuse(str(fault))
    if authority not in known:
        refuse(f"{authority} has no policy files: there is no folder {folder / authority}.")


async def _look(installation: Installation, authority: str) -> Sequence[Item]:
    from aiokafka.errors import KafkaError  # Kafka's client takes a while to load

    from pep_runtime.onboarding import look

    try:
        async with infrastructure_of(installation) as infrastructure:
            return await look(infrastructure, authority)
    except KafkaError as error:
        raise Away(type(error).__name__) from error


async def _open(installation: Installation, authority: str) -> None:
    from aiokafka.errors import KafkaError

    from pep_runtime.onboarding import open_authority

    with err.status("Making it"):
        try:
            async with infrastructure_of(installation) as infrastructure:
                await open_authority(infrastructure, authority)
        except KafkaError as error:
            raise Away(type(error).__name__) from error


def _add(installation: Installation, authority: str, administrator: str, name: str | None, email: str | None) -> str:
    """By `pep administrator add`, in the environment of the service that knows people."""
    (command,) = entry_points(group="pep.commands", name="administrator")
    place = installation.services.get(command.dist.name if command.dist else "")
    if place and place.environment:
        use_environment(place.environment)
    arguments = ["add", authority, administrator, "--name", str(name), "--email", str(email)]
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        typer.main.get_command(command.load()).main(arguments, standalone_mode=False)
    return printed.getvalue().strip()


def _say(authority: str, found: Sequence[Item], administrator: str | None) -> None:
    there = Counter(item.kind for item in found if item.there)
    missing = [item for item in found if not item.there]
    table = table_of(authority, "there", "to be made")
    for kind in dict.fromkeys(item.kind for item in found):
        table.add_row(kind, str(there[kind]), "\n".join(item.name for item in missing if item.kind == kind))
    if administrator:
        table.add_row("administrator", "", f"{administrator}, if not there")
    out.print(table)


def _print_json(as_json: bool, authority: str, found: Sequence[Item], reference: str | None) -> None:
    if as_json:
        items = [asdict(item) for item in found]
        print(json.dumps({"authority": authority, "found": items, "administrator": reference}))
