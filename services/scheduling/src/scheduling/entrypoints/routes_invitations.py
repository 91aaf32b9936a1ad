"""The list of those invited: who is on it, who decides about it, who comes; also without an account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

from fastapi import APIRouter

from pep_kernel.decider import Act
from pep_kernel.may import Condition
from pep_runtime.http import Caller, Desk
from pep_runtime.problems import Forbidden
from scheduling.domain.in_one_append import MEETINGS_TOO, child_stream, meeting_stream
from scheduling.domain.meeting.invitation_commands import (
    AddInvitee,
    AnswerInvitation,
    ApproveInvitations,
    MakeReplyLink,
    SendOfficer,
    WithdrawInvitee,
    WithdrawReplyLink,
)
from scheduling.domain.meeting.people import KnownInvitee
from scheduling.domain.meeting_of_child import acting_role, change_list
from scheduling.entrypoints.invitation_shapes import (
    AnswerBody,
    ApprovalBody,
    InviteeBody,
    InviteePage,
    MeetingInviteeShown,
    OfficerBody,
    ReplyLinkMade,
)
from scheduling.entrypoints.known_people import must_be_here
from scheduling.entrypoints.meeting_desk import by_the_rules, meeting_of, year_group_of
from scheduling.entrypoints.names import opened, sealed_names
from scheduling.entrypoints.permitted import READ, of_theirs, permitted_child, sees_others_around
from scheduling.entrypoints.routes_children import After, Limit
from scheduling.projections.child_overview import CHILD_OVERVIEWS, ChildOverview
from scheduling.projections.meeting import MEETING_OVERVIEWS, MeetingOverview
from scheduling.projections.meeting_invitee import MEETING_INVITEES, MeetingInvitee

router = APIRouter(tags=["invitations"])
SCHEDULE = "schedule meeting"


@router.get("/meetings/{meeting_id}/invitees", summary="Who is invited to a meeting, and what they said")
async def list_invitees(meeting_id: str, caller: Caller, after: After = None, limit: Limit = 50) -> InviteePage:
    _meeting, child = await meeting_of(caller, meeting_id, READ)
    if not sees_others_around(caller, child):
        raise Forbidden("Who else is invited is not shown in this role.")
    page = await caller.rows(MEETING_INVITEES, {"meeting_id": meeting_id}, after=after, limit=limit)
    return InviteePage(items=await _shown(caller, page.items), next=page.next)


async def _shown(caller: Desk, invitees: Sequence[MeetingInvitee]) -> list[MeetingInviteeShown]:
    """With the names of guests as they were given, and of others as the authority has them now."""
    known = await sealed_names(caller, (each.person_ref for each in invitees))
    names = await opened(caller, (each.name or known.get(each.person_ref or "") for each in invitees))
    return [
        MeetingInviteeShown.model_validate(replace(each, name=None)).model_copy(update={"name": name})
        for each, name in zip(invitees, names, strict=True)
    ]


@router.get(
    "/unconfirmed-invitations", summary="Who has not answered to meetings that you arrange and that are still to come"
)
async def list_unconfirmed(caller: Caller, after: After = None, limit: Limit = 50) -> InviteePage:
    caller.permit("list meetings")
    theirs = of_theirs(caller, SCHEDULE)
    to_come = "select authority, meeting_id from meeting_overview where state = 'scheduled' and at > {begins}"
    sql = f"({theirs.sql}) and (authority, meeting_id) in ({to_come})"
    only = Condition(sql, {**theirs.arguments, "begins": caller.now})
    where = {"answer": "not_answered", "awaits_approval": False}
    page = await caller.rows(MEETING_INVITEES, where, only=only, after=after, limit=limit)
    return InviteePage(items=await _shown(caller, page.items), next=page.next)


async def _changed(caller: Desk, meeting: MeetingOverview, child: ChildOverview, kind: Any, **asked: Any) -> None:
    """One change of the list, looked at together with all of the child's meetings."""
    about = {"meeting_id": meeting.meeting_id, "year_group": year_group_of(child, meeting.at)}
    command = kind(**about, **asked, **by_the_rules(caller, child))
    streams = (meeting_stream(meeting.meeting_id), child_stream(child.child_ref))
    version = command.policy.version
    rules = {"policy_version": version, "acting": acting_role}
    await caller.do(Act(command, streams, change_list, child.child_ref, **MEETINGS_TOO, **rules))


