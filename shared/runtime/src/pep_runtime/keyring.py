"""The keys of personal data: one a subject and class, wrapped by the authority's own key, in a database of their own.

A process remembers them for a minute at most. A destroyed key leaves a tombstone, and no key is ever made in its place.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import asyncpg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pep_kernel.ids import keyed_reference
from pep_kernel.message import Event
from pep_kernel.sealed import Redacted, Sealed
from pep_runtime.authority_keys import KeyWrapper
from pep_runtime.hidden_entries import Entries, HiddenEntries
from pep_runtime.sealing import CannotOpen, Key, open_value, place_of, plain_values, seal_all

KEPT_SECONDS = 60.0
KEPT_KEYS = 20_000
ITSELF, REFERENCES = "authority", "references"
"""The subject and class under which an authority's secret for references is kept: it is no child's."""


@dataclass(frozen=True, slots=True)
class _Kept:
    key: Key
    until: float


class Keyring:
    """The keys of all subjects, from their own database."""

    def __init__(
        self, pool: asyncpg.Pool[asyncpg.Record], wrapper: KeyWrapper, kept_seconds: float = KEPT_SECONDS
    ) -> None:
        self._pool = pool
        self._wrapper = wrapper
        self._kept_seconds = kept_seconds
        self._kept: OrderedDict[tuple[str, str, str], _Kept] = OrderedDict()
        self._hidden = HiddenEntries(pool, kept_seconds)

    async def reference(self, authority: str, kind: str, local_id: str) -> str:
        """The opaque reference of the authority's own id of a child or person."""
        return keyed_reference(await self.reference_secret(authority), kind, local_id)

    async def reference_secret(self, authority: str) -> bytes:
        """What the authority's references are made with: it stays the same when the authority's key is rotated."""
        secret = (await self._keys(authority, ITSELF, [REFERENCES], create=True))[REFERENCES]
        if isinstance(secret, Redacted):  # the database never stores it: what is destroyed is a child's or person's
            raise CannotOpen("The secret of this authority's references is gone.")
        return secret

    async def seal(
        self, events: Iterable[Event], *, authority: str, places: Iterable[tuple[str, str, int]]
    ) -> list[Event]:
        """The events with every plain value sealed. `places` gives each event's subject, stream and version."""
        sealed = []
        for event, (subject, stream, version) in zip(events, places, strict=True):
            classes = {value.data_class for value in plain_values(event)}
            keys = await self._keys(authority, subject, sorted(classes), create=True) if classes else {}
            sealed.append(seal_all(event, keys, f"{authority}.{subject}.{stream}.{version}"))
        return sealed

    async def open(self, value: Sealed, authority: str) -> str | Redacted:
        """The plain text, or why there is none any more. Raises `CannotOpen` for what is not this authority's."""
        place = place_of(value)
        if place.authority != authority:
            raise CannotOpen("This value was sealed for somebody else.")
        if hidden := await self._hidden.shown_for(place):
            return hidden
        key = (await self._keys(authority, place.subject, [place.data_class], create=False)).get(place.data_class)
        if key is None:
            raise CannotOpen("There is no key for this value.")
        return key if isinstance(key, Redacted) else open_value(value, key)

    async def fetch_for(self, values: Iterable[Sealed], authority: str) -> None:
        """Remember the keys of many values, fetched in one call: opening each of them then asks nobody.

        What is another authority's is left to `open`, which refuses it.
        """
        now = time.monotonic()
        places = {(place.subject, place.data_class) for place in map(place_of, values) if place.authority == authority}
        missing = [each for each in sorted(places) if self._remembered(authority, *each, now) is None]
        if not missing:
            return
        subjects, classes = (list(each) for each in zip(*missing, strict=True))
        rows = await self._pool.fetch("select * from keys_of_many($1, $2, $3)", authority, subjects, classes)
        for row in rows:
            if row["wrapped"] is None:
                self._remember(authority, row["subject"], {row["data_class"]: _destroyed(row)}, now)
        there = [row for row in rows if row["wrapped"] is not None]
        bound = [(row["wrapped"], bound_to(authority, row["subject"], row["data_class"])) for row in there]
        for row, key in zip(there, await self._wrapper.unwrap_all(authority, bound), strict=True):
            self._remember(authority, row["subject"], {row["data_class"]: key}, now)

    async def destroy(self, authority: str, subject: str, reason: str, at: datetime) -> int:
        """Destroy all keys of a subject for ever, also those that were never made. Gives how many there were.

        Can be repeated. Other processes forget what they remember within a minute.
        """
        found: int = await self._pool.fetchval("select destroy_keys($1, $2, $3, $4)", authority, subject, reason, at)
        for kept in [each for each in self._kept if each[:2] == (authority, subject)]:
            del self._kept[kept]
        return found

    async def hide(self, authority: str, subject: str, entries: Entries, reason: str, at: datetime) -> None:
        """Show some entries of a subject to nobody any more: they were recorded for the wrong child. Can be repeated.

        Their key lives on, since it is that of the subject's other entries too.
        """
        await self._hidden.hide(authority, subject, entries, reason, at)

    async def _keys(self, authority: str, subject: str, classes: list[str], *, create: bool) -> dict[str, Key]:
        now = time.monotonic()
        found = {c: key for c in classes if (key := self._remembered(authority, subject, c, now)) is not None}
        missing = [c for c in classes if c not in found]
        if missing:
            fetched = await self._fetch(authority, subject, missing, create=create)
            self._remember(authority, subject, fetched, now)
            found |= fetched
        return found

    def _remembered(self, authority: str, subject: str, data_class: str, now: float) -> Key | None:
        kept = self._kept.get((authority, subject, data_class))
        return kept.key if kept is not None and kept.until > now else None

    def _remember(self, authority: str, subject: str, keys: Mapping[str, Key], now: float) -> None:
        for data_class, key in keys.items():
            self._kept[authority, subject, data_class] = _Kept(key, now + self._kept_seconds)
        while len(self._kept) > KEPT_KEYS:
            self._kept.popitem(last=False)

    async def _fetch(self, authority: str, subject: str, classes: list[str], *, create: bool) -> dict[str, Key]:
        rows = await self._rows(authority, subject, classes, [None] * len(classes))
        absent = sorted(set(classes) - {row["data_class"] for row in rows})
        made: dict[bytes, bytes] = {}
        if create and absent:
            offered = [await self._offer(authority, subject, data_class) for data_class in absent]
            rows += await self._rows(authority, subject, absent, [wrapped for wrapped, _ in offered])
            made = dict(offered)
        return {row["data_class"]: made.get(row["wrapped"]) or await self._key(authority, subject, row) for row in rows}

    async def _rows(
        self, authority: str, subject: str, classes: list[str], offered: list[bytes] | list[None]
    ) -> list[asyncpg.Record]:
        return await self._pool.fetch(
            "select * from subject_keys($1, $2, $3, $4)", authority, subject, classes, offered
        )

    async def _offer(self, authority: str, subject: str, data_class: str) -> tuple[bytes, bytes]:
        """A new key: wrapped, and as it is. Whoever is quicker has made it."""
        of_references = data_class == REFERENCES
        key = await self._wrapper.first_secret(authority) if of_references else AESGCM.generate_key(256)
        return await self._wrapper.wrap(authority, key, bound_to(authority, subject, data_class)), key

    async def _key(self, authority: str, subject: str, row: asyncpg.Record) -> Key:
        if row["wrapped"] is None:
            return _destroyed(row)
        place = bound_to(authority, subject, row["data_class"])
        return await self._wrapper.unwrap(authority, row["wrapped"], place)


def _destroyed(row: asyncpg.Record) -> Redacted:
    return Redacted(row["reason"], row["destroyed_at"])


def bound_to(authority: str, subject: str, data_class: str) -> bytes:
    """What a wrapped key is bound to: under another name it does not unwrap."""
    return f"{authority}.{subject}.{data_class}".encode()
