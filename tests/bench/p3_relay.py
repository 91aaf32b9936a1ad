"""P3: the relay, from journal to Kafka, beside aiokafka's `send` of the same records out of memory."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from aiokafka import AIOKafkaProducer
from tests.bench.journals import Journals, commands, journals
from tests.bench.measure import Aim, Bench, Measure, Side

from pep_runtime.database import connect
from pep_runtime.journal import Pool, append
from pep_runtime.kafka import BATCH_BYTES
from pep_runtime.onboarding import create_topics, topics_of
from pep_runtime.relay import Record, Relay, Source, announcement_records, journal_records, read_rows
from pep_runtime.topics import topic
from pep_runtime.wake import Bell

EVENTS, EVENTS_AN_APPEND = 60_000, 200  # in each run
MANY, ONE = 150, 1
RELAY, SEND, SEND_SORTED = "OpenPEP's relay, {}", "aiokafka send, {}", "aiokafka send, {}, one after the other"
RELAYED, SENT = "relayed", "sent"  # whose topics they are


@contextlib.asynccontextmanager
async def sides(bench: Bench) -> AsyncIterator[Sequence[Side]]:
    async with _pair(bench, MANY) as many, _pair(bench, ONE) as one:
        yield [*many, *one]


@contextlib.asynccontextmanager
async def _pair(bench: Bench, authorities: int) -> AsyncIterator[Sequence[Side]]:
    async with contextlib.AsyncExitStack() as stack:
        ours = await stack.enter_async_context(journals(bench, authorities))
        pool = await stack.enter_async_context(await connect(ours.logins.relay))
        writers = await stack.enter_async_context(await connect(ours.logins.app, size=1))
        services = [f"{name}-{authorities}" for name in (RELAYED, SENT)]
        await create_topics(
            bench.kafka_bootstrap, [name for each in ours.authorities for name in topics_of(each, services)]
        )
        bell = Bell()
        relay = Relay(pool, services[0], bench.kafka_bootstrap, bell)
        running = asyncio.ensure_future(relay.run())
        stack.push_async_callback(_end, running)
        relayed = Relayed(relay, bell, writers, ours, bench.seed)
        stack.push_async_callback(relayed.give_up)
        sent = Sent(await _producer(bench), pool, ours, services[1])
        stack.push_async_callback(sent.producer.stop)
        yield [
            Side(RELAY.format(_how_many(authorities)), relayed.run, relayed.prepare),
            Side(SEND.format(_how_many(authorities)), sent.run_by_turns, sent.prepare),
            *(
                [Side(SEND_SORTED.format(_how_many(authorities)), sent.run_sorted, sent.prepare)]
                if authorities > 1
                else []
            ),
        ]


@dataclass
class Relayed:
    """Events come to be seen all at once; the run ends when Kafka has acknowledged the last of them."""

    relay: Relay
    bell: Bell
    writers: Pool
    journals: Journals
    seed: int
    appended: int = 0
    _open: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)

    def __post_init__(self) -> None:
        self._work = commands(self.journals.authorities, self.seed, EVENTS_AN_APPEND)

    async def prepare(self) -> None:
        """A relay that has begun has compared every topic: that is not timed. Then all rows in one open transaction."""
        if not self.appended:
            await self._append(self.writers, len(self.journals.authorities))
            await self._all_published()
        connection = await self._open.enter_async_context(self.writers.acquire())
        await self._open.enter_async_context(connection.transaction())
        await self._append(connection, EVENTS // EVENTS_AN_APPEND)

    async def give_up(self) -> None:
        """The transaction ends with the run, or with what stopped the run from beginning."""
        await self._open.aclose()

    async def run(self) -> int:
        await self._open.aclose()
        self.bell.ring()
        await self._all_published()
        return EVENTS

    async def _append(self, where: Any, count: int) -> None:
        for what in islice(self._work, count):
            await append(where, what)
            self.appended += len(what.events)

    async def _all_published(self) -> None:
        while sum(self.relay.published.values()) < self.appended:
            await asyncio.sleep(0.002)


@dataclass
class Sent:
    """The same records, ready in memory, sent one by one as aiokafka offers it; its producer makes the batches."""

    producer: AIOKafkaProducer
    pool: Pool
    journals: Journals
    service: str
    _records: list[tuple[str, Record]] = field(default_factory=list)
    _by_turns: list[tuple[str, Record]] = field(default_factory=list)

    async def prepare(self) -> None:
        if not self._records:
            for authority in self.journals.authorities:
                await self._take(authority, EVENTS // len(self.journals.authorities))
            each = len(self._records) // len(self.journals.authorities)
            self._by_turns = [record for turn in range(each) for record in self._records[turn::each]]

    async def _take(self, authority: str, count: int) -> None:
        rows = await read_rows(self.pool, Source(authority, "journal"), EVENTS_AN_APPEND, count)
        journal, events = topic(authority, self.service, "journal"), topic(authority, self.service, "events")
        self._records += [(journal, record) for record in journal_records(rows)]
        self._records += [(events, record) for record in announcement_records(rows, self.service)]

    async def run_by_turns(self) -> int:
        """As the events of many authorities happen: each record belongs to another topic than the one before."""
        return await self._send(self._by_turns)

    async def run_sorted(self) -> int:
        """All records of a topic, then all of the next: a batch is full before another one is begun."""
        return await self._send(self._records)

    async def _send(self, records: Sequence[tuple[str, Record]]) -> int:
        for name, record in records:
            await self.producer.send(name, record.value, record.key, 0, headers=record.headers)
        await self.producer.flush()
        return EVENTS


async def _producer(bench: Bench) -> AIOKafkaProducer:
    """As safe as the relay's, with the same compression, and with batches as large."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bench.kafka_bootstrap,
        acks="all",
        enable_idempotence=True,
        compression_type="zstd",
        max_batch_size=BATCH_BYTES,
    )
    await producer.start()
    return producer


async def _end(running: asyncio.Future[None]) -> None:
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def _how_many(authorities: int) -> str:
    return "one authority" if authorities == 1 else f"{authorities} authorities"


MEASURE = Measure(
    "the relay: from journal to Kafka, with announcements",
    "events/s",
    [
        Aim(RELAY.format(_how_many(MANY)), SEND.format(_how_many(MANY)), at_least=1.4),
        Aim(RELAY.format(_how_many(ONE)), SEND.format(_how_many(ONE)), at_least=1),
    ],
    sides,
    warm_up=2,
)
