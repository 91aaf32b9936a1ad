"""A school is listed or it is not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NotListed:
    """The authority has not named this school."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What is known of it. `area` is the authority in whose area it lies."""

    urn: str
    name: str
    phase: str
    area: str
    ukprn: str | None = None
    laestab: str | None = None


School = NotListed | Listed
