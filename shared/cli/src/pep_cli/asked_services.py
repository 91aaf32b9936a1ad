"""Asking all services how they stand, and comparing what each has heard with what the others say that they said."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import httpx

from pep_cli.settings import Installation, ServicePlace
from pep_cli.standings import AuthorityRow, ServiceStatus
from pep_runtime.clock import Clock
from pep_runtime.standing import AuthorityStanding, ReaderStanding, Standing, standing

CONNECT_SECONDS = 2.0
MOST_SECONDS = 10.0
NOT_THERE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)

_REFUSED = "select authority, count(*) as refused from policy_refusal where refused_at > $1 group by authority"
_SAID_AT = """
    select w.authority, w.log, w.number, coalesce(e.recorded_at, p.recorded_at, a.recorded_at) as recorded_at
    from unnest($1::text[], $2::text[], $3::bigint[]) as w (authority, log, number)
    left join journal e on w.log = 'events' and e.authority = w.authority and e.announced = w.number
    left join journal p on w.log = 'journal' and p.authority = w.authority and p.position = w.number
    left join access a on w.log = 'access' and a.authority = w.authority and a.position = w.number
"""


@dataclass(frozen=True, slots=True)
class Told:
    """What a service told: what its database holds, or why that told nothing; whether its API answers."""

    place: ServicePlace
    api: bool
    away: str | None
    standing: Standing
    refused: Mapping[str, int]


async def statuses(installation: Installation) -> list[ServiceStatus]:
    """All services, asked side by side. One that is away is shown so, and keeps nobody waiting for long."""
    now = Clock(installation.clock_file).now()
    async with httpx.AsyncClient(timeout=CONNECT_SECONDS, trust_env=False) as client:
        places = installation.services
        told = await asyncio.gather(*(_asked(client, place, now) for place in places.values()))
    all_told = dict(zip(places, told, strict=True))
    unheard = await Unheard.among(all_told)
    return [_status(name, each, unheard, now) for name, each in all_told.items()]


async def _asked(client: httpx.AsyncClient, place: ServicePlace, now: datetime) -> Told:
    api = await _answers(client, place)
    try:
        async with asyncio.timeout(MOST_SECONDS):
            connection = await asyncpg.connect(place.worker_dsn, timeout=CONNECT_SECONDS)
            try:
                refused = await connection.fetch(_REFUSED, now - timedelta(days=1))
                counts = {row["authority"]: row["refused"] for row in refused}
                return Told(place, api, None, await standing(connection, now), counts)
            finally:
                await connection.close()
    except NOT_THERE as trouble:
        return Told(place, api, type(trouble).__name__, Standing((), (), {}, False), {})


async def _answers(client: httpx.AsyncClient, place: ServicePlace) -> bool:
    try:
        return (await client.get(f"{place.url}/health")).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


class Unheard:
    """What was said and not yet taken in: how much, and when the first of it was said."""

    def __init__(self, heads: Mapping[tuple[str, str], AuthorityStanding]) -> None:
        self._heads = heads
        self._said_at: dict[tuple[str, str, str, int], datetime] = {}

    @classmethod
    async def among(cls, told: Mapping[str, Told]) -> Unheard:
        """With the times at which the givers say that they said it."""
        unheard = cls({(name, row.authority): row for name, each in told.items() for row in each.standing.authorities})
        behind = [reader for each in told.values() for reader in each.standing.readers if unheard.count(reader)]
        for giver in {reader.giver for reader in behind}:
            await unheard._look_up(giver, told[giver].place, [each for each in behind if each.giver == giver])
        return unheard

    async def _look_up(self, giver: str, place: ServicePlace, readers: Sequence[ReaderStanding]) -> None:
        wanted = [(each.authority, each.log, each.last_number + 1) for each in readers]
        for row in await _rows_if_there(place, _SAID_AT, *zip(*wanted, strict=True)):
            if row["recorded_at"] is not None:
                self._said_at[giver, row["authority"], row["log"], row["number"]] = row["recorded_at"]

    def count(self, reader: ReaderStanding) -> int:
        """How many announcements (or positions, where it reads a journal or access log); 0 where the giver is away."""
        head = self._heads.get((reader.giver, reader.authority))
        if head is None:
            return 0
        said = {"journal": head.position, "access": head.looks}.get(reader.log, head.announced)
        return max(0, said - reader.last_number)

    def seconds(self, reader: ReaderStanding, now: datetime) -> float:
        """How long the first of them has waited."""
        said_at = self._said_at.get((reader.giver, reader.authority, reader.log, reader.last_number + 1), now)
        return max(0.0, (now - said_at).total_seconds())


async def _rows_if_there(place: ServicePlace, query: str, *arguments: Any) -> list[Any]:
    try:
        connection = await asyncpg.connect(place.worker_dsn, timeout=CONNECT_SECONDS)
        try:
            return await connection.fetch(query, *arguments)
        finally:
            await connection.close()
    except NOT_THERE:
        return []


def _status(name: str, told: Told, unheard: Unheard, now: datetime) -> ServiceStatus:
    found = told.standing
    readers: dict[str, list[ReaderStanding]] = {}
    for each in found.readers:
        readers.setdefault(each.authority, []).append(each)
    rows = [_row(name, each, readers.get(each.authority, []), told, unheard, now) for each in found.authorities]
    return ServiceStatus(name, told.away, told.api, found.roles.get("consumer", 0), found.relays, rows)


def _row(
    service: str,
    each: AuthorityStanding,
    readers: Sequence[ReaderStanding],
    told: Told,
    unheard: Unheard,
    now: datetime,
) -> AuthorityRow:
    return AuthorityRow(
        service=service,
        authority=each.authority,
        position=each.position,
        to_relay=each.to_relay,
        relay_seconds=each.relay_seconds,
        to_fold=each.to_fold,
        behind=sum(unheard.count(reader) for reader in readers),
        behind_seconds=max((unheard.seconds(reader, now) for reader in readers), default=0.0),
        parked=sum(reader.parked for reader in readers),
        parked_children=sum(reader.parked_children for reader in readers),
        refused=told.refused.get(each.authority, 0),
        halted=[f"{reader.giver}'s {reader.log}: {reader.halted}" for reader in readers if reader.halted],
        frozen=each.frozen,
    )
