"""From a written plan to a completed one: a delegate's part approved, marked complete, signed off, quality assured."""

from __future__ import annotations

from fastapi import APIRouter

from pep_kernel.decider import Act
from pep_record.domain.plan.commands import ApproveDelegatesWork, ApprovePlan, MarkComplete, ReturnPlan, SignOff
from pep_record.domain.resting_on_facts import resting_on_facts
from pep_record.entrypoints.asked import CompleteBody, QualityAssuranceBody, ReturnBody
from pep_record.entrypoints.permitted import permitted_plan
from pep_record.projections.plan_overview import PlanOverview
from pep_runtime.http import Caller

router = APIRouter(tags=["completion"])


@router.post("/plans/{plan_id}/delegate-approval", status_code=204, summary="Approve what a delegate wrote in a plan")
async def approve_delegates_work(plan_id: str, caller: Caller) -> None:
    plan = await permitted_plan(caller, "approve delegate's work", plan_id)
    command = ApproveDelegatesWork(
        plan_id=plan.plan_id,
        by=caller.signed.person_ref,
        role=caller.signed.role,
        on=caller.today,
        rules=caller.rules.in_force(caller.today),
    )
    await caller.do(resting_on_facts(command))


@router.post("/plans/{plan_id}/completion", status_code=204, summary="Mark a plan complete, for quality assurance")
async def mark_complete(plan_id: str, caller: Caller) -> None:
    plan = await permitted_plan(caller, "mark plan complete", plan_id)
    command = MarkComplete(
        plan_id=plan.plan_id,
        by=caller.signed.person_ref,
        role=caller.signed.role,
        on=caller.today,
        rules=caller.rules.in_force(caller.today),
    )
    await caller.do(resting_on_facts(command))


@router.post("/plans/{plan_id}/sign-off", status_code=204, summary="Agree with a plan, as its child's social worker")
async def sign_off(plan_id: str, caller: Caller) -> None:
    plan = await permitted_plan(caller, "sign off plan", plan_id)
    command = SignOff(by=caller.signed.person_ref, on=caller.today)
    await caller.do(Act(command, (plan.plan_id,), child_ref=plan.child_ref))


@router.post("/plans/{plan_id}/quality-assurance", status_code=204, summary="Complete a plan, or return it")
async def quality_assure(plan_id: str, body: QualityAssuranceBody, caller: Caller) -> None:
    plan = await permitted_plan(caller, "quality assure plan", plan_id)
    await caller.do(_approval(caller, plan, body) if isinstance(body, CompleteBody) else _return(caller, plan, body))


def _approval(caller: Caller, plan: PlanOverview, body: CompleteBody) -> Act:
    command = ApprovePlan(
        plan_id=plan.plan_id,
        plan_version=body.plan_version,
        by=caller.signed.person_ref,
        role=caller.signed.role,
        on=caller.today,
        rules=caller.rules.in_force(caller.today),
    )
    return resting_on_facts(command)


def _return(caller: Caller, plan: PlanOverview, body: ReturnBody) -> Act:
    rules = caller.rules.in_force(caller.today)
    command = ReturnPlan(
        plan_version=body.plan_version,
        reason=body.reason,
        by=caller.signed.person_ref,
        role=caller.signed.role,
        on=caller.today,
        rules=rules,
    )
    return Act(command, (plan.plan_id,), child_ref=plan.child_ref, policy_version=rules.version)
