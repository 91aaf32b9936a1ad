"""Sealing and opening personal data: AES-256-GCM, one key per subject and class, wrapped by the authority's key.

A sealed token carries what it is bound to: `1.class.authority.subject.stream.version.field.nonce+ciphertext`. Copied
elsewhere, or with one letter changed, it cannot be opened.
"""

from __future__ import annotations

import base64
import os
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import asyncpg
import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pep_kernel.ids import keyed_reference
from pep_kernel.message import Event
from pep_kernel.sealed import Redacted, Sealed

KEPT_SECONDS = 60.0
KEPT_KEYS = 20_000
_NONCE = 12


class CannotOpen(ValueError):
    """A sealed value that was changed, copied to another place, or belongs to another authority."""


class KeyWrapper(Protocol):
    """Where an authority's own key lives: a file in development, a key service in production."""

    async def wrap(self, authority: str, key: bytes, bound_to: bytes) -> bytes:
        """`key` under the authority's key."""

    async def unwrap(self, authority: str, wrapped: bytes, bound_to: bytes) -> bytes:
        """The key again."""

    async def secret(self, authority: str, purpose: str) -> bytes:
        """32 bytes derived from the authority's key, for keyed references."""


class FileKeys:
    """Authority keys as files of 32 bytes, `<folder>/<authority>.key`, readable by their owner only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self, authority: str) -> None:
        """Make the authority's key if there is none."""
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(self._folder / f"{authority}.key", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            return
        with os.fdopen(handle, "wb") as file:
            file.write(AESGCM.generate_key(256))

    def _key(self, authority: str) -> bytes:
        return (self._folder / f"{authority}.key").read_bytes()

    async def wrap(self, authority: str, key: bytes, bound_to: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + AESGCM(self._key(authority)).encrypt(nonce, key, bound_to)

    async def unwrap(self, authority: str, wrapped: bytes, bound_to: bytes) -> bytes:
        return AESGCM(self._key(authority)).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], bound_to)

    async def secret(self, authority: str, purpose: str) -> bytes:
        return HKDF(hashes.SHA256(), 32, None, purpose.encode()).derive(self._key(authority))


Key = bytes | Redacted


@dataclass(frozen=True, slots=True)
class _Kept:
    key: Key
    until: float


class Keyring:
    """The keys of all subjects, from their own database, kept in memory for a minute at most."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], wrapper: KeyWrapper) -> None:
        self._pool = pool
        self._wrapper = wrapper
        self._kept: OrderedDict[tuple[str, str, str], _Kept] = OrderedDict()

    async def reference(self, authority: str, kind: str, local_id: str) -> str:
        """The opaque reference of the authority's own id of a child or person."""
        return keyed_reference(await self._wrapper.secret(authority, "references"), kind, local_id)

    async def seal(
        self, events: Iterable[Event], *, authority: str, places: Iterable[tuple[str, str, int]]
    ) -> list[Event]:
        """The events with every plain value sealed. `places` gives each event's subject, stream and version."""
        sealed = []
        for event, (subject, stream, version) in zip(events, places, strict=True):
            classes = {value.data_class for value in _values(event) if value.token is None}
            keys = await self._keys(authority, subject, sorted(classes), create=True) if classes else {}
            sealed.append(_replace(event, keys, f"{authority}.{subject}.{stream}.{version}", ""))
        return sealed

    async def open(self, value: Sealed, authority: str) -> str | Redacted:
        """The plain text, or why there is none any more. Raises `CannotOpen` for what is not this authority's."""
        bound_to, _, body = (value.token or "").rpartition(".")
        _, data_class, sealed_for, subject, *_ = (*bound_to.split("."), "", "", "", "")
        if sealed_for != authority:
            raise CannotOpen("This value was sealed for somebody else.")
        key = (await self._keys(authority, subject, [data_class], create=False)).get(data_class)
        if key is None:
            raise CannotOpen("There is no key for this value.")
        if isinstance(key, Redacted):
            return key
        return _open(key, bound_to, body)

    async def _keys(self, authority: str, subject: str, classes: list[str], *, create: bool) -> dict[str, Key]:
        now = time.monotonic()
        found = {c: kept.key for c in classes if (kept := self._kept.get((authority, subject, c))) and kept.until > now}
        missing = [c for c in classes if c not in found]
        if missing:
            found |= await self._fetch(authority, subject, missing, create=create)
            for data_class in missing:
                if data_class in found:
                    self._kept[authority, subject, data_class] = _Kept(found[data_class], now + KEPT_SECONDS)
            while len(self._kept) > KEPT_KEYS:
                self._kept.popitem(last=False)
        return found

    async def _fetch(self, authority: str, subject: str, classes: list[str], *, create: bool) -> dict[str, Key]:
        def bound(data_class: str) -> bytes:
            return f"{authority}.{subject}.{data_class}".encode()

        rows = await self._pool.fetch(
            "select * from subject_keys($1, $2, $3, $4)", authority, subject, classes, [None] * len(classes)
        )
        absent = sorted(set(classes) - {row["data_class"] for row in rows})
        if create and absent:
            offered = [await self._wrapper.wrap(authority, AESGCM.generate_key(256), bound(c)) for c in absent]
            rows += await self._pool.fetch(
                "select * from subject_keys($1, $2, $3, $4)", authority, subject, absent, offered
            )
        return {
            row["data_class"]: Redacted(row["reason"], row["destroyed_at"])
            if row["wrapped"] is None
            else await self._wrapper.unwrap(authority, row["wrapped"], bound(row["data_class"]))
            for row in rows
        }


def _values(value: Any) -> Iterator[Sealed]:
    if isinstance(value, Sealed):
        yield value
    elif isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            yield from _values(getattr(value, field))
    elif isinstance(value, tuple):
        for item in value:
            yield from _values(item)


def _replace(value: Any, keys: Mapping[str, Key], place: str, field: str) -> Any:
    if isinstance(value, Sealed):
        return (
            value
            if value.token is not None
            else _seal(value, keys[value.data_class], f"1.{value.data_class}.{place}.{field}")
        )
    if isinstance(value, msgspec.Struct):
        changes = {}
        for name in value.__struct_fields__:
            before = getattr(value, name)
            after = _replace(before, keys, place, f"{field}/{name}" if field else name)
            if after is not before:
                changes[name] = after
        return msgspec.structs.replace(value, **changes) if changes else value
    if isinstance(value, tuple) and any(True for _ in _values(value)):
        return tuple(_replace(item, keys, place, f"{field}/{index}") for index, item in enumerate(value))
    return value


def _open(key: bytes, bound_to: str, body: str) -> str:
    try:
        raw = base64.urlsafe_b64decode(body)
        if base64.urlsafe_b64encode(raw).decode() != body:  # base64 has several spellings of the same bytes
            raise ValueError("not as it was written")
        return AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], bound_to.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise CannotOpen("This value was changed or moved.") from error


def _seal(value: Sealed, key: Key, bound_to: str) -> Sealed:
    if isinstance(key, Redacted):
        raise CannotOpen("The keys of this subject were destroyed; nothing new is written about it.")
    nonce = os.urandom(_NONCE)
    body = nonce + AESGCM(key).encrypt(nonce, (value.plain or "").encode(), bound_to.encode())
    return type(value)(token=f"{bound_to}.{base64.urlsafe_b64encode(body).decode()}")
