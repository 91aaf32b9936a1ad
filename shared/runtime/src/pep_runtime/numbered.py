"""A topic's records in the order of their numbers, each once: repeats are dropped, a gap is an error.

The record with number n can never stand before offset n - 1, so reading may begin there instead of at the beginning.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from aiokafka import TopicPartition
from aiokafka.structs import ConsumerRecord

RECORDS = 1_000


class Gap(Exception):
    """A number is missing in a topic."""

    def __init__(self, topic: str, number: int) -> None:
        super().__init__(f"number {number} is missing in {topic}")


async def numbered(
    consumer: Any, topic: str, header: str, after: int, to: int | None = None
) -> AsyncIterator[Sequence[ConsumerRecord]]:
    """Batches of the records numbered `after` + 1 … `to` (or what was the last when this began). Raises `Gap`."""
    partition = TopicPartition(topic, 0)
    consumer.assign([partition])
    end = (await consumer.end_offsets([partition]))[partition]
    consumer.seek(partition, max(after, (await consumer.beginning_offsets([partition]))[partition]))
    last = after
    while await consumer.position(partition) < end and (to is None or last < to):
        fetched = await consumer.getmany(partition, timeout_ms=500, max_records=RECORDS)
        news: list[ConsumerRecord] = []
        for record in fetched.get(partition, []):
            number = int(dict(record.headers)[header])
            if number > last + 1:
                raise Gap(topic, last + 1)
            if number == last + 1 and (to is None or number <= to):
                news.append(record)
                last = number
        if news:
            yield news
