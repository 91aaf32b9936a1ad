"""Who sees a child's record beside those whom care facts name: grants, delegates, restrictions, broken glass."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from pep_kernel.decider import Act
from pep_kernel.may import NOT_STAFF, Grantable, Resource, Role
from pep_kernel.refusal import Refusal
from pep_runtime.clock import LONDON
from pep_runtime.http import Caller, Desk
from pep_runtime.paged_rows import Within
from scheduling.domain.access.commands import (
    AccessCommand,
    BreakGlass,
    EndDelegate,
    NameDelegate,
    RestrictRecord,
    UnrestrictRecord,
)
from scheduling.domain.access.decider import GLASS_STAYS_BROKEN
from scheduling.domain.days import Day
from scheduling.domain.meeting_of_child import child_stream
from scheduling.domain.person.commands import EndGrant, GrantRole
from scheduling.entrypoints.access_shapes import (
    BrokenGlassPage,
    BrokenGlassShown,
    DelegateBody,
    GlassShown,
    GrantBody,
    ReasonBody,
)
from scheduling.entrypoints.permitted import permitted_child
from scheduling.entrypoints.routes_children import After, Limit
from scheduling.projections.broken_glass import BROKEN_GLASS
from scheduling.projections.child_overview import ChildOverview
from scheduling.projections.colleague import COLLEAGUES

router = APIRouter(tags=["access"])
WEEK = timedelta(days=7)


@router.post("/people/{person_ref}/grants", status_code=204, summary="Grant a further role or a permission")
async def grant(person_ref: str, body: GrantBody, caller: Caller) -> None:
    caller.permit("grant role", Resource(person_ref=person_ref))
    if body.what in NOT_STAFF:
        raise Refusal(
            "This role is not granted: carers and pupils are known by the child, and services sign for themselves."
        )
    await caller.row(COLLEAGUES, person_ref)
    command = GrantRole(
        person_ref=person_ref, what=body.what, on=caller.today, until=body.until, by=caller.signed.person_ref
    )
    await caller.do(Act(command, (f"person-{person_ref}",)))


@router.delete("/people/{person_ref}/grants/{what}", status_code=204, summary="End what was granted")
async def end_grant(person_ref: str, what: Grantable, caller: Caller) -> None:
    caller.permit("grant role", Resource(person_ref=person_ref))
    await caller.row(COLLEAGUES, person_ref)
    command = EndGrant(person_ref=person_ref, what=what, on=caller.today, by=caller.signed.person_ref)
    await caller.do(Act(command, (f"person-{person_ref}",)))


@router.post("/children/{child_ref}/delegates", status_code=204, summary="Name a delegate for a child")
async def name_delegate(child_ref: str, body: DelegateBody, caller: Caller) -> None:
    child = await permitted_child(caller, child_ref, "name delegate")
    person = await caller.row(COLLEAGUES, body.person_ref)
    if (person.role, person.school_urn) != (Role.DELEGATE, child.school_urn):
        raise Refusal("A delegate is somebody of the child's school whom the staff list names as one.", "O-21")
    by = caller.signed.person_ref
    await _do(caller, child, NameDelegate(child_ref=child_ref, on=caller.today, person_ref=body.person_ref, by=by))


@router.delete("/children/{child_ref}/delegates/{person_ref}", status_code=204, summary="End a delegation")
async def end_delegate(child_ref: str, person_ref: str, caller: Caller) -> None:
    child = await permitted_child(caller, child_ref, "name delegate")
    by = caller.signed.person_ref
    await _do(caller, child, EndDelegate(child_ref=child_ref, on=caller.today, person_ref=person_ref, by=by))


@router.post("/children/{child_ref}/restriction", status_code=204, summary="Restrict a record")
async def restrict(child_ref: str, body: ReasonBody, caller: Caller) -> None:
    child = await permitted_child(caller, child_ref, "restrict record")
    by = caller.signed.person_ref
    await _do(caller, child, RestrictRecord(child_ref=child_ref, on=caller.today, reason=body.reason, by=by))


@router.post("/children/{child_ref}/restriction-end", status_code=204, summary="Open a restricted record again")
async def unrestrict(child_ref: str, body: ReasonBody, caller: Caller) -> None:
    child = await permitted_child(caller, child_ref, "restrict record")
    by = caller.signed.person_ref
    await _do(caller, child, UnrestrictRecord(child_ref=child_ref, on=caller.today, reason=body.reason, by=by))


@router.post("/children/{child_ref}/break-glass", summary="Look at a record in an emergency, for three hours")
async def break_glass(child_ref: str, body: ReasonBody, caller: Caller) -> GlassShown:
    """The child's social worker and the head of the Virtual School are told at once. Nothing can be written."""
    child = await permitted_child(caller, child_ref, "break glass")
    at, signed = caller.now, caller.signed
    command = BreakGlass(child_ref=child_ref, by=signed.person_ref, role=signed.role, reason=body.reason, at=at)
    await _do(caller, child, command)
    return GlassShown(until=at + GLASS_STAYS_BROKEN)


async def _do(caller: Desk, child: ChildOverview, command: AccessCommand) -> None:
    await caller.do(Act(command, (child_stream(child.child_ref),), child_ref=child.child_ref))


@router.get("/broken-glass", summary="Who opened a record in an emergency, and why: the last week, or since a day")
async def list_broken_glass(
    caller: Caller,
    since: Annotated[Day | None, Query(description="From this day on; a week ago where none is given.")] = None,
    after: After = None,
    limit: Limit = 50,
) -> BrokenGlassPage:
    caller.permit("read broken glass")
    first = datetime.combine(since or (caller.today - WEEK), time.min, LONDON)
    page = await caller.rows(BROKEN_GLASS, {"broken_at": Within(first)}, after=after, limit=limit)
    items = [
        BrokenGlassShown(
            broken_at=each.broken_at,
            until=each.until,
            child_ref=each.child_ref,
            person_ref=each.person_ref,
            role=each.role,
            reason=await caller.open(each.reason),
        )
        for each in page.items
    ]
    return BrokenGlassPage(authority=caller.authority, items=items, next=page.next)
