"""How things stand in one service: read from its database as the worker, which may look at every authority."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

ALIVE_SECONDS = 15

_AUTHORITIES = """
    select h.authority, h.position, h.announced, coalesce(a.position, 0) as looks,
           coalesce(h.frozen, 'access log: ' || a.frozen) as frozen, h.position - coalesce(r.position, 0) as to_relay,
           greatest(extract(epoch from $1 - waiting.recorded_at), 0)::float8 as relay_seconds,
           coalesce(h.position - (select min(p.position) from projection_position p
                                  where p.authority = h.authority), 0) as to_fold
    from journal_head h left join relay_cursor r using (authority, log)
    left join journal_head a on a.authority = h.authority and a.log = 'access'
    left join journal waiting on waiting.authority = h.authority and waiting.position = coalesce(r.position, 0) + 1
    where h.log = 'journal' order by h.authority
"""
_READERS = """
    select o.authority, o.consumer, split_part(o.topic, '.', 3) as giver, split_part(o.topic, '.', 4) as log,
           o.last_number, o.halted, coalesce(e.records, 0) as parked, coalesce(e.children, 0) as parked_children
    from consumer_offset o
    left join (select authority, consumer, topic, count(*) as records, count(distinct key) as children
               from parked_event group by 1, 2, 3) e using (authority, consumer, topic)
    order by o.authority, o.consumer, o.topic
"""
_ROLES = f"""
    select role, count(*) as processes from running_process, unnest(roles) as role
    where seen_at > clock_timestamp() - interval '{ALIVE_SECONDS} seconds' group by role
"""
_RELAYS = "select exists (select from lease where name like 'relay of %' and until > clock_timestamp())"


class Database(Protocol):
    """A connection or a pool of asyncpg's."""

    async def fetch(self, query: str, *arguments: Any) -> list[Any]:
        """All rows."""

    async def fetchval(self, query: str, *arguments: Any) -> Any:
        """The first value of the first row."""


@dataclass(frozen=True, slots=True)
class AuthorityStanding:
    """One authority's journal: how far it is, what the relay (since when) and the projector still have to do.

    `looks` is how far its access log is. `frozen` is why the journal, or else the access log, takes nothing.
    """

    authority: str
    position: int
    announced: int
    looks: int
    frozen: str | None
    to_relay: int
    relay_seconds: float
    to_fold: int


@dataclass(frozen=True, slots=True)
class ReaderStanding:
    """How far a consumer has read a giver's topic (`log`: journal, events, access), and what keeps it from going on."""

    authority: str
    consumer: str
    giver: str
    log: str
    last_number: int
    halted: str | None
    parked: int
    parked_children: int


@dataclass(frozen=True, slots=True)
class Standing:
    """One service: its authorities, what it reads, how many processes play each role, whether one of them relays."""

    authorities: Sequence[AuthorityStanding]
    readers: Sequence[ReaderStanding]
    roles: Mapping[str, int]
    relays: bool


async def standing(database: Database, now: datetime) -> Standing:
    """How things stand. `now` is by the services' clock, as all that is recorded is."""
    return Standing(
        [AuthorityStanding(**row) for row in await database.fetch(_AUTHORITIES, now)],
        [ReaderStanding(**row) for row in await database.fetch(_READERS)],
        {row["role"]: row["processes"] for row in await database.fetch(_ROLES)},
        bool(await database.fetchval(_RELAYS)),
    )
