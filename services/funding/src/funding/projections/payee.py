"""A school as somebody who is paid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from funding.domain.payee import PayeeKnown
from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel


@dataclass(frozen=True, slots=True)
class Payee:
    """Its numbers."""

    urn: str
    ukprn: str | None
    laestab: str | None


def _keys(recorded: Recorded) -> Iterable[Key]:
    return ((recorded.event.urn,),) if isinstance(recorded.event, PayeeKnown) else ()


def _fold(row: Payee | None, recorded: Recorded, _key: Key) -> Payee | None:
    match recorded.event:
        case PayeeKnown(urn=urn, ukprn=ukprn, laestab=laestab):
            return Payee(urn, ukprn, laestab)
        case _:
            return row


PAYEES = ReadModel("payee", Payee, ("urn",), _keys, _fold)
