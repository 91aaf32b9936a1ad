"""`pep status`: how far everything is."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from pep_cli.settings import Installation, read_installation
from pep_cli.terminal import AsJson, fetch, out, table_of


def status(as_json: AsJson = False) -> None:
    """How far everything is: journal, relay, read models, and what waits, by service and authority."""
    rows = asyncio.run(_status(read_installation()))
    if as_json:
        print(json.dumps(rows))
        return
    table = table_of("service", "authority", "position", "to relay", "to fold", "parked", "frozen")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    out.print(table)


_STATUS = """
select h.authority, h.position, h.position - coalesce(r.position, 0) as to_relay,
       coalesce(h.position - (select min(p.position) from projection_position p
                              where p.authority = h.authority), 0) as to_fold,
       (select count(*) from parked_event e where e.authority = h.authority) as parked, coalesce(h.frozen, '') as frozen
from journal_head h left join relay_cursor r on r.authority = h.authority where h.log = 'journal' order by 1
"""


async def _status(installation: Installation) -> list[dict[str, Any]]:
    return [
        {"service": name, **dict(row)}
        for name, place in installation.services.items()
        for row in await fetch(place.worker_dsn, _STATUS)
    ]
