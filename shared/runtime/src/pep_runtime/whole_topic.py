"""Reading a topic from its first record to its last, in the batches in which the broker keeps it.

A consumer makes an object of every record before it hands it out, which costs as much as all else of reading; a rebuild
only needs value and headers. So the batches are asked for as the consumer asks for them, the next ones while these are
worked on, and their records are taken as they come.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Iterable
from typing import Any

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import (
    CorruptRecordException,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
    for_code,
)
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.structs import TopicPartition

from pep_runtime.kafka import closed, opened
from pep_runtime.kafka_address import at

FETCH_BYTES = 1024 * 1024
WAIT_MILLISECONDS = 500


async def batches(bootstrap: str, topic: str) -> AsyncGenerator[Iterable[Any], None]:
    """Each batch's records, with `.value` and `.headers`, to be gone through once. Raises `KafkaError`."""
    client = AIOKafkaClient(**at(bootstrap))
    fetching: asyncio.Task[Any] | None = None
    await opened(client.bootstrap(), client.close)
    try:
        await client.set_topics([topic])
        leader = client.cluster.leader_for_partition(TopicPartition(topic, 0))
        if topic in client.cluster.unauthorized_topics:
            raise TopicAuthorizationFailedError(topic)
        if leader is None:
            raise UnknownTopicOrPartitionError(topic)
        offset, end = 0, 1
        fetching = asyncio.create_task(_fetch(client, leader, topic, offset))
        while offset < end:
            end, found = await fetching
            offset = found[-1].next_offset if found else end
            fetching = asyncio.create_task(_fetch(client, leader, topic, offset))
            for batch in found:
                yield batch
                await asyncio.sleep(0)  # the next batches come in meanwhile
    finally:
        if fetching is not None:
            fetching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await fetching
        await closed(client.close())


async def _fetch(client: AIOKafkaClient, leader: int, topic: str, offset: int) -> tuple[int, list[Any]]:
    """Where the topic ends, and the batches from an offset on."""
    wanted = [(topic, [(0, offset, FETCH_BYTES)])]
    answer = await client.send(leader, FetchRequest(WAIT_MILLISECONDS, 1, FETCH_BYTES, 0, wanted))
    ((_, ((_, error, end, *_, stored),)),) = answer.topics
    if error:
        raise for_code(error)(topic)
    records, found = MemoryRecords(stored), []
    while records.has_next():
        batch = records.next_batch()
        if batch is None or not batch.validate_crc():
            raise CorruptRecordException(topic)
        found.append(batch)
    return end, found
