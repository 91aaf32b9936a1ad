"""Events to bytes and back. What is written is sealed; what is read is checked against its type."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar, NamedTuple, cast

import msgspec

from pep_kernel.message import Envelope, Event, Recorded
from pep_kernel.sealed import decode_sealed, encode_sealed

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
EPOCH, MICROSECOND = datetime.fromisoformat("1970-01-01T00:00:00+00:00"), timedelta(microseconds=1)
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
        return cast(Recorded, _JournalEvent(self, row))

    def framed(self, value: bytes, cut: Cut) -> Recorded:
        """The same of a journal topic's record."""
        return cast(Recorded, _TopicEvent(self, value, cut))


class Cut(NamedTuple):
    """What stands at the head of a frame, and where in it envelope, payload and announcement begin."""

    position: int
    recorded_micros: int
    announced: int
    envelope: int
    payload: int
    announcement: int


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
    def cut(cls, value: bytes) -> Cut:
        """Where its parts are. Raises `ValueError` if these bytes are no frame."""
        try:
            version, position, micros, announced, envelope, payload, announcement = cls._HEAD.unpack_from(value)
        except struct.error as error:
            raise ValueError("not a journal record: too short") from error
        start = cls._HEAD.size
        if version != 1 or len(value) != start + envelope + payload + announcement:
            raise ValueError("not a journal record: wrong version or length")
        return Cut(position, micros, announced, start, start + envelope, start + envelope + payload)

    @classmethod
    def unpack(cls, value: bytes) -> Frame:
        """The row again. Raises `ValueError` if these bytes are no frame."""
        cut = cls.cut(value)
        return cls(
            cut.position,
            from_microseconds(cut.recorded_micros),
            cut.announced,
            value[cut.envelope : cut.payload],
            value[cut.payload : cut.announcement],
            value[cut.announcement :],
        )


class _JournalEvent(msgspec.Struct, gc=False):
    """All that a `Recorded` has, from a journal row. Rebuilding is bound by decoding: it happens at the first look."""

    types: EventTypes
    row: Any
    seen_event: Event | None = None
    seen_envelope: Envelope | None = None

    @property
    def event(self) -> Event:
        if self.seen_event is None:
            row = self.row
            self.seen_event = self.types.decode(row["type"], row["schema_version"], row["payload"])
        return self.seen_event

    @property
    def envelope(self) -> Envelope:
        if self.seen_envelope is None:
            self.seen_envelope = decode_envelope(self.row["envelope"])
        return self.seen_envelope

    @property
    def position(self) -> int:
        return cast(int, self.row["position"])

    @property
    def recorded_at(self) -> datetime:
        return cast(datetime, self.row["recorded_at"])

    @property
    def announced(self) -> int | None:
        return cast("int | None", self.row["announced"])


class _TopicEvent(msgspec.Struct, gc=False):
    """The same of a record of the journal topic."""

    types: EventTypes
    value: bytes
    cut: Cut
    seen_event: Event | None = None
    seen_envelope: Envelope | None = None

    @property
    def event(self) -> Event:
        if self.seen_event is None:
            envelope, payload = self.envelope, self.value[self.cut.payload : self.cut.announcement]
            self.seen_event = self.types.decode(envelope.type, envelope.schema_version, payload)
        return self.seen_event

    @property
    def envelope(self) -> Envelope:
        if self.seen_envelope is None:
            self.seen_envelope = decode_envelope(self.value[self.cut.envelope : self.cut.payload])
        return self.seen_envelope

    @property
    def position(self) -> int:
        return self.cut.position

    @property
    def recorded_at(self) -> datetime:
        return from_microseconds(self.cut.recorded_micros)

    @property
    def announced(self) -> int | None:
        return self.cut.announced or None


def microseconds(instant: datetime) -> int:
    """Whole microseconds since 1970, exactly."""
    return (instant - EPOCH) // MICROSECOND


def from_microseconds(micros: int) -> datetime:
    """The instant of `microseconds`, in UTC."""
    return EPOCH + timedelta(microseconds=micros)
