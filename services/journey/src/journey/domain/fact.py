"""One event of any service, as the story needs it: what, who, when, under which rules, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pep_kernel.message import Person, System


@dataclass(frozen=True, slots=True)
class Fact:
    """`payload` is the event as stored, of its `schema_version`: personal values in it are sealed, and stay so.

    `recorded_at` is when it was known, `occurred_at` when it was true, `position` its place in its service's journal,
    `version` its place in its stream.
    """

    service: str
    position: int
    type: str
    schema_version: int
    stream: str
    recorded_at: datetime
    occurred_at: datetime
    actor: Person | System
    policy_version: str | None
    payload: Mapping[str, Any]
    version: int
