"""What a request can be: not made, waiting, at its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pep_kernel.authority_policy.approvals import Decision


@dataclass(frozen=True, slots=True)
class NotAsked:
    """Nobody has asked."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Some of those who must agree have not. `agreed` are the jobs that have, each with the person.

    `counted` are all whose agreement that was: whoever gave it, and the absent person in whose place it was given.
    """

    request_id: str
    child_ref: str
    decision: Decision
    asked_by: str
    for_day: date
    until: date | None
    school_urn: str | None
    approvers: tuple[str, ...]
    must_consult: frozenset[str] = frozenset()
    professionals_meet: bool = False
    agreed: tuple[tuple[str, str], ...] = ()
    counted: tuple[str, ...] = ()

    @property
    def still_to_agree(self) -> tuple[str, ...]:
        """The jobs that have not agreed yet."""
        jobs = {job for job, _person in self.agreed}
        return tuple(job for job in self.approvers if job not in jobs)


@dataclass(frozen=True, slots=True)
class Ended:
    """Agreed to, declined or withdrawn."""

    how: str


Request = NotAsked | Waiting | Ended
