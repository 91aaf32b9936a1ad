"""One topic, record by record, beside the journal: each must be what the relay sends of its row; a repeat likewise.

What comes before its turn (`in_turn`) is looked at like a repeat. The walk goes as far as the topic went when it was
opened.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import ConsumerRecord

from pep_runtime.in_turn import InTurn
from pep_runtime.journal_walk import Fault
from pep_runtime.relay import Record
from pep_runtime.topics import Log

RECORDS = 1_000
Expected = Callable[[Sequence[int]], Awaitable[Mapping[int, tuple[int, Record]]]]
"""Of some numbers: the position in the journal, and the record that the relay sends of it."""


class TopicWalk:
    """Where the walk through one topic stands. `log` is its short name, `header` the one that holds the number."""

    def __init__(self, consumer: AIOKafkaConsumer, topic: str, log: Log, header: str, expected: Expected) -> None:
        self._consumer = consumer
        self._partition = TopicPartition(topic, 0)
        self._log = log
        self._header = header
        self._expected = expected
        self._waiting: deque[tuple[int, ConsumerRecord]] = deque()
        self._turn = InTurn()
        self._end = 0
        self.repeats = 0

    async def open(self) -> None:
        """Go to the first record, and note where the topic ends now. One that is gone is as good as empty."""
        if self._partition.topic not in await self._consumer.topics():
            return
        self._consumer.assign([self._partition])
        self._end = (await self._consumer.end_offsets([self._partition]))[self._partition]
        beginning = (await self._consumer.beginning_offsets([self._partition]))[self._partition]
        self._consumer.seek(self._partition, beginning)

    async def step(self, position: int, number: int, expected: Record, *, sent: bool) -> None:
        """The record with this number must be this one.

        The end of the topic may come before, unless it was `sent`. Raises `Fault`, at the row's position.
        """
        if await self._next_number() != number:
            if sent or self._waiting or self._turn.missing:
                raise Fault(position, f"it is missing in the {self._log} topic")
            return
        _number, record = self._waiting.popleft()
        if not _same(record, expected):
            raise Fault(position, f"the {self._log} topic holds something else in its place")

    async def end(self) -> None:
        """All rows are taken: no record may be left. Raises `Fault`, at the record's own number."""
        number = await self._next_number()
        if number is not None:
            raise Fault(number, f"the {self._log} topic holds a record that is not in the journal")

    async def _next_number(self) -> int | None:
        while not self._waiting and self._end and await self._consumer.position(self._partition) < self._end:
            fetched = await self._consumer.getmany(self._partition, timeout_ms=500, max_records=RECORDS)
            await self._sort(record for record in fetched.get(self._partition, []) if record.offset < self._end)
        return self._waiting[0][0] if self._waiting else None

    async def _sort(self, records: Any) -> None:
        others = []
        for record in records:
            number = self._number(record)
            if self._turn.takes(number):
                self._waiting.append((number, record))
            else:
                others.append((number, record))
        if others:
            await self._check_others(others)

    def _number(self, record: ConsumerRecord) -> int:
        try:
            return int(dict(record.headers)[self._header])
        except (KeyError, ValueError) as error:
            what = f"the {self._log} topic holds a record without a number, at offset {record.offset}"
            raise Fault(self._turn.last + 1, what) from error

    async def _check_others(self, others: Sequence[tuple[int, ConsumerRecord]]) -> None:
        """Repeats, and what came before its turn."""
        expected = await self._expected([number for number, _ in others])
        for number, record in others:
            if number not in expected:
                raise Fault(number, f"the {self._log} topic holds a record that is not in the journal")
            position, first = expected[number]
            if not _same(record, first):
                what = "holds something else in its place" if number > self._turn.last else "repeats it and changes it"
                raise Fault(position, f"the {self._log} topic {what}")
        self.repeats += len(others)


def _same(record: ConsumerRecord, expected: Record) -> bool:
    said, wanted = sorted(record.headers), sorted(expected.headers)
    return (record.key, record.value, said) == (expected.key, expected.value, wanted)
