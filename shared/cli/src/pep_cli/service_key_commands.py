"""`pep service-key`: the keys with which services sign their tokens for each other, made and rotated by files alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from pep_cli.terminal import err, out

app = typer.Typer(no_args_is_help=True)

Service = Annotated[str, typer.Argument(help="The service's name.")]
KeyFile = Annotated[Path, typer.Option("--key", help="The file of the private key: PEP_SERVICES_KEY_FILE.")]
PublicFolder = Annotated[
    Path, typer.Option("--public", file_okay=False, exists=True, help="The folder of all: PEP_SERVICES_PUBLIC_KEYS.")
]


@app.command("new")
def new(service: Service, key: KeyFile, public: PublicFolder) -> None:
    """Make a key in a new file. Its public half is added to those that the others take; older ones stay."""
    from pep_runtime.service_tokens import make_service_key

    with _said():
        make_service_key(service, key, public)
    out.print(f"Made {key}; its public half stands in {public / f'{service}.json'}.", highlight=False, soft_wrap=True)


@app.command("retire")
def retire(
    service: Service,
    key: KeyFile,
    public: PublicFolder,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without, only say what would be done.")] = False,
) -> None:
    """From now on the others take this service's key in this file only: all older ones are taken out."""
    from pep_runtime.service_tokens import old_keys, retire_old_keys

    with _said():
        old = old_keys(service, key, public)
        if yes:
            retire_old_keys(service, key, public)
    out.print(f"Older keys of {service} that {'were' if yes else 'would be'} taken out: {len(old)}.", highlight=False)


@contextmanager
def _said() -> Iterator[None]:
    try:
        yield
    except FileExistsError as exists:
        err.print(f"{exists.filename} is there already: no key is written over.", highlight=False, soft_wrap=True)
        raise typer.Exit(1) from exists
    except ValueError as wrong:
        err.print(str(wrong), highlight=False, soft_wrap=True)
        raise typer.Exit(1) from wrong
