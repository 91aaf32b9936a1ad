"""Plans, to look at: one whole, several in a list, and those that wait for quality assurance."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from pep_kernel.authority_policy.pep_record import Section
from pep_record.entrypoints.permitted import children_of, permitted_plan, resource_of
from pep_record.entrypoints.shown import (
    ActionShown,
    LineShown,
    PlanPage,
    PlanShown,
    PlanSummary,
    SectionShown,
    TargetShown,
)
from pep_record.projections import KNOWN_CHILD, PLAN_ACTION, PLAN_OVERVIEW, PLAN_SECTION, PLAN_TARGET
from pep_record.projections.plan_action import PlanAction
from pep_record.projections.plan_overview import IN_QUALITY_ASSURANCE, PlanOverview
from pep_record.projections.plan_section import PlanSection
from pep_record.projections.plan_target import PlanTarget
from pep_runtime.http import MOST_ROWS, Caller

router = APIRouter(tags=["plans"])

After = Annotated[str | None, Query(description="`next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=MOST_ROWS)]


@router.get("/plans", summary="Plans, of one child or of all that this person may see")
async def list_plans(
    caller: Caller,
    child_ref: Annotated[str | None, Query(description="Only this child's plans.")] = None,
    state: Annotated[str | None, Query(description="Only plans in this state.", examples=["draft"])] = None,
    after: After = None,
    limit: Limit = 50,
) -> PlanPage:
    children = await _children(caller, child_ref)
    where: dict[str, Any] = {} if children is None else {"child_ref": children}
    return await _page(caller, where if state is None else {**where, "state": state}, after, limit)


async def _children(caller: Caller, child_ref: str | None) -> tuple[str, ...] | None:
    if child_ref is None:
        caller.permit("list children")
        return await children_of(caller)
    caller.permit("read plan", resource_of(await caller.row(KNOWN_CHILD, child_ref)))
    return (child_ref,)


@router.get("/quality-assurance-queue", summary="Plans that wait for quality assurance")
async def quality_assurance_queue(caller: Caller, after: After = None, limit: Limit = 50) -> PlanPage:
    caller.permit("quality assure plan")
    return await _page(caller, {"state": IN_QUALITY_ASSURANCE}, after, limit)


async def _page(caller: Caller, where: dict[str, Any], after: str | None, limit: int) -> PlanPage:
    page = await caller.rows(PLAN_OVERVIEW, where, after=after, limit=limit)
    return PlanPage(items=tuple(PlanSummary.model_validate(plan) for plan in page.items), next=page.next)


@router.get("/plans/{plan_id}", summary="A whole plan: its sections, targets and actions")
async def show_plan(plan_id: str, caller: Caller) -> PlanShown:
    plan = await permitted_plan(caller, "read plan", plan_id)
    return PlanShown(
        **PlanSummary.model_validate(plan).model_dump(),
        return_reason=await caller.open(plan.return_reason),
        sections=await _sections(caller, plan),
        targets=await _targets(caller, plan),
    )


async def _sections(caller: Caller, plan: PlanOverview) -> tuple[SectionShown, ...]:
    """The authority's sections in their order, then those that were written when it had them."""
    page = await caller.rows(PLAN_SECTION, {"plan_id": plan.plan_id}, limit=MOST_ROWS)
    written = {section.section: section for section in page.items}
    policy = {section.key: section for section in caller.rules.in_force(caller.today).sections.each}
    keys = dict.fromkeys((*policy, *written))
    return tuple([await _section(caller, key, policy.get(key), written.get(key)) for key in keys])


async def _section(caller: Caller, key: str, rule: Section | None, written: PlanSection | None) -> SectionShown:
    return SectionShown(
        section=key,
        title=rule.title if rule else key,
        required=rule.required if rule else False,
        contributors=rule.contributors if rule else (),
        text=await caller.open(written.text) if written else None,
        written_by=written.written_by if written else None,
        written_on=written.written_on if written else None,
    )


async def _targets(caller: Caller, plan: PlanOverview) -> tuple[TargetShown, ...]:
    targets = await caller.rows(PLAN_TARGET, {"plan_id": plan.plan_id}, limit=MOST_ROWS)
    actions = await caller.rows(PLAN_ACTION, {"plan_id": plan.plan_id}, limit=MOST_ROWS)
    return tuple(
        [
            await _target(caller, target, [action for action in actions.items if action.target_id == target.target_id])
            for target in targets.items
        ]
    )


async def _target(caller: Caller, target: PlanTarget, actions: list[PlanAction]) -> TargetShown:
    return TargetShown(
        target_id=target.target_id,
        subject=target.subject,
        text=await caller.open(target.text) or "",
        set_by=target.set_by,
        set_on=target.set_on,
        actions=tuple([await _action(caller, action) for action in sorted(actions, key=lambda each: each.number)]),
    )


async def _action(caller: Caller, action: PlanAction) -> ActionShown:
    line = action.line_id and LineShown.model_validate(action, from_attributes=True)
    return ActionShown(text=await caller.open(action.text) or "", owner=action.owner, line=line or None)
