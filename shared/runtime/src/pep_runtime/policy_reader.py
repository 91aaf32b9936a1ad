"""Running policies: one announcement that matters, one append that also moves the offset."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
from opentelemetry.trace import SpanKind

from pep_kernel.announcement import Announcement, Said
from pep_kernel.decider import Act
from pep_kernel.policy import Policy
from pep_kernel.refusal import Refusal
from pep_runtime import cloud_events
from pep_runtime.clock import Clock
from pep_runtime.handler import ByPolicy, Handler
from pep_runtime.journal import Append, Fenced, Offset, Pool, Refused, append, outcome_of
from pep_runtime.runner import Claim, KafkaRecord, claim_topic
from pep_runtime.tasks import PASSING
from pep_runtime.topics import HASH
from pep_runtime.tracing import context_of, tracer

SAVE_SECONDS = 1.0
NOT_POISON = (*PASSING, Fenced)
"""Poison is what fails in memory. These come from the outside, or from our successor: the record is not at fault."""

log = logging.getLogger("pep_runtime.policies")


@dataclass(frozen=True, slots=True)
class Delivery:
    """A record as it came, now or earlier."""

    key: str
    headers: dict[str, bytes]
    value: bytes


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a policy wants to be done about an announcement."""

    said: Said[Any]
    policy: str
    act: Act


class PolicyReader:
    """Takes announcements in for one service. What fails in memory is parked, with all that its child says later."""

    def __init__(
        self,
        pool: Pool,
        consumer: str,
        handler: Handler,
        policies: Mapping[type[Announcement], Policy],
        rules: Callable[[str], Any],
        clock: Clock,
    ) -> None:
        self._pool = pool
        self._consumer = consumer
        self._handler = handler
        self._policies = policies
        self._rules = rules
        self._clock = clock

    async def claim(self, topic: str, authority: str, service: str, owner: str) -> Claim:
        """Own the topic, and know which children have something parked."""
        claim = await claim_topic(self._pool, self._consumer, topic, authority, service, owner)
        claim.notes["saved"] = (claim.last_number, time.monotonic())
        claim.notes["parked"] = {row["key"] for row in await self._parked(claim)}
        return claim

    def number(self, record: KafkaRecord) -> tuple[int, bytes]:
        """The announced number and the hash."""
        headers = dict(record.headers)
        return int(headers["ce_sequence"]), headers[HASH]

    async def take(self, claim: Claim, records: Sequence[KafkaRecord]) -> None:
        """One by one, in order."""
        for record in records:
            number, its_hash = self.number(record)
            delivery = Delivery((record.key or b"").decode(), dict(record.headers), record.value or b"")
            offset = Offset(self._consumer, claim.topic, claim.epoch, record.offset + 1, number, its_hash)
            moved = await self._one(claim, delivery, offset)
            claim.last_number, claim.last_hash, claim.next_offset = number, its_hash, record.offset + 1
            if moved:
                claim.notes["saved"] = (number, time.monotonic())

    async def _one(self, claim: Claim, delivery: Delivery, offset: Offset) -> bool:
        """True if the offset was moved in the database, False if the record was passed in memory."""
        try:
            wanted = self._judge(claim, delivery)
            if wanted is None:
                return False
            if delivery.key in claim.notes["parked"]:
                await self._park(claim, delivery, offset, "something earlier of this child is parked")
            else:
                await self._act(claim, wanted, offset)
        except NOT_POISON:
            raise
        except Exception as error:  # what fails in memory is poison: it is put aside, and the others go on
            log.exception("%s: number %d is parked", claim.topic, offset.number)
            await self._park(claim, delivery, offset, type(error).__name__)
        return True

    def _judge(self, claim: Claim, delivery: Delivery) -> Wanted | None:
        said = cloud_events.read(delivery.headers, delivery.value, claim.authority, claim.service)
        policy = self._policies.get(type(said.announcement)) if said else None
        act = policy(said, self._rules(claim.authority)) if said and policy else None
        return Wanted(said, getattr(policy, "__name__", "policy"), act) if said and act else None

    async def _act(self, claim: Claim, wanted: Wanted, offset: Offset) -> None:
        said = wanted.said
        purpose = f"{self._consumer}/{wanted.policy}"
        origin = ByPolicy(purpose, said.event_id, said.correlation, said.recorded_at, offset)
        with tracer.start_as_current_span(purpose, context_of(said.trace), SpanKind.CONSUMER):
            try:
                await self._handler.handle(claim.authority, wanted.act, origin)
            except Refusal as refusal:
                log.warning("%s: number %d was refused", claim.topic, offset.number)
                refused = Refused(refusal.sentence, said.announcement.type, wanted.act.child_ref)
                await self._handler.move_on(claim.authority, origin, refused)

    async def _park(self, claim: Claim, delivery: Delivery, offset: Offset, error: str) -> None:
        await self._execute(
            "select park_event($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            claim.authority,
            self._consumer,
            claim.topic,
            claim.epoch,
            offset.next_offset,
            offset.number,
            offset.hash,
            delivery.key,
            list(delivery.headers),
            list(delivery.headers.values()),
            delivery.value,
            error,
            self._clock.now(),
        )
        claim.notes["parked"].add(delivery.key)

    async def _execute(self, query: str, *arguments: Any) -> None:
        try:
            await self._pool.execute(query, *arguments)
        except asyncpg.PostgresError as error:
            raise outcome_of(error) from error

    async def rest(self, claim: Claim) -> None:
        """Each second: save the offset of what was passed in memory, and drain what is to be tried again."""
        number, at = claim.notes["saved"]
        if time.monotonic() - at < SAVE_SECONDS:
            return
        if claim.last_number > number and claim.last_hash is not None:
            offset = Offset(
                self._consumer, claim.topic, claim.epoch, claim.next_offset, claim.last_number, claim.last_hash
            )
            await append(self._pool, Append(claim.authority, self._clock.now(), offset=offset))
        claim.notes["saved"] = (claim.last_number, time.monotonic())
        if claim.notes["parked"]:
            await self._drain(claim)

    async def _parked(self, claim: Claim) -> list[Any]:
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute("select set_config('app.authority', $1, true)", claim.authority)
            return await connection.fetch(
                "select * from parked_event where consumer = $1 and topic = $2 order by number",
                self._consumer,
                claim.topic,
            )

    async def _drain(self, claim: Claim) -> None:
        """Each child's parked records in order, from the first, as long as they are to be tried again and succeed."""
        waiting: set[str] = set()
        for row in await self._parked(claim):
            if row["key"] in waiting:
                continue
            if not row["retry"] or not await self._again(claim, row):
                waiting.add(row["key"])
        claim.notes["parked"] = waiting

    async def _again(self, claim: Claim, row: Any) -> bool:
        delivery = Delivery(row["key"], dict(zip(row["headers"], row["contents"], strict=True)), row["value"])
        offset = Offset(self._consumer, claim.topic, claim.epoch, 0, row["number"], b"", parked=True)
        try:
            wanted = self._judge(claim, delivery)
            if wanted is None:
                await append(self._pool, Append(claim.authority, self._clock.now(), offset=offset))
            else:
                await self._act(claim, wanted, offset)
        except NOT_POISON:
            raise
        except Exception as error:
            log.exception("%s: number %d stays parked", claim.topic, row["number"])
            await self._execute(
                "select keep_parked($1, $2, $3, $4, $5)",
                claim.authority,
                self._consumer,
                claim.topic,
                row["number"],
                type(error).__name__,
            )
            return False
        return True
