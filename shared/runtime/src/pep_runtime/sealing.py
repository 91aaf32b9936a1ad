"""Sealing and opening the personal values of an event: AES-256-GCM, bound to the place where each stands.

A token carries what it is bound to: `1.class.authority.subject.stream.version.field.nonce+ciphertext`. Copied
elsewhere, or with one letter changed, it cannot be opened.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pep_kernel.refusal import Refusal
from pep_kernel.sealed import Redacted, Sealed

NONCE = 12

Key = bytes | Redacted
"""A subject's key of one class, or what is shown since it was destroyed."""


class CannotOpen(ValueError):
    """A sealed value that was changed, copied to another place, or belongs to another authority."""


class Place(NamedTuple):
    """Where a token says that it belongs; what is no token has empty parts."""

    data_class: str
    authority: str
    subject: str
    stream: str
    version: int


def encrypt(key: bytes, text: bytes, bound_to: bytes) -> bytes:
    """The nonce and what can be read only with the key, where it is bound to."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, text, bound_to)


def decrypt(key: bytes, body: bytes, bound_to: bytes) -> bytes:
    """The text again. Raises `CannotOpen`."""
    try:
        return AESGCM(key).decrypt(body[:NONCE], body[NONCE:], bound_to)
    except (InvalidTag, ValueError) as error:
        raise CannotOpen("This value was changed or moved.") from error


def plain_values(value: Any) -> Iterator[Sealed]:
    """Every value in an event that is not sealed yet."""
    if isinstance(value, Sealed):
        if value.token is None:
            yield value
    elif isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            yield from plain_values(getattr(value, field))
    elif isinstance(value, tuple):
        for item in value:
            yield from plain_values(item)


def seal_all(value: Any, keys: Mapping[str, Key], place: str, field: str = "") -> Any:
    """The event with every plain value sealed. `keys` is class → key, `place` is `authority.subject.stream.version`.

    Raises `Refusal` where the key was destroyed.
    """
    if isinstance(value, Sealed):
        if value.token is not None:
            return value
        return _seal(value, keys[value.data_class], f"1.{value.data_class}.{place}.{field}")
    if isinstance(value, msgspec.Struct):
        changes = {}
        for name in value.__struct_fields__:
            before = getattr(value, name)
            after = seal_all(before, keys, place, f"{field}/{name}" if field else name)
            if after is not before:
                changes[name] = after
        return msgspec.structs.replace(value, **changes) if changes else value
    if isinstance(value, tuple) and any(True for _ in plain_values(value)):
        return tuple(seal_all(item, keys, place, f"{field}/{index}") for index, item in enumerate(value))
    return value


def place_of(value: Sealed) -> Place:
    """Where the token says that it belongs: it is looked at before there is a key to check it."""
    bound_to, _, _ = (value.token or "").rpartition(".")
    _, data_class, authority, subject, stream, version, *_ = (*bound_to.split("."), *[""] * 6)
    return Place(data_class, authority, subject, stream, int(version) if version.isdecimal() else 0)


def open_value(value: Sealed, key: bytes) -> str:
    """The plain text. Raises `CannotOpen`."""
    bound_to, _, body = (value.token or "").rpartition(".")
    try:
        raw = base64.urlsafe_b64decode(body)
    except ValueError as error:
        raise CannotOpen("This is no sealed value.") from error
    if base64.urlsafe_b64encode(raw).decode() != body:  # base64 has several spellings of the same bytes
        raise CannotOpen("This value is not as it was written.")
    return decrypt(key, raw, bound_to.encode()).decode()


def _seal(value: Sealed, key: Key, bound_to: str) -> Sealed:
    if isinstance(key, Redacted):
        raise Refusal(f"This record was removed on {key.at:%d/%m/%Y}: {key.reason}. Nothing new is written in it.")
    body = encrypt(key, (value.plain or "").encode(), bound_to.encode())
    return type(value)(token=f"{bound_to}.{base64.urlsafe_b64encode(body).decode()}")
