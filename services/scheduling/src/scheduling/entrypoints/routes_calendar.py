"""A person's calendar by a secret address, for calendar programs that cannot sign in.

The address is shown once and kept only as a hash. It opens when the person's meetings are, and nothing about a child;
the joining links too where the authority says so, and then each fetch is a look that the access log keeps.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from pep_kernel.authority_policy.calendar_feed import CalendarFeed
from pep_kernel.decider import Act
from pep_kernel.refusal import NotFound, Refusal
from pep_kernel.sealed import Contact
from pep_runtime.clock import LONDON
from pep_runtime.http import Caller, Desk, desk_by_secret
from pep_runtime.problems import DOCUMENTED, Forbidden
from scheduling.adapters.calendar_file import Entry, calendar_file
from scheduling.domain.calendar_feed.decider import OpenCalendarFeed, WithdrawCalendarFeed
from scheduling.domain.staff_told import calendar_stream
from scheduling.entrypoints.list_shapes import CalendarFeedMade
from scheduling.settings import LinkSettings

router = APIRouter(tags=["calendar"])
public = APIRouter(tags=["calendar"])
USE = "use calendar feed"
MOST_ENTRIES = 1_000
NOT_HERE = "There is no calendar at this address. It may have been withdrawn or renewed."
A_CALENDAR = {"description": "A calendar.", "content": {"text/calendar": {"schema": {"type": "string"}}}}
ANSWERS: dict[int | str, dict[str, Any]] = {
    200: A_CALENDAR,
    **{status: DOCUMENTED[status] for status in (404, 422, 429, 503)},
}


@router.post("/calendar-feed", status_code=201, summary="Make a secret address for your calendar, or a new one")
async def open_feed(caller: Caller) -> CalendarFeedMade:
    """It is shown now and never again. An address from before opens nothing any more."""
    caller.permit(USE)
    secret = f"{caller.authority}.{caller.new_secret()}"
    command = OpenCalendarFeed(person_ref=caller.signed.person_ref, on=caller.today, sha256=_hash(secret))
    done = await caller.do(Act(command, (calendar_stream(caller.signed.person_ref),)))
    if done.repeated:
        raise Refusal("The address was shown when it was made, and it is not kept. Ask for a new one.")
    return CalendarFeedMade(path=f"/calendar/{secret}.ics")


@router.delete("/calendar-feed", status_code=204, summary="Withdraw the address of your calendar")
async def withdraw_feed(caller: Caller) -> None:
    caller.permit(USE)
    command = WithdrawCalendarFeed(person_ref=caller.signed.person_ref, on=caller.today)
    await caller.do(Act(command, (calendar_stream(caller.signed.person_ref),)))


def _hash(secret: str) -> str:
    """Of a secret that nobody can guess: nothing slower is needed."""
    return sha256(secret.encode()).hexdigest()


@public.get(
    "/calendar/{secret}.ics", summary="A calendar, by its secret address", responses=ANSWERS, response_class=Response
)
async def show_calendar(
    secret: Annotated[str, Path(max_length=200, description="From the address; no sign-in.")],
    request: Request,
    response: Response,
) -> Response:
    caller = await _whose(request, response, secret)
    rule: CalendarFeed = caller.rules.file.in_force(caller.today).calendar_feed
    entries = [await _entry(caller, meeting, rule) for meeting in await _meetings(caller, rule)]
    content = calendar_file(entries, LinkSettings().base_address)
    return Response(content, media_type="text/calendar", headers=dict(response.headers))


async def _whose(request: Request, response: Response, secret: str) -> Desk:
    """NotFound also for somebody who does not work here any more: nobody learns which of them it is."""
    authority, _, _ = secret.partition(".")
    query = "select person_ref from calendar_feed where authority = $1 and sha256 = $2"
    try:
        caller = await desk_by_secret(request, response, authority, query, _hash(secret))
        caller.permit(USE)
    except Forbidden as error:
        raise NotFound(NOT_HERE) from error
    return caller


_MEETINGS = """
    select meeting_id, at, lasts_minutes, changes, changed_at, joining_link, told, cancelled from meeting_in_calendar m
    where authority = $1 and at >= $2 and exists (
        select from meeting_invitee i
        where i.authority = m.authority and i.meeting_id = m.meeting_id and i.person_ref = $3
            and not i.awaits_approval and i.answer <> 'does_not_come')
    order by at, meeting_id limit $4
"""


async def _meetings(caller: Desk, rule: CalendarFeed) -> list[Any]:
    since = datetime.combine(caller.today - timedelta(days=rule.days_back), time.min, LONDON)
    return await caller.fetch(_MEETINGS, caller.authority, since, caller.signed.person_ref, MOST_ENTRIES)


async def _entry(caller: Desk, meeting: Any, rule: CalendarFeed) -> Entry:
    link = meeting["joining_link"] if rule.shows_joining_link and meeting["told"] else None
    return Entry(
        meeting_id=meeting["meeting_id"],
        at=meeting["at"],
        lasts=timedelta(minutes=meeting["lasts_minutes"]),
        sequence=meeting["changes"],
        changed_at=meeting["changed_at"],
        told=meeting["told"],
        cancelled=meeting["cancelled"],
        joining_link=await caller.open(Contact(token=link) if link else None),
    )
