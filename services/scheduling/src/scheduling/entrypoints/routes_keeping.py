"""How long a child's record is kept, which cases hold it, and the two steps by which it is forgotten.

A restricted record is kept, held and forgotten by those alone to whom restricted records were granted by name.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter

from pep_kernel.decider import Act
from pep_runtime.http import Caller, Desk
from scheduling.domain.keeping.commands import (
    ApproveForgetting,
    AskOfTheRecord,
    DeclineForgetting,
    LiftLegalHold,
    PlaceLegalHold,
    RequestForgetting,
    RequestForgettingOfEntries,
)
from scheduling.domain.meeting_of_child import child_stream
from scheduling.entrypoints.judging import known_child
from scheduling.entrypoints.keeping_shapes import (
    EntriesBody,
    ForgettingBody,
    HoldBody,
    HoldShown,
    KeepingShown,
    StandingShown,
)
from scheduling.entrypoints.permitted import permitted_child
from scheduling.entrypoints.taking_in import date_of_birth
from scheduling.projections.record_keeping import LEGAL_HOLDS, RECORD_KEEPING

router = APIRouter(prefix="/children/{child_ref}", tags=["keeping"])


@router.get("/keeping", summary="Until when a record must be kept, what holds it, and what was asked")
async def show_keeping(child_ref: str, caller: Caller) -> KeepingShown:
    await permitted_child(caller, child_ref, "read record keeping")
    holds = await caller.rows(LEGAL_HOLDS, {"child_ref": child_ref}, limit=200)
    standing = await caller.rows(RECORD_KEEPING, {"child_ref": child_ref}, limit=1)
    return KeepingShown(
        authority=caller.authority,
        child_ref=child_ref,
        kept_until=await _kept_until(caller, child_ref),
        holds=[HoldShown.model_validate(hold) for hold in holds.items],
        standing=next((StandingShown.model_validate(each) for each in standing.items), None),
    )


async def _kept_until(caller: Desk, child_ref: str) -> date | None:
    born = await date_of_birth(caller, child_ref)
    child = await known_child(caller, child_ref)
    return _rule(caller).kept_until(born, child.keeping.died_on) if born else None


def _rule(caller: Desk) -> Any:
    return caller.rules.file.in_force(caller.today).record_keeping


@router.post("/legal-holds", status_code=204, summary="Keep everything for a case")
async def place_legal_hold(child_ref: str, body: HoldBody, caller: Caller) -> None:
    await permitted_child(caller, child_ref, "hold record")
    await _do(caller, PlaceLegalHold(**_asked(caller, child_ref), case_ref=body.case_ref))


@router.post("/legal-holds/lifting", status_code=204, summary="The case needs the record no more")
async def lift_legal_hold(child_ref: str, body: HoldBody, caller: Caller) -> None:
    await permitted_child(caller, child_ref, "hold record")
    await _do(caller, LiftLegalHold(**_asked(caller, child_ref), case_ref=body.case_ref))


@router.post("/forgetting", status_code=204, summary="Ask that the child be forgotten")
async def request_forgetting(child_ref: str, body: ForgettingBody, caller: Caller) -> None:
    await permitted_child(caller, child_ref, "forget record")
    await _do(caller, RequestForgetting(**await _judged(caller, child_ref), basis=body.basis))


@router.post("/forgetting-of-entries", status_code=204, summary="Ask that some entries be forgotten")
async def request_forgetting_of_entries(child_ref: str, body: EntriesBody, caller: Caller) -> None:
    await permitted_child(caller, child_ref, "forget record")
    await _do(caller, RequestForgettingOfEntries(**_asked(caller, child_ref), **body.model_dump()))


@router.post("/forgetting/approval", status_code=204, summary="Agree to what somebody else asked")
async def approve_forgetting(child_ref: str, caller: Caller) -> None:
    await permitted_child(caller, child_ref, "forget record")
    await _do(caller, ApproveForgetting(**await _judged(caller, child_ref)))


@router.post("/forgetting/refusal", status_code=204, summary="Decline what was asked")
async def decline_forgetting(child_ref: str, caller: Caller) -> None:
    await permitted_child(caller, child_ref, "forget record")
    await _do(caller, DeclineForgetting(**_asked(caller, child_ref)))


def _asked(caller: Desk, child_ref: str) -> dict[str, Any]:
    return {"child_ref": child_ref, "on": caller.today, "by": caller.signed.person_ref}


async def _judged(caller: Desk, child_ref: str) -> dict[str, Any]:
    born = await date_of_birth(caller, child_ref)
    return {**_asked(caller, child_ref), "rule": _rule(caller), "date_of_birth": born}


async def _do(caller: Desk, command: AskOfTheRecord) -> None:
    version = caller.rules.version_on(caller.today)
    stream = child_stream(command.child_ref)
    await caller.do(Act(command, (stream,), child_ref=command.child_ref, policy_version=version))
