"""Reading the copies for a story: one child's events in the order in which they became known, and what they rest on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from journey.adapters.copies import CONSUMER
from journey.domain.fact import Fact
from pep_kernel.refusal import NotFound
from pep_runtime.codec import decode_envelope, from_microseconds, microseconds
from pep_runtime.topics import parts

Fetch = Callable[..., Awaitable[list[Any]]]
"""Runs a query as one authority: row-level security shows no other's rows."""

_STORY = """
    select child_ref, service, position, recorded_at, envelope, payload from copy
    where authority = $1 and child_ref = $2 and recorded_at < coalesce($3::timestamptz, 'infinity')
      and (recorded_at, service, position) > ($4, $5, $6)
    order by recorded_at, service, position limit $7
"""
_IS_KNOWN = "select child_ref from copy where authority = $1 and child_ref = $2 limit 1"
_RESTS_ON = """
    select s.service, c.position
    from (select split_part(topic, '.', 3) as service from consumer_offset where authority = $1 and consumer = $2) s
    cross join lateral (
        select position from copy
        where authority = $1 and service = s.service and recorded_at < coalesce($3::timestamptz, 'infinity')
        order by recorded_at desc, position desc limit 1
    ) c order by s.service
"""
_PROGRESS = (
    "select topic, last_number, halted from consumer_offset where authority = $1 and consumer = $2 order by topic"
)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a story: after this event. As text it is a page's `next`."""

    recorded_at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    service: str = ""
    position: int = 0

    def __str__(self) -> str:
        return f"{microseconds(self.recorded_at)}~{self.service}~{self.position}"

    @classmethod
    def read(cls, text: str) -> Place:
        """Raises `ValueError` if this is no place."""
        micros, service, position = text.split("~")
        return cls(from_microseconds(int(micros)), service, int(position))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one service's journal is copied, and why copying stopped if it did."""

    service: str
    position: int
    stopped: str | None


class Told:
    """The copies of one authority."""

    def __init__(self, authority: str, fetch: Fetch) -> None:
        self._authority = authority
        self._fetch = fetch

    async def facts(
        self, child_ref: str, known_before: datetime | None, after: Place, limit: int
    ) -> tuple[Sequence[Fact], Place | None]:
        """One page of a child's facts, and where the next begins. Raises `NotFound` for a child nobody ever told of."""
        place = (after.recorded_at, after.service, after.position)
        rows = await self._fetch(_STORY, self._authority, child_ref, known_before, *place, limit + 1)
        if not rows:
            await self.must_know(child_ref)
        shown = rows[:limit]
        last = shown[-1] if len(rows) > limit else None
        return [_fact(row) for row in shown], last and Place(last["recorded_at"], last["service"], last["position"])

    async def must_know(self, child_ref: str) -> None:
        """Raises `NotFound` for a child nobody ever told of."""
        if not await self._fetch(_IS_KNOWN, self._authority, child_ref):
            raise NotFound("There is no such child here.")

    async def rests_on(self, known_before: datetime | None) -> dict[str, int]:
        """The last position of every service's journal that was known then."""
        rows = await self._fetch(_RESTS_ON, self._authority, CONSUMER, known_before)
        return {row["service"]: row["position"] for row in rows}

    async def progress(self) -> list[Progress]:
        """How far every journal is copied."""
        rows = await self._fetch(_PROGRESS, self._authority, CONSUMER)
        return [Progress(parts(row["topic"])[1], row["last_number"], row["halted"]) for row in rows]


def _fact(row: Any) -> Fact:
    envelope = decode_envelope(row["envelope"])
    return Fact(
        service=row["service"],
        position=row["position"],
        type=envelope.type,
        schema_version=envelope.schema_version,
        stream=envelope.stream,
        recorded_at=row["recorded_at"],
        occurred_at=envelope.occurred_at,
        actor=envelope.actor,
        policy_version=envelope.policy_version,
        payload=msgspec.json.decode(row["payload"]),
        version=envelope.version,
    )
