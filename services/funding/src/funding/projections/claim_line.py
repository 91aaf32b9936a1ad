"""One money line: what it costs, where it stands, who decided and under which rule, who was paid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from funding.domain.claim.events import (
    PPPApprovalWithdrawn,
    PPPApproved,
    PPPClaimForgotten,
    PPPDeclined,
    PPPReferred,
    PPPReleased,
    PPPRequested,
    RequestedLine,
)
from pep_kernel.message import Person, Recorded
from pep_kernel.read_model import Key, ReadModel
from pep_kernel.sealed import PlanText


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """`standing` is awaiting, approved, declined, withdrawn, released or forgotten."""

    plan_id: str
    line_id: str
    child_ref: str
    category: str
    quantity: int
    unit_pence: int
    line_pence: int
    standing: str = "awaiting"
    rule: str | None = None
    reason: PlanText | None = None
    decided_by: str | None = None
    decided_on: date | None = None
    run_id: str | None = None
    payee_urn: str | None = None


def _keys(recorded: Recorded) -> Iterable[Key]:
    match recorded.event:
        case PPPRequested(plan_id=plan_id, lines=lines, replaced=replaced):
            return [(plan_id, line_id) for line_id in (*(line.line_id for line in lines), *replaced)]
        case (
            PPPApprovalWithdrawn(plan_id=plan_id, line_ids=line_ids)
            | PPPClaimForgotten(plan_id=plan_id, line_ids=line_ids)
        ):
            return [(plan_id, line_id) for line_id in line_ids]
        case (
            PPPReferred(plan_id=plan_id, line_id=line_id)
            | PPPDeclined(plan_id=plan_id, line_id=line_id)
            | PPPApproved(plan_id=plan_id, line_id=line_id)
            | PPPReleased(plan_id=plan_id, line_id=line_id)
        ):
            return [(plan_id, line_id)]
        case _:
            return []


def _fold(row: ClaimLine | None, recorded: Recorded, key: Key) -> ClaimLine | None:
    match row, recorded.event:
        case _, PPPRequested() as requested:
            return _requested(requested, key)
        case ClaimLine(), PPPReferred(rule=rule):
            return replace(row, rule=rule)
        case ClaimLine(), PPPDeclined(rule=rule, reason=reason, on=on):
            return replace(_decided(row, "declined", recorded, on), rule=rule, reason=reason)
        case ClaimLine(), PPPApproved(on=on):
            return _decided(row, "approved", recorded, on)
        case ClaimLine(), PPPApprovalWithdrawn(reason=reason):
            return replace(row, standing="withdrawn", reason=reason)
        case ClaimLine(), PPPClaimForgotten():
            return replace(row, standing="forgotten")
        case ClaimLine(), PPPReleased(run_id=run_id, payee_urn=payee_urn):
            return replace(row, standing="released", run_id=run_id, payee_urn=payee_urn)
        case _:
            return row


def _requested(event: PPPRequested, key: Key) -> ClaimLine | None:
    """The line as this version asks for it; none if this version dropped it."""
    asked: dict[str, RequestedLine] = {line.line_id: line for line in event.lines}
    line = asked.get(key[1])
    if line is None:
        return None
    costs = (line.category, line.quantity, line.unit_pence, line.line_pence)
    return ClaimLine(event.plan_id, line.line_id, event.child_ref, *costs)


def _decided(row: ClaimLine, standing: str, recorded: Recorded, on: date) -> ClaimLine:
    actor = recorded.envelope.actor
    by = actor.id if isinstance(actor, Person) else None
    return replace(row, standing=standing, decided_by=by, decided_on=on)


CLAIM_LINES = ReadModel("claim_line", ClaimLine, ("plan_id", "line_id"), _keys, _fold)
