"""Proposing days, arranging a meeting or a whole morning of them, putting off, calling off, telling people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from fastapi import APIRouter

from pep_kernel.decider import Act
from pep_kernel.refusal import Refusal
from pep_runtime.clock import LONDON
from pep_runtime.http import Caller, Desk
from pep_runtime.paged_rows import Within
from pep_runtime.problems import not_understood
from scheduling.domain.in_one_append import MEETINGS_TOO, child_stream, meeting_stream
from scheduling.domain.meeting.block import Morning, ToMeet, planned
from scheduling.domain.meeting.commands import (
    AnswerProposal,
    CancelMeeting,
    DecideProceed,
    ProposeMeeting,
    RecordPupilWish,
    RescheduleMeeting,
    ScheduleMeeting,
    SendDetails,
)
from scheduling.domain.meeting.diary import Appointment
from scheduling.domain.meeting.invitation import withheld
from scheduling.domain.meeting.states import MEETING_STATES, Scheduled
from scheduling.domain.meeting_of_child import (
    ScheduleBlock,
    acting_role,
    acting_role_of_block,
    cancel_meeting,
    propose_meeting,
    reschedule_meeting,
    schedule_block,
    schedule_meeting,
)
from scheduling.domain.meeting_of_child import (
    send_details as send_details_of,
)
from scheduling.entrypoints.arranging_shapes import (
    BlockBody,
    BlockPlanBody,
    CancellationBody,
    ClashShown,
    DaysOfOne,
    DetailsBody,
    MeetingArranged,
    MeetingBody,
    PlacedBody,
    ProceedBody,
    ProposalAnswerBody,
    ProposalBody,
    ProposalMade,
    ProposalPage,
    ProposalShown,
    RescheduleBody,
    ScheduleBody,
    SlotShown,
    WishBody,
)
from scheduling.entrypoints.known_people import known_by_field, must_be_here
from scheduling.entrypoints.meeting_desk import (
    appointment,
    appointments_of,
    by_the_rules,
    circumstances_of,
    clashes_of,
    diaries_of,
    meeting_of,
    takes_out_of_lessons,
    who_asks,
    year_group_of,
)
from scheduling.entrypoints.permitted import of_theirs, permitted_child, sees_others_around
from scheduling.entrypoints.routes_children import After, Limit
from scheduling.entrypoints.siblings import siblings_of
from scheduling.projections.child_overview import CHILD_OVERVIEWS, ChildOverview
from scheduling.projections.meeting import MEETING_OVERVIEWS
from scheduling.projections.meeting_proposal import MEETING_PROPOSALS, MeetingProposal

router = APIRouter(tags=["arranging meetings"])
SCHEDULE = "schedule meeting"
SHOWN = 20


@router.post("/meeting-proposals", status_code=201, summary="Propose days for a meeting to those who must come")
async def propose(body: ProposalBody, caller: Caller) -> ProposalMade:
    child = await permitted_child(caller, body.child_ref, SCHEDULE)
    await must_be_here(caller, {f"asked.{index}": ref for index, ref in enumerate(body.asked)})
    command = ProposeMeeting(
        meeting_id=caller.new_id(),
        child_ref=body.child_ref,
        dates=tuple(day.astimezone(LONDON) for day in body.dates),
        asked=body.asked,
        rearranges=body.rearranges,
        **by_the_rules(caller, child),
    )
    streams = (meeting_stream(command.meeting_id), child_stream(body.child_ref))
    await caller.do(_act(command, streams, propose_meeting, body.child_ref))
    return ProposalMade(meeting_id=command.meeting_id)


def _act(command: Any, streams: tuple[str, ...], together: Any, child_ref: str, acting: Any = acting_role) -> Act:
    """All meetings of the child are looked at: whether it is the first tells who sets the date.

    `acting`: none where no rule asks in which role it is done.
    """
    version = command.policy.version
    return Act(command, streams, together, child_ref, **MEETINGS_TOO, policy_version=version, acting=acting)


@router.get("/meeting-proposals", summary="Proposals, and who has not answered")
async def list_proposals(
    caller: Caller,
    child_ref: str | None = None,
    state: Literal["open", "agreed", "arranged", "cancelled"] | None = None,
    after: After = None,
    limit: Limit = 50,
) -> ProposalPage:
    """Whoever is not shown the other people around a child sees the own name and answer, and nobody else's."""
    caller.permit("list meetings")
    where = {name: value for name, value in (("child_ref", child_ref), ("state", state)) if value is not None}
    page = await caller.rows(MEETING_PROPOSALS, where, only=of_theirs(caller, "read child"), after=after, limit=limit)
    with_others = await _shown_with_others(caller, page.items)
    items = [
        _proposal(each, None if each.child_ref in with_others else caller.signed.person_ref) for each in page.items
    ]
    return ProposalPage(items=items, next=page.next)


