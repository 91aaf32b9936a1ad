"""Rows of a journal or access log out of its topic: checked record by record, written in batches that move its head."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from aiokafka.structs import ConsumerRecord

from pep_kernel.message import Envelope, Person
from pep_runtime.chain import next_hash
from pep_runtime.codec import Frame, decode_envelope
from pep_runtime.topics import HASH, POSITION, PREVIOUS, Chained

_COLUMNS = (
    *("authority", "position", "stream", "version", "event_id", "type", "schema_version", "occurred_at", "recorded_at"),
    *("actor", "cause", "correlation", "trace", "policy_version", "child_ref", "envelope", "payload", "hash"),
    *("announced", "announcement"),
)
_MOVE_HEAD = (
    "update journal_head set position = $2, announced = $3, hash = $4, recorded_at = $5"
    " where authority = $1 and log = $8 and position = $6 and hash = $7 and frozen is not null"
)


class Broken(Exception):
    """A record of a topic is not what must come next, or the journal is not where it was."""


class Chain:
    """How far a log of an authority has been followed; each record must be the next."""

    def __init__(self, authority: str, log: Chained, position: int, last_hash: bytes, announced: int) -> None:
        self.authority = authority
        self.log = log
        self.position = position
        self.hash = last_hash
        self.announced = announced

    def follow(self, records: Sequence[ConsumerRecord]) -> list[tuple[Any, ...]]:
        """The records as rows of the log, in the order of `_COLUMNS`. Raises `Broken`."""
        return [self._next(record) for record in records]

    def _next(self, record: ConsumerRecord) -> tuple[Any, ...]:
        headers = dict(record.headers)
        position = int(headers[POSITION])
        try:
            frame = Frame.unpack(record.value or b"")
            envelope = decode_envelope(frame.envelope)
        except (ValueError, msgspec.MsgspecError) as error:
            raise Broken(f"{record.topic}: position {position} cannot be read ({type(error).__name__})") from error
        its_hash = next_hash(self.hash, frame)
        follows = (
            position == frame.position == self.position + 1
            and headers[PREVIOUS] == self.hash
            and headers[HASH] == its_hash
            and frame.announced in (0, self.announced + 1)
            and envelope.authority == self.authority
        )
        if not follows:
            raise Broken(f"{record.topic}: position {position} does not follow from the one before it")
        self.position, self.hash, self.announced = position, its_hash, max(self.announced, frame.announced)
        return _row(frame, envelope, its_hash)


async def take_in(connection: Any, chain: Chain, records: Sequence[ConsumerRecord]) -> None:
    """Write the records as rows and move the head, all or nothing. The log must be frozen. Raises `Broken`."""
    before = (chain.position, chain.hash)
    rows = chain.follow(records)
    recorded_at = rows[-1][_COLUMNS.index("recorded_at")]
    async with connection.transaction():
        moved = await connection.execute(
            _MOVE_HEAD, chain.authority, chain.position, chain.announced, chain.hash, recorded_at, *before, chain.log
        )
        if moved != "UPDATE 1":
            raise Broken(f"the {chain.log} of {chain.authority} is no longer at {before[0]}: somebody else is at work")
        await connection.copy_records_to_table(chain.log, records=rows, columns=_COLUMNS)


def _row(frame: Frame, envelope: Envelope, its_hash: bytes) -> tuple[Any, ...]:
    actor = envelope.actor.id if isinstance(envelope.actor, Person) else f"system:{envelope.actor.policy}"
    columns = {
        **{name: getattr(envelope, name) for name in Envelope.__struct_fields__},
        "actor": actor,
        "position": frame.position,
        "recorded_at": frame.recorded_at,
        "envelope": frame.envelope,
        "payload": frame.payload,
        "hash": its_hash,
        "announced": frame.announced or None,
        "announcement": frame.announcement or None,
    }
    return tuple(columns[name] for name in _COLUMNS)
