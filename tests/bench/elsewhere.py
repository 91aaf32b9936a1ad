"""A command over HTTP at one service, until another service's read model shows what it did: school moves.

Moves are sent on schedule, whatever became of those before, and time counts from the scheduled instant. So a pause of
the suite is felt by all who would have come meanwhile.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle, pairwise
from random import Random
from statistics import median
from typing import Any
from uuid import UUID

import asyncpg
import httpx
from aiokafka import TopicPartition
from tests.bench.harness import cpu_seconds
from tests.bench.journals import superuser
from tests.bench.measure import CPU, SERVERS_CPU, Figures
from tests.bench.suite import ADMINISTRATOR, COORDINATOR, Suite
from tests.integration.installed import until

from pep_kernel.ids import command_event_id
from pep_local.trouble import Trouble
from pep_runtime.authority_keys import authority_keys
from pep_runtime.database import connect
from pep_runtime.kafka import reader
from pep_runtime.keyring import Keyring
from pep_runtime.settings import Settings
from pep_runtime.topics import topic
from scheduling.domain.child.care_record import BATCH_SIZE

A_SECOND = int(os.environ.get("A_SECOND", "50"))
CHILDREN = 600
ENTERED, MOVED = "2026-09-21", "2026-11-02"
FIRST_SCHOOL, SCHOOLS = "100001", ("100002", "100003")
LOOK_SECONDS = 0.002
PATIENCE_SECONDS = 30.0
P50, P99, MOST = "ms p50", "ms p99", "ms at most"
EVERYTHING, AGAIN = "CPU seconds with servers", "asked again"
AWAY = httpx.codes.SERVICE_UNAVAILABLE
STEPS = ("ms until recorded", "ms until relayed", "ms until taken in", "ms until visible")
SHOWN = (
    "select w.key from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as w (key, authority, child_ref, urn)"
    " join known_child k on k.authority = w.authority and k.child_ref = w.child_ref and k.school_urn = w.urn"
)


@dataclass
class Move:
    """One command, and when it came to be what: instants in seconds since 1970."""

    authority: str
    child_ref: str
    school_urn: str
    key: str
    scheduled: float = 0.0
    visible: float = 0.0

    @property
    def event_id(self) -> UUID:
        return command_event_id(self.authority, COORDINATOR, self.key, 0)


@dataclass
class Elsewhere:
    """Children of a suite who move from school to school."""

    suite: Suite
    client: httpx.AsyncClient
    watcher: asyncpg.Connection[asyncpg.Record]
    journals: Sequence[asyncpg.Connection[asyncpg.Record]]
    children: Sequence[tuple[str, str]]
    tokens: dict[str, str] = field(default_factory=dict)
    chance: Random = field(default_factory=Random)
    _sent: int = 0
    _asked_again: int = 0

    def __post_init__(self) -> None:
        schools = [school for school in SCHOOLS for _ in self.children]
        self._next = zip(cycle(self.children), cycle(schools), strict=False)

    async def run(self, seconds: float) -> Figures:
        """Moves for so many seconds, and what they came to."""
        cpu, self._asked_again = self._cpu(), 0
        moves = await self.move(int(seconds * A_SECOND))
        spent = [after - before for before, after in zip(cpu, self._cpu(), strict=True)]
        waits = sorted(move.visible - move.scheduled for move in moves)
        return {
            P50: median(waits) * 1000,
            P99: waits[int(len(waits) * 0.99)] * 1000,
            MOST: waits[-1] * 1000,
            CPU: spent[0],
            SERVERS_CPU: spent[1],
            EVERYTHING: sum(spent),
            AGAIN: self._asked_again,
            **await self._steps(moves),
        }

    async def move(self, count: int) -> list[Move]:
        """So many moves on schedule, until the last can be seen. Trouble if the suite does not keep up."""
        self.tokens = {name: each.token(COORDINATOR) for name, each in self.suite.providers.items()}
        moves = [self._move() for _ in range(count)]
        begin = time.time() + 0.1
        for number, move in enumerate(moves):
            move.scheduled = begin + number / A_SECOND
        waiting: dict[str, Move] = {}
        try:
            async with asyncio.timeout(count / A_SECOND + PATIENCE_SECONDS), asyncio.TaskGroup() as tasks:
                tasks.create_task(self._send_all(moves, waiting, tasks))
                tasks.create_task(self._watch(moves, waiting))
        except TimeoutError as late:
            raise Trouble(f"This machine does not keep up with {A_SECOND} commands a second.") from late
        return moves

    def _move(self) -> Move:
        (authority, child_ref), school_urn = next(self._next)
        self._sent += 1
        return Move(authority, child_ref, school_urn, f"move-{self._sent}")

    async def _send_all(self, moves: Iterable[Move], waiting: dict[str, Move], tasks: asyncio.TaskGroup) -> None:
        for move in moves:
            await asyncio.sleep(move.scheduled - time.time())
            waiting[move.key] = move
            tasks.create_task(self._send(move))

    async def _send(self, move: Move) -> None:
        headers = {"Authorization": f"Bearer {self.tokens[move.authority]}", "Idempotency-Key": move.key}
        body = {"kind": "school", "on": MOVED, "school_urn": move.school_urn}
        url = f"{self.suite.stack.url('scheduling')}/children/{move.child_ref}/facts"
        while (answer := await self.client.post(url, json=body, headers=headers)).status_code == AWAY:
            self._asked_again += 1
            await asyncio.sleep(self.chance.uniform(0.05, 0.1))  # as the answer says, with the same key
        assert answer.is_success, answer.text

    async def _watch(self, moves: Sequence[Move], waiting: dict[str, Move]) -> None:
        """Looks again and again for those who wait, until all moves have been seen."""
        seen = 0
        while seen < len(moves):
            await asyncio.sleep(LOOK_SECONDS)
            asked = [(each.key, each.authority, each.child_ref, each.school_urn) for each in waiting.values()]
            for row in await self.watcher.fetch(SHOWN, *map(list, zip(*asked, strict=True))) if asked else ():
                waiting.pop(row["key"]).visible = time.time()
                seen += 1

    async def _steps(self, moves: Sequence[Move]) -> Figures:
        """How long each step took, at the median: the journals and the topic's records say when they were made."""
        ids = {move.event_id: move for move in moves}
        here, there = self.journals
        recorded = await here.fetch("select event_id as id, recorded_at from journal where event_id = any($1)", [*ids])
        taken = await there.fetch("select cause as id, recorded_at from journal where cause = any($1)", [*ids])
        instants = [
            {each.event_id: each.scheduled for each in moves},
            {row["id"]: row["recorded_at"].timestamp() for row in recorded},
            await self._relayed(ids.keys()),
            {row["id"]: row["recorded_at"].timestamp() for row in taken},
            {each.event_id: each.visible for each in moves},
        ]
        waits = ([after[each] - before[each] for each in ids] for before, after in pairwise(instants))
        return dict(zip(STEPS, (median(each) * 1000 for each in waits), strict=True))

    async def _relayed(self, ids: Iterable[UUID]) -> dict[UUID, float]:
        """When the relay made each one's record, by Kafka, whose clock ticks in milliseconds."""
        wanted, found = set(ids), dict[UUID, float]()
        topics = [topic(name, "scheduling", "events") for name in self.suite.authorities]
        async with reader(self.suite.stack.kafka_bootstrap) as consumer, asyncio.timeout(PATIENCE_SECONDS):
            consumer.assign([TopicPartition(name, 0) for name in topics])
            while found.keys() < wanted:
                for records in (await consumer.getmany(timeout_ms=500)).values():
                    said = {UUID(dict(each.headers)["ce_id"].decode()): each.timestamp / 1000 for each in records}
                    found |= {name: said[name] for name in said.keys() & wanted}
        return found

    def _cpu(self) -> tuple[float, float]:
        return cpu_seconds(self.suite.services.values()), cpu_seconds(self.suite.servers.values())


