"""Reading topics for effects that happen once: every effect moves the offset in the same append, fenced by an epoch.

The announced number is the truth; the Kafka offset says only where to start reading.
"""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import ConsumerRecord

from pep_runtime.in_turn import InTurn
from pep_runtime.journal import ClockBehind, Fenced, Frozen, Pool, UnknownAuthority, VersionConflict, outcome_of
from pep_runtime.kafka import reader
from pep_runtime.metrics import UNREADABLE
from pep_runtime.tasks import for_each, keep_trying
from pep_runtime.topics import Log, parts, pattern

POLL_SECONDS = 0.5
MOST_RECORDS = 500
TOPICS_AT_ONCE = 4  # side by side: an append waits for the disk. It leaves connections for the API
GATHERED_BYTES = 256 * 1024
GATHER_SECONDS_A_TOPIC = (
    0.0001  # about what the next question costs, which names every topic: no core is kept busy by asking
)
MOST_GATHER_SECONDS = 0.1
SESSION_SECONDS = 10.0
MOST_REST_SECONDS = 5.0
LOST_SECONDS = 5.0  # how often an owner that has nothing to do asks whether it still is the owner
LOOK_AGAIN_SECONDS = 60.0  # a topic that halted is looked at anew: it may have been mended
ONE_AUTHORITYS = (ClockBehind, Frozen, UnknownAuthority, VersionConflict)
"""Trouble that concerns one authority only. Servers being away concerns all: the whole runner begins again."""

log = logging.getLogger("pep_runtime.runner")
KafkaRecord: TypeAlias = ConsumerRecord


class AnotherHistory(Exception):
    """A number was seen again with another hash: this topic was written by another history. It is never dropped."""


@dataclass(slots=True)
class Claim:
    """One topic, read under an epoch of ours: the last number taken in, and where the topic goes on.

    `saved` is the last number that the database has. `halted` is why it stands still; `noted` is what the database
    says of that.
    """

    topic: str
    authority: str
    service: str
    epoch: int
    next_offset: int
    last_number: int
    last_hash: bytes | None
    saved: int
    sought_for: int | None = None
    halted: str | None = None
    noted: str | None = None
    look_again: float = 0.0
    notes: dict[str, Any] = field(default_factory=dict)


class Reader(Protocol):
    """What is done with the records of a topic."""

    async def claim(self, topic: str, authority: str, service: str, owner: str) -> Claim:
        """Become the topic's owner: everybody before is fenced from here on."""

    def number(self, record: KafkaRecord) -> tuple[int, bytes]:
        """The dense number of a record, and the hash that it carries. Raises `KeyError`, `ValueError`, `TypeError`."""

    async def take(self, claim: Claim, records: Sequence[KafkaRecord]) -> None:
        """Take in records with the next numbers; set `claim.last_number`, `last_hash`, `next_offset`, `saved`.

        Where it cannot go on it stops before that record and sets `claim.halted`.
        """

    async def save(self, claims: Sequence[Claim]) -> None:
        """Called about twice a second with all topics: save what is only in memory."""

    async def rest(self, claim: Claim) -> None:
        """Called then for each topic by itself: drain what is to be tried again."""

    async def lost(self, claims: Sequence[Claim]) -> Collection[str]:
        """Called every few seconds with all topics: those to be claimed anew, as `lost_claims` gives them."""

    async def note_halt(self, claim: Claim) -> None:
        """Write down for people that the topic halted and why, or that it goes on."""


