"""Where a child's record stands: kept, asked to be forgotten, approved, forgotten; and which cases hold it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from scheduling.domain.keeping.events import Entries


@dataclass(frozen=True, slots=True)
class Kept:
    """Nobody asks that anything be forgotten."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody asked; somebody else must agree. Without `entries`, all of the record."""

    by: str
    basis: str
    entries: Entries | None


@dataclass(frozen=True, slots=True)
class Approved:
    """Two people decided; the keys are being destroyed."""

    basis: str
    entries: Entries | None


@dataclass(frozen=True, slots=True)
class Forgotten:
    """There are no keys any more."""

    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Keeping:
    """The record's standing. `died_on` is known only of a child who died in care."""

    stage: Kept | Asked | Approved | Forgotten = Kept()
    cases: frozenset[str] = frozenset()
    died_on: date | None = None
