"""What the commands that open and remove authorities are given: all that an authority stands on, out of the file."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar

import typer

from pep_cli.settings import Installation
from pep_cli.terminal import err

if TYPE_CHECKING:
    from pep_runtime.onboarding import Infrastructure

Place = TypeVar("Place")


@contextlib.asynccontextmanager
async def infrastructure_of(installation: Installation) -> AsyncIterator[Infrastructure]:
    """The infrastructure, with the authorities' keys at hand."""
    from pep_runtime.kafka_users import UserPasswords
    from pep_runtime.onboarding import Infrastructure

    databases = {
        name: said(place.operator_dsn, f"an operator_dsn (a superuser's address) for {name}")
        for name, place in installation.services.items()
    }
    async with said(installation.keys, "where its keys are").wrapper() as keys:
        yield Infrastructure(
            databases=databases,
            bootstrap=installation.kafka_bootstrap,
            keys=keys,
            reads={name: place.reads for name, place in installation.services.items()},
            readers=installation.readers,
            passwords=UserPasswords(installation.kafka_passwords) if installation.kafka_passwords else None,
            replicas=installation.kafka_replicas,
        )


def said(place: Place | None, what: str) -> Place:
    """What the installation's file says, or the end of the command with 2."""
    if place is None:
        refuse(f"This installation does not name {what}.", 2)
    return place


def policies_of(installation: Installation) -> Path:
    """The folder of the authorities' policy files."""
    return said(installation.authorities_dir, "its folder of policy files (authorities_dir)")


def refuse(sentence: str, code: int = 1) -> NoReturn:
    """Say it and end."""
    err.print(sentence, style="red", highlight=False, soft_wrap=True)
    raise typer.Exit(code)
