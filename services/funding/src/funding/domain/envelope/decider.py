"""Approvals never take more than the term's envelope holds, unless the head of the Virtual School says so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, cast

from funding.domain.envelope.commands import CommitSpending, EnvelopeCommand, GiveBackSpending, OpenTermEnvelope
from funding.domain.envelope.events import EnvelopeEvent, SpendingCommitted, SpendingGivenBack, TermEnvelopeOpened
from pep_kernel.decider import Decider
from pep_kernel.money import pounds
from pep_kernel.refusal import Refusal


@dataclass(frozen=True, slots=True)
class NotOpened:
    """Nobody has said what there is to spend."""


@dataclass(frozen=True, slots=True)
class Opened:
    """This much may be approved, this much is."""

    amount_pence: int
    committed_pence: int = 0

    def room_pence(self) -> int:
        return max(0, self.amount_pence - self.committed_pence)


Envelope = NotOpened | Opened


def decide(envelope: Envelope, command: EnvelopeCommand) -> list[EnvelopeEvent]:
    match envelope, command:
        case NotOpened(), OpenTermEnvelope(financial_year=year, term=term, amount_pence=amount, on=on):
            return [TermEnvelopeOpened(financial_year=year, term=term, amount_pence=amount, on=on)]
        case Opened(amount_pence=amount), OpenTermEnvelope(amount_pence=same) if same == amount:
            return []
        case Opened(amount_pence=amount), OpenTermEnvelope():
            raise Refusal(f"This term's envelope is open, with {pounds(amount)}.")
        case Opened(), CommitSpending():
            return _commit(envelope, command)
        case Opened(), GiveBackSpending(plan_id=plan_id, amount_pence=amount):
            return [SpendingGivenBack(plan_id=plan_id, amount_pence=amount)]
        case _:
            raise Refusal("No envelope is open for this term: say first what there is to spend.")


def _commit(envelope: Opened, command: CommitSpending) -> list[EnvelopeEvent]:
    amount = command.amount_pence
    over = max(0, amount - envelope.room_pence())
    if over and not command.may_exceed:
        raise Refusal(
            f"{pounds(amount)} is more than the {pounds(envelope.room_pence())} left in the term's envelope. "
            "The head of the Virtual School may approve it nevertheless."
        )
    return [SpendingCommitted(plan_id=command.plan_id, amount_pence=amount, on=command.on, over_pence=over)]


def evolve(envelope: Envelope, event: EnvelopeEvent) -> Envelope:
    match event:
        case TermEnvelopeOpened(amount_pence=amount):
            return Opened(amount)
        case SpendingCommitted(amount_pence=amount):
            return _more(envelope, amount)
        case SpendingGivenBack(amount_pence=amount):
            return _more(envelope, -amount)


def _more(envelope: Envelope, pence: int) -> Opened:
    opened = cast(Opened, envelope)
    return replace(opened, committed_pence=opened.committed_pence + pence)


ENVELOPE: Decider[Any, Any, Any] = Decider(NotOpened(), decide, evolve)
