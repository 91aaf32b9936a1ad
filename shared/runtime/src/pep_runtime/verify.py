"""Proof that nothing was altered or dropped: the journal dense and chained, announcements dense, topics equal to it.

Streams: memory does not grow with the journal. Byte-identical repeats in a topic are counted, not failed. What this
cannot find: a journal, head and topic that were all cut at the same place.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import asyncpg
from aiokafka import TopicPartition
from aiokafka.structs import ConsumerRecord

from pep_kernel.message import Envelope, Person
from pep_runtime.chain import GENESIS, next_hash
from pep_runtime.codec import Frame, decode_envelope
from pep_runtime.kafka import reader
from pep_runtime.topics import HASH, POSITION, topic

ROWS = 1_000
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found of one authority's journal in one service. `fault` names the first position that is not right."""

    authority: str
    service: str
    events: int
    announcements: int
    repeats: int
    fault: str | None
    position: int | None = None


class Fault(Exception):
    """The first thing that is not right, and the position where it stands."""

    def __init__(self, position: int, what: str) -> None:
        super().__init__(f"position {position}: {what}")
        self.position = position


class Verifier:
    """Verifies one authority's journal of one service."""

    def __init__(
        self, dsn: str, bootstrap: str, service: str, authority: str, progress: Progress | None = None
    ) -> None:
        self._dsn = dsn
        self._bootstrap = bootstrap
        self._service = service
        self._authority = authority
        self._progress = progress or (lambda _done, _all: None)
        self._repeats = 0

    async def verify(self) -> Verdict:
        """Reads journal and topics once, side by side."""
        connection = await asyncpg.connect(self._dsn)
        try:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                head = await connection.fetchrow(
                    "select position, announced, hash from journal_head where authority = $1 and log = 'journal'",
                    self._authority,
                )
                if head is None:
                    return self._verdict(0, 0, Fault(0, "there is no such authority"))
                sent: int | None = await connection.fetchval(
                    "select position from relay_cursor where authority = $1", self._authority
                )
                try:
                    await self._all(connection, head, sent or 0)
                except Fault as fault:
                    return self._verdict(head["position"], head["announced"], fault)
                return self._verdict(head["position"], head["announced"], None)
        finally:
            await connection.close()

    def _verdict(self, events: int, announcements: int, fault: Fault | None) -> Verdict:
        position = fault.position if fault else None
        what = str(fault) if fault else None
        return Verdict(self._authority, self._service, events, announcements, self._repeats, what, position)

    async def _all(self, connection: Any, head: Any, sent: int) -> None:
        journal_topic = _New(self, connection, topic(self._authority, self._service, "journal"), "position")
        events_topic = _New(self, connection, topic(self._authority, self._service, "events"), "announced")
        async with reader(self._bootstrap) as journal_reader, reader(self._bootstrap) as events_reader:
            journal_records = journal_topic.records(journal_reader)
            event_records = events_topic.records(events_reader)
            previous, position, number = GENESIS, 0, 0
            async for row in self._rows(connection):
                frame = _frame(row)
                _check_place(row, position + 1, number)
                previous = next_hash(previous, frame)
                if row["hash"] != previous:
                    raise Fault(row["position"], "its hash does not follow from what is stored")
                _check_envelope(row)
                await self._check_record(row, await anext(journal_records, None), frame.pack(), "journal", sent)
                if row["announced"] is not None:
                    number += 1
                    said = await anext(event_records, None)
                    await self._check_record(row, said, row["announcement"], "events", sent)
                position = row["position"]
                self._progress(position, head["position"])
            _check_head(head, position, number, previous)
            await self._check_end(await anext(journal_records, None), POSITION, "position")
            await self._check_end(await anext(event_records, None), "ce_sequence", "announced")
        await self._check_versions(connection)

    async def _rows(self, connection: Any) -> AsyncIterator[Any]:
        query = "select * from journal where authority = $1 order by position"
        async for row in connection.cursor(query, self._authority, prefetch=ROWS):
            yield row

    async def _check_record(self, row: Any, record: ConsumerRecord | None, value: bytes, which: str, sent: int) -> None:
        position = row["position"]
        if record is None:
            if position <= sent:
                raise Fault(position, f"it is missing in the {which} topic")
            return  # not sent yet
        headers = dict(record.headers)
        if headers.get(HASH) != row["hash"] or record.value != value:
            raise Fault(position, f"the {which} topic holds something else in its place")
        if (record.key or b"").decode() != (row["child_ref"] or row["stream"]):
            raise Fault(position, f"its key in the {which} topic is another")

    async def _check_end(self, record: ConsumerRecord | None, header: str, column: str) -> None:
        """What a topic holds beyond the rows that were read must have been appended since."""
        if record is None:
            return
        number = int(dict(record.headers)[header])
        connection = await asyncpg.connect(self._dsn)
        try:
            now: int | None = await connection.fetchval(
                f"select {column} from journal_head where authority = $1 and log = 'journal'", self._authority
            )
        finally:
            await connection.close()
        if number > (now or 0):
            raise Fault(number, "a topic holds a record that is not in the journal")

    async def _check_versions(self, connection: Any) -> None:
        """Each stream's versions are 1…n: counted by the database, so that memory stays bounded."""
        row = await connection.fetchrow(
            "select stream, min(position) as position from journal where authority = $1 group by stream"
            " having max(version) <> count(*) or min(version) <> 1 order by 2 limit 1",
            self._authority,
        )
        if row is not None:
            raise Fault(row["position"], "the versions of its stream are not 1, 2, 3 …")

    def repeated(self) -> None:
        """A byte-identical repeat was passed."""
        self._repeats += 1


