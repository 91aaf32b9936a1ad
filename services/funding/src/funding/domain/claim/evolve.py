"""A claim after each event. History is trusted: what was decided was allowed."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TypeVar, cast

from funding.domain.claim.events import (
    PPPApprovalHeld,
    PPPApprovalStands,
    PPPApprovalWithdrawn,
    PPPApproved,
    PPPClaimForgotten,
    PPPClaimStopped,
    PPPDeclined,
    PPPReferred,
    PPPReleased,
    PPPRequested,
)
from funding.domain.claim.states import (
    Approved,
    Awaiting,
    Claim,
    Claimed,
    Declined,
    Forgotten,
    Held,
    Line,
    NotRequested,
    Open,
    Released,
    Superseded,
    Withdrawn,
    WithdrawnLine,
)

AnyClaimEvent = (
    PPPRequested
    | PPPReferred
    | PPPDeclined
    | PPPApproved
    | PPPApprovalHeld
    | PPPApprovalStands
    | PPPApprovalWithdrawn
    | PPPReleased
    | PPPClaimStopped
    | PPPClaimForgotten
)


Standing = TypeVar("Standing", Open, Held, Withdrawn)


def evolve(claim: Claim, event: AnyClaimEvent) -> Claim:
    match event:
        case PPPRequested():
            return _opened(claim, event)
        case PPPReferred(line_id=line_id, rule=rule):
            return _with(claim, line_id, line=replace(_awaiting(claim, line_id), rule=rule))
        case PPPDeclined(line_id=line_id, rule=rule):
            return _with(claim, line_id, line=Declined(rule))
        case PPPApproved(line_id=line_id, approved_pence=pence):
            return _with(claim, line_id, line=Approved(pence))
        case PPPReleased(line_id=line_id, released_pence=pence):
            return _with(claim, line_id, line=Released(pence))
        case PPPApprovalHeld(plan_version=version):
            return _held(claim, version)
        case PPPApprovalStands():
            return _as(Open, _claimed(claim))
        case PPPApprovalWithdrawn(line_ids=line_ids):
            return _as(Withdrawn, _with(claim, *line_ids, line=WithdrawnLine()))
        case PPPClaimStopped():
            return Superseded()
        case PPPClaimForgotten(on=on, reason=reason):
            return Forgotten(on, reason)


def _opened(claim: Claim, event: PPPRequested) -> Open:
    """What has left is remembered; all else is asked anew."""
    left: dict[str, Line] = dict(claim.released()) if isinstance(claim, Claimed) else {}
    asked: dict[str, Line] = {line.line_id: Awaiting(line.line_pence) for line in event.lines}
    return Open(
        child_ref=event.child_ref,
        plan_version=event.plan_version,
        completed_on=event.on,
        school_year=event.school_year,
        term=event.term,
        financial_year=event.financial_year,
        lines={**left, **asked},
        withdrawn_version=cast(NotRequested | Claimed, claim).withdrawn_version,
    )


def _held(claim: Claim, version: int) -> Claim:
    match claim:
        case Open() | Held():
            return replace(_as(Held, claim), withdrawn_version=version)
        case NotRequested() | Withdrawn():
            return replace(claim, withdrawn_version=version)
        case Superseded() | Forgotten():
            return claim


def _awaiting(claim: Claim, line_id: str) -> Awaiting:
    return cast(Awaiting, _claimed(claim).lines[line_id])


def _claimed(claim: Claim) -> Open | Held | Withdrawn:
    return cast(Open | Held | Withdrawn, claim)


def _with(claim: Claim, *line_ids: str, line: Line) -> Open | Held | Withdrawn:
    claimed = _claimed(claim)
    return replace(claimed, lines={**claimed.lines, **dict.fromkeys(line_ids, line)})


def _as(kind: type[Standing], claim: Claimed) -> Standing:
    return kind(**{field.name: getattr(claim, field.name) for field in fields(Claimed)})
