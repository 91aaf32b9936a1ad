"""Copying the journal to Kafka, in order. The topic may repeat and never skips.

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

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.producer.message_accumulator import BatchBuilder

from pep_runtime.chain import GENESIS
from pep_runtime.cloud_events import NUMBER, Headers, headers_of
from pep_runtime.codec import Frame
from pep_runtime.journal import Pool
from pep_runtime.kafka import end_offsets, newest_record, reader, start_producer, stop
from pep_runtime.tasks import keep_trying, stopped, until_one_ends
from pep_runtime.topics import HASH, POSITION, PREVIOUS, topic
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
    " from journal where authority = $1 and position >= $2 order by position limit $3 + 1"
)


@dataclass(slots=True)
class Place:
    """Where one authority's publishing stands: the last position sent, and the offsets that the topics give next."""

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
    """Publishes one service's journal, all authorities, as long as it holds the lease."""

    def __init__(self, pool: Pool, service: str, bootstrap: str, bell: Bell) -> None:
        self._pool = pool
        self._service = service
        self._bootstrap = bootstrap
        self._bell = bell
        self._holder = secrets.token_hex(8)
        self._places: dict[str, Place] = {}
        self._saved: dict[str, int] = {}

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
            await stop(producer)
            await self._save_cursor()
            await self._pool.execute("select give_lease_back($1, $2)", self._lease, self._holder)

    @property
    def published(self) -> dict[str, int]:
        """Authority → the last position that Kafka has acknowledged, since this relay took over."""
        return {authority: place.position for authority, place in self._places.items()}

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
        moved = {name: position for name, position in self.published.items() if self._saved.get(name) != position}
        if moved:
            await self._pool.execute(  # not waiting for the disk: whoever takes over looks at the topics
                "insert into relay_cursor (authority, position)"
                " select moved.* from unnest($1::text[], $2::bigint[]) as moved,"
                " set_config('synchronous_commit', 'off', true)"
                " on conflict (authority) do update set position = excluded.position",
                list(moved),
                list(moved.values()),
            )
            self._saved |= moved

    async def _watch_topics(self) -> None:
        """A topic that was made anew or lost its tail is noticed also where there is nothing to send."""
        async with reader(self._bootstrap) as consumer:
            while True:
                await asyncio.sleep(WATCH_SECONDS)
                expected = {authority: dict(place.offsets) for authority, place in self._places.items()}
                with contextlib.suppress(KafkaError):  # whoever sends says so
                    ends = await end_offsets(consumer, [name for offsets in expected.values() for name in offsets])
                    for authority, offsets in expected.items():
                        if any(ends[name] < offset for name, offset in offsets.items()):
                            log.warning("%s: a topic is shorter than before; comparing", authority)
                            self._places.pop(authority, None)

    async def _publish(self, producer: AIOKafkaProducer) -> None:
        """Each authority by itself: one far behind, or whose topic is away, does not keep the others waiting."""
        limit = asyncio.Semaphore(TOPICS_AT_ONCE)
        at_work: dict[str, asyncio.Task[None]] = {}

        async def one(authority: str) -> None:
            async with limit:
                await self._publish_authority(producer, authority)

        try:
            while True:
                heard = self._bell.rings
                behind = await self._behind()
                at_work = {authority: task for authority, task in at_work.items() if not _has_ended(task)}
                overtaken = [at_work[authority] for authority in behind if authority in at_work]
                for authority in behind:
                    if authority not in at_work:
                        at_work[authority] = asyncio.create_task(one(authority))
                await self._bell.wait(IDLE_SECONDS, heard, overtaken)
                if at_work:
                    await asyncio.sleep(GATHER_SECONDS)
        finally:
            await stopped(at_work.values())

    async def _behind(self) -> list[str]:
        heads = await self._pool.fetch("select authority, position, frozen from journal_head where log = 'journal'")
        for head in heads:
            if head["frozen"] == "lineage":  # another PostgreSQL than before: compare, then it may go on
                self._places.pop(head["authority"], None)
        return [head["authority"] for head in heads if self._is_behind(head)]

    def _is_behind(self, head: Any) -> bool:
        if head["frozen"] not in (None, "lineage"):
            return False
        place = self._places.get(head["authority"])
        return place is None or place.position < head["position"]

    async def _publish_authority(self, producer: AIOKafkaProducer, authority: str) -> None:
        place = self._places.get(authority) or await self._place_of(authority)
        if place is None:
            return
        try:
            await self._publish_rows(producer, place, authority)
        except ShorterThanBefore as shorter:
            log.warning("%s: %s; comparing", authority, shorter)
            self._places.pop(authority, None)
            await self._place_of(authority, {shorter.topic: shorter.offset})
        except KafkaError:
            self._places.pop(authority, None)  # unknown outcome: compare before the next send
            raise

    async def _publish_rows(self, producer: AIOKafkaProducer, place: Place, authority: str) -> None:
        """While rows are sent, the next ones are read. Stops early where the topics must be compared first."""
        rows = await read_rows(self._pool, authority, place.position, ROWS)
        for _ in range(READS_A_TURN):
            if not rows or self._places.get(authority) is not place:
                return
            last = rows[-1][0]["position"]
            following = asyncio.create_task(self._rows_after(rows, authority))
            try:
                await self._send(producer, place, topic(authority, self._service, "journal"), journal_records(rows))
                announcements = announcement_records(rows, self._service)
                await self._send(producer, place, topic(authority, self._service, "events"), announcements)
                place.position = last
                rows = await following
            finally:
                following.cancel()

    async def _rows_after(self, rows: Sequence[Linked], authority: str) -> list[Linked]:
        """The next ones. Where `rows` were fewer than asked for, there were no more: what is new comes next turn."""
        return await read_rows(self._pool, authority, rows[-1][0]["position"], ROWS) if len(rows) == ROWS else []

    async def _place_of(self, authority: str, below: Mapping[str, int] | None = None) -> Place | None:
        """Where to go on from; None for an authority whose topics tell another history: it is frozen."""
        try:
            place = self._places[authority] = await self.compare(authority, below)
        except Diverged as difference:
            log.error("%s is frozen: %s", authority, difference)
            await self._pool.execute("select freeze_authority($1, $2)", authority, str(difference))
            return None
        self._saved.pop(authority, None)  # a database that was put back has an older cursor than we wrote
        await self._pool.execute("select thaw_authority($1, 'lineage')", authority)
        return place

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

    async def compare(self, authority: str, below: Mapping[str, int] | None = None) -> Place:
        """Where to go on from: the topics' newest records must be rows of this journal, byte for byte.

        `below` names offsets under which to look, where what follows is known to have come too early. The newest
        that stands earlier in its topic than its number allows means that something before it is missing: all is sent
        again. Raises `Diverged` if a topic is ahead of the journal or holds another history: Postgres was restored.
        """
        async with reader(self._bootstrap) as consumer:
            journal_topic = topic(authority, self._service, "journal")
            events_topic = topic(authority, self._service, "events")
            below = below or {}
            journal, journal_end = await newest_record(consumer, journal_topic, POSITION, below.get(journal_topic))
            events, events_end = await newest_record(consumer, events_topic, NUMBER, below.get(events_topic))
        offsets = {journal_topic: journal_end, events_topic: events_end}
        position = 0
        if journal is not None:
            headers = dict(journal.headers)
            position = int(headers[POSITION])
            found = await self._pool.fetchval(
                "select hash from journal where authority = $1 and position = $2", authority, position
            )
            _same(found, headers[HASH], f"position {position}", "journal")
            if journal.offset < position - 1:
                return Place(0, offsets)
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


