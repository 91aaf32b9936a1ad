"""Writing a plan: its sections and its targets."""

from __future__ import annotations

from fastapi import APIRouter

from pep_kernel.decider import Act
from pep_record.domain.plan.commands import ContributeSection, SetTarget
from pep_record.domain.resting_on_facts import resting_on_facts
from pep_record.entrypoints.asked import SectionBody, TargetBody
from pep_record.entrypoints.permitted import permitted_plan
from pep_record.entrypoints.shown import TargetMade
from pep_record.projections import PLAN_TARGET
from pep_record.projections.plan_overview import PlanOverview
from pep_runtime.http import Caller

router = APIRouter(tags=["plans"])
CONTRIBUTE = "contribute to plan"


@router.put("/plans/{plan_id}/sections/{section}", status_code=204, summary="Write a section")
async def write_section(plan_id: str, section: str, body: SectionBody, caller: Caller) -> None:
    plan = await permitted_plan(caller, CONTRIBUTE, plan_id)
    command = ContributeSection(
        plan_id=plan.plan_id,
        section=section,
        text=body.text,
        by=caller.signed.person_ref,
        role=caller.signed.role,
        on=caller.today,
        rules=caller.rules.in_force(caller.today),
    )
    await caller.do(resting_on_facts(command))


@router.post("/plans/{plan_id}/targets", status_code=201, summary="Set a target")
async def set_target(plan_id: str, body: TargetBody, caller: Caller) -> TargetMade:
    plan = await permitted_plan(caller, CONTRIBUTE, plan_id)
    target_id = f"target-{caller.new_id()[:12]}"
    await caller.do(_setting(caller, plan, target_id, body))
    return TargetMade(target_id=target_id)


@router.put("/plans/{plan_id}/targets/{target_id}", status_code=204, summary="Set a target anew, with all its actions")
async def set_target_anew(plan_id: str, target_id: str, body: TargetBody, caller: Caller) -> None:
    plan = await permitted_plan(caller, CONTRIBUTE, plan_id)
    target = await caller.row(PLAN_TARGET, plan.plan_id, target_id)
    await caller.do(_setting(caller, plan, target.target_id, body))


def _setting(caller: Caller, plan: PlanOverview, target_id: str, body: TargetBody) -> Act:
    command = SetTarget(
        target_id=target_id,
        subject=body.subject,
        text=body.text,
        actions=tuple(body.actions),
        by=caller.signed.person_ref,
        role=caller.signed.role,
        on=caller.today,
    )
    return Act(command, (plan.plan_id,), child_ref=plan.child_ref)
