"""Who has looked at a child's records, by HTTP. Asking that is itself a look, and is written as every look is."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from journey.adapters.looks import Looked, Wanted, looks_at
from journey.adapters.told import Told
from journey.entrypoints.routes import place_of
from pep_runtime.clock import midnight
from pep_runtime.http import Caller

router = APIRouter(tags=["journey"])
_EXAMPLE: JsonDict = {
    "person_ref": "x3kq5m7nvd2ra4ty6bhw7jc3pe",
    "role": "social_worker",
    "at": "2026-10-09T10:15:00+01:00",
    "shown": True,
    "action": "read plan",
    "reason": "A social worker may read a plan only for a child who is allocated to this social worker.",
    "classes": ["plan"],
    "records": 1,
    "route": "GET /plans/{plan_id}",
    "service": "pep-record",
    "position": 41,
    "trace": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
}


class LookAnswer(BaseModel):
    """One request. `shown` is false where it was refused, and `reason` says why it was allowed or not.

    `classes` are the sealed classes that were opened: identity, plan, contact, third_party. `records` is how many
    children or people the answer was about.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    person_ref: str
    role: str
    at: datetime
    shown: bool
    action: str
    reason: str
    classes: tuple[str, ...]
    records: int
    route: str
    service: str
    position: int
    trace: str | None


class LookPage(BaseModel):
    """Some looks, the newest first; `next` is what to send as `after` for those before them."""

    child_ref: str
    items: list[LookAnswer]
    next: str | None


@router.get("/children/{child_ref}/looks", summary="Who has looked at a child's records, and who was refused")
async def list_looks(
    child_ref: str,
    caller: Caller,
    since: Annotated[date | None, Query(description="Only on this day and after it.")] = None,
    until: Annotated[date | None, Query(description="Only on this day and before it.")] = None,
    person_ref: Annotated[str | None, Query(description="Only by this person.", max_length=64)] = None,
    after: Annotated[str | None, Query(description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> LookPage:
    caller.permit("read journey")
    await Told(caller.authority, caller.fetch).must_know(child_ref)
    before = midnight(until + timedelta(days=1)) if until else None
    wanted = Wanted(child_ref, person_ref, midnight(since) if since else None, before)
    looks, following = await looks_at(caller.authority, caller.fetch, wanted, place_of(after), limit)
    return LookPage(
        child_ref=child_ref, items=[_shown(look) for look in looks], next=str(following) if following else None
    )


def _shown(look: Looked) -> LookAnswer:
    entry = look.entry
    return LookAnswer(
        person_ref=look.person.id,
        role=look.person.role,
        at=look.at,
        shown=entry.shown,
        action=entry.action,
        reason=entry.reason,
        classes=entry.classes,
        records=len(entry.about),
        route=entry.route,
        service=look.service,
        position=look.position,
        trace=look.trace,
    )
