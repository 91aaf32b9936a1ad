"""The register of designated teachers, verified each September; who is away, and who does the work meanwhile."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from pep_kernel.calendars import school_year
from pep_kernel.decider import Act
from pep_kernel.may import Condition, Resource
from pep_runtime.http import Caller, Desk
from scheduling.domain.days import Day
from scheduling.domain.person.commands import EndAbsence, RecordAbsence, VerifyDesignatedTeacher
from scheduling.domain.standing_in import EndAbsenceWithDeputy, end_absence, person_stream, record_absence
from scheduling.entrypoints.fact_shapes import (
    AbsenceBody,
    DesignatedTeacherPage,
    DesignatedTeacherShown,
    VerificationBody,
)
from scheduling.entrypoints.names import opened, sealed_names
from scheduling.entrypoints.routes_children import After, Limit
from scheduling.projections.absence import ABSENCES
from scheduling.projections.colleague import COLLEAGUES
from scheduling.projections.designated_teacher import DESIGNATED_TEACHERS

router = APIRouter(tags=["people"])


@router.get("/designated-teachers", summary="The register of designated teachers")
async def list_designated_teachers(
    caller: Caller,
    unverified: Annotated[bool, Query(description="Only those whom nobody verified in this school year.")] = False,
    after: After = None,
    limit: Limit = 50,
) -> DesignatedTeacherPage:
    caller.permit("keep teacher register")
    september = date(school_year(caller.today), 9, 1)
    only = Condition("verified_on is null or verified_on < {september}", {"september": september})
    page = await caller.rows(DESIGNATED_TEACHERS, only=only if unverified else None, after=after, limit=limit)
    known = await sealed_names(caller, (each.person_ref for each in page.items))
    names = await opened(caller, (known.get(each.person_ref) for each in page.items))
    items = [
        DesignatedTeacherShown.model_validate(each).model_copy(update={"name": name})
        for each, name in zip(page.items, names, strict=True)
    ]
    return DesignatedTeacherPage(items=items, next=page.next)


@router.post("/people/{person_ref}/verification", status_code=204, summary="Note that a designated teacher is verified")
async def verify_designated_teacher(person_ref: str, body: VerificationBody, caller: Caller) -> None:
    caller.permit("keep teacher register")
    await caller.row(COLLEAGUES, person_ref)
    command = VerifyDesignatedTeacher(
        person_ref=person_ref,
        on=caller.today,
        by=caller.signed.person_ref,
        deputy_ref=body.deputy_ref,
        trained_on=body.trained_on,
    )
    await caller.do(Act(command, (f"person-{person_ref}",)))


@router.post("/people/{person_ref}/absences", status_code=204, summary="Record who is away and who stands in")
async def record_absence_of(person_ref: str, body: AbsenceBody, caller: Caller) -> None:
    """The deputy may what the absent person may, on the days of the absence, and is invited and told meanwhile."""
    caller.permit("grant role", Resource(person_ref=body.deputy_ref))
    await _must_work_here(caller, person_ref, body.deputy_ref)
    command = RecordAbsence(person_ref=person_ref, by=caller.signed.person_ref, **body.model_dump())
    streams = (person_stream(person_ref), person_stream(body.deputy_ref))
    await caller.do(Act(command, streams, record_absence))


@router.delete("/people/{person_ref}/absences", status_code=204, summary="Record that somebody is back, or not away")
async def end_absence_of(
    person_ref: str,
    caller: Caller,
    absent_on: Annotated[
        Day | None, Query(description="The first day of the absence, also of one to come. Left out: that of today.")
    ] = None,
) -> None:
    caller.permit("grant role", Resource(person_ref=person_ref))
    await _must_work_here(caller, person_ref)
    away = await caller.rows(ABSENCES, {"person_ref": person_ref}, limit=200)
    ended = [row for row in away.items if row.on == absent_on or row.on <= caller.today <= row.until]
    deputies = sorted({person_stream(row.deputy_ref) for row in ended})
    by = caller.signed.person_ref
    ending = EndAbsence(person_ref=person_ref, on=caller.today, absent_on=absent_on, by=by)
    await caller.do(Act(EndAbsenceWithDeputy(ending=ending), (person_stream(person_ref), *deputies), end_absence))


async def _must_work_here(caller: Desk, *people: str) -> None:
    """NotFound for somebody whom the staff list does not hold."""
    for person_ref in people:
        await caller.row(COLLEAGUES, person_ref)
