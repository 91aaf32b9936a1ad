"""Where a claim and each of its lines can stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Awaiting:
    """No decision yet. `rule` is what a person must weigh, where policy asks a person."""

    line_pence: int
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Declined:
    """Not paid for."""

    rule: str


@dataclass(frozen=True, slots=True)
class Approved:
    """May be paid, and has not been."""

    approved_pence: int


@dataclass(frozen=True, slots=True)
class WithdrawnLine:
    """Was approved, and is not any more."""


@dataclass(frozen=True, slots=True)
class Released:
    """Paid, in one run, once."""

    released_pence: int


Line = Awaiting | Declined | Approved | WithdrawnLine | Released


@dataclass(frozen=True, slots=True)
class NotRequested:
    """No completed version is known. Completions up to `withdrawn_version` were withdrawn before we heard of them."""

    withdrawn_version: int = 0


@dataclass(frozen=True, slots=True)
class Claimed:
    """A completed version asked for these lines. Completions up to `withdrawn_version` were withdrawn."""

    child_ref: str
    plan_version: int
    completed_on: date
    school_year: int
    term: str
    financial_year: str
    lines: Mapping[str, Line]
    withdrawn_version: int = 0

    def approved(self) -> dict[str, int]:
        """What is approved and not released: pence by line."""
        return {name: line.approved_pence for name, line in self.lines.items() if isinstance(line, Approved)}

    def released(self) -> dict[str, Released]:
        """What has left."""
        return {name: line for name, line in self.lines.items() if isinstance(line, Released)}

    def unpaid(self) -> tuple[str, ...]:
        """What is not decided, or approved and not released."""
        return tuple(name for name, line in self.lines.items() if isinstance(line, Awaiting | Approved))

    def spent_pence(self) -> int:
        """All that counts towards the approver's limit: approved or released."""
        return sum(self.approved().values()) + sum(line.released_pence for line in self.released().values())


@dataclass(frozen=True, slots=True)
class Open(Claimed):
    """Lines can be approved, declined and released."""


@dataclass(frozen=True, slots=True)
class Held(Claimed):
    """The completion was withdrawn; the head must decide about the money."""


@dataclass(frozen=True, slots=True)
class Withdrawn(Claimed):
    """The approvals were taken back; only a newer completed version opens the claim again."""


@dataclass(frozen=True, slots=True)
class Superseded:
    """Another plan took this one's place. There is no way back."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The child is forgotten. There is no way back."""

    on: date
    reason: str


Claim = NotRequested | Open | Held | Withdrawn | Superseded | Forgotten
CLAIM_STATES = (NotRequested, Claimed, Superseded, Forgotten)