class PartitionRunner:
    """Reads all topics of one kind, of every authority, as a member of a Kafka consumer group.

    `gather_seconds`: nobody is in a hurry, so the broker lets records gather that long. Each answer of the broker is
    followed by a question that names every topic, which is most of what reading many quiet topics costs.
    """

    def __init__(
        self,
        bootstrap: str,
        group: str,
        services: tuple[str, ...],
        log_name: Log,
        take: Reader,
        gather_seconds: float | None = None,
    ) -> None:
        self._bootstrap = bootstrap
        self._fetch = (
            {"fetch_max_wait_ms": int(POLL_SECONDS * 1000)}
            if gather_seconds is None
            else {"fetch_max_wait_ms": int(gather_seconds * 1000), "fetch_min_bytes": GATHERED_BYTES}
        )
        self._group = group
        self._pattern = pattern(services, log_name)
        self._reader = take
        self._owner = secrets.token_hex(8)
        self.claims: dict[TopicPartition, Claim] = {}
        self._resting: dict[TopicPartition, float] = {}
        self._tries: dict[TopicPartition, int] = {}
        self._rested = 0.0
        self._asked = 0.0

    async def run(self) -> None:
        """Until cancelled; Kafka or PostgreSQL being away is waited for."""
        await keep_trying(f"runner {self._group}", self._run)

    async def _run(self) -> None:
        self.claims.clear()
        consumer = reader(
            self._bootstrap,
            group_id=self._group,
            session_timeout_ms=int(SESSION_SECONDS * 1000),
            max_poll_records=MOST_RECORDS,
            **self._fetch,
        )
        consumer.subscribe(pattern=self._pattern)
        async with consumer:
            while True:
                await self._turn(consumer)

    async def _turn(self, consumer: AIOKafkaConsumer) -> None:
        """Claim what is newly ours, then take what has come. Not in a rebalance callback: that swallows errors."""
        assigned = consumer.assignment()
        for gone in self.claims.keys() - assigned:
            del self.claims[gone]
        for partition in [
            p for p, claim in self.claims.items() if claim.halted and claim.look_again < time.monotonic()
        ]:
            del self.claims[partition]
        for partition in assigned - self.claims.keys():
            if self._resting.get(partition, 0.0) <= time.monotonic():
                await self._alone(consumer, partition, self._claim(consumer, partition))
        fetched = await consumer.getmany(timeout_ms=int(POLL_SECONDS * 1000))

        async def take(partition: TopicPartition) -> None:
            claim = self.claims.get(partition)
            if claim is not None and claim.halted is None:
                await self._alone(consumer, partition, self._guarded(consumer, partition, claim, fetched[partition]))

        await for_each(fetched, take, TOPICS_AT_ONCE)
        if fetched:
            await asyncio.sleep(min(len(assigned) * GATHER_SECONDS_A_TOPIC, MOST_GATHER_SECONDS))
        if self._rested + POLL_SECONDS <= time.monotonic():
            self._rested = time.monotonic()
            await self._reader.save(list(self.claims.values()))
            for partition, claim in list(self.claims.items()):
                await self._alone(consumer, partition, self._reader.rest(claim))
        if self._asked + LOST_SECONDS <= time.monotonic():
            self._asked = time.monotonic()
            await self._give_up_what_is_lost(consumer)

    async def _give_up_what_is_lost(self, consumer: AIOKafkaConsumer) -> None:
        """Who takes nothing in is told by no fence: a quiet topic would stay where it was until its next record."""
        lost = await self._reader.lost(list(self.claims.values()))
        for partition in [partition for partition in self.claims if partition.topic in lost]:
            log.warning("%s: lost; another reader owns it, or its place went back", partition.topic)
            self._rest(consumer, partition, 0.0)

    async def _claim(self, consumer: AIOKafkaConsumer, partition: TopicPartition) -> None:
        authority, service = parts(partition.topic)
        claim = await self._reader.claim(partition.topic, authority, service, self._owner)
        consumer.seek(partition, claim.next_offset)
        consumer.resume(partition)
        self.claims[partition] = claim

    async def _alone(self, consumer: AIOKafkaConsumer, partition: TopicPartition, effect: Awaitable[None]) -> None:
        """One authority's trouble is its own: its topic rests for a while and is claimed anew; the others go on."""
        try:
            await effect
        except Fenced:
            log.warning("%s: fenced; another reader owns it, or it went on", partition.topic)
            self._rest(consumer, partition, 0.0)
        except ONE_AUTHORITYS as trouble:
            tries = self._tries[partition] = self._tries.get(partition, 0) + 1
            seconds = min(0.05 * 2**tries, MOST_REST_SECONDS) * random.uniform(0.5, 1.0)
            log.warning("%s rests for %.1f s: %s", partition.topic, seconds, type(trouble).__name__)
            self._rest(consumer, partition, seconds)

    def _rest(self, consumer: AIOKafkaConsumer, partition: TopicPartition, seconds: float) -> None:
        self.claims.pop(partition, None)
        self._resting[partition] = time.monotonic() + seconds
        if partition in consumer.assignment():
            consumer.pause(partition)

    async def _guarded(
        self, consumer: AIOKafkaConsumer, partition: TopicPartition, claim: Claim, records: Sequence[KafkaRecord]
    ) -> None:
        try:
            news, missing = fresh(claim, records, self._reader.number)
        except AnotherHistory as other:
            news, missing, claim.halted = [], None, str(other)
        if news:
            await self._reader.take(claim, news)
            self._tries.pop(partition, None)
        if claim.sought_for is not None and claim.sought_for <= claim.last_number:
            claim.sought_for = None
        if claim.halted is None and missing is None:
            claim.next_offset = max(claim.next_offset, records[-1].offset + 1)
        elif claim.halted is None and claim.sought_for is None:
            claim.sought_for = missing
            await consumer.seek_to_beginning(partition)
            return
        elif claim.halted is None and records[-1].offset + 1 >= consumer.highwater(partition):
            claim.halted = f"number {missing} is missing"
        await self._note_halt(consumer, partition, claim)

    async def _note_halt(self, consumer: AIOKafkaConsumer, partition: TopicPartition, claim: Claim) -> None:
        if claim.halted is not None:
            log.error("%s: %s stops: %s", self._group, claim.topic, claim.halted)
            claim.look_again = time.monotonic() + LOOK_AGAIN_SECONDS
            consumer.pause(partition)
        if claim.halted != claim.noted:
            await self._reader.note_halt(claim)
            claim.noted = claim.halted


