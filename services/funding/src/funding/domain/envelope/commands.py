"""What can be asked of a term's envelope."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from pep_kernel.calendars import Term
from pep_kernel.message import Command
from pep_kernel.money import Pence

FinancialYear = Annotated[str, Field(pattern=r"^\d{4}-\d{2}$", examples=["2026-27"])]


class OpenTermEnvelope(Command):
    """The term's money is known."""

    financial_year: FinancialYear
    term: Term
    amount_pence: Pence
    on: date


class CommitSpending(Command):
    """Approvals for one plan need room. `may_exceed`: the head says that they may take more than there is."""

    plan_id: str
    amount_pence: Pence
    may_exceed: bool
    on: date


class GiveBackSpending(Command):
    """Approvals for one plan were withdrawn."""

    plan_id: str
    amount_pence: Pence


EnvelopeCommand = OpenTermEnvelope | CommitSpending | GiveBackSpending
