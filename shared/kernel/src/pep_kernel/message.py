"""What people ask (commands) and what has happened (events), and all that the log keeps beside an event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, dataclass_transform
from uuid import UUID

import msgspec
from pydantic import BaseModel, ConfigDict


class Command(BaseModel):
    """A request. Pydantic, since commands come from people and files, who must be told what is wrong."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass_transform(frozen_default=True)  # subclasses are frozen too: the type checker cannot see it by itself
class Event(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A fact, in the past tense. Msgspec, since events are read by the hundred thousand (decision 0007).

    A written event is never edited: add an optional field with a default, or a new `schema_version` with an upcaster.
    """

    schema_version: ClassVar[int] = 1


class Person(msgspec.Struct, frozen=True, tag="person", tag_field="kind"):
    """Somebody who signed in: an opaque reference and the role in which they acted."""

    id: str
    role: str


class System(msgspec.Struct, frozen=True, tag="system", tag_field="kind"):
    """OpenPEP itself: which policy or timer acted."""

    policy: str


Actor = Person | System


class Envelope(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of an event before it is appended. Its bytes are stored and hashed with the event.

    `occurred_at` is when the fact was true. Position, recorded time, announced number and hash exist only afterwards.
    """

    event_id: UUID
    type: str
    schema_version: int
    authority: str
    stream: str
    version: int
    occurred_at: datetime
    actor: Person | System
    correlation: UUID
    cause: UUID | None = None
    child_ref: str | None = None
    policy_version: str | None = None
    trace: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as the journal keeps it: the fact, its envelope, and its place in the authority's history."""

    event: Event
    envelope: Envelope
    position: int
    recorded_at: datetime
    announced: int | None = None
