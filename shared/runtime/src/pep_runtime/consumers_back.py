"""What a service had taken in from others, after its database was put back to an earlier moment.

The offsets came back too old. Read again from there, an announcement whose effect is in the journal is known by its
deterministic id and done once. One that had no effect then must not be judged on what became known of its child since:
so the offset goes forward to the last announcement whose effect is in the journal. Of those passed over, the ones that
may have been put aside (no effect, and nothing later of the same child has one) are looked at again by the partition's
owner, in order, as parked records are.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from aiokafka.structs import ConsumerRecord

from pep_runtime.numbered import numbered
from pep_runtime.topics import HASH

NUMBER = "ce_sequence"

_PARK = (
    "insert into parked_event"
    " (authority, consumer, topic, number, key, headers, contents, value, error, parked_at)"
    " values ($1, $2, $3, $4, $5, $6, $7, $8, 'looked at again after a restore', now()) on conflict do nothing"
)
_TRY_AGAIN = (
    "insert into parked_decision (authority, consumer, topic, key) values ($1, $2, $3, $4) on conflict do nothing"
)
_PARKED = "select number, headers, contents from parked_event where authority = $1 and consumer = $2 and topic = $3"
_TAKE_OUT = "delete from parked_event where authority = $1 and consumer = $2 and topic = $3 and number = any ($4)"
_TAKE_OUT_AFTER = "delete from parked_event where authority = $1 and consumer = $2 and topic = $3 and number > $4"
_MOVE = (
    "insert into consumer_offset as o (authority, consumer, topic, next_offset, last_number, last_hash, epoch)"
    " values ($1, $2, $3, $4, $5, $6, 1) on conflict (authority, consumer, topic) do update"
    " set next_offset = $4, last_number = $5, last_hash = $6, epoch = o.epoch + 1"
    " where o.epoch = $7 and o.last_number = $8"
)
# Every consumer that has an offset or ever did something here, with every topic of the authority: an offset younger
# than the restored database is not in it.
_OFFSETS = (
    "select c.consumer, t.topic, coalesce(o.last_number, 0) as last_number, coalesce(o.epoch, 0) as epoch"
    " from (select split_part(substr(actor, 8), '/', 1) as consumer from journal"
    " where authority = $1 and cause is not null and actor like 'system:%/%'"
    " union select consumer from consumer_offset where authority = $1 and topic like '%.events.v1') c"
    " cross join unnest($2::text[]) as t (topic)"
    " left join consumer_offset o on (o.authority, o.consumer, o.topic) = ($1, c.consumer, t.topic) order by 1, 2"
)


class ReaderAtWork(Exception):
    """A service read on meanwhile: run it again."""


async def bring_consumers_forward(connection: Any, consumer: Any, authority: str) -> int:
    """All policies' offsets of one authority. Gives how many announcements will be looked at again."""
    async with _passed(connection, consumer, authority) as all_passed:
        return sum([await passed.bring_forward() for passed in all_passed])


async def take_consumers_back(connection: Any, consumer: Any, authority: str) -> None:
    """After the journal was cut: each offset to the last announcement whose effect is still in it."""
    await connection.execute(
        "update consumer_offset set next_offset = 0, last_number = 0, last_hash = null, epoch = epoch + 1"
        " where authority = $1 and topic like '%.events.v1'",
        authority,
    )
    async with _passed(connection, consumer, authority) as all_passed:
        for passed in all_passed:
            await passed.take_back()


@contextlib.asynccontextmanager
async def _passed(connection: Any, consumer: Any, authority: str) -> AsyncIterator[list[_Passed]]:
    topics = [
        name for name in await consumer.topics() if re.fullmatch(rf"pep\.{re.escape(authority)}\..*\.events\.v1", name)
    ]
    offsets = await connection.fetch(_OFFSETS, authority, topics)
    await connection.execute("create temp table effect_of (cause uuid primary key)")
    try:
        await connection.execute(
            "insert into effect_of select distinct cause from journal where authority = $1 and cause is not null",
            authority,
        )
        yield [_Passed(connection, consumer, authority, row) for row in offsets]
    finally:
        await connection.execute("drop table effect_of")


@dataclass(slots=True)
class _Last:
    """The last announcement that had an effect, and the number of the last one of each child (or stream)."""

    record: ConsumerRecord
    of_key: dict[bytes, int]

    @property
    def number(self) -> int:
        return _number(self.record)


