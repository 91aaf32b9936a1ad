"""A school is listed or it is not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class NotListed:
    """The authority has not named this school."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What is known of it. `area` is the authority in whose area it lies.

    A school that became an academy had another number before `opened_on`: that of its predecessor.
    """

    urn: str
    name: str
    phase: str
    area: str
    ukprn: str | None = None
    laestab: str | None = None
    predecessor_urn: str | None = None
    opened_on: date | None = None


School = NotListed | Listed
