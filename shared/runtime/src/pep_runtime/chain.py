"""The hash chain of a journal (docs/verify.md says it in ten lines)."""

from __future__ import annotations

from hashlib import sha256

from pep_runtime.codec import Frame, microseconds

GENESIS = bytes(32)


def next_hash(previous: bytes, frame: Frame) -> bytes:
    """SHA-256 over the previous hash, position, recorded microseconds, announced number or 0, and three digests."""
    numbers = (frame.position, microseconds(frame.recorded_at), frame.announced)
    parts = (frame.envelope, frame.payload, frame.announcement)
    return sha256(
        b"".join(
            (previous, *(n.to_bytes(8, "big", signed=True) for n in numbers), *(sha256(p).digest() for p in parts))
        )
    ).digest()
