"""A child was forgotten. It becomes known, and in the same moment nothing more is asked, decided or paid for them.

What was approved and has not left never leaves. Its envelope is not given the room back: a record is kept so long that
the term has been over for many years.
"""

from __future__ import annotations

from funding.domain.claim.commands import ForgetClaim
from funding.domain.claim.decider import CLAIM
from funding.domain.claim.states import CLAIM_STATES
from funding.domain.known_child import KNOWN, KnownChild
from funding.domain.streams import known_stream, plan_of
from pep_kernel.decider import Act, Decided, States
from pep_kernel.forgotten import NoteForgotten


def forgetting(command: NoteForgotten) -> Act:
    child_ref = command.child_ref
    return Act(command, (known_stream(child_ref),), together=forget, child_ref=child_ref, whole_child=True)


def forget(states: States, command: NoteForgotten) -> Decided:
    known = known_stream(command.child_ref)
    noted = [(known, event) for event in KNOWN.decide(states.of(known, KnownChild), command)]
    return [*noted, *(each for stream in states.streams("claim") for each in _of_claim(states, stream, command))]


def _of_claim(states: States, stream: str, command: NoteForgotten) -> Decided:
    asked = ForgetClaim(plan_id=plan_of(stream), **command.model_dump())
    return [(stream, event) for event in CLAIM.decide(states.of(stream, CLAIM_STATES), asked)]
