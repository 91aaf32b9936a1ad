"""`pep seals`: the seals of an authority's journals, to be kept by somebody else."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from pep_cli.settings import read_installation
from pep_cli.terminal import Away, err


def seals(authority: Annotated[str, typer.Argument(help="Whose seals.", show_default=False)]) -> None:
    """Print an authority's seals, a line of JSON each: how far each journal reached on a day, and its hash there.

    Keep them where nobody who runs OpenPEP can write; `pep verify --seals FILE` compares. Ends with 1 if there
    are none.
    """
    from aiokafka.errors import KafkaError  # Kafka's client takes a while to load

    from pep_runtime.seals import read_seals

    try:
        found = asyncio.run(read_seals(read_installation().kafka_bootstrap, authority))
    except KafkaError as error:
        raise Away(type(error).__name__) from error
    for seal in found:
        print(seal.model_dump_json())
    if not found:
        err.print(f"There are no seals of {authority} yet: they are made once a day.", highlight=False)
        raise typer.Exit(1)
