"""`pep refusals`: what policies asked for and the rules refused."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from pep_cli.settings import Installation, read_installation
from pep_cli.terminal import AsJson, OnlyAuthority, OnlyService, PageNumber, PageRows, fetch, out, table_of

_REFUSALS = (
    "select authority, type, coalesce(child_ref, '') as child, sentence, refused_at from policy_refusal"
    " where $1::text is null or authority = $1 order by refused_at desc limit $2"
)


def refusals(
    service: OnlyService = None,
    authority: OnlyAuthority = None,
    page: PageNumber = 1,
    limit: PageRows = 50,
    as_json: AsJson = False,
) -> None:
    """What the rules refused although another service's announcement asked for it, newest first."""
    rows = asyncio.run(_refusals(read_installation(), service, authority, page, limit))
    if as_json:
        print(json.dumps(rows, default=str))
        return
    table = table_of("service", "authority", "announcement", "child", "refused because", "when")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    out.print(table if rows else "Nothing was refused." if page == 1 else "There is nothing on this page.")


async def _refusals(
    installation: Installation, service: str | None, authority: str | None, page: int, limit: int
) -> list[dict[str, Any]]:
    found = [
        {"service": name, **dict(row)}
        for name, place in installation.services.items()
        if service in (None, name)
        for row in await fetch(place.worker_dsn, _REFUSALS, authority, page * limit)
    ]
    found.sort(key=lambda row: row["refused_at"], reverse=True)
    return found[(page - 1) * limit : page * limit]
