"""Entries recorded for the wrong child: hidden from everybody, since one key serves all of a child's entries.

Read once a minute an authority: there are few, each decided by two people.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from pep_kernel.sealed import Redacted
from pep_runtime.sealing import Place

Entries = tuple[str, int, int]
"""A stream, and the first and last version of its entries, both included."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """Some entries of one stream of a subject, by version, both included."""

    subject: str
    stream: str
    first: int
    last: int
    shown: Redacted

    def holds(self, place: Place) -> bool:
        """Whether a value at this place is one of them."""
        here = (self.subject, self.stream) == (place.subject, place.stream)
        return here and self.first <= place.version <= self.last


@dataclass(frozen=True, slots=True)
class _Kept:
    entries: tuple[Hidden, ...]
    until: float


class HiddenEntries:
    """What is hidden, of all authorities, kept in memory for a minute at most."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], kept_seconds: float) -> None:
        self._pool = pool
        self._kept_seconds = kept_seconds
        self._kept: dict[str, _Kept] = {}

    async def hide(self, authority: str, subject: str, entries: Entries, reason: str, at: datetime) -> None:
        """Hide entries for ever. Can be repeated."""
        await self._pool.execute(
            "select hide_entries($1, $2, $3, $4, $5, $6, $7)", authority, subject, *entries, reason, at
        )
        self._kept.pop(authority, None)

    async def shown_for(self, place: Place) -> Redacted | None:
        """What is shown in place of a value that stands there; None where it is not hidden."""
        return next((each.shown for each in await self._of(place.authority) if each.holds(place)), None)

    async def _of(self, authority: str) -> tuple[Hidden, ...]:
        now = time.monotonic()
        kept = self._kept.get(authority)
        if kept is None or kept.until <= now:
            kept = self._kept[authority] = _Kept(await self._fetch(authority), now + self._kept_seconds)
        return kept.entries

    async def _fetch(self, authority: str) -> tuple[Hidden, ...]:
        rows = await self._pool.fetch("select * from entries_hidden($1)", authority)
        return tuple(
            Hidden(row["subject"], row["stream"], row["first"], row["last"], Redacted(row["reason"], row["hidden_at"]))
            for row in rows
        )
