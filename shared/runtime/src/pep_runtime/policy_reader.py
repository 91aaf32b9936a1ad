"""Running policies: one announcement that matters, one append that also moves the offset.

What fails in memory is poison: the record is parked, with all that its child says later, and the others go on.
"""

from __future__ import annotations

import logging
import re
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
from pep_runtime.faults import what_failed
from pep_runtime.handler import ByPolicy, Handler
from pep_runtime.journal import Append, Fenced, Offset, Pool, Refused, append
from pep_runtime.metrics import PARKED, REFUSED
from pep_runtime.parked_records import BEHIND, MOST_PARKED, Delivery, ParkedRecord, ParkedRecords
from pep_runtime.runner import Claim, KafkaRecord, claim_topic, lost_claims, note_halt
from pep_runtime.tasks import PASSING
from pep_runtime.topics import HASH
from pep_runtime.tracing import context_of, tracer

SAVE_SECONDS = 1.0
DRAINED_AT_ONCE = 50  # of one child, before the others have their turn
POISON = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, ValueError)
"""The record's own fault, though a server noticed it: no retry would mend it."""
NOT_POISON = (*PASSING, Fenced)
"""These come from the outside, or from our successor: the record is not at fault."""
_NUMBER = re.compile(rb"[1-9][0-9]{0,17}")

