"""Children in care, what is due for them, and who is around them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query

from pep_kernel.may import Role, Shown, fields
from pep_runtime.http import Caller, Desk
from pep_runtime.problems import Forbidden
from scheduling.domain.standing_in import worker_on
from scheduling.entrypoints.permitted import READ, around, permitted_child, sees_others_around, theirs
from scheduling.entrypoints.shapes import (
    ChildPage,
    ChildShown,
    DueDatePage,
    DueDateShown,
    MeetingPage,
    MeetingShown,
    PersonShown,
)
from scheduling.projections.absence import ABSENCES
from scheduling.projections.child_overview import CHILD_OVERVIEWS, ChildOverview
from scheduling.projections.contact import CARERS_OF_CHILDREN, CONTACTS
from scheduling.projections.due_date import DUE_DATES, DueDate
from scheduling.projections.meeting import MEETING_OVERVIEWS

router = APIRouter(tags=["children"])
After = Annotated[str | None, Query(max_length=200, description="Where the page before ended.")]
Limit = Annotated[int, Query(ge=1, le=200)]
SEALED = ("given_name", "family_name", "preferred_name", "language", "date_of_birth")
ABOUT_CARE = ("in_care_since", "left_care_on", "why_not", "last_review_on")


@router.get("/children", summary="The children whom you work with")
async def list_children(caller: Caller, after: After = None, limit: Limit = 50) -> ChildPage:
    caller.permit("list children")
    page = await caller.rows(CHILD_OVERVIEWS, only=theirs(caller, READ), after=after, limit=limit)
    await caller.about_to_open(getattr(child, name) for child in page.items for name in SEALED)
    return ChildPage(items=[await shown_child(caller, child) for child in page.items], next=page.next)


async def shown_child(caller: Desk, child: ChildOverview, earlier: ChildOverview | None = None) -> ChildShown:
    """As much of a child as this person is shown; or of an `earlier` row of it, by whose child it is now."""
    shown = fields(caller.signed, READ, around(child, caller.now))
    child = earlier or child
    told = {name: getattr(child, name) for name in ChildShown.model_fields}
    if Shown.CARE not in shown:
        told |= dict.fromkeys(ABOUT_CARE)
    return ChildShown(**{**told, **{name: await caller.open(told[name]) for name in SEALED}})


@router.get("/children/{child_ref}", summary="One child")
async def show_child(child_ref: str, caller: Caller) -> ChildShown:
    return await shown_child(caller, await permitted_child(caller, child_ref, READ))


@router.get("/children/{child_ref}/due-dates", summary="What is due for a child, and what was")
async def list_due_dates_of_child(
    child_ref: str, caller: Caller, after: After = None, limit: Limit = 50
) -> DueDatePage:
    child = await permitted_child(caller, child_ref, READ)
    page = await caller.rows(DUE_DATES, {"child_ref": child_ref}, after=after, limit=limit)
    return DueDatePage(items=await dues_shown(caller, child, page.items), next=page.next)


async def dues_shown(caller: Desk, child: ChildOverview, dues: Iterable[DueDate]) -> list[DueDateShown]:
    """Why one was late is told in words to those who work with the child, and to nobody at home."""
    in_words = Shown.LATENESS in fields(caller.signed, READ, around(child, caller.now))
    return [await _due_shown(caller, due, in_words=in_words) for due in dues]


async def _due_shown(caller: Desk, due: DueDate, *, in_words: bool) -> DueDateShown:
    shown = DueDateShown.model_validate(replace(due, late_details=None))
    return shown.model_copy(update={"late_details": await caller.open(due.late_details) if in_words else None})


@router.get("/children/{child_ref}/meetings", summary="A child's meetings")
async def list_meetings_of_child(child_ref: str, caller: Caller, after: After = None, limit: Limit = 50) -> MeetingPage:
    await permitted_child(caller, child_ref, READ)
    page = await caller.rows(MEETING_OVERVIEWS, {"child_ref": child_ref}, after=after, limit=limit)
    return MeetingPage(items=[MeetingShown.model_validate(meeting) for meeting in page.items], next=page.next)


@router.get(
    "/children/{child_ref}/people", summary="Those who are usually invited: worker, designated teachers, carers"
)
async def list_people_around_child(child_ref: str, caller: Caller) -> list[PersonShown]:
    child = await permitted_child(caller, child_ref, READ)
    if not sees_others_around(caller, child):
        raise Forbidden("Who else is around the child is not shown in this role.")
    people = [person for where in await _where(caller, child) for person in (await caller.rows(CONTACTS, where)).items]
    return [
        PersonShown(person_ref=each.person_ref, role=each.role, name=await caller.open(each.name)) for each in people
    ]


async def _where(caller: Desk, child: ChildOverview) -> list[dict[str, Any]]:
    """Where to look for them: the allocated worker and who stands in, the teachers of the school, the carers."""
    carers = (await caller.rows(CARERS_OF_CHILDREN, {"child_ref": child.child_ref})).items
    teachers = {"role": Role.DESIGNATED_TEACHER.value, "school_urn": child.school_urn}
    worker = child.social_worker_ref
    away = (await caller.rows(ABSENCES, {"person_ref": worker}, limit=200)).items if worker else ()
    deputy = worker_on(worker, away, caller.today) if worker else None
    known = list(dict.fromkeys(each for each in (worker, deputy, *(carer.person_ref for carer in carers)) if each))
    return [{"person_ref": known}, *([teachers] if child.school_urn else [])]
