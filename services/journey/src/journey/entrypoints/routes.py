"""A child's story by HTTP, and how far the copies are that it is told from."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict

from journey.adapters.told import Place, Told
from journey.domain.story import tell
from pep_runtime.clock import midnight
from pep_runtime.http import Caller, Desk

router = APIRouter(tags=["journey"])


class Shown(BaseModel):
    """Read from our own objects."""

    model_config = ConfigDict(from_attributes=True)


class LineAnswer(Shown):
    """One event, told. `known_at` is when it was recorded, `true_at` when it was true."""

    what: str
    who: str
    known_at: datetime
    true_at: datetime
    policy_version: str | None
    service: str
    position: int
    event: str
    stream: str
    version: int


class JourneyAnswer(BaseModel):
    """A child's story. `rests_on` names, for each service, the last position of its journal that was known then."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "child_ref": "a2b4c6d7e3f5g2h4i6j7k3l5m2",
                    "as_of": "2026-10-09",
                    "rests_on": {"pep-record": 31, "scheduling": 204},
                    "lines": [
                        {
                            "what": "The meeting was held on 6 October 2026; outcome: PEP.",
                            "who": "virtual school officer x3kq5m7nvd2ra4ty6bhw8jc1pe",
                            "known_at": "2026-10-06T15:40:12+01:00",
                            "true_at": "2026-10-06T00:00:00+01:00",
                            "policy_version": "2026-09-01.5f0c9b1e",
                            "service": "scheduling",
                            "position": 198,
                            "event": "MeetingHeld",
                            "stream": "meeting-0b51d3",
                            "version": 3,
                        }
                    ],
                    "next": None,
                }
            ]
        }
    )

    child_ref: str
    as_of: date | None
    rests_on: dict[str, int]
    lines: list[LineAnswer]
    next: str | None


class CopyAnswer(Shown):
    """How far one service's journal is copied. `stopped` says why copying stopped, where it did."""

    service: str
    position: int
    stopped: str | None


@router.get("/children/{child_ref}/journey", summary="What happened to a child, and who knew it when")
async def show_journey(
    child_ref: str,
    caller: Caller,
    as_of: Annotated[date | None, Query(description="As it was known at the end of this day.")] = None,
    after: Annotated[str | None, Query(description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> JourneyAnswer:
    caller.permit("read journey")
    told = _told(caller)
    known_before = midnight(as_of + timedelta(days=1)) if as_of else None
    facts, following = await told.facts(child_ref, known_before, place_of(after) or Place(), limit)
    return JourneyAnswer(
        child_ref=child_ref,
        as_of=as_of,
        rests_on=await told.rests_on(known_before),
        lines=[LineAnswer.model_validate(line) for line in tell(facts)],
        next=str(following) if following else None,
    )


@router.get("/copies", summary="How far the journals are copied, and where copying stopped")
async def list_copies(caller: Caller) -> list[CopyAnswer]:
    caller.permit("read progress of services")
    return [CopyAnswer.model_validate(each) for each in await _told(caller).progress()]


def _told(caller: Desk) -> Told:
    return Told(caller.authority, caller.fetch)


def place_of(after: str | None) -> Place | None:
    """The place that a page's `next` names. Anything else is answered with 422."""
    try:
        return Place.read(after) if after else None
    except ValueError as error:
        fault = {"loc": ("query", "after"), "msg": "this is no `next` of a page before", "type": "value_error"}
        raise RequestValidationError([fault]) from error