def fresh(
    claim: Claim, records: Sequence[KafkaRecord], number_of: Callable[[KafkaRecord], tuple[int, bytes]]
) -> tuple[list[KafkaRecord], int | None]:
    """The records that come next, and the number that is missing after them, if others are there.

    A record without a number is none of the giver's, and is passed. If it stands where one of them should, that one's
    number is missing. Raises `AnotherHistory`.
    """
    news: list[KafkaRecord] = []
    turn, last_hash = InTurn(claim.last_number), claim.last_hash
    for record in records:
        try:
            number, its_hash = number_of(record)
        except (KeyError, ValueError, TypeError):
            log.error("%s: the record at offset %d has no number that can be read; passed", claim.topic, record.offset)
            UNREADABLE.inc()
            continue
        if number == turn.last and last_hash is not None and its_hash != last_hash:
            raise AnotherHistory(f"number {number} came again with another hash")
        if turn.takes(number):
            news.append(record)
            last_hash = its_hash
    return news, turn.missing


async def claim_topic(pool: Pool, consumer: str, topic: str, authority: str, service: str, owner: str) -> Claim:
    """Become the owner of a topic for `consumer`, with an epoch that fences everybody before."""
    try:
        (row,) = await pool.fetch("select * from claim_consumer($1, $2, $3, $4)", consumer, authority, topic, owner)
    except asyncpg.PostgresError as error:
        raise outcome_of(error) from error
    place = row["next_offset"], row["last_number"], row["last_hash"]
    return Claim(topic, authority, service, row["epoch"], *place, saved=row["last_number"], noted=row["halted"])


async def lost_claims(pool: Pool, consumer: str, claims: Sequence[Claim]) -> set[str]:
    """The topics that another reader has claimed since, or whose place in the database lies before `claim.saved`."""
    columns = [(claim.authority, claim.topic, claim.epoch, claim.saved) for claim in claims]
    if not columns:
        return set()
    rows = await pool.fetch(
        "select lost_claims($1, $2, $3, $4, $5) as topic", consumer, *map(list, zip(*columns, strict=True))
    )
    return {row["topic"] for row in rows}


async def note_halt(pool: Pool, consumer: str, claim: Claim) -> None:
    """Write down why the topic halted for `consumer`, or that it goes on. Raises `Fenced`."""
    try:
        await pool.execute(
            "select note_halt($1, $2, $3, $4, $5)", claim.authority, consumer, claim.topic, claim.epoch, claim.halted
        )
    except asyncpg.PostgresError as error:
        raise outcome_of(error) from error
