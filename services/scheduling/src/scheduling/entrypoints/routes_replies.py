"""Answering an invitation without an account, by the secret of a link. Nobody signs in here.

The secret comes in the body: addresses are written into logs. The page behind a link has it after the `#`, which no
browser sends. Whoever has no valid secret learns nothing, not even which authority there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from importlib import resources
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from pep_kernel.calendars import cohort_year_group
from pep_kernel.decider import Act
from pep_kernel.message import Person
from pep_kernel.refusal import Refusal
from pep_runtime.api_page import only_with_what_is_ours
from pep_runtime.clock import LONDON
from pep_runtime.handler import ByPerson
from pep_runtime.service import RunningService
from scheduling.domain.in_one_append import meeting_stream
from scheduling.domain.meeting.invitation import LINK_NOT_VALID
from scheduling.domain.meeting.invitation_commands import AnswerByLink
from scheduling.domain.rules import SchedulingRules
from scheduling.entrypoints.invitation_shapes import ReplyBody, ReplyShown
from scheduling.entrypoints.routes_invitations import hash_of

router = APIRouter(tags=["invitations"])
GUEST = "guest"
PAGE = resources.files("scheduling.entrypoints").joinpath("reply.html").read_text("utf-8")
_LINKED = """
select i.authority, i.meeting_id, i.invitee_ref, i.child_ref, i.answer, i.reply_until,
       m.at, m.lasts_minutes, c.born_in_school_year
from meeting_invitee i
join meeting_overview m using (authority, meeting_id)
join child_overview c on (c.authority, c.child_ref) = (i.authority, i.child_ref)
where i.reply_hash = $1 and i.person_ref is null and m.state = 'scheduled'
"""


def _service(request: Request) -> RunningService:
    service: RunningService = request.app.state.service
    return service


@router.get("/replies", include_in_schema=False)
async def show_reply_page() -> HTMLResponse:
    """The page behind a link. It knows nothing itself: the secret stays in the browser and is sent by a press."""
    return only_with_what_is_ours(HTMLResponse(PAGE, headers={"Cache-Control": "no-cache"}))


@router.post("/replies", summary="Answer an invitation by a link, without an account")
async def reply(body: ReplyBody, service: Annotated[RunningService, Depends(_service)]) -> ReplyShown:
    """Without an answer it shows when the meeting is. An answer uses the link up."""
    token_hash = hash_of(body.token)
    linked = await service.worker.fetchrow(_LINKED, token_hash)
    now = service.clock.now()
    if linked is None or linked["reply_until"] < now:
        raise Refusal(LINK_NOT_VALID)
    answer = linked["answer"]
    if body.comes is not None:
        command = _answer(service, dict(linked), token_hash, body.comes, now)
        act = Act(command, (meeting_stream(command.meeting_id),), child_ref=linked["child_ref"])
        origin = ByPerson(Person(linked["invitee_ref"], GUEST), f"reply {token_hash}", str(body.comes).encode())
        await service.handler.handle(linked["authority"], act, origin)
        answer = "comes" if body.comes else "does_not_come"
    return ReplyShown(at=linked["at"].astimezone(LONDON), lasts_minutes=linked["lasts_minutes"], answer=answer)


def _answer(
    service: RunningService, linked: Mapping[str, Any], token_hash: str, comes: bool, now: datetime
) -> AnswerByLink:
    rules: SchedulingRules = service.rules(linked["authority"])
    at: datetime = linked["at"]
    born = linked["born_in_school_year"] or 0
    return AnswerByLink(
        meeting_id=linked["meeting_id"],
        token_hash=token_hash,
        comes=comes,
        on=service.clock.today(),
        at=now,
        policy=rules.file.in_force(service.clock.today()),
        year_group=cohort_year_group(born, at.date()),
    )
