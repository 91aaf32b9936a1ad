"""A child's whole record for who may have it: first it is written who takes it and why, then it is read in pages."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from journey.adapters.told import Place
from journey.adapters.told import Told as Copies
from journey.domain.export import EXPORTS, Export, ExportReason, ExportRecord, export_stream
from journey.domain.fact import Fact
from journey.domain.pack import Told, in_full, to_open
from journey.entrypoints.routes import place_of
from pep_kernel.decider import Act
from pep_kernel.refusal import NotFound
from pep_kernel.sealed import Identity, PlanText, Sealed
from pep_runtime.http import Caller, Desk

router = APIRouter(prefix="/children/{child_ref}/exports", tags=["exports"])
_KINDS: dict[str, type[Sealed]] = {"identity": Identity, "plan": PlanText}


class ExportBody(BaseModel):
    """Why the record is given out, and for which request."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"reason": "subject_access_request", "request_ref": "SAR-2026-017"}]},
    )

    reason: ExportReason
    request_ref: Annotated[str, Field(pattern=r"^[A-Za-z0-9_/.#-]{1,60}$", description="A reference and no words.")]


class ExportBegun(BaseModel):
    """It is written that you take the record; read it under this id."""

    authority: str
    export_id: str


class HeldBackShown(BaseModel):
    """A value that is not given, and why."""

    model_config = ConfigDict(from_attributes=True)

    what: str
    why: str


class ToldShown(BaseModel):
    """One event in plain words."""

    model_config = ConfigDict(from_attributes=True)

    what: str
    who: str
    known_at: datetime
    true_at: datetime
    service: str
    position: int
    event: str
    particulars: dict[str, Any]
    held_back: list[HeldBackShown]


class ExportPage(BaseModel):
    """Some events in the order in which they became known; `next` is what to send as `after` for those that follow."""

    child_ref: str
    rests_on: dict[str, int]
    events: list[ToldShown]
    next: str | None


@router.post("", summary="Begin to give out a child's record: it is written who takes it and why")
async def begin_export(child_ref: str, body: ExportBody, caller: Caller) -> ExportBegun:
    caller.permit("export record")
    await _copies(caller).must_know(child_ref)
    export_id = caller.new_id()
    command = ExportRecord(
        export_id=export_id,
        child_ref=child_ref,
        on=caller.today,
        by=caller.signed.person_ref,
        reason=body.reason,
        request_ref=body.request_ref,
    )
    await caller.do(Act(command, (export_stream(child_ref),), child_ref=child_ref))
    return ExportBegun(authority=caller.authority, export_id=export_id)


@router.get("/{export_id}", summary="A page of the record that you take")
async def read_export(
    child_ref: str,
    export_id: str,
    caller: Caller,
    after: Annotated[str | None, Query(description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> ExportPage:
    caller.permit("export record")
    await _own(caller, child_ref, export_id)
    facts, following = await _copies(caller).facts(child_ref, None, place_of(after) or Place(), limit)
    return ExportPage(
        child_ref=child_ref,
        rests_on=await _copies(caller).rests_on(None),
        events=[ToldShown.model_validate(await _told(caller, fact)) for fact in facts],
        next=str(following) if following else None,
    )


async def _own(caller: Desk, child_ref: str, export_id: str) -> Export:
    export = await caller.row(EXPORTS, export_id)
    if (export.child_ref, export.by) != (child_ref, caller.signed.person_ref):
        raise NotFound("There is no such record export here.")
    return export


async def _told(caller: Desk, fact: Fact) -> Told:
    opened = {token: await caller.open(_KINDS[kind](token=token)) or "" for kind, token in to_open(fact)}
    return in_full(fact, opened)


def _copies(caller: Desk) -> Copies:
    return Copies(caller.authority, caller.fetch)
