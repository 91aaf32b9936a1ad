"""Copying the journal and the access log to Kafka, in order. A topic may repeat and never skips.

One relay a service works at a time, for economy: nothing rests on it. A send of a paused relay can land after its
successor's; whoever reads keeps the highest position and drops what is not above it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.structs import ConsumerRecord

from pep_runtime.chain import GENESIS
from pep_runtime.cloud_events import NUMBER, Headers, Unreadable, headers_of, type_in
from pep_runtime.codec import Frame
from pep_runtime.journal import Pool
from pep_runtime.kafka import closed, end_offsets, newest_record, reader, start_producer
from pep_runtime.tasks import keep_trying, stopped, until_one_ends
from pep_runtime.topics import HASH, POSITION, PREVIOUS, Chained, Log, topic
from pep_runtime.wake import Bell

ROWS = 2_000
READS_A_TURN = 10  # then another authority that waits for its turn comes first
TOPICS_AT_ONCE = 8
LEASE_SECONDS = 10.0
IDLE_SECONDS = 0.05
GATHER_SECONDS = 0.004  # while busy: what gathers meanwhile travels in one batch
RECORDS_AT_ONCE = 50  # then whoever else has something to do goes first: above all the batch that is to leave
CURSOR_SECONDS = 0.2
WATCH_SECONDS = 5.0

log = logging.getLogger("pep_runtime.relay")

_SELECT = (
    "select authority, position, recorded_at, announced, child_ref, stream, event_id, correlation, trace,"
    " envelope, payload, announcement, hash"
    " from {log} where authority = $1 and position >= $2 order by position limit $3 + 1"
)


class Source(NamedTuple):
    """What is published by itself: one log of one authority."""

    authority: str
    log: Chained

    def __str__(self) -> str:
        return f"{self.authority}'s {self.log}"


@dataclass(slots=True)
class Place:
    """Where publishing one log stands: the last position sent, and the offsets that its topics give next."""

    position: int
    offsets: dict[str, int]


class Record(NamedTuple):
    """One Kafka record as it will be sent."""

    key: bytes
    value: bytes
    headers: Headers


Linked = tuple[Any, bytes]  # a journal row, and the hash of the row before it


class ShorterThanBefore(Exception):
    """A batch landed below where the topic had ended: the topic was made anew, or lost its tail."""

    def __init__(self, name: str, offset: int) -> None:
        super().__init__(f"{name} lost what it held from offset {offset} on")
        self.topic = name
        self.offset = offset


class Diverged(Exception):
    """Journal and topic do not tell the same history."""


class Relay:
    """Publishes one service's journal and access log, all authorities, as long as it holds the lease."""

    def __init__(self, pool: Pool, service: str, bootstrap: str, bell: Bell) -> None:
        self._pool = pool
        self._service = service
        self._bootstrap = bootstrap
        self._bell = bell
        self._holder = secrets.token_hex(8)
        self._places: dict[Source, Place] = {}
        self._saved: dict[Source, int] = {}

    async def run(self) -> None:
        """Until cancelled; Kafka or PostgreSQL being away is waited for."""
        await keep_trying("relay", self._run)

    async def _run(self) -> None:
        while not await self._take_lease():
            await asyncio.sleep(LEASE_SECONDS / 5)
        producer = await start_producer(self._bootstrap)
        self._places.clear()
        self._saved.clear()
        try:
            await until_one_ends(self._keep_lease(), self._keep_cursor(), self._watch_topics(), self._publish(producer))
        finally:
            await closed(producer.stop())
            await self._save_cursor()
            await self._pool.execute("select give_lease_back($1, $2)", self._lease, self._holder)

    @property
    def published(self) -> dict[Source, int]:
        """Log of an authority → the last position that Kafka has acknowledged, since this relay took over."""
        return {source: place.position for source, place in self._places.items()}

    @property
    def _lease(self) -> str:
        return f"relay of {self._service}"

    async def _take_lease(self) -> bool:
        epoch = await self._pool.fetchval("select take_lease($1, $2, $3)", self._lease, self._holder, LEASE_SECONDS)
        return epoch is not None

    async def _keep_lease(self) -> None:
        while True:
            await asyncio.sleep(LEASE_SECONDS / 3)
            if not await self._take_lease():
                raise TimeoutError("another relay took over")

    async def _keep_cursor(self) -> None:
        while True:
            await asyncio.sleep(CURSOR_SECONDS)
            await self._save_cursor()

    async def _save_cursor(self) -> None:
        moved = {each: position for each, position in self.published.items() if self._saved.get(each) != position}
        if moved:
            await self._pool.execute(  # not waiting for the disk: whoever takes over looks at the topics
                "insert into relay_cursor (authority, log, position)"
                " select moved.* from unnest($1::text[], $2::text[], $3::bigint[]) as moved,"
                " set_config('synchronous_commit', 'off', true)"
                " on conflict (authority, log) do update set position = excluded.position",
                [source.authority for source in moved],
                [source.log for source in moved],
                list(moved.values()),
            )
            self._saved |= moved

    async def _watch_topics(self) -> None:
        """A topic that was made anew or lost its tail is noticed also where there is nothing to send."""
        async with reader(self._bootstrap) as consumer:
            while True:
                await asyncio.sleep(WATCH_SECONDS)
                expected = {source: dict(place.offsets) for source, place in self._places.items()}
                with contextlib.suppress(KafkaError):  # whoever sends says so
                    ends = await end_offsets(consumer, [name for offsets in expected.values() for name in offsets])
                    for source, offsets in expected.items():
                        if any(ends[name] < offset for name, offset in offsets.items()):
                            log.warning("%s: a topic is shorter than before; comparing", source)
                            self._places.pop(source, None)

    async def _publish(self, producer: AIOKafkaProducer) -> None:
        """Each log by itself: one far behind, or whose topic is away, does not keep the others waiting."""
        limit = asyncio.Semaphore(TOPICS_AT_ONCE)
        at_work: dict[Source, asyncio.Task[None]] = {}

        async def one(source: Source) -> None:
            async with limit:
                await self._publish_log(producer, source)

        try:
            while True:
                heard = self._bell.rings
                behind = await self._behind()
                at_work = {source: task for source, task in at_work.items() if not _has_ended(task)}
                overtaken = [at_work[source] for source in behind if source in at_work]
                for source in behind:
                    if source not in at_work:
                        at_work[source] = asyncio.create_task(one(source))
                await self._bell.wait(IDLE_SECONDS, heard, overtaken)
                if at_work:
                    await asyncio.sleep(GATHER_SECONDS)
        finally:
            await stopped(at_work.values())

    async def _behind(self) -> list[Source]:
        heads = await self._pool.fetch("select authority, log, position, frozen from journal_head")
        for removed in self._places.keys() - {Source(head["authority"], head["log"]) for head in heads}:
            self._places.pop(removed)  # with its topics: whoever watches them would wait for what does not come back
        for head in heads:
            if head["frozen"] == "lineage":  # another PostgreSQL than before: compare, then it may go on
                self._places.pop(Source(head["authority"], head["log"]), None)
        return [Source(head["authority"], head["log"]) for head in heads if self._is_behind(head)]

    def _is_behind(self, head: Any) -> bool:
        if head["frozen"] not in (None, "lineage"):
            return False
        place = self._places.get(Source(head["authority"], head["log"]))
        return place is None or place.position < head["position"]

    async def _publish_log(self, producer: AIOKafkaProducer, source: Source) -> None:
        place = self._places.get(source) or await self._place_of(source)
        if place is None:
            return
        try:
            await self._publish_rows(producer, place, source)
        except ShorterThanBefore as shorter:
            log.warning("%s: %s; comparing", source, shorter)
            self._places.pop(source, None)
            await self._place_of(source, {shorter.topic: shorter.offset})
        except Unreadable as fault:
            self._places.pop(source, None)
            await self._freeze(source, fault)
        except KafkaError:
            self._places.pop(source, None)  # unknown outcome: compare before the next send
            raise

    async def _publish_rows(self, producer: AIOKafkaProducer, place: Place, source: Source) -> None:
        """While rows are sent, the next ones are read. Stops early where the topics must be compared first."""
        rows = await read_rows(self._pool, source, place.position, ROWS)
        for _ in range(READS_A_TURN):
            if not rows or self._places.get(source) is not place:
                return
            last = rows[-1][0]["position"]
            can_be_announced(rows)
            following = asyncio.create_task(self._rows_after(rows, source))
            try:
                await self._send(producer, place, self._topic(source, source.log), journal_records(rows))
                if source.log == "journal":
                    announcements = announcement_records(rows, self._service)
                    await self._send(producer, place, self._topic(source, "events"), announcements)
                place.position = last
                rows = await following
            finally:
                following.cancel()

    async def _rows_after(self, rows: Sequence[Linked], source: Source) -> list[Linked]:
        """The next ones. Where `rows` were fewer than asked for, there were no more: what is new comes next turn."""
        return await read_rows(self._pool, source, rows[-1][0]["position"], ROWS) if len(rows) == ROWS else []

    def _topic(self, source: Source, kind: Log) -> str:
        return topic(source.authority, self._service, kind)

    async def _place_of(self, source: Source, below: Mapping[str, int] | None = None) -> Place | None:
        """Where to go on from; None where the topics tell another history: the log is frozen."""
        try:
            place = self._places[source] = await self.compare(source, below)
        except Diverged as difference:
            await self._freeze(source, difference)
            return None
        self._saved.pop(source, None)  # a database that was put back has an older cursor than we wrote
        await self._pool.execute("select thaw_authority($1, 'lineage', $2)", source.authority, source.log)
        return place

    async def _freeze(self, source: Source, why: Diverged | Unreadable) -> None:
        """Nothing more is published or taken of this log until somebody has looked; the others go on."""
        log.error("%s is frozen: %s", source, why)
        await self._pool.execute("select freeze_authority($1, $2, $3)", source.authority, str(why), source.log)

    async def _send(self, producer: AIOKafkaProducer, place: Place, name: str, records: Iterator[Record]) -> None:
        """Send in batches, each acknowledged before the next, which is filled meanwhile. Raises `ShorterThanBefore`.

        A batch that lands further on than expected follows a repeat by a paused relay, which does no harm.
        """
        batches = _batches(producer, records)
        batch = await anext(batches, None)
        while batch:
            sent, acknowledgement = batch, await producer.send_batch(batch, name, partition=0)
            batch = await anext(batches, None)
            acknowledged = await acknowledgement
            if acknowledged.offset < place.offsets[name]:
                raise ShorterThanBefore(name, acknowledged.offset)
            place.offsets[name] = acknowledged.offset + sent.record_count()

    async def compare(self, source: Source, below: Mapping[str, int] | None = None) -> Place:
        """Where to go on from: the topics' newest records must be rows of this log, byte for byte.

        `below` names offsets under which to look, where what follows is known to have come too early. The newest
        that stands earlier in its topic than its number allows means that something before it is missing: all is sent
        again. Raises `Diverged` if a topic is ahead of the journal or holds another history: Postgres was restored.
        """
        below = below or {}
        async with reader(self._bootstrap) as consumer:
            place = await self._place_in_rows(consumer, source, below)
            if source.log == "access":
                return place
            name = self._topic(source, "events")
            events, place.offsets[name] = await newest_record(consumer, name, NUMBER, below.get(name))
        return await self._place_in_announcements(source.authority, place, events)

    async def _place_in_rows(self, consumer: AIOKafkaConsumer, source: Source, below: Mapping[str, int]) -> Place:
        name = self._topic(source, source.log)
        newest, end = await newest_record(consumer, name, POSITION, below.get(name))
        if newest is None:
            return Place(0, {name: end})
        headers = dict(newest.headers)
        position = int(headers[POSITION])
        found = await self._pool.fetchval(
            f"select hash from {source.log} where authority = $1 and position = $2", source.authority, position
        )
        _same(found, headers[HASH], f"position {position}", source.log)
        return Place(0 if newest.offset < position - 1 else position, {name: end})

    async def _place_in_announcements(self, authority: str, place: Place, events: ConsumerRecord | None) -> Place:
        position, offsets = place.position, place.offsets
        if events is None:
            return Place(0 if await self._announces_up_to(authority, position) else position, offsets)
        headers = dict(events.headers)
        number = int(headers[NUMBER])
        row = await self._pool.fetchrow(
            "select position, hash from journal where authority = $1 and announced = $2", authority, number
        )
        _same(row["hash"] if row else None, headers[HASH], f"announcement {number}", "events")
        if events.offset < number - 1:
            return Place(0, offsets)
        missing = await self._pool.fetchval(
            "select min(position) - 1 from journal where authority = $1 and announced = $2 and position <= $3",
            authority,
            number + 1,
            position,
        )
        return Place(position if missing is None else missing, offsets)

    async def _announces_up_to(self, authority: str, position: int) -> bool:
        found: bool = await self._pool.fetchval(
            "select exists (select from journal where authority = $1 and announced = 1 and position <= $2)",
            authority,
            position,
        )
        return found


