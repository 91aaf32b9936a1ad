"""What a plan is after each event. History is trusted here: what may happen is the decider's to judge."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar, assert_never

from pep_kernel.may import Role
from pep_record.domain.plan.events import (
    CarerViewsRecorded,
    DelegateApprovedByDT,
    EPEPOpened,
    PEPCompleted,
    PEPCompletionWithdrawn,
    PEPForgotten,
    PEPMarkedComplete,
    PEPReturned,
    PEPSuperseded,
    PlanEvent,
    PupilViewsRecorded,
    SectionContributed,
    SignedOffBySW,
    TargetSet,
)
from pep_record.domain.plan.states import (
    Completed,
    Content,
    Draft,
    Forgotten,
    InQualityAssurance,
    Opening,
    Plan,
    Superseded,
    Target,
)

Kind = TypeVar("Kind")

_REPLACEABLE: tuple[type[Draft | InQualityAssurance | Completed], ...] = (Draft, InQualityAssurance, Completed)


def evolve(plan: Plan, event: PlanEvent) -> Plan:
    match event:
        case EPEPOpened():
            return Draft(Opening(event.plan_id, event.child_ref, event.school_year, event.term))
        case SectionContributed():
            return _with_section(_was(plan, Draft), event)
        case TargetSet():
            return _with_target(_was(plan, Draft), event)
        case CarerViewsRecorded() | PupilViewsRecorded():
            return plan
        case DelegateApprovedByDT(by=by):
            return _with_approval(_was(plan, Draft), by)
        case PEPMarkedComplete():
            return _in_quality_assurance(_was(plan, Draft), event)
        case SignedOffBySW():
            return replace(_was(plan, InQualityAssurance), social_worker_agrees=True)
        case PEPReturned():
            return _next_version(_was(plan, InQualityAssurance))
        case PEPCompleted():
            return _complete(_was(plan, InQualityAssurance))
        case PEPCompletionWithdrawn() if isinstance(plan, Superseded):
            return replace(plan, completion=None)
        case PEPCompletionWithdrawn():
            return _next_version(_was(plan, Completed))
        case PEPSuperseded(by_plan_id=by_plan_id):
            return _superseded(_was(plan, *_REPLACEABLE), by_plan_id)
        case PEPForgotten(on=on, reason=reason):
            return Forgotten(on, reason)
        case _:
            assert_never(event)


def _was(plan: Plan, *kinds: type[Kind]) -> Kind:
    """History says that the plan was one of these. TypeError if not: then history itself is broken."""
    if not isinstance(plan, kinds):
        raise TypeError(f"the plan was {type(plan).__name__}")
    return plan


def _with_section(plan: Draft, event: SectionContributed) -> Draft:
    content = _written(plan.content, event.section, event.by, event.role)
    return replace(plan, content=replace(content, sections=content.sections | {event.section}))


def _with_target(plan: Draft, event: TargetSet) -> Draft:
    lines = tuple(action.line for action in event.actions if action.line)
    target = Target(event.target_id, event.subject, lines)
    targets = {before.target_id: before for before in plan.content.targets} | {target.target_id: target}
    content = _written(plan.content, event.target_id, event.by, event.role)
    return replace(plan, content=replace(content, targets=tuple(targets.values())))


def _written(content: Content, part: str, by: str, role: str) -> Content:
    """What somebody else wrote anew is not a delegate's any more."""
    others = content.by_delegate - {part}
    by_delegate = others | {part} if role == Role.DELEGATE else others
    return replace(content, authors=content.authors | {by}, by_delegate=by_delegate)


def _with_approval(plan: Draft, by: str) -> Draft:
    """Whoever answers for a delegate's words is their author as well."""
    content = replace(plan.content, authors=plan.content.authors | {by}, by_delegate=frozenset())
    return replace(plan, content=content)


def _in_quality_assurance(plan: Draft, event: PEPMarkedComplete) -> InQualityAssurance:
    content = replace(plan.content, authors=plan.content.authors | {event.by})
    return InQualityAssurance(plan.opening, content, plan.version, event.meeting_id, event.by)


def _next_version(plan: InQualityAssurance | Completed) -> Draft:
    return Draft(plan.opening, plan.content, plan.version + 1)


def _complete(plan: InQualityAssurance) -> Completed:
    return Completed(plan.opening, plan.content, plan.version, plan.meeting_id)


def _superseded(plan: Draft | InQualityAssurance | Completed, by_plan_id: str) -> Superseded:
    return Superseded(plan.opening, by_plan_id, plan if isinstance(plan, Completed) else None)
