"""A plan is written, marked complete, and quality assured by somebody who did not write it.

Quality assurance returns it, and the next version is written, or approves the version that was seen. Another plan may
take its place. Should its meeting turn out to have been no PEP meeting, the completion is withdrawn. When the child is
forgotten, nothing more happens to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pep_kernel.decider import Decider
from pep_kernel.forgotten import NoteForgotten, removed
from pep_kernel.may import NO_AUTHOR_ASSURES, Resource, Role
from pep_kernel.refusal import Refusal
from pep_kernel.sealed import PlanText
from pep_record.domain.plan.announcing import announce
from pep_record.domain.plan.commands import (
    ApproveDelegatesWork,
    ApprovePlan,
    ContributeSection,
    FactsOfChild,
    GiveViews,
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
from pep_record.domain.plan.evolve import evolve
from pep_record.domain.plan.requirements import warnings_of
from pep_record.domain.plan.states import (
    Completed,
    Content,
    Draft,
    Forgotten,
    InQualityAssurance,
    Nothing,
    Plan,
    Superseded,
)

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
    GiveViews: "changed",
    ApproveDelegatesWork: "approved",
    MarkComplete: "marked complete",
    SignOff: "signed off",
    ApprovePlan: "quality assured",
    ReturnPlan: "returned",
    Supersede: "superseded",
}


def decide(plan: Plan, command: PlanCommand) -> Sequence[PlanEvent]:
    match plan, command:
        case Forgotten(), NoteForgotten():
            return []
        case Forgotten(on=on, reason=reason), _:
            raise removed(on, reason)
        case _, NoteForgotten(on=on, reason=reason):
            return [PEPForgotten(on=on, reason=reason)]
        case Nothing(), OpenNumberedPlan():
            return [_opened(command)]
        case Draft(), ContributeSection():
            return [_contributed(command)]
        case Draft(), SetTarget(role=Role.SOCIAL_WORKER | Role.PERSONAL_ADVISER) if _costs_premium(plan, command):
            raise Refusal("What the premium pays is costed by the school or the Virtual School.", "L-30")
        case Draft(), SetTarget():
            return [_target_set(plan, command)]
        case Draft(), GiveViews(role=Role.PUPIL, text=text, by=by, on=on):
            return [PupilViewsRecorded(text=PlanText.of(text), by=by, on=on)]
        case Draft(), GiveViews(text=text, by=by, on=on):
            return [CarerViewsRecorded(text=PlanText.of(text), by=by, on=on)]
        case Draft(), ApproveDelegatesWork() if not _answers_for_school(command):
            raise Refusal("The designated teacher approves what a delegate wrote.", "O-22")
        case Draft(content=Content(by_delegate=parts)), ApproveDelegatesWork(by=by, on=on):
            return [DelegateApprovedByDT(parts=tuple(sorted(parts)), by=by, on=on)] if parts else []
        case Draft(), MarkComplete() if not _answers_for_school(command):
            raise Refusal("The designated teacher marks a plan complete.", "L-05", "L-79")
        case Draft(), MarkComplete() if _awaits_teacher(plan, command):
            raise Refusal("A delegate wrote some of this plan: the designated teacher must approve that first.", "O-22")
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
        case InQualityAssurance(), ApprovePlan() | ReturnPlan() if not _may_assure(command):
            people = _named(command.rules.quality_assurance.roles)
            raise Refusal(f"A plan is quality assured by: {people}.", "L-80", "O-24")
        case InQualityAssurance(), ApprovePlan() | ReturnPlan() if _wrote_it(plan, command):
            raise Refusal(NO_AUTHOR_ASSURES.sentence, *NO_AUTHOR_ASSURES.source)
        case InQualityAssurance(version=version), ApprovePlan() | ReturnPlan() if command.plan_version != version:
            raise Refusal(f"The decision is about version {command.plan_version}; the plan is at version {version}.")
        case InQualityAssurance(social_worker_agrees=False), ApprovePlan() if _needs_social_worker(command):
            raise Refusal("The social worker has not signed the plan off.", "O-42")
        case InQualityAssurance(), ApprovePlan() if plan.meeting_id not in command.child.pep_meetings:
            raise Refusal("The meeting that the plan rests on was no PEP meeting: return the plan.", "L-20")
        case InQualityAssurance(), ApprovePlan():
            return [_completed(plan, command)]
        case InQualityAssurance(), ReturnPlan():
            return [_returned(plan, command)]
        case Draft() | InQualityAssurance() | Completed(), Supersede(by_plan_id=by_plan_id, on=on):
            return [PEPSuperseded(by_plan_id=by_plan_id, on=on)]
        case (
            Completed(meeting_id=held, version=version)
            | Superseded(completion=Completed(meeting_id=held, version=version)),
            WithdrawCompletion(meeting_id=corrected, on=on),
        ) if held == corrected:
            return [PEPCompletionWithdrawn(plan_version=version, meeting_id=held, on=on)]
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
        raise Refusal(f"The section '{section.title}' is written by: {_named(section.contributors)}.", *section.source)
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


def _answers_for_school(command: ApproveDelegatesWork | MarkComplete) -> bool:
    """A delegate writes in the designated teacher's place, and neither approves nor completes in it (O-21)."""
    return command.role is not Role.DELEGATE and Role.DESIGNATED_TEACHER in command.acts_as()


def _awaits_teacher(plan: Draft, command: MarkComplete) -> bool:
    return command.rules.sign_off.teacher_approves_delegate and bool(plan.content.by_delegate)


def _wrote_it(plan: InQualityAssurance, command: ApprovePlan | ReturnPlan) -> bool:
    return NO_AUTHOR_ASSURES.breaks(command.by, Resource(authors=frozenset(plan.content.authors)))


def _may_assure(command: ApprovePlan | ReturnPlan) -> bool:
    return command.role in command.rules.quality_assurance.roles


def _needs_social_worker(command: ApprovePlan) -> bool:
    return Role.SOCIAL_WORKER in command.rules.sign_off.roles


def _named(roles: Iterable[Role]) -> str:
    return " or ".join(role.replace("_", " ") for role in roles)


def _completed(plan: InQualityAssurance, command: ApprovePlan) -> PEPCompleted:
    return PEPCompleted(plan_version=plan.version, meeting_id=plan.meeting_id, by=command.by, on=command.on)


def _returned(plan: InQualityAssurance, command: ReturnPlan) -> PEPReturned:
    return PEPReturned(
        plan_version=plan.version,
        reason=PlanText.of(command.reason),
        by=command.by,
        to=plan.marked_complete_by,
        on=command.on,
    )


PLAN: Decider[Plan, PlanCommand, PlanEvent] = Decider(Nothing(), decide, evolve, announce)
