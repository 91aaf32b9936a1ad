"""A plan is written, marked complete, and quality assured by somebody who did not write it.

Quality assurance returns it, and the next version is written, or approves the version that was seen. Another plan may
take its place. Should its meeting turn out to have been no PEP meeting, the completion is withdrawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar, assert_never

from pep_kernel.decider import Decider
from pep_kernel.may import Role
from pep_kernel.refusal import Refusal
from pep_kernel.sealed import PlanText
from pep_record.domain.plan.announcing import announce
from pep_record.domain.plan.commands import (
    ApprovePlan,
    ContributeSection,
    FactsOfChild,
    MarkComplete,
    OpenNumberedPlan,
    PlanCommand,
    ReturnPlan,
    SetTarget,
    SignOff,
    Supersede,
    WithdrawCompletion,
)
from pep_record.domain.plan.costing import agreed
from pep_record.domain.plan.events import (
    EPEPOpened,
    PEPCompleted,
    PEPCompletionWithdrawn,
    PEPMarkedComplete,
    PEPReturned,
    PEPSuperseded,
    PlanEvent,
    SectionContributed,
    SignedOffBySW,
    TargetSet,
)
from pep_record.domain.plan.requirements import warnings_of
from pep_record.domain.plan.states import (
    Completed,
    Draft,
    InQualityAssurance,
    Nothing,
    Opening,
    Plan,
    Superseded,
    Target,
)

Kind = TypeVar("Kind")

_REPLACEABLE: tuple[type[Draft | InQualityAssurance | Completed], ...] = (Draft, InQualityAssurance, Completed)
_STANDS = {
    Nothing: "there is no such plan",
    Draft: "the plan is still being written",
    InQualityAssurance: "the plan is in quality assurance",
    Completed: "the plan is completed",
    Superseded: "another plan has taken this one's place",
}
_ASKED = {
    OpenNumberedPlan: "opened",
    ContributeSection: "changed",
    SetTarget: "changed",
    MarkComplete: "marked complete",
    SignOff: "signed off",
    ApprovePlan: "quality assured",
    ReturnPlan: "returned",
    Supersede: "superseded",
}


def decide(plan: Plan, command: PlanCommand) -> Sequence[PlanEvent]:
    match plan, command:
        case Nothing(), OpenNumberedPlan():
            return [_opened(command)]
        case Draft(), ContributeSection():
            return [_contributed(command)]
        case Draft(), SetTarget(role=Role.SOCIAL_WORKER) if _costs_premium(plan, command):
            raise Refusal("What the premium pays is costed by the school or the Virtual School.", "L-30")
        case Draft(), SetTarget():
            return [_target_set(plan, command)]
        case Draft(), MarkComplete() if Role.DESIGNATED_TEACHER not in command.acts_as():
            raise Refusal("The designated teacher marks a plan complete.", "L-05", "L-79")
        case Draft(), MarkComplete(child=FactsOfChild(pep_meetings=())):
            raise Refusal(
                "No PEP meeting has been held for this plan: a review of progress cannot complete it.", "L-20"
            )
        case Draft(), MarkComplete():
            return [_marked_complete(plan, command)]
        case InQualityAssurance(social_worker_agrees=True), SignOff():
            return []
        case InQualityAssurance(), SignOff(by=by, on=on):
            return [SignedOffBySW(plan_version=plan.version, by=by, on=on)]
        case InQualityAssurance(), ReturnPlan(reason=reason, by=by, on=on):
            _let_them_assure(plan, command)
            reason_text, to = PlanText.of(reason), plan.marked_complete_by
            return [PEPReturned(plan_version=plan.version, reason=reason_text, by=by, to=to, on=on)]
        case InQualityAssurance(), ApprovePlan():
            _let_them_assure(plan, command)
            return [_completed(plan, command)]
        case Draft() | InQualityAssurance() | Completed(), Supersede(by_plan_id=by_plan_id, on=on):
            return [PEPSuperseded(by_plan_id=by_plan_id, on=on)]
        case Completed() | Superseded(completion=Completed()), WithdrawCompletion():
            return _withdrawn(plan, command)
        case _, WithdrawCompletion():
            return []
        case _:
            raise Refusal(f"It cannot be {_ASKED[type(command)]}: {_STANDS[type(plan)]}.")


def _opened(command: OpenNumberedPlan) -> EPEPOpened:
    return EPEPOpened(
        plan_id=command.plan_id, number=command.number, supersedes=command.supersedes, **command.opening.model_dump()
    )


def _contributed(command: ContributeSection) -> SectionContributed:
    section = command.rules.sections.named(command.section)
    if section is None:
        raise Refusal(f"The plan has no section '{command.section}'.")
    if command.acts_as().isdisjoint(section.contributors):
        people = " or ".join(role.replace("_", " ") for role in section.contributors)
        raise Refusal(f"The section '{section.title}' is written by: {people}.", *section.source)
    text = PlanText.of(command.text)
    return SectionContributed(section=section.key, text=text, by=command.by, role=command.role, on=command.on)


def _costs_premium(plan: Draft, command: SetTarget) -> bool:
    before = (target for target in plan.content.targets if target.target_id == command.target_id)
    return any(action.line for action in command.actions) or any(target.lines for target in before)


def _target_set(plan: Draft, command: SetTarget) -> TargetSet:
    return TargetSet(
        target_id=command.target_id,
        subject=command.subject,
        text=PlanText.of(command.text),
        actions=agreed(command.target_id, plan.version, command.actions),
        by=command.by,
        role=command.role,
        on=command.on,
    )


def _marked_complete(plan: Draft, command: MarkComplete) -> PEPMarkedComplete:
    return PEPMarkedComplete(
        plan_version=plan.version,
        meeting_id=command.child.pep_meetings[-1],
        by=command.by,
        on=command.on,
        warnings=warnings_of(plan, command.child.born_in_school_year, command.rules),
    )


def _let_them_assure(plan: InQualityAssurance, command: ApprovePlan | ReturnPlan) -> None:
    if command.role not in command.rules.quality_assurance.roles:
        people = " or ".join(role.replace("_", " ") for role in command.rules.quality_assurance.roles)
        raise Refusal(f"A plan is quality assured by: {people}.", *command.rules.quality_assurance.source)
    if command.by in plan.content.authors:
        raise Refusal("A plan cannot be quality assured by somebody who wrote it.", "O-15", "O-24")
    if command.plan_version != plan.version:
        raise Refusal(f"The decision is about version {command.plan_version}; the plan is at version {plan.version}.")


def _completed(plan: InQualityAssurance, command: ApprovePlan) -> PEPCompleted:
    if Role.SOCIAL_WORKER in command.rules.sign_off.roles and not plan.social_worker_agrees:
        raise Refusal("The social worker has not signed the plan off.", *command.rules.sign_off.source)
    if plan.meeting_id not in command.child.pep_meetings:
        raise Refusal("The meeting that the plan rests on was no PEP meeting: return the plan.", "L-20")
    return PEPCompleted(plan_version=plan.version, meeting_id=plan.meeting_id, by=command.by, on=command.on)


def _withdrawn(plan: Completed | Superseded, command: WithdrawCompletion) -> Sequence[PlanEvent]:
    completion = plan.completion if isinstance(plan, Superseded) else plan
    if completion is None or completion.meeting_id != command.meeting_id:
        return []
    version = completion.version
    return [PEPCompletionWithdrawn(plan_version=version, meeting_id=command.meeting_id, on=command.on)]


def evolve(plan: Plan, event: PlanEvent) -> Plan:
    match event:
        case EPEPOpened():
            return Draft(Opening(event.plan_id, event.child_ref, event.school_year, event.term))
        case SectionContributed():
            return _with_section(_was(plan, Draft), event)
        case TargetSet():
            return _with_target(_was(plan, Draft), event)
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
        case _:
            assert_never(event)


def _was(plan: Plan, *kinds: type[Kind]) -> Kind:
    """History says that the plan was one of these. TypeError if not: then history itself is broken."""
    if not isinstance(plan, kinds):
        raise TypeError(f"the plan was {type(plan).__name__}")
    return plan


def _with_section(plan: Draft, event: SectionContributed) -> Draft:
    content = plan.content
    written = replace(content, sections=content.sections | {event.section}, authors=content.authors | {event.by})
    return replace(plan, content=written)


def _with_target(plan: Draft, event: TargetSet) -> Draft:
    lines = tuple(action.line for action in event.actions if action.line)
    target = Target(event.target_id, event.subject, lines)
    targets = {before.target_id: before for before in plan.content.targets} | {target.target_id: target}
    authors = plan.content.authors | {event.by}
    return replace(plan, content=replace(plan.content, targets=tuple(targets.values()), authors=authors))


def _in_quality_assurance(plan: Draft, event: PEPMarkedComplete) -> InQualityAssurance:
    content = replace(plan.content, authors=plan.content.authors | {event.by})
    return InQualityAssurance(plan.opening, content, plan.version, event.meeting_id, event.by)


def _next_version(plan: InQualityAssurance | Completed) -> Draft:
    return Draft(plan.opening, plan.content, plan.version + 1)


def _complete(plan: InQualityAssurance) -> Completed:
    return Completed(plan.opening, plan.content, plan.version, plan.meeting_id)


def _superseded(plan: Draft | InQualityAssurance | Completed, by_plan_id: str) -> Superseded:
    return Superseded(plan.opening, by_plan_id, plan if isinstance(plan, Completed) else None)


PLAN: Decider[Plan, PlanCommand, PlanEvent] = Decider(Nothing(), decide, evolve, announce)