@asynccontextmanager
async def elsewhere(suite: Suite) -> AsyncIterator[Elsewhere]:
    """With children in care, none of whom has moved yet. The services run until they are stopped."""
    suite.start()
    ids = [f"child-{number}" for number in range(CHILDREN // len(suite.authorities))]
    by_authority = await _references(suite.settings["scheduling"], suite.authorities, ids)
    children = [(name, refs[number]) for number in range(len(ids)) for name, refs in by_authority.items()]
    async with (
        httpx.AsyncClient(timeout=PATIENCE_SECONDS, trust_env=False) as client,
        _connected(suite, "pep-record") as watcher,
        _connected(suite, "scheduling") as here,
    ):
        await _take_into_care(suite, client, ids)
        await until(lambda: watcher.fetchval("select count(*) = $1 from known_child", len(children)))
        yield Elsewhere(suite, client, watcher, (here, watcher), children)


async def _references(settings: Settings, authorities: Iterable[str], ids: Sequence[str]) -> dict[str, list[str]]:
    """Authority → what its children of these ids are called."""
    async with (
        await connect(settings.keys_dsn, size=1, check_lineage=False) as pool,
        authority_keys(settings.keys_service, settings.keys_dir) as wrapper,
    ):
        ring = Keyring(pool, wrapper)
        return {name: [await ring.reference(name, "child", each) for each in ids] for name in authorities}


async def _take_into_care(suite: Suite, client: httpx.AsyncClient, ids: Sequence[str]) -> None:
    for provider in suite.providers.values():
        headers = {"Authorization": f"Bearer {provider.token(ADMINISTRATOR)}"}
        school = {"urn": FIRST_SCHOOL, "name": "Elm Sample School", "phase": "secondary", "authority": "Anytown"}
        listed = await client.post(
            f"{suite.stack.url('scheduling')}/schools", json={"records": [school]}, headers=headers
        )
        listed.raise_for_status()
        for first in range(0, len(ids), BATCH_SIZE):
            body = {"records": [_care_record(each) for each in ids[first : first + BATCH_SIZE]]}
            answer = await client.post(f"{suite.stack.url('scheduling')}/care-records", json=body, headers=headers)
            assert not answer.raise_for_status().json()["refused"], answer.text


def _care_record(child_id: str) -> dict[str, Any]:
    episode = {"began": ENTERED, "reason_new": "S", "legal_status": "C2", "placement": "U1"}
    return {
        "child_id": child_id,
        "date_of_birth": "2015-05-01",
        "sex": "U",
        "spells": [{"began": ENTERED, "episodes": [episode]}],
        "schooling": [{"school_urn": FIRST_SCHOOL, "entered": "2025-09-01"}],
    }


@asynccontextmanager
async def _connected(suite: Suite, service: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    async with superuser(suite.superuser_dsn(service)) as connection:
        yield connection
