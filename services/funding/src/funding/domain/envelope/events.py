"""What can happen to a term's envelope."""

from __future__ import annotations

from datetime import date

from pep_kernel.message import Event


class TermEnvelopeOpened(Event):
    """This much may be approved for the term."""

    financial_year: str
    term: str
    amount_pence: int
    on: date


class SpendingCommitted(Event):
    """Approvals for one plan took this much. `over_pence` is what the head let them take beyond the envelope."""

    plan_id: str
    amount_pence: int
    on: date
    over_pence: int = 0


class SpendingGivenBack(Event):
    """Approvals for one plan were withdrawn; this much can be approved again."""

    plan_id: str
    amount_pence: int


EnvelopeEvent = TermEnvelopeOpened | SpendingCommitted | SpendingGivenBack
