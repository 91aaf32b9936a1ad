"""`pep verify`: proof that nothing was altered or dropped."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer
from rich.progress import Progress

from pep_cli.progress import progress_bar
from pep_cli.receipt_check import check_receipt
from pep_cli.settings import Installation, ServicePlace, read_installation
from pep_cli.terminal import AsJson, Away, OnlyAuthority, OnlyService, authorities_of, err, out, table_of
from pep_runtime.topics import Chained

if TYPE_CHECKING:
    from pep_kernel.contracts.journey import JournalSealed
    from pep_runtime.verify import Verdict

VERIFIED_AT_ONCE = 4
NOT_PROVED = (
    "What stands beyond its newest seal could have been cut off unseen, if journal, head and topics were all cut at the"
    " same place. `pep seals AUTHORITY > FILE` gives the seals; keep them where nobody who runs OpenPEP can write."
)

SealFiles = Annotated[
    list[Path] | None,
    typer.Option("--seals", help="A file of seals that somebody kept (as `pep seals` prints them). Can be repeated."),
]

ReceiptFile = Annotated[Path | None, typer.Option(help="The receipt of `pep offboard`, to be checked instead.")]


def verify(
    authority: OnlyAuthority = None,
    service: OnlyService = None,
    seals: SealFiles = None,
    receipt: ReceiptFile = None,
    as_json: AsJson = False,
) -> None:
    """Prove that every journal and access log is dense and chained, and equal to its topics and to every seal.

    With --receipt nothing else is looked at: is it signed by this installation, and unchanged? Ends with 0 if all is
    whole, 1 if something is not or there is no journal, 2 if a file of seals cannot be read.
    """
    if receipt is not None:
        check_receipt(receipt, as_json)
        return
    verdicts = asyncio.run(_verify(read_installation(), authority, service, _kept(seals or ())))
    if as_json:
        print(json.dumps([asdict(each) for each in verdicts], default=str))
    else:
        _print_verdicts(verdicts)
    if any(each.fault for each in verdicts) or not verdicts:
        raise typer.Exit(1)


def _kept(files: Iterable[Path]) -> list[JournalSealed]:
    from pep_runtime.seals import NoSeal, read_file

    try:
        return [seal for file in files for seal in read_file(file)]
    except (OSError, NoSeal) as fault:
        raise typer.BadParameter(str(fault), param_hint="--seals") from fault


async def _verify(
    installation: Installation, authority: str | None, service: str | None, kept: Sequence[JournalSealed]
) -> list[Verdict]:
    from aiokafka.errors import KafkaError  # Kafka's client takes a while to load; only this command needs it

    places = {name: place for name, place in installation.services.items() if service in (None, name)}
    unknown = sorted({seal.service for seal in kept} - installation.services.keys())
    if unknown:
        raise typer.BadParameter(f"there is no service {unknown[0]} in this installation", param_hint="--seals")
    with progress_bar() as progress:
        try:
            wanted = [
                (name, each)
                for name, place in places.items()
                for each in sorted({*await authorities_of(place.worker_dsn), *_sealed(kept, name)})
                if authority in (None, each)
            ]
            seals = [*kept, *await _published(installation.kafka_bootstrap, {each for _, each in wanted})]
            at_once = asyncio.Semaphore(VERIFIED_AT_ONCE)
            work = (
                _one(installation.kafka_bootstrap, name, places[name], each, log, seals, progress, at_once)
                for name, each in wanted
                for log in get_args(Chained)
            )
            return await asyncio.gather(*work)
        except KafkaError as error:
            raise Away(type(error).__name__) from error


def _sealed(seals: Iterable[JournalSealed], service: str) -> set[str]:
    """Whose journals of a service were sealed, be they there or not."""
    return {seal.authority for seal in seals if seal.service == service}


async def _published(bootstrap: str, authorities: Iterable[str]) -> list[JournalSealed]:
    from pep_runtime.seals import read_seals

    return [seal for each in sorted(authorities) for seal in await read_seals(bootstrap, each)]


async def _one(
    bootstrap: str,
    name: str,
    place: ServicePlace,
    authority: str,
    log: Chained,
    seals: Sequence[JournalSealed],
    progress: Progress,
    at_once: asyncio.Semaphore,
) -> Verdict:
    from pep_runtime.verify import Verifier

    async with at_once:
        task = progress.add_task(f"{authority} {name} {log}", total=None)

        def show(done: int, of: int) -> None:
            progress.update(task, completed=done, total=of)

        return await Verifier(place.worker_dsn, bootstrap, name, authority, show, seals, log).verify()


def _print_verdicts(verdicts: Iterable[Verdict]) -> None:
    table = table_of("authority", "service", "log", "events", "announced", "repeats", "newest seal", "verdict")
    for each in verdicts:
        said = f"[red]{each.fault}[/red]" if each.fault else "[green]whole[/green]"
        seal = "none" if each.sealed_on is None else f"{each.sealed_on}: up to {each.sealed_position}"
        table.add_row(
            *(each.authority, each.service, each.log),
            *map(str, (each.events, each.announcements, each.repeats)),
            *(seal, said),
        )
    out.print(table)
    err.print(NOT_PROVED, highlight=False)
