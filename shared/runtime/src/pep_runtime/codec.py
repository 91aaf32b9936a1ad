"""Events to bytes and back. What is written is sealed; what is read is checked against its type."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar, cast

import msgspec

from pep_kernel.message import Envelope, Event, Recorded
from pep_kernel.sealed import decode_sealed, encode_sealed

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
EPOCH, MICROSECOND = datetime.fromisoformat("1970-01-01T00:00:00+00:00"), timedelta(microseconds=1)
# What `EventTypes.stored` takes, of the table `journal`. A double holds an instant to the microsecond until 2242.
STORED = "position, (date_part('epoch', recorded_at) * 1000000)::bigint, announced, envelope, payload"
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
    """Every event that may stand in a service's journal, by name and schema version.

    Raises `ValueError` if an older version of an event has no upcaster: at the start, not at the first such event.
    """

    def __init__(self, events: Iterable[type[Event]], upcasters: dict[tuple[str, int], Upcaster] | None = None) -> None:
        self.events = {event.__name__: event for event in events}
        self._decoders = {
            name: msgspec.json.Decoder(event, dec_hook=decode_sealed) for name, event in self.events.items()
        }
        self._upcasters = upcasters or {}
        for name, event in self.events.items():
            for version in range(1, event.schema_version):
                if (name, version) not in self._upcasters:
                    raise ValueError(f"{name} has no upcaster from version {version}.")

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
        """A journal row as a recorded event. What nobody looks at of it is never decoded: a first look may raise."""
        place = (row["position"], microseconds(row["recorded_at"]), row["announced"])
        return self.stored(*place, row["envelope"], row["payload"])

    def stored(
        self, position: int, recorded_micros: int, announced: int | None, envelope: bytes, payload: bytes
    ) -> Recorded:
        """The same of its parts, in the order of `STORED`."""
        return cast(Recorded, _StoredEvent(self, position, recorded_micros, announced, envelope, payload))


class Frame(msgspec.Struct, frozen=True, gc=False):
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
    def parts(cls, value: bytes) -> tuple[int, int, int | None, bytes, bytes]:
        """The parts that `STORED` names. Raises `ValueError` if these bytes are no frame."""
        position, micros, announced, start, end = cls._cut(value)
        return position, micros, announced or None, value[cls._HEAD.size : start], value[start:end]

    @classmethod
    def unpack(cls, value: bytes) -> Frame:
        """The row again. Raises `ValueError` if these bytes are no frame."""
        position, micros, announced, start, end = cls._cut(value)
        envelope, payload, announcement = value[cls._HEAD.size : start], value[start:end], value[end:]
        return cls(position, from_microseconds(micros), announced, envelope, payload, announcement)

    @classmethod
    def _cut(cls, value: bytes) -> tuple[int, int, int, int, int]:
        """Position, microseconds, announced number, where the payload begins and where it ends."""
        try:
            version, position, micros, announced, envelope, payload, announcement = cls._HEAD.unpack_from(value)
        except struct.error as error:
            raise ValueError("not a journal record: too short") from error
        start = cls._HEAD.size + envelope
        end = start + payload
        if version != 1 or len(value) != end + announcement:
            raise ValueError("not a journal record: wrong version or length")
        return position, micros, announced, start, end


class _StoredEvent(msgspec.Struct, gc=False):
    """All that a `Recorded` has. Rebuilding is bound by decoding: it happens at the first look."""

    types: EventTypes
    position: int
    recorded_micros: int
    announced: int | None
    stored_envelope: bytes
    stored_payload: bytes
    seen_event: Event | None = None
    seen_envelope: _SeenEnvelope | None = None

    @property
    def event(self) -> Event:
        if self.seen_event is None:
            kind = self.envelope
            self.seen_event = self.types.decode(kind.type, kind.schema_version, self.stored_payload)
        return self.seen_event

    @property
    def envelope(self) -> _SeenEnvelope:
        if self.seen_envelope is None:
            self.seen_envelope = _seen_envelopes.decode(self.stored_envelope)
            self.seen_envelope.stored = self.stored_envelope
        return self.seen_envelope

    @property
    def recorded_at(self) -> datetime:
        return from_microseconds(self.recorded_micros)


class _SeenEnvelope(msgspec.Struct, gc=False):
    """What nearly every fold looks at of an envelope; the rest, which costs as much again, at the first look at it."""

    type: str
    schema_version: int
    stream: str
    version: int
    child_ref: str | None = None
    stored: bytes = b""
    whole: Envelope | None = None

    def __getattr__(self, name: str) -> Any:
        if self.whole is None:
            self.whole = decode_envelope(self.stored)
        return getattr(self.whole, name)


_seen_envelopes = msgspec.json.Decoder(_SeenEnvelope)


def microseconds(instant: datetime) -> int:
    """Whole microseconds since 1970, exactly."""
    return (instant - EPOCH) // MICROSECOND


def from_microseconds(micros: int) -> datetime:
    """The instant of `microseconds`, in UTC."""
    return EPOCH + timedelta(microseconds=micros)
