"""The access log, written in batches: one append takes all entries of an authority that wait at that moment.

Whoever writes waits until the batch is committed. While one batch is on its way the next one gathers.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

import asyncpg

from pep_kernel.message import Envelope, Person
from pep_kernel.record_asked_for import RecordAskedFor
from pep_runtime.clock import Clock
from pep_runtime.codec import encode
from pep_runtime.journal import Pool, outcome_of
from pep_runtime.tracing import current_trace

MOST_AT_ONCE = 200
MOST_WAITING = 2_000


class TooManyWait(TimeoutError):
    """More requests wait for the access log of an authority than can be served in time."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    envelope: Envelope
    payload: bytes
    written: asyncio.Future[None]


@dataclass(slots=True)
class _Queue:
    """One authority's: an authority that is frozen keeps no other waiting."""

    entries: deque[_Waiting] = field(default_factory=deque)
    writing: asyncio.Task[None] | None = None


class AccessJournal:
    """Writes who has looked at what, of every authority of one service."""

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool = pool
        self._clock = clock
        self._queues: dict[str, _Queue] = {}

    async def write(self, authority: str, person: Person, entry: RecordAskedFor) -> None:
        """Returns when the entry is committed.

        Raises `Frozen`, `UnknownAuthority`, `TooManyWait`, and what a database raises that is away.
        """
        queue = self._queues.setdefault(authority, _Queue())
        if len(queue.entries) >= MOST_WAITING:
            raise TooManyWait(authority)
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        envelope = _envelope(authority, person, entry, self._clock.now())
        queue.entries.append(_Waiting(envelope, encode(entry), written))
        if queue.writing is None:
            queue.writing = asyncio.create_task(self._write_all(authority, queue))
        await written

    async def _write_all(self, authority: str, queue: _Queue) -> None:
        while queue.entries:
            batch = [queue.entries.popleft() for _ in range(min(len(queue.entries), MOST_AT_ONCE))]
            trouble = await self._append(authority, batch)
            for each in batch:
                _tell(each.written, trouble)
        queue.writing = None

    async def _append(self, authority: str, batch: list[_Waiting]) -> Exception | None:
        """What went wrong, for everybody in the batch."""
        envelopes = [each.envelope for each in batch]
        try:
            await self._pool.execute(
                "select access_append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                authority,
                self._clock.now(),
                RecordAskedFor.__name__,
                RecordAskedFor.schema_version,
                [envelope.event_id for envelope in envelopes],
                [envelope.occurred_at for envelope in envelopes],
                [envelope.stream for envelope in envelopes],
                [envelope.actor.id for envelope in envelopes if isinstance(envelope.actor, Person)],
                [envelope.trace for envelope in envelopes],
                [envelope.child_ref for envelope in envelopes],
                [encode(envelope) for envelope in envelopes],
                [each.payload for each in batch],
            )
        except asyncpg.PostgresError as error:
            return outcome_of(error)
        except Exception as error:  # whoever waits is told, whatever it is
            return error
        return None


def _tell(written: asyncio.Future[None], trouble: Exception | None) -> None:
    if written.done():  # whoever waited has gone
        return
    if trouble is None:
        written.set_result(None)
    else:
        written.set_exception(trouble)


def _envelope(authority: str, person: Person, entry: RecordAskedFor, now: datetime) -> Envelope:
    """One request is one stream with one entry. Where it is about one record, that one's reference is its key."""
    request: UUID = uuid4()
    return Envelope(
        event_id=request,
        type=RecordAskedFor.__name__,
        schema_version=RecordAskedFor.schema_version,
        authority=authority,
        stream=f"request-{request.hex}",
        version=1,
        occurred_at=now,
        actor=person,
        correlation=request,
        child_ref=entry.about[0] if len(entry.about) == 1 else None,
        trace=current_trace(),
    )