async def _shown_with_others(caller: Desk, proposals: Sequence[MeetingProposal]) -> set[str]:
    """The children of these proposals around whom this person sees the others."""
    refs = sorted({each.child_ref for each in proposals})
    children = (await caller.rows(CHILD_OVERVIEWS, {"child_ref": refs}, limit=len(refs))).items if refs else ()
    return {child.child_ref for child in children if sees_others_around(caller, child)}


def _proposal(row: MeetingProposal, only: str | None) -> ProposalShown:
    """Whom it asks and what they said: everybody, or `only` this one."""
    told = {name: getattr(row, name) for name in ProposalShown.model_fields}
    days = [DaysOfOne(person_ref=ref, dates=dates) for ref, dates in row.days_of_each.items() if only in (None, ref)]
    people = {name: [ref for ref in told[name] if only in (None, ref)] for name in ("asked", "unanswered")}
    return ProposalShown(**{**told, **people, "suits": days})


@router.post("/meeting-proposals/{meeting_id}/answer", status_code=204, summary="Say which of the days suit you")
async def answer_proposal(meeting_id: str, body: ProposalAnswerBody, caller: Caller) -> None:
    proposal = await caller.row(MEETING_PROPOSALS, meeting_id)
    whose = body.person_ref or caller.signed.person_ref
    if whose == caller.signed.person_ref:
        caller.permit("answer invitation")
    else:
        await permitted_child(caller, proposal.child_ref, "answer for invitee")
    command = AnswerProposal(
        meeting_id=meeting_id,
        invitee_ref=whose,
        suits=tuple(day.astimezone(LONDON) for day in body.suits),
        on=caller.today,
        by=caller.signed.person_ref,
    )
    await caller.do(Act(command, (meeting_stream(meeting_id),), child_ref=proposal.child_ref))


@router.post("/meeting-proposals/{meeting_id}/schedule", summary="Arrange a meeting that was proposed")
async def schedule_proposed(meeting_id: str, body: ScheduleBody, caller: Caller) -> MeetingArranged:
    proposal = await caller.row(MEETING_PROPOSALS, meeting_id)
    child = await permitted_child(caller, proposal.child_ref, SCHEDULE)
    at = body.at or proposal.agreed
    if at is None:
        raise not_understood("body", "at", "No day is agreed yet: say which it is to be.")
    command = await _command(caller, child, meeting_id, at, proposal.rearranges, body)
    return await _arranged(caller, child, command)


@router.post("/meetings", status_code=201, summary="Arrange a meeting about a child")
async def arrange_meeting(body: MeetingBody, caller: Caller) -> MeetingArranged:
    child = await permitted_child(caller, body.child_ref, SCHEDULE)
    command = await _command(caller, child, caller.new_id(), body.at, body.rearranges, body)
    return await _arranged(caller, child, command)


