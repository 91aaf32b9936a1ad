"""What others may hear of a plan: where it stands, and the costed lines of an approved version. None of its words."""

from __future__ import annotations

from pep_kernel.announcement import Announcement
from pep_kernel.contracts import pep_record as contracts
from pep_record.domain.plan.events import (
    EPEPOpened,
    PEPCompleted,
    PEPCompletionWithdrawn,
    PEPMarkedComplete,
    PEPReturned,
    PEPSuperseded,
    PlanEvent,
    PricedLine,
)
from pep_record.domain.plan.states import Completed, Draft, InQualityAssurance, Plan, Superseded


def announce(plan: Plan, event: PlanEvent) -> Announcement | None:
    match plan, event:
        case Draft(opening=opening), EPEPOpened(supersedes=supersedes):
            return contracts.EPEPOpened(
                plan_id=opening.plan_id,
                child_ref=opening.child_ref,
                school_year=opening.school_year,
                term=opening.term,
                supersedes=supersedes,
            )
        case InQualityAssurance(opening=opening), PEPMarkedComplete(by=by, on=on):
            return contracts.PEPMarkedComplete(
                plan_id=opening.plan_id, child_ref=opening.child_ref, plan_version=plan.version, on=on, by=by
            )
        case Draft(opening=opening), PEPReturned(plan_version=version, to=to):
            return contracts.PEPReturned(
                plan_id=opening.plan_id, child_ref=opening.child_ref, plan_version=version, to=to
            )
        case Completed(), PEPCompleted():
            return _completed(plan, event)
        case Draft(opening=opening) | Superseded(opening=opening), PEPCompletionWithdrawn(plan_version=version):
            return contracts.PEPCompletionWithdrawn(
                plan_id=opening.plan_id,
                child_ref=opening.child_ref,
                plan_version=version,
                meeting_id=event.meeting_id,
            )
        case Superseded(opening=opening), PEPSuperseded(by_plan_id=by_plan_id):
            return contracts.PEPSuperseded(
                plan_id=opening.plan_id,
                child_ref=opening.child_ref,
                school_year=opening.school_year,
                term=opening.term,
                by_plan_id=by_plan_id,
            )
        case _:
            return None


def _completed(plan: Completed, event: PEPCompleted) -> contracts.PEPCompleted:
    return contracts.PEPCompleted(
        plan_id=plan.opening.plan_id,
        child_ref=plan.opening.child_ref,
        plan_version=plan.version,
        meeting_id=plan.meeting_id,
        school_year=plan.opening.school_year,
        term=plan.opening.term,
        on=event.on,
        lines=tuple(_line(line) for line in plan.content.lines()),
    )


def _line(line: PricedLine) -> contracts.PremiumLine:
    return contracts.PremiumLine(
        line_id=line.line_id,
        category=line.category,
        quantity=line.quantity,
        unit_pence=line.unit_pence,
        line_pence=line.line_pence,
    )
