"""`review_ahead`: when a child's care is reviewed next, and how far the PEP is that should be there by then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from pep_kernel.message import Event, Recorded
from pep_kernel.read_model import Key, ReadModel
from scheduling.domain.child.events import (
    ChildLeftCare,
    LastPEPNoted,
    ObligationMet,
    ObligationReopened,
    PEPDueDateRestored,
    PEPDueDateRevised,
    PEPDueDateSet,
    PEPDueDateWithdrawn,
    ReviewHeld,
)
from scheduling.domain.concerns.events import (
    LACReviewScheduled,
    PathwayPlanScheduled,
    PlanBecameAvailable,
    PlanNoLongerAvailable,
)
from scheduling.domain.meeting.events import MeetingHeld, MeetingOutcomeCorrected
from scheduling.projections.peps_held import last_pep, peps_after


@dataclass(frozen=True, slots=True)
class ReviewAhead:
    """The next review and pathway plan, the newest PEP meeting and plan.

    What is due stands as `hold 2026-10-19 2026-09-21`: what, by when, and since when.
    """

    child_ref: str
    review_on: date | None = None
    last_review_on: date | None = None
    pathway_plan_on: date | None = None
    pep_held_on: date | None = None
    plan_available_on: date | None = None
    plan_id: str | None = None
    open_dues: tuple[str, ...] = ()
    met_dues: tuple[str, ...] = ()
    peps: tuple[str, ...] = ()


_ABOUT = (
    ChildLeftCare,
    LastPEPNoted,
    ReviewHeld,
    PEPDueDateSet,
    PEPDueDateRestored,
    PEPDueDateRevised,
    PEPDueDateWithdrawn,
    ObligationMet,
    ObligationReopened,
    LACReviewScheduled,
    PathwayPlanScheduled,
    PlanBecameAvailable,
    PlanNoLongerAvailable,
    MeetingHeld,
    MeetingOutcomeCorrected,
)


def _keys(recorded: Recorded) -> Iterable[Key]:
    event = recorded.event
    return ((event.child_ref,),) if isinstance(event, _ABOUT) else ()


def _fold(row: ReviewAhead | None, recorded: Recorded, key: Key) -> ReviewAhead:
    return _dues(_plan(_days(row or ReviewAhead(*key), recorded.event), recorded.event), recorded.event)


def _days(row: ReviewAhead, event: Event) -> ReviewAhead:
    match event:
        case LACReviewScheduled(on=on):
            return replace(row, review_on=on)
        case PathwayPlanScheduled(on=on):
            return replace(row, pathway_plan_on=on)
        case LastPEPNoted(next_review=next_review):
            return replace(row, review_on=row.review_on or next_review)
        case ReviewHeld(on=on):
            last = max(on, row.last_review_on or on)
            ahead = row.review_on if row.review_on is not None and row.review_on > last else None
            return replace(row, last_review_on=last, review_on=ahead)
        case ChildLeftCare(earlier=False):
            return replace(row, review_on=None, pathway_plan_on=None)
        case _:
            return row


def _plan(row: ReviewAhead, event: Event) -> ReviewAhead:
    match event:
        case LastPEPNoted() | MeetingHeld() | MeetingOutcomeCorrected() as pep:
            peps = peps_after(row.peps, pep)
            return replace(row, peps=peps, pep_held_on=last_pep(peps))
        case PlanBecameAvailable(on=on, plan_id=plan) | ObligationMet(obligation="available", on=on, by=plan):
            return replace(row, plan_available_on=on, plan_id=plan)
        case PlanNoLongerAvailable(plan_id=plan) | ObligationReopened(obligation="available", by=plan) if (
            plan == row.plan_id
        ):
            return replace(row, plan_available_on=None, plan_id=None)
        case _:
            return row


def _dues(row: ReviewAhead, event: Event) -> ReviewAhead:
    match event:
        case (PEPDueDateSet(due=due) | PEPDueDateRestored(due=due) | PEPDueDateRevised(due=due)) as event:
            others = tuple(each for each in row.open_dues if not _is_of(each, event))
            return replace(row, open_dues=tuple(sorted((*others, f"{event.obligation} {due} {event.trigger_on}"))))
        case PEPDueDateWithdrawn():
            open_dues, met_dues = (
                tuple(each for each in dues if not _is_of(each, event)) for dues in (row.open_dues, row.met_dues)
            )
            return replace(row, open_dues=open_dues, met_dues=met_dues)
        case ObligationMet():
            open_dues, met_dues = _moved(row.open_dues, row.met_dues, event)
            return replace(row, open_dues=open_dues, met_dues=met_dues)
        case ObligationReopened():
            met_dues, open_dues = _moved(row.met_dues, row.open_dues, event)
            return replace(row, open_dues=open_dues, met_dues=met_dues)
        case _:
            return row


def _moved(
    here: tuple[str, ...], there: tuple[str, ...], event: ObligationMet | ObligationReopened
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the event is about goes from here to there."""
    theirs = tuple(each for each in here if _is_of(each, event))
    return tuple(each for each in here if each not in theirs), tuple(sorted((*there, *theirs)))


_OfDues = (
    PEPDueDateSet | PEPDueDateRestored | PEPDueDateRevised | PEPDueDateWithdrawn | ObligationMet | ObligationReopened
)


def _is_of(due: str, event: _OfDues) -> bool:
    obligation, _by, trigger_on = due.split()
    return (obligation, trigger_on) == (event.obligation, f"{event.trigger_on}")


REVIEWS_AHEAD = ReadModel("review_ahead", ReviewAhead, ("child_ref",), _keys, _fold)
