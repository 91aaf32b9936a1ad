"""One plan's money at a glance: asked, approved and not yet released, released, and how the claim stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from funding.domain.claim.events import (
    ClaimEvent,
    PPPApprovalHeld,
    PPPApprovalStands,
    PPPApprovalWithdrawn,
    PPPApproved,
    PPPClaimForgotten,
    PPPClaimStopped,
    PPPReleased,
    PPPRequested,
)
from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel


@dataclass(frozen=True, slots=True)
class ClaimOverview:
    """`approved_pence` is what is approved and has not left."""

    plan_id: str
    child_ref: str
    plan_version: int
    completed_on: date
    school_year: int
    term: str
    financial_year: str
    standing: str
    requested_pence: int
    approved_pence: int = 0
    released_pence: int = 0


def _keys(recorded: Recorded) -> Iterable[Key]:
    return ((recorded.event.plan_id,),) if isinstance(recorded.event, ClaimEvent) else ()


def _fold(row: ClaimOverview | None, recorded: Recorded, _key: Key) -> ClaimOverview | None:
    match row, recorded.event:
        case _, PPPRequested() as requested:
            return _requested(row, requested)
        case ClaimOverview(), PPPApproved(approved_pence=pence):
            return replace(row, approved_pence=row.approved_pence + pence)
        case ClaimOverview(), PPPReleased(released_pence=pence):
            return _released(row, pence)
        case ClaimOverview(standing="open"), PPPApprovalHeld():
            return replace(row, standing="held")
        case ClaimOverview(), PPPApprovalStands():
            return replace(row, standing="open")
        case ClaimOverview(), PPPApprovalWithdrawn():
            return replace(row, standing="withdrawn", approved_pence=0)
        case ClaimOverview(), PPPClaimStopped():
            return replace(row, standing="superseded")
        case ClaimOverview(), PPPClaimForgotten():
            return replace(row, standing="forgotten", approved_pence=0)
        case _:
            return row


def _requested(row: ClaimOverview | None, event: PPPRequested) -> ClaimOverview:
    return ClaimOverview(
        plan_id=event.plan_id,
        child_ref=event.child_ref,
        plan_version=event.plan_version,
        completed_on=event.on,
        school_year=event.school_year,
        term=event.term,
        financial_year=event.financial_year,
        standing="open",
        requested_pence=sum(line.line_pence for line in event.lines),
        released_pence=row.released_pence if row else 0,
    )


def _released(row: ClaimOverview, pence: int) -> ClaimOverview:
    return replace(row, approved_pence=row.approved_pence - pence, released_pence=row.released_pence + pence)


CLAIM_OVERVIEW = ReadModel("claim_overview", ClaimOverview, ("plan_id",), _keys, _fold)
