"""Events to bytes and back. What is written is sealed; what is read is checked against its type."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

import msgspec

from pep_kernel.message import Envelope, Event, Recorded
from pep_kernel.sealed import decode_sealed, encode_sealed

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_encoder = msgspec.json.Encoder(enc_hook=encode_sealed)
_envelopes = msgspec.json.Decoder(Envelope)


class UnknownEvent(ValueError):
    """The log holds an event that this code does not know: deploy newer code before reading on."""


def encode(value: object) -> bytes:
    """The stored bytes of an event or envelope. Raises `PlainPersonalData` if a personal value is not sealed."""
    return _encoder.encode(value)


def decode_envelope(stored: bytes) -> Envelope:
    """An envelope from its stored bytes."""
    return _envelopes.decode(stored)


class EventTypes:
    """Every event that may stand in a service's journal, by name and schema version."""

    def __init__(self, events: Iterable[type[Event]], upcasters: dict[tuple[str, int], Upcaster] | None = None) -> None:
        self.events = {event.__name__: event for event in events}
        self._decoders = {
            name: msgspec.json.Decoder(event, dec_hook=decode_sealed) for name, event in self.events.items()
        }
        self._upcasters = upcasters or {}

    def decode(self, name: str, schema_version: int, payload: bytes) -> Event:
        """The event, brought up to its current version. Raises `UnknownEvent`, or `msgspec.ValidationError`."""
        event = self.events.get(name)
        if event is None or schema_version > event.schema_version:
            raise UnknownEvent(f"{name} version {schema_version} is not known here.")
        if schema_version == event.schema_version:
            return self._decoders[name].decode(payload)
        fields: dict[str, Any] = msgspec.json.decode(payload)
        for version in range(schema_version, event.schema_version):
            fields = self._upcasters[name, version](fields)
        return msgspec.convert(fields, event, dec_hook=decode_sealed)

    def recorded(self, row: Any) -> Recorded:
        """A journal row as a recorded event."""
        return Recorded(
            self.decode(row["type"], row["schema_version"], row["payload"]),
            decode_envelope(row["envelope"]),
            row["position"],
            row["recorded_at"],
            row["announced"],
        )

    def framed(self, frame: Frame) -> Recorded:
        """A row that has travelled through Kafka as a recorded event."""
        envelope = decode_envelope(frame.envelope)
        event = self.decode(envelope.type, envelope.schema_version, frame.payload)
        return Recorded(event, envelope, frame.position, frame.recorded_at, frame.announced or None)


@dataclass(frozen=True, slots=True)
class Frame:
    """One journal row as it travels to Kafka and comes back, byte for byte."""

    position: int
    recorded_at: datetime
    announced: int
    envelope: bytes
    payload: bytes
    announcement: bytes

    _HEAD: ClassVar = struct.Struct(">BqqqIII")

    def pack(self) -> bytes:
        """Version, position, microseconds, announced, three lengths (big-endian), the three byte strings."""
        sizes = (len(self.envelope), len(self.payload), len(self.announcement))
        head = self._HEAD.pack(1, self.position, microseconds(self.recorded_at), self.announced, *sizes)
        return b"".join((head, self.envelope, self.payload, self.announcement))

    @classmethod
    def unpack(cls, value: bytes) -> Frame:
        """The row again. Raises `ValueError` if these bytes are no frame."""
        try:
            version, position, micros, announced, *sizes = cls._HEAD.unpack_from(value)
        except struct.error as error:
            raise ValueError("not a journal record: too short") from error
        if version != 1 or len(value) != cls._HEAD.size + sum(sizes):
            raise ValueError("not a journal record: wrong version or length")
        middle = cls._HEAD.size + sizes[0]
        end = middle + sizes[1]
        return cls(
            position,
            from_microseconds(micros),
            announced,
            value[cls._HEAD.size : middle],
            value[middle:end],
            value[end:],
        )


def microseconds(instant: datetime) -> int:
    """Whole microseconds since 1970, exactly."""
    return (instant - EPOCH) // timedelta(microseconds=1)


def from_microseconds(micros: int) -> datetime:
    """The instant of `microseconds`, in UTC."""
    return EPOCH + timedelta(microseconds=micros)
