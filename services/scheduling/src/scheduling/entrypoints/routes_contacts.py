"""How people are reached, for the services that write to them. They ask when they send and keep nothing."""

from __future__ import annotations

from fastapi import APIRouter

from pep_kernel.sealed import Contact
from pep_runtime.http import Caller, Desk
from scheduling.entrypoints.invitation_shapes import ReplyLinkMade
from scheduling.entrypoints.routes_invitations import reply_link
from scheduling.entrypoints.shapes import ContactShown, InvitationShown
from scheduling.projections.contact import CONTACTS
from scheduling.projections.meeting import MEETING_OVERVIEWS
from scheduling.projections.meeting_invitee import MEETING_INVITEES, MeetingInvitee

router = APIRouter(tags=["contacts"])


@router.get("/contacts/{person_ref}", summary="How a member of staff or a carer is reached")
async def show_contact(person_ref: str, caller: Caller) -> ContactShown:
    caller.permit("ask for contacts")
    person = await caller.row(CONTACTS, person_ref)
    return ContactShown(
        person_ref=person_ref,
        role=person.role,
        name=await caller.open(person.name),
        email=await caller.open(person.email),
    )


@router.get("/meetings/{meeting_id}/invitations/{invitee_ref}", summary="One person's invitation to a meeting")
async def show_invitation(meeting_id: str, invitee_ref: str, caller: Caller) -> InvitationShown:
    caller.permit("ask for contacts")
    meeting = await caller.row(MEETING_OVERVIEWS, meeting_id)
    invitee = await caller.row(MEETING_INVITEES, meeting_id, invitee_ref)
    return InvitationShown(
        meeting_id=meeting_id,
        invitee_ref=invitee_ref,
        at=meeting.at,
        lasts_minutes=meeting.lasts_minutes,
        sequence=meeting.sequence,
        cancelled=meeting.state == "cancelled",
        venue=await caller.open(meeting.venue),
        joining_link=await caller.open(meeting.joining_link),
        email=await caller.open(await _address(caller, invitee)),
        language=await caller.open(invitee.language),
        answers_by_link=invitee.person_ref is None and meeting.state == "scheduled",
    )


@router.post(
    "/meetings/{meeting_id}/invitations/{invitee_ref}/reply-link",
    summary="A link for a letter to somebody without an account",
)
async def make_link_for_letter(meeting_id: str, invitee_ref: str, caller: Caller) -> ReplyLinkMade:
    """Asked for again under the same key it is the same link. One that was made before is worth nothing any more."""
    caller.permit("ask for contacts")
    meeting = await caller.row(MEETING_OVERVIEWS, meeting_id)
    await caller.row(MEETING_INVITEES, meeting_id, invitee_ref)
    return await reply_link(caller, meeting, invitee_ref)


async def _address(caller: Desk, invitee: MeetingInvitee) -> Contact | None:
    """A guest's own address, or the one that the records have of the person."""
    if invitee.person_ref is None:
        return invitee.email
    return (await caller.row(CONTACTS, invitee.person_ref)).email
