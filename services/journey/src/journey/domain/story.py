"""A child's story: every event about the child, of every service, in the order in which things became known.

It is told without opening anything sealed: what happened, in which role, when, under which rules. Whoever must read
more asks the service that keeps it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from journey.domain.fact import Fact
from journey.domain.plain_words import from_name, in_plain_words
from journey.domain.sentences import sentence_of
from pep_kernel.message import Person, System


@dataclass(frozen=True, slots=True)
class Line:
    """One event, told. `known_at` is when it was recorded, `true_at` when it was true."""

    what: str
    who: str
    known_at: datetime
    true_at: datetime
    policy_version: str | None
    service: str
    position: int
    event: str
    stream: str
    version: int


def tell(facts: Iterable[Fact]) -> tuple[Line, ...]:
    """The story in order. Two services' records of one moment are told by the services' names, then by position."""
    return tuple(
        _line(fact) for fact in sorted(facts, key=lambda fact: (fact.recorded_at, fact.service, fact.position))
    )


def _line(fact: Fact) -> Line:
    return Line(
        what=what_happened(fact),
        who=who_did_it(fact.actor),
        known_at=fact.recorded_at,
        true_at=fact.occurred_at,
        policy_version=fact.policy_version,
        service=fact.service,
        position=fact.position,
        event=fact.type,
        stream=fact.stream,
        version=fact.version,
    )


def what_happened(fact: Fact) -> str:
    """The event's own sentence, or its name in words where it has none or does not fit it."""
    try:
        return in_plain_words(sentence_of(fact.service, fact.type, fact.schema_version), fact.payload)
    except (KeyError, ValueError):
        return f"{from_name(fact.type)}."


def who_did_it(actor: Person | System) -> str:
    """Somebody's role and reference, or which rule of OpenPEP's acted."""
    match actor:
        case Person(id=ref, role=role):
            return f"{role.replace('_', ' ')} {ref}"
        case System(policy=policy):
            return f"OpenPEP: {policy.replace('_', ' ')}"
