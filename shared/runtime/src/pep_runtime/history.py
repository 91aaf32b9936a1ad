"""An authority's history to be folded again, in pages: from the journal, or from its topic on Kafka.

A topic may repeat: what is not above the highest position seen is dropped. It never skips, and each record carries the
hash of the one before it: a gap or another history is an error that names the position.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Sequence
from typing import Any, Protocol

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import ConsumerRecord

from pep_kernel.message import Recorded
from pep_runtime.chain import GENESIS
from pep_runtime.codec import EventTypes, Frame
from pep_runtime.kafka import reader
from pep_runtime.topics import HASH, PREVIOUS, topic

PAGE = 2_000
_SELECT = (
    "select position, type, schema_version, recorded_at, announced, envelope, payload from journal"
    " where authority = $1 and position > $2 and position <= $3 order by position limit $4"
)
Page = Iterable[Recorded]  # to be gone through once: each event can go before the next is decoded


class CannotRebuild(Exception):
    """A read model cannot be made anew; the text says why and where."""


class AnotherHistory(CannotRebuild):
    """A topic does not tell what the journal tells; the text names the position."""


class History(Protocol):
    """One authority's events in order."""

    def pages(self, after: int, upto: int) -> AsyncGenerator[Page, None]:
        """Those above one position, up to another or as far as this source goes."""
        ...


class FromJournal:
    """Read from PostgreSQL."""

    def __init__(self, connection: Any, types: EventTypes, authority: str) -> None:
        self._connection = connection
        self._types = types
        self._authority = authority

    async def pages(self, after: int, upto: int) -> AsyncGenerator[Page, None]:
        while after < upto:
            rows = await self._connection.fetch(_SELECT, self._authority, after, upto, PAGE)
            if not rows:
                return
            yield map(self._types.recorded, rows)
            after = rows[-1]["position"]


class FromKafka:
    """Read from the authority's journal topic, as far as it goes, and compared with the journal at its end."""

    def __init__(self, connection: Any, types: EventTypes, authority: str, service: str, bootstrap: str) -> None:
        self._connection = connection
        self._types = types
        self._authority = authority
        self._topic = topic(authority, service, "journal")
        self._bootstrap = bootstrap
        self._position = 0
        self._hash = GENESIS

    async def pages(self, after: int, upto: int) -> AsyncGenerator[Page, None]:
        """A topic is read from its beginning: `after` is passed over."""
        async with reader(self._bootstrap) as consumer:
            async for records in _records(consumer, TopicPartition(self._topic, 0)):
                yield (each for each in self._new(records, upto) if each.position > after)
                if self._position == upto:
                    break
        await self._compare()

    def _new(self, records: Sequence[ConsumerRecord], upto: int) -> Iterator[Recorded]:
        for record in records:
            if self._position == upto:
                return
            value, headers = record.value or b"", dict(record.headers)
            cut = Frame.cut(value)
            if cut.position <= self._position:
                continue
            if cut.position != self._position + 1:
                raise AnotherHistory(f"{self._topic}: position {self._position + 1} is missing")
            if headers[PREVIOUS] != self._hash:
                raise AnotherHistory(f"{self._topic}: position {cut.position} does not follow from the one before")
            self._position, self._hash = cut.position, headers[HASH]
            yield self._types.framed(value, cut)

    async def _compare(self) -> None:
        """The last record taken is the journal's, so by the chain of hashes are those before it."""
        query = "select hash from journal where authority = $1 and position = $2"
        if self._position and await self._connection.fetchval(query, self._authority, self._position) != self._hash:
            raise AnotherHistory(f"{self._topic}: the journal holds something else at position {self._position}")


async def _records(consumer: AIOKafkaConsumer, partition: TopicPartition) -> AsyncIterator[Sequence[ConsumerRecord]]:
    """All that a topic holds now."""
    consumer.assign([partition])
    end = (await consumer.end_offsets([partition]))[partition]
    consumer.seek(partition, (await consumer.beginning_offsets([partition]))[partition])
    while await consumer.position(partition) < end:
        for records in (await consumer.getmany(partition, timeout_ms=500, max_records=PAGE)).values():
            yield records
