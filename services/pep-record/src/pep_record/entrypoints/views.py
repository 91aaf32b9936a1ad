"""What carers and the child say for themselves. They need not know which plan is the current one."""

from __future__ import annotations

from fastapi import APIRouter

from pep_kernel.decider import Act
from pep_kernel.refusal import Refusal
from pep_record.domain.plan.commands import GiveViews
from pep_record.entrypoints.asked import ViewsBody
from pep_record.entrypoints.permitted import permitted_child
from pep_record.entrypoints.shown import OwnViewsShown
from pep_record.projections import KNOWN_CHILD, PLAN_VIEWS
from pep_runtime.http import Caller, Desk

router = APIRouter(tags=["views"])
GIVE = "give views"


@router.put("/children/{child_ref}/views", status_code=204, summary="Give your views, as a carer or as the child")
async def give_views(child_ref: str, body: ViewsBody, caller: Caller) -> None:
    plan_id = await _current_plan(caller, child_ref)
    signed = caller.signed
    command = GiveViews(by=signed.person_ref, role=signed.role, text=body.text, on=caller.today)
    await caller.do(Act(command, (plan_id,), child_ref=child_ref))


@router.get("/children/{child_ref}/views", summary="The views that you gave for the current plan")
async def show_own_views(child_ref: str, caller: Caller) -> OwnViewsShown:
    where = {"plan_id": await _current_plan(caller, child_ref), "person_ref": caller.signed.person_ref}
    given = next(iter((await caller.rows(PLAN_VIEWS, where)).items), None)
    return OwnViewsShown(
        text=await caller.open(given.text) if given else None, given_on=given.given_on if given else None
    )


async def _current_plan(caller: Desk, child_ref: str) -> str:
    await permitted_child(caller, GIVE, child_ref)
    plan_id = (await caller.row(KNOWN_CHILD, child_ref)).current_plan_id
    if plan_id is None:
        raise Refusal("There is no plan yet for which views could be given.")
    return plan_id
