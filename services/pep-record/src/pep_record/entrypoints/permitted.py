"""Whose plan it is, and whether this person may do this to it: by what is known of its child and of the person now."""

from __future__ import annotations

from dataclasses import replace

from pep_kernel.may import Condition, Resource, child_resource, whose
from pep_record.projections import KNOWN_CHILD, PLAN_OVERVIEW
from pep_record.projections.plan_overview import PlanOverview
from pep_runtime.http import Caller


async def permitted_plan(caller: Caller, action: str, plan_id: str) -> PlanOverview:
    """The plan. `NotFound` if this authority has none of this name, `Forbidden` if this person may not."""
    plan = await caller.row(PLAN_OVERVIEW, plan_id)
    await permitted_child(caller, action, plan.child_ref)
    return plan


async def permitted_child(caller: Caller, action: str, child_ref: str) -> Resource:
    """The plan's child, as permission sees it now."""
    known = await caller.row(KNOWN_CHILD, child_ref)
    child = replace(child_resource(known, caller.now), carers=frozenset(known.carers))
    caller.permit(action, child)
    return child


READ, READ_COMPLETED = "read plan", "read completed plan"


def to_read(plan: PlanOverview) -> str:
    """More people may read a plan whose quality is assured, for as long as that stands."""
    return READ_COMPLETED if plan.completed_on else READ


def plans_to_read(caller: Caller) -> Condition:
    """The plans that this person may read: what `to_read` says of each, for a list."""
    every, completed = plans_of_theirs(caller, READ), plans_of_theirs(caller, READ_COMPLETED)
    return every | (Condition("completed_on is not null", {}) & completed)


def plans_of_theirs(caller: Caller, action: str) -> Condition:
    """The plans of the children about whom this person may do this."""
    return whose(caller.signed, action, caller.now).about(KNOWN_CHILD.table)
