"""Whose plan it is, and whether this person may do this to it: by the school and the social worker of its child now."""

from __future__ import annotations

from pep_kernel.may import Resource, Role
from pep_record.projections import KNOWN_CHILD, PLAN_OVERVIEW
from pep_record.projections.known_child import KnownChild
from pep_record.projections.plan_overview import PlanOverview
from pep_runtime.http import MOST_ROWS, Caller


async def permitted_plan(caller: Caller, action: str, plan_id: str) -> PlanOverview:
    """The plan. `NotFound` if this authority has none of this name, `Forbidden` if this person may not."""
    plan = await caller.row(PLAN_OVERVIEW, plan_id)
    caller.permit(action, resource_of(await caller.row(KNOWN_CHILD, plan.child_ref)))
    return plan


def resource_of(child: KnownChild) -> Resource:
    return Resource(child.child_ref, child.school_urn, child.social_worker_ref)


async def children_of(caller: Caller) -> tuple[str, ...] | None:
    """The children whose plans this person may list; none where all children are theirs to see."""
    theirs: dict[str, str | None]
    match caller.signed.role:
        case Role.SOCIAL_WORKER:
            theirs = {"social_worker_ref": caller.signed.person_ref}
        case Role.DESIGNATED_TEACHER if caller.signed.school_urn is None:
            return ()
        case Role.DESIGNATED_TEACHER:
            theirs = {"school_urn": caller.signed.school_urn}
        case _:
            return None
    children = await caller.rows(KNOWN_CHILD, theirs, limit=MOST_ROWS)
    return tuple(child.child_ref for child in children.items)
