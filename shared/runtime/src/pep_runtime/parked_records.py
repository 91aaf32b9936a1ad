"""Records that a consumer put aside, in order, and what people decided about them.

All of a child (or of a stream, where there is no child) waits behind the record that failed. An operator decides for
the child: try again, or give that record up. The partition's owner does it, under its epoch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import asyncpg

from pep_kernel.decider import Act
from pep_kernel.discarded_announcement import DiscardAnnouncement, discard
from pep_kernel.ids import timer_cause
from pep_runtime.handler import ByPolicy
from pep_runtime.journal import Offset, Pool, outcome_of
from pep_runtime.runner import Claim, KafkaRecord

BEHIND = "something earlier of this child is parked"
MOST_PARKED = 10_000
MOST_KEYS_AT_ONCE = 20
MOST_TEXT = 400

_PARK = "select park_event($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
_KEYS = (
    "select key from parked_event where authority = $1 and consumer = $2 and topic = $3"
    " union select key from parked_decision where authority = $1 and consumer = $2 and topic = $3"
)
_COUNT = "select count(*) from parked_event where authority = $1 and consumer = $2 and topic = $3"
_DECIDED = (
    "select key from parked_decision where authority = $1 and consumer = $2 and topic = $3"
    f" order by decided_at limit {MOST_KEYS_AT_ONCE}"
)
_NEXT = (
    "select e.*, d.discard, d.reason, d.case_ref, d.decided_by from parked_event e left join parked_decision d"
    " on (d.authority, d.consumer, d.topic, d.key, d.discard) = (e.authority, e.consumer, e.topic, e.key, e.number)"
    " where e.authority = $1 and e.consumer = $2 and e.topic = $3 and e.key = $4 order by e.number limit $5"
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A record as it came, now or earlier. Its key and names of headers are such as a table can hold."""

    key: str
    headers: Mapping[str, bytes]
    value: bytes

    @classmethod
    def of(cls, record: KafkaRecord) -> Delivery:
        """Of Kafka's record, however odd it is."""
        headers = {_text(name): content or b"" for name, content in record.headers}
        return cls(_text((record.key or b"").decode(errors="backslashreplace")), headers, record.value or b"")


def _text(odd: str) -> str:
    return odd.replace("\0", "\\0")[:MOST_TEXT]


@dataclass(frozen=True, slots=True)
class ParkedRecord:
    """One that waits. `discard` is its own number where an operator gave it up, for `reason`."""

    delivery: Delivery
    number: int
    error: str
    discard: int | None
    reason: str
    case_ref: str
    decided_by: str

    @classmethod
    def of(cls, row: Any) -> ParkedRecord:
        """Of a row of the table, joined with what was decided about just this record."""
        delivery = Delivery(row["key"], dict(zip(row["headers"], row["contents"], strict=True)), row["value"])
        decided = (row["discard"], row["reason"], row["case_ref"], row["decided_by"])
        return cls(delivery, row["number"], row["error"], *decided)

    def given_up(self, claim: Claim, offset: Offset) -> tuple[Act, ByPolicy]:
        """What is written into the journal about it; the same again makes nothing new."""
        command = DiscardAnnouncement.model_validate(
            {
                "giver": claim.service,
                "number": self.number,
                "type": self.delivery.headers.get("ce_type", b"").decode(errors="backslashreplace"),
                "digest": sha256(self.delivery.value).hexdigest(),
                "error": self.error,
                "reason": self.reason,
                "case_ref": self.case_ref,
                "by": self.decided_by,
            }
        )
        made_up = timer_cause("announcement discarded", offset.consumer, claim.topic, str(self.number))
        cause = self._id("ce_id", made_up)
        origin = ByPolicy(f"{offset.consumer}/discard", cause, self._id("ce_correlationid", cause), offset=offset)
        return discard(command, self.delivery.key), origin

    def _id(self, header: str, otherwise: UUID) -> UUID:
        try:
            return UUID(self.delivery.headers[header].decode())
        except (KeyError, ValueError):
            return otherwise


class ParkedRecords:
    """The table of one consumer, read page by page."""

    def __init__(self, pool: Pool, consumer: str) -> None:
        self._pool = pool
        self._consumer = consumer

    async def keys(self, claim: Claim) -> set[str]:
        """The children (or streams) of whom something waits."""
        return {row["key"] for row in await self._fetch(claim, _KEYS)}

    async def count(self, claim: Claim) -> int:
        """How many records wait."""
        (row,) = await self._fetch(claim, _COUNT)
        return int(row["count"])

    async def decided(self, claim: Claim) -> list[str]:
        """The keys about which something was decided."""
        return [row["key"] for row in await self._fetch(claim, _DECIDED)]

    async def next_of(self, claim: Claim, key: str, limit: int) -> list[ParkedRecord]:
        """The first records of a key, in order."""
        return [ParkedRecord.of(row) for row in await self._fetch(claim, _NEXT, key, limit)]

    async def park(self, claim: Claim, delivery: Delivery, offset: Offset, error: str, at: datetime) -> None:
        """Put a record aside and move the offset. Raises `Fenced`."""
        place = (claim.authority, self._consumer, claim.topic, claim.epoch, offset.next_offset, offset.number)
        names, contents = list(delivery.headers), list(delivery.headers.values())
        content = (offset.hash, delivery.key, names, contents, delivery.value, error, at)
        await self._execute(_PARK, *place, *content)

    async def end_decision(self, claim: Claim, key: str, number: int | None = None, failed: str | None = None) -> None:
        """Nothing of the key is left; or this number failed again, and waits for the next decision. Raises `Fenced`."""
        place = (claim.authority, self._consumer, claim.topic, claim.epoch)
        await self._execute("select end_decision($1, $2, $3, $4, $5, $6, $7)", *place, key, number, failed)

    async def _execute(self, query: str, *arguments: Any) -> None:
        try:
            await self._pool.execute(query, *arguments)
        except asyncpg.PostgresError as error:
            raise outcome_of(error) from error

    async def _fetch(self, claim: Claim, query: str, *arguments: Any) -> list[Any]:
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute("select set_config('app.authority', $1, true)", claim.authority)
            return await connection.fetch(query, claim.authority, self._consumer, claim.topic, *arguments)
