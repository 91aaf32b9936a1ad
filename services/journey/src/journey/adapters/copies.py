"""Taking copies: each record must be the one that the chain says comes next, or copying of its topic stops there.

Copies and the place in the topic are written in one transaction, so nothing is copied twice and nothing passed over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
import msgspec

from pep_kernel.message import Envelope
from pep_runtime.chain import GENESIS, next_hash
from pep_runtime.codec import Frame, decode_envelope
from pep_runtime.journal import Pool, outcome_of
from pep_runtime.runner import Claim, KafkaRecord, claim_topic, lost_claims, note_halt
from pep_runtime.topics import HASH, POSITION

CONSUMER = "journey-copies"


class Broken(ValueError):
    """This record is not what must come next."""


@dataclass(frozen=True, slots=True)
class Copied:
    """One row as it came, checked."""

    frame: Frame
    envelope: Envelope
    hash: bytes
    offset: int


class Copies:
    """Reads journal topics. One topic is one authority's journal of one service."""

    def __init__(self, pool: Pool, consumer: str = CONSUMER) -> None:
        self._pool = pool
        self._consumer = consumer

    async def claim(self, topic: str, authority: str, service: str, owner: str) -> Claim:
        """Own the topic; how far copying is stands in the same database as the copies."""
        return await claim_topic(self._pool, self._consumer, topic, authority, service, owner)

    def number(self, record: KafkaRecord) -> tuple[int, bytes]:
        """The position in the log, and the hash there."""
        headers = dict(record.headers)
        return int(headers[POSITION]), headers[HASH]

    async def take(self, claim: Claim, records: Sequence[KafkaRecord]) -> None:
        """Copy up to the first record that is broken; if there is one, halt the topic before it."""
        copies, trouble = check(claim.authority, claim.last_hash or GENESIS, records)
        if copies:
            await self._store(claim, copies)
            last = copies[-1]
            claim.last_number, claim.last_hash, claim.next_offset = last.frame.position, last.hash, last.offset + 1
            claim.saved = claim.last_number
        claim.halted = trouble

    async def save(self, claims: Sequence[Claim]) -> None:
        """Nothing waits in memory."""

    async def rest(self, claim: Claim) -> None:
        """Nothing waits to be tried again."""

    async def lost(self, claims: Sequence[Claim]) -> set[str]:
        """Those of others, and those that went back with the database."""
        return await lost_claims(self._pool, self._consumer, claims)

    async def note_halt(self, claim: Claim) -> None:
        """For people to see: `pep status` shows it, and `GET /copies`."""
        await note_halt(self._pool, self._consumer, claim)

    async def _store(self, claim: Claim, copies: Sequence[Copied]) -> None:
        frames = [copy.frame for copy in copies]
        await self._call(
            "select take_copies($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
            claim,
            copies[-1].offset + 1,
            [frame.position for frame in frames],
            [frame.recorded_at for frame in frames],
            [frame.announced for frame in frames],
            [copy.envelope.child_ref for copy in copies],
            [frame.envelope for frame in frames],
            [frame.payload for frame in frames],
            [frame.announcement for frame in frames],
            [copy.hash for copy in copies],
        )

    async def _call(self, query: str, claim: Claim, *rows: Any) -> None:
        """Rows and the place in the topic, in one call."""
        where = (claim.authority, claim.service, self._consumer, claim.topic, claim.epoch)
        try:
            await self._pool.execute(query, *where, *rows)
        except asyncpg.PostgresError as error:
            raise outcome_of(error) from error


def check(authority: str, previous: bytes, records: Sequence[KafkaRecord]) -> tuple[list[Copied], str | None]:
    """The records that follow `previous` without fault, and what is wrong with the first that does not."""
    copies: list[Copied] = []
    for record in records:
        try:
            copies.append(_checked(authority, previous, record))
        except Broken as broken:
            return copies, str(broken)
        previous = copies[-1].hash
    return copies, None


def _checked(authority: str, previous: bytes, record: KafkaRecord) -> Copied:
    headers = dict(record.headers)
    position = int(headers[POSITION])
    try:
        frame = Frame.unpack(record.value or b"")
        envelope = decode_envelope(frame.envelope)
    except (ValueError, msgspec.MsgspecError) as error:
        raise Broken(f"position {position} cannot be read: {type(error).__name__}") from error
    its_hash = next_hash(previous, frame)
    if frame.position != position or its_hash != headers[HASH]:
        raise Broken(f"position {position} does not follow from the one before it")
    if envelope.authority != authority:
        raise Broken(f"position {position} belongs to another authority")
    return Copied(frame, envelope, its_hash, record.offset)