async def _command(
    caller: Desk, child: ChildOverview, meeting_id: str, at: datetime, rearranges: str | None, body: PlacedBody
) -> ScheduleMeeting:
    await must_be_here(caller, known_by_field(body.invitees))
    return ScheduleMeeting(
        meeting_id=meeting_id,
        child_ref=child.child_ref,
        at=at.astimezone(LONDON),
        lasts=timedelta(minutes=body.lasts_minutes),
        venue=body.venue,
        joining_link=body.joining_link,
        invitees=body.invitees,
        chair=body.chair,
        details=body.details,
        notice_waived_because=body.notice_waived_because,
        rearranges=rearranges,
        after_due_because=body.after_due_because,
        year_group=year_group_of(child, at),
        circumstances=await circumstances_of(caller, child, body.circumstances, body.invitees),
        **by_the_rules(caller, child),
    )


async def _arranged(caller: Desk, child: ChildOverview, command: ScheduleMeeting) -> MeetingArranged:
    new = _appointment(child, command)
    diaries = await diaries_of(caller, [(new, command.invitees)])
    clashing = clashes_of(caller, diaries, new, command.invitees)
    streams = (meeting_stream(command.meeting_id), child_stream(child.child_ref))
    await caller.do(_act(command, streams, schedule_meeting, child.child_ref))
    return await _to_look_at(caller, child, command, clashing)


def _appointment(child: ChildOverview, command: ScheduleMeeting) -> Appointment:
    minutes = int(command.lasts.total_seconds()) // 60
    return appointment(command.meeting_id, command.at, minutes, child.school_urn)


async def _to_look_at(
    caller: Desk, child: ChildOverview, command: ScheduleMeeting, clashing: list[ClashShown]
) -> MeetingArranged:
    """What the convener should know of the meeting, as the journal has it now."""
    stream = meeting_stream(command.meeting_id)
    meeting = (await caller.service.handler.states(caller.authority, (stream,))).of(stream, MEETING_STATES)
    arranged = meeting if isinstance(meeting, Scheduled) else None
    to_come = {"child_ref": child.child_ref, "state": "scheduled", "at": Within(caller.now)}
    others = await caller.rows(MEETING_OVERVIEWS, to_come, limit=SHOWN)
    return MeetingArranged(
        meeting_id=command.meeting_id,
        address_withheld=withheld(command),
        awaiting_approval=[each.ref for each in arranged.invitees if each.awaits_approval] if arranged else [],
        not_invited=list(arranged.not_invited) if arranged else [],
        clashes=clashing,
        also_scheduled=[each.meeting_id for each in others.items if each.meeting_id != command.meeting_id],
        in_lessons=await takes_out_of_lessons(caller, _appointment(child, command), child),
    )


@router.post("/meeting-blocks/plan", summary="Propose times for several children, brothers and sisters together")
async def plan_block(body: BlockPlanBody, caller: Caller) -> list[SlotShown]:
    """Nothing is arranged. Send what suits as a block."""
    for each in body.children:
        await permitted_child(caller, each.child_ref, SCHEDULE)
    morning = Morning(
        body.begins.astimezone(LONDON),
        body.ends.astimezone(LONDON),
        timedelta(minutes=body.pause_minutes),
        tuple(await appointments_of(caller, body.person_ref)),
    )
    siblings = await siblings_of(caller, [each.child_ref for each in body.children])
    children = [
        ToMeet(each.child_ref, timedelta(minutes=each.lasts_minutes), siblings[each.child_ref])
        for each in body.children
    ]
    return [SlotShown.model_validate(slot) for slot in planned(children, morning)]


@router.post("/meeting-blocks", status_code=201, summary="Arrange several meetings: all of them, or none")
async def arrange_block(body: BlockBody, caller: Caller) -> list[MeetingArranged]:
    if len({each.child_ref for each in body.meetings}) < len(body.meetings):
        raise Refusal("A child stands in a block only once.")
    asked = [await _of_block(caller, number, each) for number, each in enumerate(body.meetings, 1)]
    together = [(_appointment(child, command), command.invitees) for child, command in asked]
    diaries = await diaries_of(caller, together)
    clashing = [clashes_of(caller, diaries, new, invitees) for new, invitees in together]
    streams = [stream for child, command in asked for stream in await _streams(caller, child, command)]
    block = ScheduleBlock(meetings=tuple(command for _, command in asked))
    version = block.meetings[0].policy.version
    await caller.do(Act(block, tuple(streams), schedule_block, policy_version=version, acting=acting_role_of_block))
    arranged = zip(asked, clashing, strict=True)
    return [await _to_look_at(caller, child, command, found) for (child, command), found in arranged]


