"""Plans, to look at: one whole, several in a list, and those that wait for quality assurance."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from pep_kernel.authority_policy.pep_record import Section
from pep_kernel.may import FIELDS, Condition, Role, Shown, fields
from pep_record.entrypoints.permitted import (
    READ_COMPLETED,
    permitted_child,
    plans_of_theirs,
    plans_to_read,
    to_read,
)
from pep_record.entrypoints.shown import (
    ActionShown,
    LineShown,
    PlanPage,
    PlanShown,
    PlanSummary,
    SectionShown,
    TargetShown,
    ViewsShown,
)
from pep_record.projections import PLAN_ACTION, PLAN_OVERVIEW, PLAN_SECTION, PLAN_TARGET, PLAN_VIEWS
from pep_record.projections.plan_action import PlanAction
from pep_record.projections.plan_overview import IN_QUALITY_ASSURANCE, PlanOverview
from pep_record.projections.plan_section import PlanSection
from pep_record.projections.plan_target import PlanTarget
from pep_record.projections.plan_views import PlanViews
from pep_runtime.http import Caller
from pep_runtime.paged_rows import MOST_ROWS

router = APIRouter(tags=["plans"])
ASSURE = "quality assure plan"

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
    if child_ref is None:
        caller.permit("list children")
    else:
        await permitted_child(caller, READ_COMPLETED, child_ref)
    asked = {"child_ref": child_ref, "state": state}
    where = {column: value for column, value in asked.items() if value is not None}
    return await _page(caller, where, plans_to_read(caller), after, limit)


@router.get("/quality-assurance-queue", summary="Plans that wait for quality assurance")
async def quality_assurance_queue(caller: Caller, after: After = None, limit: Limit = 50) -> PlanPage:
    caller.permit(ASSURE)
    return await _page(caller, {"state": IN_QUALITY_ASSURANCE}, plans_of_theirs(caller, ASSURE), after, limit)


async def _page(caller: Caller, where: dict[str, Any], only: Condition, after: str | None, limit: int) -> PlanPage:
    page = await caller.rows(PLAN_OVERVIEW, where, only=only, after=after, limit=limit)
    shown = frozenset[Shown]().union(*(FIELDS[role] for role in caller.signed.roles))
    return PlanPage(items=tuple(_summary(plan, shown) for plan in page.items), next=page.next)


def _summary(plan: PlanOverview, shown: frozenset[Shown]) -> PlanSummary:
    """What a plan lacks, and what awaits the designated teacher, is for those who work at it."""
    told = PlanSummary.model_validate(plan)
    return told if Shown.ASSURANCE in shown else told.model_copy(update={"warnings": (), "by_delegate": ()})


@router.get("/plans/{plan_id}", summary="A whole plan: its sections, targets and actions")
async def show_plan(plan_id: str, caller: Caller) -> PlanShown:
    plan = await caller.row(PLAN_OVERVIEW, plan_id)
    child = await permitted_child(caller, to_read(plan), plan.child_ref)
    shown = fields(caller.signed, to_read(plan), child)
    return PlanShown(
        **_summary(plan, shown).model_dump(),
        return_reason=await caller.open(plan.return_reason) if Shown.ASSURANCE in shown else None,
        sections=await _sections(caller, plan, shown),
        targets=await _targets(caller, plan, shown),
        views=await _views(caller, plan),
    )


async def _sections(caller: Caller, plan: PlanOverview, shown: frozenset[Shown]) -> tuple[SectionShown, ...]:
    """The authority's sections in their order, then those that were written when it had them."""
    page = await caller.rows(PLAN_SECTION, {"plan_id": plan.plan_id}, limit=MOST_ROWS)
    written = {section.section: section for section in page.items}
    policy = {section.key: section for section in caller.rules.in_force(caller.today).sections.each}
    keys = dict.fromkeys((*policy, *written))
    role = caller.signed.role
    seen = {key: section for key, section in written.items() if _is_shown(policy.get(key), role, shown)}
    return tuple([await _section(caller, key, policy.get(key), seen.get(key)) for key in keys])


def _is_shown(rule: Section | None, role: Role, shown: frozenset[Shown]) -> bool:
    """What the school has no part in writing tells of the child's care, and is for those who are shown that.

    Besides, an authority may keep a section from some, as from a child what is said of money.
    """
    if rule is not None and role in rule.not_shown_to:
        return False
    return Shown.CARE in shown or (rule is not None and Role.DESIGNATED_TEACHER in rule.contributors)


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


async def _views(caller: Caller, plan: PlanOverview) -> tuple[ViewsShown, ...]:
    page = await caller.rows(PLAN_VIEWS, {"plan_id": plan.plan_id}, limit=MOST_ROWS)
    return tuple([await _views_of(caller, views) for views in page.items])


async def _views_of(caller: Caller, views: PlanViews) -> ViewsShown:
    text = await caller.open(views.text) or ""
    return ViewsShown(role=views.role, text=text, given_by=views.person_ref, given_on=views.given_on)


async def _targets(caller: Caller, plan: PlanOverview, shown: frozenset[Shown]) -> tuple[TargetShown, ...]:
    targets = await caller.rows(PLAN_TARGET, {"plan_id": plan.plan_id}, limit=MOST_ROWS)
    actions = await caller.rows(PLAN_ACTION, {"plan_id": plan.plan_id}, limit=MOST_ROWS)
    return tuple(
        [
            await _target(caller, target, [each for each in actions.items if each.target_id == target.target_id], shown)
            for target in targets.items
        ]
    )


async def _target(
    caller: Caller, target: PlanTarget, actions: list[PlanAction], shown: frozenset[Shown]
) -> TargetShown:
    return TargetShown(
        target_id=target.target_id,
        subject=target.subject,
        text=await caller.open(target.text) or "",
        set_by=target.set_by,
        set_on=target.set_on,
        actions=tuple(
            [await _action(caller, action, shown) for action in sorted(actions, key=lambda each: each.number)]
        ),
    )


async def _action(caller: Caller, action: PlanAction, shown: frozenset[Shown]) -> ActionShown:
    line = Shown.COSTS in shown and action.line_id and LineShown.model_validate(action, from_attributes=True)
    return ActionShown(text=await caller.open(action.text) or "", owner=action.owner, line=line or None)