class _Passed:
    """One consumer and one topic: the announcements between the offset and the last one that had an effect."""

    def __init__(self, connection: Any, consumer: Any, authority: str, offset: Any) -> None:
        self._connection = connection
        self._consumer = consumer
        self._authority = authority
        self._offset = offset

    async def bring_forward(self) -> int:
        await self._take_out_what_was_done()
        last = await self._last_with_effect()
        if last is None:
            return 0
        again = 0
        async with self._connection.transaction():
            async for batch in self._announcements(last.number):
                again += await self._put_aside(await self._without_effect(batch), last)
            await self._move(last)
        return again

    @property
    def _who(self) -> tuple[str, str, str]:
        return self._authority, self._offset["consumer"], self._offset["topic"]

    async def _take_out_what_was_done(self) -> None:
        """Parked when the backup was made, and tried again or given up since: its effect is in the journal."""
        rows = await self._connection.fetch(_PARKED, *self._who)
        ids = {row["number"]: _its_id(dict(zip(row["headers"], row["contents"], strict=True))) for row in rows}
        had = await self._with_effect([its_id for its_id in ids.values() if its_id])
        done = [number for number, its_id in ids.items() if its_id in had]
        await self._connection.execute(_TAKE_OUT, *self._who, done)

    async def take_back(self) -> None:
        last = await self._last_with_effect()
        async with self._connection.transaction():
            await self._connection.execute(_TAKE_OUT_AFTER, *self._who, last.number if last else 0)
            if last is not None:
                await self._move(last)

    def _announcements(self, to: int | None = None) -> AsyncIterator[Sequence[ConsumerRecord]]:
        return numbered(self._consumer, self._offset["topic"], NUMBER, self._offset["last_number"], to)

    async def _last_with_effect(self) -> _Last | None:
        last: ConsumerRecord | None = None
        of_key: dict[bytes, int] = {}
        async for batch in self._announcements():
            without = {record.offset for record in await self._without_effect(batch)}
            for record in batch:
                if record.offset not in without:
                    last, of_key[record.key] = record, _number(record)
        return _Last(last, of_key) if last is not None else None

    async def _without_effect(self, batch: Sequence[ConsumerRecord]) -> list[ConsumerRecord]:
        ids = [_its_id(dict(record.headers)) for record in batch]
        had = await self._with_effect([its_id for its_id in ids if its_id])
        return [record for record, its_id in zip(batch, ids, strict=True) if its_id not in had]

    async def _with_effect(self, ids: list[UUID]) -> set[UUID | None]:
        rows = await self._connection.fetch("select cause from effect_of where cause = any ($1)", ids)
        return {row["cause"] for row in rows}

    async def _put_aside(self, records: Sequence[ConsumerRecord], last: _Last) -> int:
        open_ones = [record for record in records if _number(record) > last.of_key.get(record.key, 0)]
        await self._connection.executemany(_PARK, [(*self._who, *_parked(record)) for record in open_ones])
        await self._connection.executemany(_TRY_AGAIN, {(*self._who, _key(record)) for record in open_ones})
        return len(open_ones)

    async def _move(self, last: _Last) -> None:
        moved = await self._connection.execute(
            _MOVE,
            *self._who,
            last.record.offset + 1,
            last.number,
            dict(last.record.headers)[HASH],
            self._offset["epoch"],
            self._offset["last_number"],
        )
        if moved != "INSERT 0 1":
            raise ReaderAtWork(f"{self._offset['consumer']} reads {self._offset['topic']} just now.")


def _number(record: ConsumerRecord) -> int:
    return int(dict(record.headers)[NUMBER])


def _its_id(headers: Mapping[str, bytes]) -> UUID | None:
    """None for a record so odd that it has none: it was parked, and never had an effect by this id."""
    try:
        return UUID(headers["ce_id"].decode())
    except (KeyError, ValueError):
        return None


def _key(record: ConsumerRecord) -> str:
    return (record.key or b"").decode(errors="backslashreplace")


def _parked(record: ConsumerRecord) -> tuple[Any, ...]:
    names, contents = zip(*record.headers, strict=True)
    return _number(record), _key(record), list(names), list(contents), record.value or b""
