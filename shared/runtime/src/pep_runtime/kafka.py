"""Kafka clients as this project needs them, and a look at the last record of a topic."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Self

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.structs import ConsumerRecord

from pep_runtime.kafka_address import at
from pep_runtime.tasks import to_its_end

START_SECONDS = 1.0
STOP_SECONDS = 10.0
LATE_RECORDS = 4_000  # more than the one batch that a paused relay may have on its way to a topic
BATCH_BYTES = 512 * 1024  # before compression: below what a topic takes, large enough that asking costs little

log = logging.getLogger("pep_runtime.kafka")


async def start_producer(bootstrap: str) -> AIOKafkaProducer:
    """An idempotent producer that waits for all replicas; batches are built by the caller."""
    producer = AIOKafkaProducer(
        **at(bootstrap),
        acks="all",
        enable_idempotence=True,
        compression_type="zstd",
        max_request_size=1_048_576,
        max_batch_size=BATCH_BYTES,
    )
    await opened(producer.start(), producer.stop)
    return producer


async def opened(opening: Coroutine[Any, Any, None], close: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Open a client. If that fails or is cancelled, what it has opened is closed.

    When cancelled it may end its opening first, for `START_SECONDS`: a client of Kafka that is stopped while it asks
    for the brokers forgets the connection it asks by, and nobody could close that.
    """
    try:
        await to_its_end(opening, START_SECONDS)
    except BaseException:
        await closed(close())
        raise


async def closed(closing: Coroutine[Any, Any, None]) -> None:
    """Close a client, also when cancelled meanwhile: a client that is half closed leaves connections open.

    It has `STOP_SECONDS`: a producer waits for ever for what can never be sent.
    """
    await to_its_end(_in_time(closing), STOP_SECONDS)


async def _in_time(closing: Coroutine[Any, Any, None]) -> None:
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await closing
    except TimeoutError:
        log.warning("a client of Kafka did not stop within %.0f s; going on without it", STOP_SECONDS)


def reader(bootstrap: str, *topics: str, **settings: Any) -> AIOKafkaConsumer:
    """A consumer without automatic commits that begins at the beginning."""
    return _Reader(
        *topics,
        **at(bootstrap),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        metadata_max_age_ms=5_000,
        **settings,
    )


class _Reader(AIOKafkaConsumer):  # type: ignore[misc]  # aiokafka has no types
    async def __aenter__(self) -> Self:
        await opened(self.start(), self.stop)
        return self

    async def __aexit__(self, *_: object) -> None:
        await closed(self.stop())


async def last_record(
    consumer: AIOKafkaConsumer, topic: str, before: int | None = None
) -> tuple[ConsumerRecord | None, int]:
    """The last record of a topic's only partition, or the last below the offset `before` (None if there is none).

    Second: the offset that the topic gives next.
    """
    partition = TopicPartition(topic, 0)
    consumer.assign([partition])
    first = (await consumer.beginning_offsets([partition]))[partition]
    end = (await consumer.end_offsets([partition]))[partition]
    last = min(end, end if before is None else before) - 1
    if last < first:
        return None, end
    consumer.seek(partition, last)
    return await consumer.getone(partition), end


async def newest_record(
    consumer: AIOKafkaConsumer, topic: str, number: str, before: int | None = None
) -> tuple[ConsumerRecord | None, int]:
    """As `last_record`, but of the last records the one with the highest number (in the header `number`).

    A topic that repeats may end with a late batch of a paused relay, behind what its successor has sent meanwhile.
    """
    last, end = await last_record(consumer, topic, before)
    if last is None or last.offset < _number(last, number):  # at its own place: nothing has been repeated
        return last, end
    partition = TopicPartition(topic, 0)
    first = (await consumer.beginning_offsets([partition]))[partition]
    consumer.seek(partition, max(first, last.offset - LATE_RECORDS))
    newest = last
    while (record := await consumer.getone(partition)).offset < last.offset:
        newest = max(newest, record, key=lambda each: (_number(each, number), each.offset))
    return newest, end


def _number(record: ConsumerRecord, header: str) -> int:
    return int(dict(record.headers)[header])


async def end_offsets(consumer: AIOKafkaConsumer, topics: Sequence[str]) -> dict[str, int]:
    """The offset that each topic's only partition gives next. Nothing is fetched."""
    partitions = [TopicPartition(topic, 0) for topic in topics]
    if consumer.assignment() != set(partitions):
        consumer.assign(partitions)
        consumer.pause(*partitions)
    ends = await consumer.end_offsets(partitions) if partitions else {}
    return {partition.topic: end for partition, end in ends.items()}
