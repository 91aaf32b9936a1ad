"""The journal, in one call to load and one to append. See migrations/service/0005_append.sql for what holds inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg

from pep_kernel.message import Envelope

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"


class VersionConflict(Exception):
    """Something happened to a guarded stream between load and append: decide again."""


class Frozen(Exception):
    """This authority's journal takes nothing until an operator has compared it with its topics."""


class Fenced(Exception):
    """Another reader owns this partition now, or has gone past this record."""


class UnknownAuthority(Exception):
    """No such authority has been set up here."""


class KeyReused(Exception):
    """The idempotency key was used before, for another command."""


class ClockBehind(Exception):
    """The cause was recorded more than 5 s ahead of this clock; try again, and look at the clocks."""


class TooLarge(Exception):
    """One event is larger than 900,000 bytes."""


_OUTCOMES: dict[str, type[Exception]] = {
    "PJ001": VersionConflict,
    "PJ002": Frozen,
    "PJ003": Fenced,
    "PJ004": UnknownAuthority,
    "PJ005": KeyReused,
    "PJ006": ClockBehind,
    "PJ007": TooLarge,
}


@dataclass(frozen=True, slots=True)
class Stored:
    """One event as loaded for deciding."""

    stream: str
    version: int
    type: str
    schema_version: int
    payload: bytes
    position: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an append: appended, repeated (same key before), already (same cause before), or nothing."""

    outcome: str
    position: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a command rests on: the head's position, an earlier answer to the same key, the streams' events in order."""

    head: int
    events: Sequence[Stored]
    answered: Answer | None = None


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event as it is about to be stored."""

    envelope: Envelope
    envelope_bytes: bytes
    payload: bytes
    announcement: bytes | None = None


@dataclass(frozen=True, slots=True)
class CommandKey:
    """Who asked under which key, and the SHA-256 of what was asked."""

    actor: str
    key: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Offset:
    """How far a consumer is, once this append is done. `parked`: the record came from the queue of parked ones."""

    consumer: str
    topic: str
    epoch: int
    next_offset: int
    number: int
    hash: bytes
    parked: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """A policy's command that the rules do not allow: an answer, written down."""

    sentence: str
    announcement_type: str
    child_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Append:
    """All that one call appends, moves and stores."""

    authority: str
    recorded_at: datetime
    head_seen: int = 0
    guarded: Mapping[str, int] = field(default_factory=dict)
    events: Sequence[NewEvent] = ()
    actor: str = ""
    cause: UUID | None = None
    cause_recorded_at: datetime | None = None
    correlation: UUID | None = None
    trace: str | None = None
    policy_version: str | None = None
    key: CommandKey | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)
    offset: Offset | None = None
    refused: Refused | None = None


async def load(
    pool: Pool, authority: str, streams: Sequence[str], *, child_ref: str | None = None, key: CommandKey | None = None
) -> Loaded:
    """Head, stored answer and streams in one call. With `child_ref`, all of that child's streams as well.

    Raises `UnknownAuthority`, `KeyReused`.
    """
    try:
        rows = await pool.fetch(
            "select * from journal_load($1, $2, $3, $4, $5)",
            authority,
            list(streams),
            child_ref,
            key.actor if key else None,
            key.key if key else None,
        )
    except asyncpg.PostgresError as error:
        raise outcome_of(error) from error
    head, *events = rows
    answered = None
    if key and head["fingerprint"] is not None:
        if head["fingerprint"] != key.fingerprint:
            raise KeyReused("This idempotency key was used for another command.")
        answered = Answer("repeated", head["position"], head["recorded_at"])
    return Loaded(head["position"], [_stored(row) for row in events], answered)


async def answer_of(pool: Pool, authority: str, first_event: UUID) -> Answer | None:
    """What a command came to whose stored answer is gone, by the id that its first event must have."""
    row = await pool.fetchrow("select * from journal_position_of($1, $2)", authority, first_event)
    return Answer("already", row["position"], row["recorded_at"]) if row else None


def _stored(row: Any) -> Stored:
    return Stored(row["stream"], row["version"], row["type"], row["schema_version"], row["payload"], row["position"])


async def append(pool: Pool, what: Append) -> Answer:
    """Append in one call.

    Raises `VersionConflict`, `Frozen`, `Fenced`, `UnknownAuthority`, `KeyReused`, `ClockBehind`, `TooLarge`.
    """
    envelopes = [event.envelope for event in what.events]
    key, offset, refused = what.key, what.offset, what.refused
    try:
        (row,) = await pool.fetch(
            "select * from journal_append($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,"
            "$22,$23,$24,$25,$26,$27,$28,$29,$30,$31,$32,$33,$34)",
            what.authority,
            what.head_seen,
            list(what.guarded),
            list(what.guarded.values()),
            [e.stream for e in envelopes],
            [e.version for e in envelopes],
            [e.event_id for e in envelopes],
            [e.type for e in envelopes],
            [e.schema_version for e in envelopes],
            [e.occurred_at for e in envelopes],
            [e.child_ref for e in envelopes] or [refused.child_ref if refused else None],
            [event.envelope_bytes for event in what.events],
            [event.payload for event in what.events],
            [event.announcement for event in what.events],
            what.recorded_at,
            what.actor,
            what.cause,
            what.cause_recorded_at,
            what.correlation,
            what.trace,
            what.policy_version,
            key.key if key else None,
            key.fingerprint if key else None,
            list(what.files) or None,
            list(what.files.values()) or None,
            offset.consumer if offset else None,
            offset.topic if offset else None,
            offset.epoch if offset else None,
            offset.next_offset if offset else None,
            offset.number if offset else None,
            offset.hash if offset else None,
            offset.parked if offset else False,
            refused.sentence if refused else None,
            refused.announcement_type if refused else None,
        )
    except asyncpg.PostgresError as error:
        raise outcome_of(error) from error
    return Answer(row["outcome"], row["position"], row["recorded_at"])


def outcome_of(error: asyncpg.PostgresError) -> Exception:
    """The journal's own outcome that an SQLSTATE stands for; any other error as it is."""
    if isinstance(error, asyncpg.UniqueViolationError):
        return VersionConflict(str(error))
    kind = _OUTCOMES.get(error.sqlstate or "")
    return kind(str(error)) if kind else error
