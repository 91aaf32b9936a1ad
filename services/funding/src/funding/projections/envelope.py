"""What there is to spend in a term, and how much of it approvals have taken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from funding.domain.envelope.events import SpendingCommitted, SpendingGivenBack, TermEnvelopeOpened
from funding.domain.streams import envelope_stream
from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel


@dataclass(frozen=True, slots=True)
class TermEnvelope:
    """`stream` names it: financial year and term."""

    stream: str
    financial_year: str
    term: str
    amount_pence: int
    committed_pence: int = 0


def _keys(recorded: Recorded) -> Iterable[Key]:
    match recorded.event:
        case TermEnvelopeOpened(financial_year=year, term=term):
            return ((envelope_stream(year, term),),)
        case SpendingCommitted() | SpendingGivenBack():
            return ((recorded.envelope.stream,),)
        case _:
            return ()


def _fold(row: TermEnvelope | None, recorded: Recorded, key: Key) -> TermEnvelope | None:
    match row, recorded.event:
        case _, TermEnvelopeOpened(financial_year=year, term=term, amount_pence=pence):
            return TermEnvelope(key[0], year, term, pence)
        case TermEnvelope(committed_pence=committed), SpendingCommitted(amount_pence=pence):
            return replace(row, committed_pence=committed + pence)
        case TermEnvelope(committed_pence=committed), SpendingGivenBack(amount_pence=pence):
            return replace(row, committed_pence=committed - pence)
        case _:
            return row


ENVELOPES = ReadModel("term_envelope", TermEnvelope, ("stream",), _keys, _fold)
