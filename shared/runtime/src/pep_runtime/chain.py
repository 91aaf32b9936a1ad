"""The hash chain of a journal (docs/verify.md says it in ten lines)."""

from __future__ import annotations

from hashlib import sha256
from struct import Struct

from pep_runtime.codec import Frame, microseconds

GENESIS = bytes(32)
_NUMBERS = Struct(">qqq")


def next_hash(previous: bytes, frame: Frame) -> bytes:
    """SHA-256 over the previous hash, position, recorded microseconds, announced number or 0, and three digests."""
    numbers = _NUMBERS.pack(frame.position, microseconds(frame.recorded_at), frame.announced)
    envelope, payload, said = map(sha256, (frame.envelope, frame.payload, frame.announcement))
    return sha256(b"".join((previous, numbers, envelope.digest(), payload.digest(), said.digest()))).digest()
