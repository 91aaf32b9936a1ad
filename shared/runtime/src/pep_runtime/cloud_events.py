"""Announcements on Kafka: CloudEvents 1.0, binary mode. Written by the relay, read by every consumer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from pep_kernel.announcement import Said
from pep_kernel.contracts import ANNOUNCEMENTS
from pep_runtime.topics import HASH, PREVIOUS

Headers = list[tuple[str, bytes]]
NUMBER = "ce_sequence"


class Unreadable(ValueError):
    """What a record lacks, in a sentence that holds nothing of its contents."""


class _Type(msgspec.Struct):
    type: str


_type_of = msgspec.json.Decoder(_Type)


def headers_of(row: Any, service: str, previous: bytes) -> Headers:
    """The headers of the announcement in a journal row. `previous` is the hash of the row before it."""
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", str(row["event_id"]).encode()),
        ("ce_type", type_in(row).encode()),
        ("ce_source", f"/openpep/{row['authority']}/{service}".encode()),
        ("ce_time", row["recorded_at"].isoformat().encode()),
        ("ce_subject", (row["child_ref"] or row["stream"]).encode()),
        (NUMBER, str(row["announced"]).encode()),
        ("ce_correlationid", str(row["correlation"]).encode()),
        ("content-type", b"application/json"),
        (HASH, row["hash"]),
        (PREVIOUS, previous),
    ]
    if row["trace"]:
        headers.append(("traceparent", row["trace"].encode()))
    return headers


def type_in(row: Any) -> str:
    """The type of what a journal row announces. Raises `Unreadable` if that is no announcement."""
    try:
        return _type_of.decode(row["announcement"]).type
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise Unreadable(f"what position {row['position']} announces cannot be read") from fault


def type_of(headers: Mapping[str, bytes]) -> str:
    """The announcement's type. Raises `ValueError` if there is none."""
    return _text(headers, "ce_type")


def read(headers: Mapping[str, bytes], value: bytes, authority: str, service: str) -> Said[Any]:
    """The announcement. Raises `ValueError` if it is malformed, or of a type that this code does not know."""
    name = type_of(headers)
    kind = ANNOUNCEMENTS.get(name)
    if kind is None:
        raise Unreadable(f"{name} is not known here")
    return Said(
        announcement=kind.model_validate_json(value),
        authority=authority,
        service=service,
        number=int(_text(headers, NUMBER)),
        event_id=UUID(_text(headers, "ce_id")),
        recorded_at=datetime.fromisoformat(_text(headers, "ce_time")),
        correlation=UUID(_text(headers, "ce_correlationid")),
        trace=_text(headers, "traceparent") if "traceparent" in headers else None,
    )


def _text(headers: Mapping[str, bytes], name: str) -> str:
    if not headers.get(name):
        raise Unreadable(f"header {name} is missing")
    return headers[name].decode()