@router.post("/meetings/{meeting_id}/invitees", status_code=204, summary="Invite one more person, or put them forward")
async def invite(meeting_id: str, body: InviteeBody, caller: Caller) -> None:
    meeting, child = await meeting_of(caller, meeting_id, SCHEDULE)
    if isinstance(body.invitee, KnownInvitee):
        await must_be_here(caller, {"invitee.person_ref": body.invitee.person_ref})
    await _changed(caller, meeting, child, AddInvitee, invitee=body.invitee)


@router.delete("/meetings/{meeting_id}/invitees/{invitee_ref}", status_code=204, summary="Withdraw an invitation")
async def withdraw(meeting_id: str, invitee_ref: str, caller: Caller) -> None:
    await _changed(caller, *await meeting_of(caller, meeting_id, SCHEDULE), WithdrawInvitee, invitee_ref=invitee_ref)


@router.post("/meetings/{meeting_id}/approval", status_code=204, summary="Approve those who were put forward")
async def approve(meeting_id: str, body: ApprovalBody, caller: Caller) -> None:
    await _changed(caller, *await meeting_of(caller, meeting_id, SCHEDULE), ApproveInvitations, invitees=body.invitees)


@router.post("/meetings/{meeting_id}/officer", status_code=204, summary="Send an officer, so that the meeting counts")
async def send_officer(meeting_id: str, body: OfficerBody, caller: Caller) -> None:
    meeting, child = await meeting_of(caller, meeting_id, "send officer")
    await must_be_here(caller, {"officer.person_ref": body.officer.person_ref})
    await _changed(caller, meeting, child, SendOfficer, officer=body.officer)


@router.post("/meetings/{meeting_id}/answer", status_code=204, summary="Say whether you come, or whether somebody does")
async def answer(meeting_id: str, body: AnswerBody, caller: Caller) -> None:
    meeting = await caller.row(MEETING_OVERVIEWS, meeting_id)
    ref = body.invitee_ref or caller.signed.person_ref
    if ref == caller.signed.person_ref:
        caller.permit("answer invitation")
        await caller.row(MEETING_INVITEES, meeting_id, ref)  # who is not invited finds no such meeting
        child = await caller.row(CHILD_OVERVIEWS, meeting.child_ref)
    else:
        child = await permitted_child(caller, meeting.child_ref, "answer for invitee")
    await _changed(caller, meeting, child, AnswerInvitation, invitee_ref=ref, comes=body.comes)


@router.post("/meetings/{meeting_id}/invitees/{invitee_ref}/link", summary="A link for somebody without an account")
async def make_link(meeting_id: str, invitee_ref: str, caller: Caller) -> ReplyLinkMade:
    """The answer holds the secret, and nothing else does. A link made before is worth nothing any more."""
    meeting, _child = await meeting_of(caller, meeting_id, "give reply link")
    return await reply_link(caller, meeting, invitee_ref)


async def reply_link(caller: Desk, meeting: MeetingOverview, invitee_ref: str) -> ReplyLinkMade:
    """The secret is made of the request's key, so that a request that is repeated gives the same."""
    secret = await caller.service.reference(
        caller.authority, "reply link", f"{meeting.meeting_id} {invitee_ref} {caller.new_id()}"
    )
    command = MakeReplyLink(
        meeting_id=meeting.meeting_id,
        invitee_ref=invitee_ref,
        token_hash=hash_of(secret),
        on=caller.today,
        by=caller.signed.person_ref,
    )
    await caller.do(Act(command, (meeting_stream(meeting.meeting_id),), child_ref=meeting.child_ref))
    return ReplyLinkMade(token=secret, until=meeting.at + timedelta(minutes=meeting.lasts_minutes))


@router.delete("/meetings/{meeting_id}/invitees/{invitee_ref}/link", status_code=204, summary="Withdraw such a link")
async def withdraw_link(meeting_id: str, invitee_ref: str, caller: Caller) -> None:
    _meeting, child = await meeting_of(caller, meeting_id, "give reply link")
    who = {"invitee_ref": invitee_ref, "on": caller.today, "by": caller.signed.person_ref}
    command = WithdrawReplyLink(meeting_id=meeting_id, **who)
    await caller.do(Act(command, (meeting_stream(meeting_id),), child_ref=child.child_ref))


def hash_of(secret: str) -> str:
    """What is known of a link's secret: it cannot be found from this."""
    return sha256(secret.encode()).hexdigest()
