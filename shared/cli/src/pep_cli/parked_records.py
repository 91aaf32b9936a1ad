"""What `pep parked` reads from services' databases, a page at a time, and what it writes: people's decisions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pep_cli.settings import Installation
from pep_cli.terminal import fetch
from pep_runtime.database import connected

SHOWN_BEHIND = 10

_LIST = """
    select e.authority, split_part(e.topic, '.', 3) as giver, min(e.number) as number, e.key,
           (array_agg(e.error order by e.number))[1] as error, min(e.parked_at) as since, count(*) - 1 as behind,
           (select case when d.discard is null then 'retry' else 'discard' end from parked_decision d
            where (d.authority, d.consumer, d.topic, d.key) = (e.authority, e.consumer, e.topic, e.key)) as asked
    from parked_event e where $1::text is null or e.authority = $1
    group by e.authority, e.consumer, e.topic, e.key order by since, e.authority, e.topic, e.key limit $2
"""
_FIRST = """
    select distinct on (consumer, topic) consumer, topic, number, headers, contents, value, error, parked_at
    from parked_event where authority = $1 and key = $2 order by consumer, topic, number
"""
_BEHIND = """
    select number, count(*) over () as all from parked_event
    where authority = $1 and key = $2 and consumer = $3 and topic = $4 and number > $5 order by number limit $6
"""
_ASKED = """
    select case when discard is null then 'retry' else 'discard' end as asked from parked_decision
    where authority = $1 and key = $2 and consumer = $3 and topic = $4
"""
_DECIDE = """
    insert into parked_decision as d (authority, consumer, topic, key, discard, reason, case_ref, decided_by)
    select e.authority, e.consumer, e.topic, e.key, case when $3 then min(e.number) end, $4, $5, $6
    from parked_event e where e.authority = $1 and e.key = $2 group by 1, 2, 3, 4
    on conflict (authority, consumer, topic, key) do update
        set discard = excluded.discard, reason = excluded.reason, case_ref = excluded.case_ref,
            decided_by = excluded.decided_by, decided_at = excluded.decided_at
    returning (select min(e.number) from parked_event e
               where (e.authority, e.consumer, e.topic, e.key) = (d.authority, d.consumer, d.topic, d.key)) as number
"""


@dataclass(frozen=True, slots=True)
class Parked:
    """One child (or stream) of whom a service has something parked: the first record, and how many wait behind it."""

    service: str
    authority: str
    giver: str
    number: int
    key: str
    error: str
    since: datetime
    behind: int
    asked: str | None


async def parked(
    installation: Installation, service: str | None, authority: str | None, page: int, limit: int
) -> list[Parked]:
    """One page, the oldest first, of one service or of all."""
    found = [
        Parked(name, **row)
        for name, place in installation.services.items()
        if service in (None, name)
        for row in await fetch(place.worker_dsn, _LIST, authority, page * limit)
    ]
    found.sort(key=lambda each: (each.since, each.service))
    return found[(page - 1) * limit : page * limit]


async def details(dsn: str, authority: str, key: str) -> list[dict[str, Any]]:
    """The first parked record of a child (or stream) by topic, as it came, with what waits behind it."""
    found = []
    for row in await fetch(dsn, _FIRST, authority, key):
        place = (authority, key, row["consumer"], row["topic"])
        behind = await fetch(dsn, _BEHIND, *place, row["number"], SHOWN_BEHIND)
        asked = await fetch(dsn, _ASKED, *place)
        shown = {name: row[name] for name in ("consumer", "topic", "number", "error", "parked_at")}
        headers = dict(zip(row["headers"], map(_readable, row["contents"]), strict=True))
        waiting = _waiting([each["number"] for each in behind], behind[0]["all"] if behind else 0)
        said = {"headers": headers, "says": _json(row["value"]), "behind": waiting}
        found.append({**shown, **said, "asked": asked[0]["asked"] if asked else None})
    return found


def _readable(content: bytes) -> str:
    """Text as text; hashes as hexadecimal digits."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return content.hex()
    return text if text.isprintable() else content.hex()


def _json(value: bytes) -> str:
    try:
        said: Mapping[str, Any] = json.loads(value)
    except ValueError:
        return value.decode(errors="backslashreplace")
    return json.dumps(said, indent=2, ensure_ascii=False)


def _waiting(numbers: list[int], of: int) -> str:
    more = f" and {of - len(numbers)} more" if of > len(numbers) else ""
    return (", ".join(map(str, numbers)) + more) or "nothing"


async def decide(dsn: str, authority: str, key: str, discard: tuple[str, str, str] | None = None) -> list[int]:
    """Ask the service to try again, or to give the first record up for (reason, case, by). Gives the first numbers."""
    async with connected(dsn) as connection, connection.transaction():
        await connection.execute("select set_config('app.authority', $1, true)", authority)
        rows = await connection.fetch(_DECIDE, authority, key, discard is not None, *(discard or ("", "", "")))
        return [row["number"] for row in rows]
