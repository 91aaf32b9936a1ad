"""What a person can be to us: unknown, staff, staff no longer, carer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NotKnown:
    """Nobody has told of this person."""


@dataclass(frozen=True, slots=True)
class Staff:
    """Works here."""

    digest: str


@dataclass(frozen=True, slots=True)
class Gone:
    """Worked here once."""


@dataclass(frozen=True, slots=True)
class Carer:
    """Looks after these children."""

    digest: str
    child_refs: frozenset[str] = frozenset()


Person = NotKnown | Staff | Gone | Carer
