"""What waits for others to agree: the school change form, a holiday in term time, a placement, a move in Year 10-11."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter

from pep_kernel.authority_policy.approvals import Decision
from pep_kernel.decider import Act
from pep_runtime.http import Caller, Desk
from scheduling.domain.meeting_of_child import child_stream
from scheduling.domain.request.commands import (
    AgreeToRequest,
    AskForApproval,
    DeclineRequest,
    RecordConsultation,
    RecordProfessionalMeeting,
    RequestCommand,
    WithdrawRequest,
)
from scheduling.domain.request_of_child import agree_to_request, ask_for_approval, deciding_job_of, request_stream
from scheduling.entrypoints.permitted import of_theirs, permitted_child
from scheduling.entrypoints.request_shapes import (
    ConsultationBody,
    ConsultationShown,
    DeclineBody,
    HolidayBody,
    PlacementBody,
    ProfessionalMeetingBody,
    RequestInFull,
    RequestMade,
    RequestPage,
    RequestShown,
    SchoolChangeBody,
)
from scheduling.entrypoints.routes_children import After, Limit
from scheduling.entrypoints.taking_in import must_be_listed
from scheduling.projections.request import CONSULTATIONS, REQUESTS, RequestOverview

router = APIRouter(tags=["requests"])
ASK, READ, DECIDE = "ask for approval", "read request", "decide request"


@router.post("/children/{child_ref}/school-change-requests", status_code=201, summary="Ask for a change of school")
async def ask_for_school_change(child_ref: str, body: SchoolChangeBody, caller: Caller) -> RequestMade:
    asked = body.model_dump(exclude={"planned_placement_change"})
    return await _ask(caller, child_ref, "school_change", asked, planned=body.planned_placement_change)


@router.post("/children/{child_ref}/holiday-requests", status_code=201, summary="Ask for a holiday in term time")
async def ask_for_holiday(child_ref: str, body: HolidayBody, caller: Caller) -> RequestMade:
    asked = body.model_dump(exclude={"first_day", "last_day"})
    days = {"for_day": body.first_day, "until": body.last_day}
    return await _ask(caller, child_ref, "term_time_holiday", {**asked, **days}, planned=False)


@router.post("/children/{child_ref}/placement-requests", status_code=201, summary="Ask for a placement to be agreed to")
async def ask_for_placement(child_ref: str, body: PlacementBody, caller: Caller) -> RequestMade:
    asked = body.model_dump(exclude={"decision", "planned_placement_change"})
    return await _ask(caller, child_ref, body.decision, asked, planned=body.planned_placement_change)


async def _ask(
    caller: Desk, child_ref: str, decision: Decision, asked: dict[str, Any], *, planned: bool
) -> RequestMade:
    await permitted_child(caller, child_ref, ASK)
    await must_be_listed(caller, asked.get("school_urn"))
    policy = caller.rules.file.in_force(caller.today)
    command = AskForApproval(
        request_id=caller.new_id(),
        child_ref=child_ref,
        on=caller.today,
        decision=decision,
        by=caller.signed.person_ref,
        approval=policy.approval_of(decision),
        professionals_meet=planned and decision in policy.professional_meeting.before,
        **asked,
    )
    streams = (request_stream(command.request_id), child_stream(child_ref))
    await caller.do(Act(command, streams, ask_for_approval, child_ref, policy_version=policy.version))
    return RequestMade(request_id=command.request_id)


@router.get("/requests", summary="What was asked for, and what still waits")
async def list_requests(
    caller: Caller,
    state: Literal["waiting", "agreed", "declined", "withdrawn"] | None = None,
    child_ref: str | None = None,
    after: After = None,
    limit: Limit = 50,
) -> RequestPage:
    caller.permit("list requests")
    where = {"state": state, "child_ref": child_ref}
    asked = {column: value for column, value in where.items() if value is not None}
    page = await caller.rows(REQUESTS, asked, only=of_theirs(caller, READ), after=after, limit=limit)
    return RequestPage(items=[RequestShown.model_validate(each) for each in page.items], next=page.next)


@router.get("/requests/{request_id}", summary="One request, with what was said")
async def show_request(request_id: str, caller: Caller) -> RequestInFull:
    request = await caller.row(REQUESTS, request_id)
    child = await permitted_child(caller, request.child_ref, READ)
    asked = await caller.rows(CONSULTATIONS, {"request_id": request_id})
    words = {name: await caller.open(getattr(request, name)) for name in WORDS}
    return RequestInFull(
        **RequestShown.model_validate(request).model_dump(),
        **words,
        given_name=await caller.open(child.given_name),
        family_name=await caller.open(child.family_name),
        consultations=[
            ConsultationShown(consulted=each.consulted, asked_on=each.asked_on, answer=await caller.open(each.answer))
            for each in asked.items
        ],
    )


WORDS = ("why", "childs_view", "effect_on_education", "declined_because")


@router.post("/requests/{request_id}/consultations", status_code=204, summary="Record who was asked, and the answer")
async def record_consultation(request_id: str, body: ConsultationBody, caller: Caller) -> None:
    request = await _request(caller, request_id, "record consultation")
    by, today = caller.signed.person_ref, caller.today
    command = RecordConsultation(request_id=request_id, **body.model_dump(), today=today, by=by)
    await _do(caller, request, command)


@router.post("/requests/{request_id}/professional-meeting", status_code=204, summary="Record that professionals met")
async def record_professional_meeting(request_id: str, body: ProfessionalMeetingBody, caller: Caller) -> None:
    request = await _request(caller, request_id, "record consultation")
    by, today = caller.signed.person_ref, caller.today
    command = RecordProfessionalMeeting(request_id=request_id, **body.model_dump(), today=today, by=by)
    await _do(caller, request, command)


@router.post("/requests/{request_id}/agreement", status_code=204, summary="Agree to a request")
async def agree(request_id: str, caller: Caller) -> None:
    """In that of your jobs for which it waits. It is granted when all who must agree have."""
    request = await _request(caller, request_id, DECIDE)
    command = AgreeToRequest(request_id=request_id, **_decides(caller))
    streams = (request_stream(request_id), child_stream(request.child_ref))
    await caller.do(Act(command, streams, agree_to_request, request.child_ref, acting=deciding_job_of))


@router.post("/requests/{request_id}/refusal", status_code=204, summary="Decline a request")
async def decline(request_id: str, body: DeclineBody, caller: Caller) -> None:
    request = await _request(caller, request_id, DECIDE)
    command = DeclineRequest(request_id=request_id, reason=body.reason, **_decides(caller))
    stream = request_stream(request_id)
    await caller.do(Act(command, (stream,), child_ref=request.child_ref, acting=deciding_job_of))


def _decides(caller: Desk) -> dict[str, Any]:
    hats = tuple((role.value, whose.person_ref) for role, whose in caller.hats)
    return {"on": caller.today, "by": caller.signed.person_ref, "hats": hats}


@router.post("/requests/{request_id}/withdrawal", status_code=204, summary="Withdraw a request")
async def withdraw(request_id: str, caller: Caller) -> None:
    request = await _request(caller, request_id, ASK)
    await _do(caller, request, WithdrawRequest(request_id=request_id, on=caller.today, by=caller.signed.person_ref))


async def _request(caller: Desk, request_id: str, action: str) -> RequestOverview:
    request = await caller.row(REQUESTS, request_id)
    await permitted_child(caller, request.child_ref, action)
    return request


async def _do(caller: Desk, request: RequestOverview, command: RequestCommand) -> None:
    await caller.do(Act(command, (request_stream(request.request_id),), child_ref=request.child_ref))
