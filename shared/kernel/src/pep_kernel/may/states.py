"""What must hold of the work itself, whoever asks: nobody judges what is their own, and two people are two."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pep_kernel.may.resource import Resource


@dataclass(frozen=True, slots=True)
class StateRule:
    """`breaks` says whether this person would break the rule; `sentence` is what they are told."""

    breaks: Callable[[str, Resource], bool]
    sentence: str
    source: tuple[str, ...] = ()


NO_AUTHOR_ASSURES = StateRule(
    lambda person_ref, resource: person_ref in resource.authors,
    "A plan cannot be quality assured by somebody who wrote it.",
    ("O-15", "O-24"),
)
NOBODY_GRANTS_TO_THEMSELVES = StateRule(
    lambda person_ref, resource: person_ref == resource.person_ref, "Nobody grants anything to themselves."
)
NOT_THEIR_OWN_REQUEST = StateRule(
    lambda person_ref, resource: person_ref == resource.requested_by,
    "Nobody approves what they asked for themselves.",
    ("O-80", "O-91"),
)
TWO_PEOPLE = StateRule(
    lambda person_ref, resource: person_ref == resource.approved_by,
    "The second approval must come from somebody else than the first.",
    ("O-80", "O-91"),
)
DUAL_APPROVAL = (NOT_THEIR_OWN_REQUEST, TWO_PEOPLE)

STATES: Mapping[str, tuple[StateRule, ...]] = {
    "quality assure plan": (NO_AUTHOR_ASSURES,),
    "grant role": (NOBODY_GRANTS_TO_THEMSELVES,),
}


def broken_rule(rules: tuple[StateRule, ...], person_ref: str, resource: Resource) -> StateRule | None:
    """The first of these rules that this person would break."""
    return next((rule for rule in rules if rule.breaks(person_ref, resource)), None)
