"""A school as somebody who is paid: its numbers, as scheduling lists them."""

from __future__ import annotations

from typing import Any

from pep_kernel.authority_policy.funding import PaymentRoute, PaymentRoutes
from pep_kernel.decider import Decider
from pep_kernel.message import Command, Event


class NotePayee(Command):
    """A school has these numbers."""

    urn: str
    ukprn: str | None
    laestab: str | None


class PayeeKnown(Event):
    """We know a school's numbers. Without a UKPRN it cannot be paid."""

    urn: str
    ukprn: str | None = None
    laestab: str | None = None


def decide(known: PayeeKnown | None, command: NotePayee) -> list[PayeeKnown]:
    told = PayeeKnown(urn=command.urn, ukprn=command.ukprn, laestab=command.laestab)
    return [] if told == known else [told]


def evolve(_known: PayeeKnown | None, event: PayeeKnown) -> PayeeKnown:
    return event


def payment_route(payee: PayeeKnown, area_code: str, routes: PaymentRoutes) -> PaymentRoute:
    """How the school is paid: a ledger journal reaches only schools of the authority's own area."""
    in_own_area = payee.laestab is not None and payee.laestab.startswith(area_code)
    return routes.own_area if in_own_area else routes.other_area


PAYEE: Decider[Any, Any, Any] = Decider(None, decide, evolve)
