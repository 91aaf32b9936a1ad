"""Announcements on Kafka: CloudEvents 1.0, binary mode. Written by the relay, read by every consumer."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from pep_kernel.announcement import Said
from pep_kernel.contracts import ANNOUNCEMENTS
from pep_runtime.topics import HASH, PREVIOUS

Headers = list[tuple[str, bytes]]


class _Type(msgspec.Struct):
    type: str


_type_of = msgspec.json.Decoder(_Type)


def headers_of(row: Any, service: str, previous: bytes) -> Headers:
    """The headers of the announcement in a journal row. `previous` is the hash of the row before it."""
    headers = [
        ("ce_specversion", "1.0"),
        ("ce_id", str(row["event_id"])),
        ("ce_type", _type_of.decode(row["announcement"]).type),
        ("ce_source", f"/openpep/{row['authority']}/{service}"),
        ("ce_time", row["recorded_at"].isoformat()),
        ("ce_subject", row["child_ref"] or row["stream"]),
        ("ce_sequence", str(row["announced"])),
        ("ce_correlationid", str(row["correlation"])),
        ("content-type", "application/json"),
    ]
    if row["trace"]:
        headers.append(("traceparent", row["trace"]))
    return [*((name, value.encode()) for name, value in headers), (HASH, row["hash"]), (PREVIOUS, previous)]


def read(headers: dict[str, bytes], value: bytes, authority: str, service: str) -> Said[Any] | None:
    """The announcement, or None for a type that this code does not know. Raises `ValueError` if it is malformed."""
    try:
        kind = ANNOUNCEMENTS.get(headers["ce_type"].decode())
        if kind is None:
            return None
        return Said(
            announcement=kind.model_validate_json(value),
            authority=authority,
            service=service,
            number=int(headers["ce_sequence"]),
            event_id=UUID(headers["ce_id"].decode()),
            recorded_at=datetime.fromisoformat(headers["ce_time"].decode()),
            correlation=UUID(headers["ce_correlationid"].decode()),
            trace=headers["traceparent"].decode() if "traceparent" in headers else None,
        )
    except KeyError as error:
        raise ValueError(f"header {error} is missing") from error
