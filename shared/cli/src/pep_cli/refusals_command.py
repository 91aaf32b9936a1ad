"""`pep refusals`: what policies asked for and the rules refused."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from pep_cli.settings import Installation, read_installation
from pep_cli.terminal import AsJson, fetch, out, table_of


def refusals(as_json: AsJson = False) -> None:
    """What the rules refused although another service's announcement asked for it, newest first."""
    rows = asyncio.run(_refusals(read_installation()))
    if as_json:
        print(json.dumps(rows, default=str))
        return
    table = table_of("service", "authority", "announcement", "child", "refused because", "when")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    out.print(table if rows else "Nothing was refused.")


async def _refusals(installation: Installation) -> list[dict[str, Any]]:
    query = (
        "select authority, type, coalesce(child_ref, '') as child, sentence, refused_at from policy_refusal"
        " order by refused_at desc limit 1000"
    )
    return [
        {"service": name, **dict(row)}
        for name, place in installation.services.items()
        for row in await fetch(place.worker_dsn, query)
    ]