log = logging.getLogger("pep_runtime.policies")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a policy wants to be done about an announcement."""

    said: Said[Any]
    policy: str
    act: Act


class PolicyReader:
    """Takes announcements in for one service."""

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
        self._policies = {kind.model_fields["type"].default: policy for kind, policy in policies.items()}
        self._names = {_without_version(kind) for kind in self._policies}
        self._rules = rules
        self._clock = clock
        self._parked = ParkedRecords(pool, consumer)

    async def claim(self, topic: str, authority: str, service: str, owner: str) -> Claim:
        """Own the topic, and know which children have something parked."""
        claim = await claim_topic(self._pool, self._consumer, topic, authority, service, owner)
        claim.notes["saved_at"] = time.monotonic()
        claim.notes["parked"] = await self._parked.keys(claim)
        claim.notes["records"] = await self._parked.count(claim)
        return claim

    def number(self, record: KafkaRecord) -> tuple[int, bytes]:
        """The announced number and the hash. Raises `KeyError`, `ValueError`, `TypeError`."""
        headers = dict(record.headers)
        number, its_hash = headers[cloud_events.NUMBER], headers[HASH]
        if not _NUMBER.fullmatch(number) or len(its_hash) != 32:
            raise ValueError("neither a number nor a hash")
        return int(number), its_hash

    async def lost(self, claims: Sequence[Claim]) -> set[str]:
        """Those of others, and those that went back with the database."""
        return await lost_claims(self._pool, self._consumer, claims)

    async def note_halt(self, claim: Claim) -> None:
        """For people to see: `pep status` shows it."""
        await note_halt(self._pool, self._consumer, claim)

    async def take(self, claim: Claim, records: Sequence[KafkaRecord]) -> None:
        """One by one, in order."""
        for record in records:
            number, its_hash = self.number(record)
            offset = Offset(self._consumer, claim.topic, claim.epoch, record.offset + 1, number, its_hash)
            moved = await self._one(claim, Delivery.of(record), offset)
            if claim.halted is not None:
                return
            claim.last_number, claim.last_hash, claim.next_offset = number, its_hash, record.offset + 1
            if moved:
                _saved(claim)

    async def _one(self, claim: Claim, delivery: Delivery, offset: Offset) -> bool:
        """True if the offset was moved in the database, False if the record was passed in memory."""
        try:
            wanted = self._judge(claim, delivery)
            if wanted is None:
                return False
            if delivery.key in claim.notes["parked"]:
                await self._park(claim, delivery, offset, BEHIND)
            else:
                await self._act(claim, wanted, offset)
        except POISON as error:
            await self._poison(claim, delivery, offset, error)
        except NOT_POISON:
            raise
        except Exception as error:
            await self._poison(claim, delivery, offset, error)
        return True

    def _judge(self, claim: Claim, delivery: Delivery) -> Wanted | None:
        """None for what no policy of ours wants, unread. A new version of what one wants is not passed but poison."""
        kind = cloud_events.type_of(delivery.headers)
        if _without_version(kind) not in self._names:
            return None
        policy = self._policies.get(kind)
        if policy is None:
            raise cloud_events.Unreadable(f"{kind} is not known here")
        said = cloud_events.read(delivery.headers, delivery.value, claim.authority, claim.service)
        act = policy(said, self._rules(claim.authority))
        return Wanted(said, getattr(policy, "__name__", "policy"), act) if act else None

    async def _act(self, claim: Claim, wanted: Wanted, offset: Offset) -> None:
        said = wanted.said
        purpose = f"{self._consumer}/{wanted.policy}"
        origin = ByPolicy(purpose, said.event_id, said.correlation, said.recorded_at, offset)
        with tracer.start_as_current_span(purpose, context_of(said.trace), SpanKind.CONSUMER):
            try:
                await self._handler.handle(claim.authority, wanted.act, origin)
            except Refusal as refusal:
                log.warning("%s: number %d of %s was refused", self._consumer, offset.number, claim.topic)
                refused = Refused(refusal.sentence, said.announcement.type, wanted.act.child_ref)
                await self._handler.move_on(claim.authority, origin, refused)
                REFUSED.labels(self._consumer, claim.authority).inc()

    async def _poison(self, claim: Claim, delivery: Delivery, offset: Offset, error: Exception) -> None:
        what, where = what_failed(error)
        log.error("%s: number %d of %s is parked: %s (%s)", self._consumer, offset.number, claim.topic, what, where)
        await self._park(claim, delivery, offset, what)

    async def _park(self, claim: Claim, delivery: Delivery, offset: Offset, error: str) -> None:
        if claim.notes["records"] >= MOST_PARKED:
            claim.halted = f"{MOST_PARKED} records are parked: this is not one child's trouble"
            return
        await self._parked.park(claim, delivery, offset, error, self._clock.now())
        claim.notes["parked"].add(delivery.key)
        claim.notes["records"] += 1
        PARKED.labels(self._consumer, claim.authority).inc()

    async def save(self, claims: Sequence[Claim]) -> None:
        """Each second: save how far we are where records were passed in memory, of all topics in one call."""
        due = [claim for claim in claims if _is_unsaved(claim)]
        if not due:
            return
        columns = [(c.authority, c.topic, c.epoch, c.next_offset, c.last_number, c.last_hash) for c in due]
        not_moved = await self._pool.fetch(
            "select save_offsets($1, $2, $3, $4, $5, $6, $7) as topic",
            self._consumer,
            *map(list, zip(*columns, strict=True)),
        )
        for claim in due:
            if claim.topic not in {row["topic"] for row in not_moved}:
                _saved(claim)

    async def rest(self, claim: Claim) -> None:
        """Do what was decided about parked records. What `save` could not save is tried alone, which says why."""
        if _is_unsaved(claim):
            place = claim.epoch, claim.next_offset, claim.last_number, claim.last_hash or b""
            offset = Offset(self._consumer, claim.topic, *place)
            await append(self._pool, Append(claim.authority, self._clock.now(), offset=offset))
            _saved(claim)
        if claim.notes["parked"]:
            for key in await self._parked.decided(claim):
                await self._drain(claim, key)

    async def _drain(self, claim: Claim, key: str) -> None:
        """The child's next parked records in order, until one fails again; more of them when it is their turn again."""
        records = await self._parked.next_of(claim, key, DRAINED_AT_ONCE)
        for record in records:
            failed = await self._again(claim, record)
            if failed is not None:
                await self._parked.end_decision(claim, key, record.number, failed)
                return
            claim.notes["records"] -= 1
        if len(records) < DRAINED_AT_ONCE:
            await self._parked.end_decision(claim, key)
            claim.notes["parked"].discard(key)

    async def _again(self, claim: Claim, record: ParkedRecord) -> str | None:
        """What failed, or None if the record is parked no more."""
        offset = Offset(self._consumer, claim.topic, claim.epoch, 0, record.number, b"", parked=True)
        try:
            if record.discard is not None:
                await self._handler.handle(claim.authority, *record.given_up(claim, offset))
            elif wanted := self._judge(claim, record.delivery):
                await self._act(claim, wanted, offset)
            else:
                await append(self._pool, Append(claim.authority, self._clock.now(), offset=offset))
        except POISON as error:
            return self._stays(claim, record, error)
        except NOT_POISON:
            raise
        except Exception as error:
            return self._stays(claim, record, error)
        return None

    def _stays(self, claim: Claim, record: ParkedRecord, error: Exception) -> str:
        what, where = what_failed(error)
        log.error("%s: number %d of %s stays parked: %s (%s)", self._consumer, record.number, claim.topic, what, where)
        return what


def _saved(claim: Claim) -> None:
    claim.saved, claim.notes["saved_at"] = claim.last_number, time.monotonic()


def _is_unsaved(claim: Claim) -> bool:
    since = time.monotonic() - claim.notes["saved_at"]
    return claim.last_number > claim.saved and claim.last_hash is not None and since >= SAVE_SECONDS


def _without_version(kind: str) -> str:
    return re.sub(r"\.v[0-9]+$", "", kind)