class _New:
    """The records of one topic whose number is above all before; a repeat must be the same, byte for byte."""

    def __init__(self, verifier: Verifier, connection: Any, name: str, column: str) -> None:
        self._verifier = verifier
        self._connection = connection
        self._name = name
        self._column = column

    async def records(self, consumer: Any) -> AsyncIterator[ConsumerRecord]:
        partition = TopicPartition(self._name, 0)
        consumer.assign([partition])
        end = (await consumer.end_offsets([partition]))[partition]
        consumer.seek(partition, (await consumer.beginning_offsets([partition]))[partition])
        highest = 0
        while await consumer.position(partition) < end:
            for record in (await consumer.getmany(partition, timeout_ms=500, max_records=ROWS)).get(partition, []):
                number = self._number(record)
                if number <= highest:
                    await self._same_as_before(record, number)
                    self._verifier.repeated()
                else:
                    highest = number
                    yield record

    def _number(self, record: ConsumerRecord) -> int:
        name = POSITION if self._column == "position" else "ce_sequence"
        return int(dict(record.headers)[name])

    async def _same_as_before(self, record: ConsumerRecord, number: int) -> None:
        row = await self._connection.fetchrow(
            f"select * from journal where authority = $1 and {self._column} = $2", self._verifier._authority, number
        )
        value = None if row is None else _frame(row).pack() if self._column == "position" else row["announcement"]
        if row is None or dict(record.headers)[HASH] != row["hash"] or record.value != value:
            raise Fault(row["position"] if row else number, f"a repeat in {self._name} is not the same")


def _frame(row: Any) -> Frame:
    announcement = row["announcement"] or b""
    return Frame(
        row["position"], row["recorded_at"], row["announced"] or 0, row["envelope"], row["payload"], announcement
    )


def _check_place(row: Any, position: int, number: int) -> None:
    if row["position"] != position:
        raise Fault(position, "it is missing")
    if row["announced"] is not None and row["announced"] != number + 1:
        raise Fault(position, f"announcement {number + 1} is missing before it")


def _check_envelope(row: Any) -> None:
    """The columns say what the hashed envelope says."""
    envelope: Envelope = decode_envelope(row["envelope"])
    actor = envelope.actor.id if isinstance(envelope.actor, Person) else f"system:{envelope.actor.policy}"
    columns = {name: row[name] for name in Envelope.__struct_fields__ if name != "actor"}
    if {**columns, "actor": row["actor"]} != {
        **{name: getattr(envelope, name) for name in columns},
        "actor": actor,
    }:
        raise Fault(row["position"], "its columns do not say what its envelope says")


def _check_head(head: Any, position: int, number: int, previous: bytes) -> None:
    if head["position"] != position:
        raise Fault(position + 1, f"the journal ends at {position}, its head says {head['position']}")
    if head["announced"] != number or head["hash"] != previous:
        raise Fault(position, "the head does not say what the last row says")
