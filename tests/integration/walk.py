"""A walk through all that a service shows: each route asked for with ids that it knows, by several people.

Whatever answer tells of a child must stand in the access log. `escapes` names those that do not, `unanswered` the
routes that nobody was shown: a walk that goes past a route proves nothing of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec
from fastapi import APIRouter
from tests.integration.installed import until

from pep_kernel.record_asked_for import RecordAskedFor
from pep_runtime.http import make_app
from pep_runtime.projector import position_of
from pep_runtime.service import RunningService

MOST_IDS = 20
ABOUT_NOBODY = {"/due", "/health", "/progress"}


@dataclass
class Walk:
    """What a walk found."""

    escapes: list[str] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)
    unanswered: set[str] = field(default_factory=set)
    entries: list[RecordAskedFor] = field(default_factory=list)


async def entries_after(service: RunningService, authority: str, position: int = 0) -> list[RecordAskedFor]:
    """What the access log holds beyond a position."""
    query = "select payload from access where authority = $1 and position > $2 order by position"
    rows = await service.worker.fetch(query, authority, position)
    return [msgspec.json.decode(row["payload"], type=RecordAskedFor) for row in rows]


async def walk(
    service: RunningService,
    authority: str,
    tokens: Sequence[str],
    ids: Mapping[str, str] | None = None,
    planted: APIRouter | None = None,
) -> Walk:
    """Every GET of the service, by everybody who has one of the tokens. `ids` are those that no read model tells."""
    await until(lambda: _is_shown(service, authority))
    app = make_app(service)
    if planted is not None:
        app.include_router(planted)
    paths = [path for path, operations in app.openapi()["paths"].items() if "get" in operations]
    known = await _known(service, authority)
    children = {row["child_ref"] for rows in known for row in rows if row.get("child_ref")} | {
        value for name, value in (ids or {}).items() if name == "child_ref"
    }
    found, seen = Walk(), len(await entries_after(service, authority))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://walk") as client:
        for path in paths:
            for address in _addresses(path, known, ids or {}):
                for token in tokens:
                    answer = await client.get(address, headers={"Authorization": f"Bearer {token}"})
                    entries = await entries_after(service, authority, seen)
                    seen += len(entries)
                    about = {reference for entry in entries for reference in entry.about}
                    told = {child for child in children if child in answer.text}
                    if answer.status_code < 400:
                        found.answered.add(path)
                    found.escapes += [f"{path} tells of {child}" for child in sorted(told - about)]
                    found.entries += entries
    found.unanswered = set(paths) - found.answered - ABOUT_NOBODY
    return found


async def _is_shown(service: RunningService, authority: str) -> bool:
    """Whether the read models show all that the journal holds."""
    query = "select position from journal_head where authority = $1 and log = 'journal'"
    head: int = await service.worker.fetchval(query, authority)
    return await position_of(service.worker, authority, len(service.tables)) >= head


async def _known(service: RunningService, authority: str) -> list[list[dict[str, Any]]]:
    """Some rows of each read model."""
    found = []
    async with service.worker.acquire() as connection, connection.transaction():
        await connection.execute("select set_config('app.authority', $1, true)", authority)
        for table in service.tables:
            rows = await connection.fetch(f"select * from {table} where authority = $1 limit {MOST_IDS}", authority)
            found.append([dict(row) for row in rows])
    return found


def _addresses(path: str, known: list[list[dict[str, Any]]], ids: Mapping[str, str]) -> Iterator[str]:
    """The path with every set of ids that one row knows, or else with ids that any row knows."""
    names = re.findall(r"{(\w+)}", path)
    rows = [row for table in known for row in table if all(row.get(name) for name in names)]
    values: dict[str, Any] = {name: row[name] for table in known for row in table for name in names if row.get(name)}
    for row in rows or [{**values, **ids}]:
        if all(name in row for name in names):
            yield path.format(**row)
