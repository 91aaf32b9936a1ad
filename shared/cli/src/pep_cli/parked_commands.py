"""`pep parked`: records that a service put aside because it failed on them."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Any

import asyncpg
import typer

from pep_cli.settings import Installation, read_installation
from pep_cli.terminal import AsJson, err, fetch, out, table_of

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def parked_list(as_json: AsJson = False) -> None:
    """What is parked, where, since when, and because of what."""
    rows = asyncio.run(_parked(read_installation()))
    if as_json:
        print(json.dumps(rows, default=str))
        return
    table = table_of("service", "authority", "topic", "number", "child or stream", "error", "since", "to be retried")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    out.print(table if rows else "Nothing is parked.")


async def _parked(installation: Installation) -> list[dict[str, Any]]:
    query = (
        "select authority, topic, number, key, error, parked_at, retry from parked_event order by 1, 2, 3 limit 1000"
    )
    return [
        {"service": name, **dict(row)}
        for name, place in installation.services.items()
        for row in await fetch(place.worker_dsn, query)
    ]


@app.command("retry")
def parked_retry(
    service: Annotated[str, typer.Argument(help="The service that parked it.")],
    authority: Annotated[str, typer.Argument(help="The authority whose record it is.")],
    key: Annotated[str, typer.Argument(help="The child reference (or stream) as `pep parked list` shows it.")],
) -> None:
    """Try a child's parked records again, in order. The service does it itself within a second or two."""
    place = read_installation().services.get(service)
    if place is None:
        err.print(f"There is no service {service} in this installation.")
        raise typer.Exit(2)
    marked = asyncio.run(_mark_for_retry(place.worker_dsn, authority, key))
    out.print(f"{marked} record{'' if marked == 1 else 's'} will be tried again.")
    if not marked:
        raise typer.Exit(1)


async def _mark_for_retry(dsn: str, authority: str, key: str) -> int:
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            await connection.execute("select set_config('app.authority', $1, true)", authority)
            done: str = await connection.execute(
                "update parked_event set retry = true where authority = $1 and key = $2", authority, key
            )
            return int(done.split()[-1])
    finally:
        await connection.close()