async def _of_block(caller: Desk, number: int, body: MeetingBody) -> tuple[ChildOverview, ScheduleMeeting]:
    child = await permitted_child(caller, body.child_ref, SCHEDULE)
    return child, await _command(caller, child, caller.new_id(number), body.at, body.rearranges, body)


async def _streams(caller: Desk, child: ChildOverview, command: ScheduleMeeting) -> list[str]:
    before = await _meetings_before(caller, child.child_ref)
    return [meeting_stream(command.meeting_id), child_stream(child.child_ref), *before]


async def _meetings_before(caller: Desk, child_ref: str) -> list[str]:
    """The streams of the child's meetings: whether one was held as a PEP tells who sets the next date."""
    page = await caller.rows(MEETING_OVERVIEWS, {"child_ref": child_ref}, limit=200)
    return [meeting_stream(each.meeting_id) for each in page.items]


@router.post("/meetings/{meeting_id}/reschedule", status_code=204, summary="Put a meeting off to another day")
async def reschedule(meeting_id: str, body: RescheduleBody, caller: Caller) -> None:
    _meeting, child = await meeting_of(caller, meeting_id, SCHEDULE)
    command = RescheduleMeeting(
        meeting_id=meeting_id,
        at=body.at.astimezone(LONDON),
        lasts=timedelta(minutes=body.lasts_minutes) if body.lasts_minutes else None,
        **body.model_dump(exclude={"at", "lasts_minutes"}),
        **by_the_rules(caller, child),
    )
    await _with_child(caller, command, reschedule_meeting, child)


async def _with_child(
    caller: Desk, command: Any, together: Any, child: ChildOverview, acting: Any = acting_role
) -> None:
    streams = (meeting_stream(command.meeting_id), child_stream(child.child_ref))
    await caller.do(_act(command, streams, together, child.child_ref, acting))


@router.post("/meetings/{meeting_id}/cancellation", status_code=204, summary="Call a meeting off")
async def cancel(meeting_id: str, body: CancellationBody, caller: Caller) -> None:
    _meeting, child = await meeting_of(caller, meeting_id, SCHEDULE)
    command = CancelMeeting(meeting_id=meeting_id, reason=body.reason, **by_the_rules(caller, child))
    await _with_child(caller, command, cancel_meeting, child)


@router.post("/meetings/{meeting_id}/details", status_code=204, summary="Tell everybody on the list when and where")
async def send_details(meeting_id: str, body: DetailsBody, caller: Caller) -> None:
    _meeting, child = await meeting_of(caller, meeting_id, SCHEDULE)
    command = SendDetails(meeting_id=meeting_id, **body.model_dump(), **who_asks(caller))
    await _with_child(caller, command, send_details_of, child, acting=None)


async def _alone(caller: Desk, command: Any, child: ChildOverview) -> None:
    await caller.do(Act(command, (meeting_stream(command.meeting_id),), child_ref=child.child_ref))


@router.post("/meetings/{meeting_id}/proceeding", status_code=204, summary="Decide whether it takes place all the same")
async def decide_proceeding(meeting_id: str, body: ProceedBody, caller: Caller) -> None:
    _meeting, child = await meeting_of(caller, meeting_id, "decide proceeding")
    who = {"on": caller.today, "by": caller.signed.person_ref}
    await _alone(caller, DecideProceed(meeting_id=meeting_id, **body.model_dump(), **who), child)


@router.put("/meetings/{meeting_id}/pupil-wish", status_code=204, summary="What the pupil wants of the meeting")
async def record_wish(meeting_id: str, body: WishBody, caller: Caller) -> None:
    _meeting, child = await meeting_of(caller, meeting_id, "record meeting")
    who = {"on": caller.today, "by": caller.signed.person_ref}
    await _alone(caller, RecordPupilWish(meeting_id=meeting_id, wish=body.wish, **who), child)
