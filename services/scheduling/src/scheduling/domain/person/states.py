"""What a person can be to us: unknown, staff, staff no longer, carer, one of the children."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True, slots=True)
class NotKnown:
    """Nobody has told of this person."""


@dataclass(frozen=True, slots=True)
class Staff:
    """Works here. `granted` is what is granted beside the role, each with its last day where it has one."""

    digest: str
    granted: tuple[tuple[str, date | None], ...] = ()

    def with_grant(self, what: str, until: date | None) -> Staff:
        """What is granted twice is granted to the day that was said last."""
        return replace(self, granted=(*self.without_grant(what).granted, (what, until)))

    def without_grant(self, what: str) -> Staff:
        return replace(self, granted=tuple(each for each in self.granted if each[0] != what))


@dataclass(frozen=True, slots=True)
class Gone:
    """Worked here once."""


@dataclass(frozen=True, slots=True)
class Carer:
    """Looks after these children."""

    digest: str
    child_refs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Pupil:
    """One of the children, who may sign in."""


Person = NotKnown | Staff | Gone | Carer | Pupil
