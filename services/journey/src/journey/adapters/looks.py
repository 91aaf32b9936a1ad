"""Who has looked: copies of every service's access log, taken and checked as the journals are, and asked by child."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from journey.adapters.copies import Copied, Copies
from journey.adapters.told import Place
from pep_kernel.message import Envelope, Person
from pep_kernel.record_asked_for import RecordAskedFor
from pep_runtime.codec import decode_envelope
from pep_runtime.journal import Pool
from pep_runtime.runner import Claim, KafkaRecord

CONSUMER = "journey-looks"
Fetch = Callable[..., Awaitable[list[Any]]]
"""Runs a query as one authority: row-level security shows no other's rows."""
_entries = msgspec.json.Decoder(RecordAskedFor)
_LOOKS = """
    select l.about as child_ref, l.recorded_at, l.service, l.position, c.envelope, c.payload
    from look l join access_copy c using (authority, service, position)
    where l.authority = $1 and l.about = $2 and ($3::text is null or l.person_ref = $3)
      and l.recorded_at >= coalesce($4::timestamptz, '-infinity')
      and l.recorded_at < coalesce($5::timestamptz, 'infinity')
      and ($6::timestamptz is null or (l.recorded_at, l.service, l.position) < ($6, $7, $8))
    order by l.recorded_at desc, l.service desc, l.position desc limit $9
"""


class LookCopies(Copies):
    """Reads access topics. One topic is one authority's access log of one service."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool, CONSUMER)

    async def take(self, claim: Claim, records: Sequence[KafkaRecord]) -> None:
        try:
            await super().take(claim, records)
        except msgspec.MsgspecError as error:
            claim.halted = f"an entry after position {claim.last_number} cannot be read: {type(error).__name__}"

    async def _store(self, claim: Claim, copies: Sequence[Copied]) -> None:
        await self._call(
            "select take_looks($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            claim,
            copies[-1].offset + 1,
            [copy.frame.position for copy in copies],
            [copy.frame.recorded_at for copy in copies],
            [_person(copy.envelope).id for copy in copies],
            [",".join(_entries.decode(copy.frame.payload).about) for copy in copies],
            [copy.frame.envelope for copy in copies],
            [copy.frame.payload for copy in copies],
            [copy.hash for copy in copies],
        )


@dataclass(frozen=True, slots=True)
class Looked:
    """One request: who asked, when, and what the service wrote down before it answered."""

    person: Person
    at: datetime
    entry: RecordAskedFor
    trace: str | None
    service: str
    position: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose records, and which looks at them: by whom, from when, before when (None: all)."""

    child_ref: str
    person_ref: str | None = None
    since: datetime | None = None
    before: datetime | None = None


async def looks_at(
    authority: str, fetch: Fetch, wanted: Wanted, after: Place | None, limit: int
) -> tuple[Sequence[Looked], Place | None]:
    """One page of looks, the newest first, and where the next begins."""
    place = (after.recorded_at, after.service, after.position) if after else (None, None, None)
    which = (wanted.child_ref, wanted.person_ref, wanted.since, wanted.before)
    rows = await fetch(_LOOKS, authority, *which, *place, limit + 1)
    shown = rows[:limit]
    last = shown[-1] if len(rows) > limit else None
    return [_looked(row) for row in shown], last and Place(last["recorded_at"], last["service"], last["position"])


def _looked(row: Any) -> Looked:
    envelope, entry = decode_envelope(row["envelope"]), _entries.decode(row["payload"])
    return Looked(_person(envelope), row["recorded_at"], entry, envelope.trace, row["service"], row["position"])


def _person(envelope: Envelope) -> Person:
    """Only people, and services as people, look at records."""
    return envelope.actor if isinstance(envelope.actor, Person) else Person("", "system")
