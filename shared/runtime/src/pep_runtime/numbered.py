"""A topic's records in the order of their numbers, each once (`in_turn`): a number that is missing is an error.

The record with number n can never come in its turn before offset n - 1, so reading may begin there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from aiokafka import TopicPartition
from aiokafka.structs import ConsumerRecord

from pep_runtime.in_turn import InTurn

RECORDS = 1_000


class Gap(Exception):
    """A number is missing in a topic, or a record has none."""


async def numbered(
    consumer: Any, topic: str, header: str, after: int, to: int | None = None
) -> AsyncIterator[Sequence[ConsumerRecord]]:
    """Batches of the records numbered `after` + 1 … `to` (or what was the last when this began). Raises `Gap`."""
    partition = TopicPartition(topic, 0)
    consumer.assign([partition])
    end = (await consumer.end_offsets([partition]))[partition]
    consumer.seek(partition, max(after, (await consumer.beginning_offsets([partition]))[partition]))
    turn = InTurn(after)
    while await consumer.position(partition) < end and (to is None or turn.last < to):
        fetched = await consumer.getmany(partition, timeout_ms=500, max_records=RECORDS)
        news: list[ConsumerRecord] = []
        for record in fetched.get(partition, []):
            number = _number(record, header)
            if (to is None or number <= to) and turn.takes(number):
                news.append(record)
        if news:
            yield news
    if turn.missing is not None:
        raise Gap(f"number {turn.missing} is missing in {topic}")


def _number(record: ConsumerRecord, header: str) -> int:
    try:
        return int(dict(record.headers)[header])
    except (KeyError, ValueError) as error:
        raise Gap(f"{record.topic}: the record at offset {record.offset} has no number") from error
