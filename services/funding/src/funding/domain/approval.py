"""Approving takes room from the term's envelope, withdrawing gives it back: claim and envelope change together.

Both rest on what is known of the child: nothing is asked, decided or stopped any more for one who was forgotten.
"""

from __future__ import annotations

from collections.abc import Sequence

from funding.domain.claim.commands import AnyClaimCommand, ApprovePremium
from funding.domain.claim.decider import CLAIM
from funding.domain.claim.events import ClaimEvent, PPPApprovalWithdrawn, PPPApproved
from funding.domain.claim.states import CLAIM_STATES, Claimed
from funding.domain.envelope.commands import CommitSpending, EnvelopeCommand, GiveBackSpending
from funding.domain.envelope.decider import ENVELOPE, NotOpened, Opened
from funding.domain.known_child import KnownChild
from funding.domain.streams import claim_stream, envelope_stream, known_stream
from pep_kernel.decider import Act, Decided, States
from pep_kernel.forgotten import refuse_if_forgotten


def claim_act(command: AnyClaimCommand, financial_year: str, term: str, policy_version: str | None = None) -> Act:
    """A command about a claim, with the envelope of its term."""
    streams = (*claim_streams(command), envelope_stream(financial_year, term))
    return Act(command, streams, together=decide_with_envelope, policy_version=policy_version)


def claim_streams(command: AnyClaimCommand) -> tuple[str, str]:
    """What every command about a claim rests on."""
    return claim_stream(command.plan_id), known_stream(command.child_ref)


def decide_with_envelope(states: States, command: AnyClaimCommand) -> Decided:
    """What the claim decides, and what that takes from the envelope of its term or gives back."""
    stream, known = claim_streams(command)
    refuse_if_forgotten(states.of(known, KnownChild).forgotten)
    claim = states.of(stream, CLAIM_STATES)
    happened = CLAIM.decide(claim, command)
    told = [(stream, event) for event in happened]
    if not isinstance(claim, Claimed):
        return told
    envelope = envelope_stream(claim.financial_year, claim.term)
    asked = _asked_of_envelope(command, happened)
    state = states.of(envelope, (NotOpened, Opened))
    return [*told, *((envelope, event) for each in asked for event in ENVELOPE.decide(state, each))]


def _asked_of_envelope(command: AnyClaimCommand, happened: Sequence[ClaimEvent]) -> list[EnvelopeCommand]:
    match command:
        case ApprovePremium(plan_id=plan_id, may_exceed=may_exceed, on=on):
            pence = sum(event.approved_pence for event in happened if isinstance(event, PPPApproved))
            return [CommitSpending(plan_id=plan_id, amount_pence=pence, may_exceed=may_exceed, on=on)]
        case _:
            pence = sum(event.withdrawn_pence for event in happened if isinstance(event, PPPApprovalWithdrawn))
            return [GiveBackSpending(plan_id=command.plan_id, amount_pence=pence)] if pence else []
