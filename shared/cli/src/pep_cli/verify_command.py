"""`pep verify`: proof that nothing was altered or dropped."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pep_cli.settings import Installation, ServicePlace, read_installation
from pep_cli.terminal import AsJson, Away, OnlyAuthority, OnlyService, authorities_of, err, out, table_of

if TYPE_CHECKING:
    from pep_runtime.verify import Verdict

VERIFIED_AT_ONCE = 4


def verify(authority: OnlyAuthority = None, service: OnlyService = None, as_json: AsJson = False) -> None:
    """Prove that every journal is dense and chained, and equal to its topics. Ends with 1 if one is not."""
    verdicts = asyncio.run(_verify(read_installation(), authority, service))
    if as_json:
        print(json.dumps([asdict(each) for each in verdicts]))
    else:
        _print_verdicts(verdicts)
    if any(each.fault for each in verdicts) or not verdicts:
        raise typer.Exit(1)


async def _verify(installation: Installation, authority: str | None, service: str | None) -> list[Verdict]:
    from aiokafka.errors import KafkaError  # Kafka's client takes a while to load; only this command needs it

    from pep_runtime.verify import Verifier

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    at_once = asyncio.Semaphore(VERIFIED_AT_ONCE)
    with Progress(*columns, console=err, transient=True) as progress:

        async def one(name: str, place: ServicePlace, each: str) -> Verdict:
            async with at_once:
                task = progress.add_task(f"{each} {name}", total=None)

                def show(done: int, of: int) -> None:
                    progress.update(task, completed=done, total=of)

                return await Verifier(place.worker_dsn, installation.kafka_bootstrap, name, each, show).verify()

        wanted = [
            one(name, place, each)
            for name, place in installation.services.items()
            if service in (None, name)
            for each in await authorities_of(place.worker_dsn)
            if authority in (None, each)
        ]
        try:
            return await asyncio.gather(*wanted)
        except KafkaError as error:
            raise Away(type(error).__name__) from error


def _print_verdicts(verdicts: Iterable[Verdict]) -> None:
    table = table_of("authority", "service", "events", "announced", "repeats", "verdict")
    for each in verdicts:
        said = f"[red]{each.fault}[/red]" if each.fault else "[green]whole[/green]"
        table.add_row(each.authority, each.service, *map(str, (each.events, each.announcements, each.repeats)), said)
    out.print(table)