async def read_rows(pool: Pool, authority: str, after: int, limit: int) -> list[Linked]:
    """Journal rows in order, each with the hash of the row before it, which is read once more for it."""
    rows = await pool.fetch(_SELECT, authority, after, limit)
    hashes = [row["hash"] for row in rows]
    if rows and rows[0]["position"] == after:
        return list(zip(rows[1:], hashes, strict=False))
    return list(zip(rows[:limit], [GENESIS, *hashes], strict=False))


def _same(ours: bytes | None, theirs: bytes, what: str, which: str) -> None:
    if ours is None:
        raise Diverged(f"the {which} topic is ahead: {what} is not in the journal")
    if ours != theirs:
        raise Diverged(f"the {which} topic holds another history at {what}")


def _key(row: Any) -> bytes:
    name: str = row["child_ref"] or row["stream"]
    return name.encode()


def journal_records(rows: Iterable[Linked]) -> Iterator[Record]:
    """Journal rows, whole, as they travel."""
    for row, previous in rows:
        position, announcement = row["position"], row["announcement"] or b""
        frame = Frame(
            position, row["recorded_at"], row["announced"] or 0, row["envelope"], row["payload"], announcement
        )
        headers = [(POSITION, str(position).encode()), (HASH, row["hash"]), (PREVIOUS, previous)]
        yield Record(_key(row), frame.pack(), headers)


def announcement_records(rows: Iterable[Linked], service: str) -> Iterator[Record]:
    """What the rows announce, as it travels."""
    for row, previous in rows:
        if row["announced"] is not None:
            yield Record(_key(row), row["announcement"], headers_of(row, service, previous))
