"""Single facts of a child, their correction, and the hand-over of a child to another authority."""

from __future__ import annotations

from fastapi import APIRouter

from pep_kernel.calendars import cohort_year_group
from pep_kernel.decider import Act
from pep_runtime.http import Caller
from scheduling.domain.child.commands import AcceptResponsibility, CorrectFact
from scheduling.domain.child.told import RemovedFromRollTold, SchoolMovePlannedTold, SchoolTold
from scheduling.domain.hand_over import Acceptance, as_record, packed, sha256_of
from scheduling.domain.meeting_of_child import child_stream, judge_child, school_stream
from scheduling.domain.stage import stage_of
from scheduling.entrypoints.fact_shapes import (
    ChildTakenOver,
    CircumstancesShown,
    FactBody,
    FactCorrectionBody,
    HandOverShown,
)
from scheduling.entrypoints.followed import with_carers
from scheduling.entrypoints.judging import known_child
from scheduling.entrypoints.known_people import must_be_staff
from scheduling.entrypoints.permitted import child_with_care_history, permitted_child
from scheduling.entrypoints.siblings import siblings_of
from scheduling.entrypoints.taking_in import about_one, fact_act, must_be_listed, of_one_fact, of_record
from scheduling.projections.circumstances import CIRCUMSTANCES, ChildCircumstances

router = APIRouter(tags=["facts"])
OF_SCHOOL = (SchoolTold, SchoolMovePlannedTold, RemovedFromRollTold)
PACKED = ("given_name", "family_name", "preferred_name", "language", "date_of_birth", "upn")


@router.post("/children/{child_ref}/facts", status_code=204, summary="Record one fact of a child")
async def record_fact(child_ref: str, body: FactBody, caller: Caller) -> None:
    """It is taken as it is. What it lacks, an approval or a notice, is flagged."""
    action = "record school move" if isinstance(body.root, OF_SCHOOL) else "record care facts"
    await permitted_child(caller, child_ref, action)
    await caller.do(await fact_act(caller, child_ref, body.root))


@router.post("/children/{child_ref}/corrections", status_code=204, summary="Correct a fact that was told wrong")
async def correct_fact(child_ref: str, body: FactCorrectionBody, caller: Caller) -> None:
    """The wrong fact does not count any more and stays in the story; what follows from the right one is found anew."""
    await permitted_child(caller, child_ref, "record care facts")
    urns = [urn for urn in (body.was, body.right) if urn] if body.fact == "school" else []
    await must_be_listed(caller, body.right if body.fact == "school" else None, "right")
    if body.fact in ("social_worker", "reviewing_officer") and body.right is not None:
        await must_be_staff(caller, "right", body.right)
    schools = [urn for _, urn in (await known_child(caller, child_ref)).schools] if body.fact == "school" else []
    command = CorrectFact(**await of_one_fact(caller, child_ref, school_urns=[*urns, *schools]), correction=body)
    await caller.do(about_one(caller, command, urns))


@router.get("/children/{child_ref}/circumstances", summary="What is known of a child beside the overview")
async def show_circumstances(child_ref: str, caller: Caller) -> CircumstancesShown:
    child = await child_with_care_history(caller, child_ref)
    known = await caller.rows(CIRCUMSTANCES, {"child_ref": child_ref}, limit=1)
    row = next(iter(known.items), ChildCircumstances(child_ref))
    born = child.born_in_school_year
    group = None if born is None else cohort_year_group(born, caller.today)
    told = {name: getattr(row, name, None) for name in CircumstancesShown.model_fields}
    told |= {"year_group": group, "stage": None if group is None else stage_of(group)}
    told["siblings"] = sorted((await siblings_of(caller, [child_ref]))[child_ref])
    return CircumstancesShown(**told)


@router.get("/children/{child_ref}/hand-over", summary="The pack that goes with a child to another authority")
async def show_hand_over(child_ref: str, caller: Caller) -> HandOverShown:
    """Once the transfer is recorded. It holds who the child is and what was learned where, and nobody else's data."""
    child = await permitted_child(caller, child_ref, "export record")
    opened = {name: await caller.open(getattr(child, name)) for name in PACKED}
    pack = packed(await known_child(caller, child_ref), caller.authority, opened)
    return HandOverShown(pack=pack, sha256=sha256_of(pack))


@router.post("/hand-overs", summary="Take over a child from another authority, with its pack")
async def accept_hand_over(body: Acceptance, caller: Caller) -> ChildTakenOver:
    """This authority's own record begins on that day. The schools of the pack must be listed here first."""
    caller.permit("import care records")
    record = as_record(body, caller.authority)
    for schooling in record.schooling:
        await must_be_listed(caller, schooling.school_urn)
    command = AcceptResponsibility(
        **await of_record(caller, record),
        from_authority=body.pack.from_authority,
        pack_sha256=body.sha256,
        by=caller.signed.person_ref,
    )
    streams = (child_stream(command.child_ref), *sorted({school_stream(each.school_urn) for each in record.schooling}))
    version = caller.rules.version_on(caller.today)
    act = Act(command, streams, judge_child, command.child_ref, policy_version=version)
    await caller.do(await with_carers(caller, act))
    return ChildTakenOver(child_ref=command.child_ref)