async def _batches(producer: AIOKafkaProducer, records: Iterator[Record]) -> AsyncIterator[BatchBuilder]:
    batch = producer.create_batch()
    for number, (key, value, headers) in enumerate(records, 1):
        if not batch.append(timestamp=None, key=key, value=value, headers=headers):
            yield batch
            batch = producer.create_batch()
            batch.append(timestamp=None, key=key, value=value, headers=headers)
        if number % RECORDS_AT_ONCE == 0:
            await asyncio.sleep(0)
    if batch.record_count():
        yield batch


def _has_ended(task: asyncio.Task[None]) -> bool:
    """Raises what it failed with."""
    if task.done():
        task.result()
    return task.done()


async def read_rows(pool: Pool, source: Source, after: int, limit: int) -> list[Linked]:
    """A log's rows in order, each with the hash of the row before it, which is read once more for it."""
    rows = await pool.fetch(_SELECT.format(log=source.log), source.authority, after, limit)
    hashes = [row["hash"] for row in rows]
    if rows and rows[0]["position"] == after:
        return list(zip(rows[1:], hashes, strict=False))
    return list(zip(rows[:limit], [GENESIS, *hashes], strict=False))


def _same(ours: bytes | None, theirs: bytes, what: str, which: str) -> None:
    if ours is None:
        log_of_it = "access log" if which == "access" else "journal"
        raise Diverged(f"the {which} topic is ahead: {what} is not in the {log_of_it}")
    if ours != theirs:
        raise Diverged(f"the {which} topic holds another history at {what}")


def _key(row: Any) -> bytes:
    name: str = row["child_ref"] or row["stream"]
    return name.encode()


def journal_records(rows: Iterable[Linked]) -> Iterator[Record]:
    """Rows of journal or access log, whole, as they travel."""
    for row, previous in rows:
        position, announcement = row["position"], row["announcement"] or b""
        frame = Frame(
            position, row["recorded_at"], row["announced"] or 0, row["envelope"], row["payload"], announcement
        )
        headers = [(POSITION, str(position).encode()), (HASH, row["hash"]), (PREVIOUS, previous)]
        yield Record(_key(row), frame.pack(), headers)


def can_be_announced(rows: Iterable[Linked]) -> None:
    """Raises `Unreadable` if a row announces what is no announcement: before any of them is sent, also as a row."""
    for row, _previous in rows:
        if row["announced"] is not None:
            type_in(row)


def announcement_records(rows: Iterable[Linked], service: str) -> Iterator[Record]:
    """What the rows announce, as it travels."""
    for row, previous in rows:
        if row["announced"] is not None:
            yield Record(_key(row), row["announcement"], headers_of(row, service, previous))
