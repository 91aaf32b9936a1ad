"""Reading topics for effects that happen once: every effect moves the offset in the same append, fenced by an epoch.

The announced number is the truth; the Kafka offset says only where to start reading.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import ConsumerRecord

from pep_runtime.journal import Fenced, Pool
from pep_runtime.kafka import reader
from pep_runtime.tasks import keep_trying
from pep_runtime.topics import parts, pattern

POLL_SECONDS = 0.5
MOST_RECORDS = 500
SESSION_SECONDS = 10.0

log = logging.getLogger("pep_runtime.runner")
KafkaRecord: TypeAlias = ConsumerRecord


class AnotherHistory(Exception):
    """A number was seen again with another hash: this topic was written by another history. It is never dropped."""


class Gap(Exception):
    """A number is missing, and was not found by reading from the beginning either."""


@dataclass(slots=True)
class Claim:
    """One topic, read under an epoch of ours: the last number taken in, and where the topic goes on."""

    topic: str
    authority: str
    service: str
    epoch: int
    next_offset: int
    last_number: int
    last_hash: bytes | None
    sought_for: int | None = None
    halted: str | None = None
    notes: dict[str, Any] = field(default_factory=dict)


class Reader(Protocol):
    """What is done with the records of a topic."""

    async def claim(self, topic: str, authority: str, service: str, owner: str) -> Claim:
        """Become the topic's owner: everybody before is fenced from here on."""

    def number(self, record: KafkaRecord) -> tuple[int, bytes]:
        """The dense number of a record, and the hash that it carries."""

    async def take(self, claim: Claim, records: Sequence[KafkaRecord]) -> None:
        """Take in records with the numbers that come next, and set `claim.last_number`, `last_hash`, `next_offset`."""

    async def rest(self, claim: Claim) -> None:
        """Called about twice a second: save what is only in memory, drain what is to be tried again."""


class PartitionRunner:
    """Reads all topics of one kind, of every authority, as a member of a Kafka consumer group."""

    def __init__(self, bootstrap: str, group: str, services: tuple[str, ...], log_name: str, take: Reader) -> None:
        self._bootstrap = bootstrap
        self._group = group
        self._pattern = pattern(services, "journal" if log_name == "journal" else "events")
        self._reader = take
        self._owner = secrets.token_hex(8)
        self.claims: dict[TopicPartition, Claim] = {}

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
            fetch_max_wait_ms=int(POLL_SECONDS * 1000),
        )
        consumer.subscribe(pattern=self._pattern)
        await consumer.start()
        try:
            while True:
                await self._turn(consumer)
        finally:
            await consumer.stop()

    async def _turn(self, consumer: AIOKafkaConsumer) -> None:
        """Claim what is newly ours, then take what has come. The claim is made here: a rebalance callback swallows errors."""
        assigned = consumer.assignment()
        for gone in self.claims.keys() - assigned:
            del self.claims[gone]
        for partition in assigned - self.claims.keys():
            await self._claim(consumer, partition)
        fetched = await consumer.getmany(timeout_ms=int(POLL_SECONDS * 1000))
        for partition, records in fetched.items():
            claim = self.claims.get(partition)
            if claim is not None and claim.halted is None:
                await self._guarded(consumer, partition, claim, records)
        for partition, claim in list(self.claims.items()):
            if claim.halted is None:
                await self._fenced(partition, self._reader.rest(claim))

    async def _claim(self, consumer: AIOKafkaConsumer, partition: TopicPartition) -> None:
        authority, service = parts(partition.topic)
        claim = await self._reader.claim(partition.topic, authority, service, self._owner)
        consumer.seek(partition, claim.next_offset)
        self.claims[partition] = claim

    async def _guarded(
        self, consumer: AIOKafkaConsumer, partition: TopicPartition, claim: Claim, records: Sequence[KafkaRecord]
    ) -> None:
        try:
            news = fresh(claim, records, self._reader.number)
        except Gap as gap:
            if claim.sought_for == claim.last_number:
                self._halt(claim, str(gap))
                return
            claim.sought_for = claim.last_number
            await consumer.seek_to_beginning(partition)
            return
        except AnotherHistory as other:
            self._halt(claim, str(other))
            return
        if news:
            await self._fenced(partition, self._reader.take(claim, news))
        if partition in self.claims:
            claim.next_offset = max(claim.next_offset, records[-1].offset + 1)

    async def _fenced(self, partition: TopicPartition, effect: Awaitable[None]) -> None:
        try:
            await effect
        except Fenced:
            log.warning("%s: fenced; another reader owns it, or it went on", partition.topic)
            self.claims.pop(partition, None)

    def _halt(self, claim: Claim, reason: str) -> None:
        claim.halted = reason
        log.error("%s stops: %s", claim.topic, reason)


def fresh(
    claim: Claim, records: Sequence[KafkaRecord], number_of: Callable[[KafkaRecord], tuple[int, bytes]]
) -> list[KafkaRecord]:
    """The records that come next, repeats dropped. Raises `Gap`, `AnotherHistory`."""
    news: list[KafkaRecord] = []
    last, last_hash = claim.last_number, claim.last_hash
    for record in records:
        number, its_hash = number_of(record)
        if number == last and last_hash is not None and its_hash != last_hash:
            raise AnotherHistory(f"number {number} came again with another hash")
        if number > last + 1:
            if news:
                break
            raise Gap(f"number {last + 1} is missing: {number} came after {last}")
        if number == last + 1:
            news.append(record)
            last, last_hash = number, its_hash
    return news


async def claim_topic(pool: Pool, consumer: str, topic: str, authority: str, service: str, owner: str) -> Claim:
    """Become the owner of a topic for `consumer`, with an epoch that fences everybody before."""
    (row,) = await pool.fetch("select * from claim_consumer($1, $2, $3, $4)", consumer, authority, topic, owner)
    return Claim(topic, authority, service, row["epoch"], row["next_offset"], row["last_number"], row["last_hash"])
