"""Who may be invited by whom, under which reference each invitee is known, and who comes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pep_kernel.authority_policy.meetings import Capacity, Notice
from pep_kernel.may import FIELDS, Role, Shown
from pep_kernel.refusal import Refusal
from pep_kernel.sealed import Contact, ThirdParty
from scheduling.domain.meeting.commands import ScheduleMeeting
from scheduling.domain.meeting.events import MeetingEvent
from scheduling.domain.meeting.invitation_commands import (
    AddInvitee,
    AnswerByLink,
    AnswerInvitation,
    ApproveInvitations,
    ByTheRules,
    FollowPerson,
    MakeReplyLink,
    OfTheList,
    SendOfficer,
    WithdrawInvitee,
    WithdrawReplyLink,
)
from scheduling.domain.meeting.invitation_events import (
    AttendanceConfirmed,
    AttendanceDeclined,
    InvitationListApproved,
    InviteeAdded,
    InviteeListed,
    InviteeWithdrawn,
    OfficerSent,
    ReplyLinkMade,
    ReplyLinkWithdrawn,
)
from scheduling.domain.meeting.people import GuestInvitee, KnownInvitee
from scheduling.domain.meeting.states import Invited, Scheduled

LINK_NOT_VALID = "This link is not valid any more. Ask whoever invited you for a new one."
OFFICERS = frozenset(
    {Capacity.VIRTUAL_SCHOOL_OFFICER, Capacity.SENIOR_VIRTUAL_SCHOOL_OFFICER, Capacity.VIRTUAL_SCHOOL_HEAD}
)


def inviting_role(asked: ByTheRules, capacity: Capacity) -> Role | None:
    """In which of their roles they may invite, by the authority's rules; else nobody's (L-10, L-15 to L-18).

    Of whom the rules say nothing, whoever sets the date invites.
    """
    entry = asked.policy.invitations.of(capacity)
    return asked.role_among(entry.by if entry is not None else asked.policy.convener.may_set(first=asked.first))


def is_short(notice: Notice, on: date, at: datetime) -> bool:
    """By date alone: so many days before, whatever the hour (L-13)."""
    return notice.days_before is not None and (at.date() - on).days < notice.days_before


def _comes_late(meeting: Scheduled, command: OfTheList | FollowPerson) -> bool:
    """Whoever is told now, after the others, is told with short notice (L-13); if nobody was told yet, nor are they."""
    waived = meeting.notice_waived and meeting.urgent
    return meeting.told_of_day and not waived and is_short(command.policy.notice, command.on, meeting.at)


def listed(command: ScheduleMeeting) -> list[InviteeListed]:
    """One event an invitee; the same person twice is invited once."""
    particulars = [
        _particulars(command.meeting_id, command.child_ref, invitee, number, command)
        for number, invitee in enumerate(command.invitees, 1)
    ]
    return [InviteeListed(**each) for each in {each["invitee_ref"]: each for each in particulars}.values()]


def withheld(command: ScheduleMeeting) -> list[str]:
    """The invitees whose address is not kept."""
    return [invitee.invitee_ref for invitee in listed(command) if invitee.address_withheld]


def added(meeting: Scheduled, command: AddInvitee) -> list[MeetingEvent]:
    """Somebody who was already invited is not invited again."""
    number = meeting.ever_invited + 1
    particulars = _particulars(meeting.meeting_id, meeting.child_ref, command.invitee, number, command)
    if meeting.invited(particulars["invitee_ref"]):
        return []
    late = not particulars["awaits_approval"] and _comes_late(meeting, command)
    return [InviteeAdded(**particulars, on=command.on, at=meeting.at, late_notice=late)]


def _particulars(
    meeting_id: str,
    child_ref: str,
    invitee: KnownInvitee | GuestInvitee,
    number: int,
    asked: ScheduleMeeting | AddInvitee,
) -> dict[str, Any]:
    entitled = inviting_role(asked, invitee.capacity) is not None
    common = {
        "meeting_id": meeting_id,
        "child_ref": child_ref,
        "capacity": invitee.capacity.value,
        "decided_by": _decision(invitee.capacity, asked, entitled=entitled),
        "awaits_approval": not entitled,
    }
    match invitee:
        case KnownInvitee(person_ref=ref):
            return {**common, "invitee_ref": ref, "person_ref": ref}
        case GuestInvitee(name=name, email=email, language=language):
            who = {"name": ThirdParty.of(name), "language": ThirdParty.optional(language)}
            address = _address(invitee.capacity, email, asked)
            return {**common, **who, **address, "invitee_ref": f"guest-{number}"}


KNOW_CARERS_CONTACT = frozenset(role for role, shown in FIELDS.items() if Shown.CARERS_CONTACT in shown)


def _address(capacity: Capacity, email: str, asked: ByTheRules) -> dict[str, Any]:
    """A school does not write down how a carer is reached, in case it is confidential: it is not kept (L-37, T26)."""
    if capacity is Capacity.CARER and asked.role_among(KNOW_CARERS_CONTACT) is None:
        return {"address_withheld": True}
    return {"email": Contact.of(email)}


def _decision(capacity: Capacity, asked: ScheduleMeeting | AddInvitee, *, entitled: bool) -> str | None:
    """Who decided it, where that must be recorded. Family is never put forward by anybody else (T27)."""
    if capacity is Capacity.FAMILY and asked.role_among((Role.SOCIAL_WORKER,)) is None:
        sentence = "Only the social worker decides whether family is invited; ask the social worker to do it."
        raise Refusal(sentence, "L-10", "L-16")
    entry = asked.policy.invitations.of(capacity)
    return asked.by if entitled and entry is not None and entry.recorded_decision else None


def approved(meeting: Scheduled, command: ApproveInvitations) -> list[MeetingEvent]:
    """Of those who wait, the ones about whom this person decides."""
    refs = tuple(each.ref for each in awaiting_them(meeting, command))
    if not refs:
        raise Refusal("Nobody on the list waits for your decision.", "L-10")
    return _approval(meeting, command, refs)


def _approval(meeting: Scheduled, command: OfTheList, refs: tuple[str, ...]) -> list[MeetingEvent]:
    approval = InvitationListApproved(
        meeting_id=meeting.meeting_id,
        child_ref=meeting.child_ref,
        on=command.on,
        invitees=refs,
        by=command.by,
        late_notice=_comes_late(meeting, command),
    )
    return [approval]


def awaiting_them(meeting: Scheduled, command: ApproveInvitations) -> list[Invited]:
    """Those who wait for this person's decision, of those who are named."""
    waiting = [each for each in meeting.invitees if each.awaits_approval and _decides(command, each)]
    return [each for each in waiting if not command.invitees or each.ref in command.invitees]


def _decides(command: OfTheList, invited: Invited) -> bool:
    return inviting_role(command, Capacity(invited.capacity)) is not None


def withdrawn(meeting: Scheduled, command: WithdrawInvitee) -> list[MeetingEvent]:
    """By whoever may invite them, and by whoever put them forward while nobody has decided."""
    invited = meeting.invited(command.invitee_ref)
    if invited is None:
        return []
    if not (invited.awaits_approval or _decides(command, invited)):
        raise Refusal("Whoever may invite somebody in this capacity may withdraw the invitation, and nobody else.")
    return [_withdrawn(meeting, invited, command.on, "decided", command.by)]


def _withdrawn(
    meeting: Scheduled, who: Invited, on: date, because: Literal["decided", "another_person"], by: str | None = None
) -> InviteeWithdrawn:
    return InviteeWithdrawn(
        meeting_id=meeting.meeting_id,
        child_ref=meeting.child_ref,
        on=on,
        invitee_ref=who.ref,
        capacity=who.capacity,
        because=because,
        by=by,
    )


def officer_sent(meeting: Scheduled, command: SendOfficer) -> list[MeetingEvent]:
    """The officer is invited and comes: the Virtual School says so itself, also of one who was only put forward."""
    officer = command.officer
    if officer.capacity not in OFFICERS:
        raise Refusal("The Virtual School sends one of its officers, or its head.")
    invited = meeting.invited(officer.person_ref)
    if invited is not None and invited.answer == "comes":
        return []
    sent = OfficerSent(
        meeting_id=meeting.meeting_id,
        child_ref=meeting.child_ref,
        on=command.on,
        invitee_ref=officer.person_ref,
        capacity=officer.capacity.value,
        by=command.by,
    )
    if invited is None:
        return [_joins(meeting, officer.person_ref, officer.capacity.value, command), sent]
    return [*(_approval(meeting, command, (invited.ref,)) if invited.awaits_approval else ()), sent]


def answer(meeting: Scheduled, command: AnswerInvitation) -> list[MeetingEvent]:
    invited = meeting.invited(command.invitee_ref)
    if invited is None or invited.awaits_approval:
        raise Refusal("This person is not invited to the meeting.")
    return _answered(meeting, invited, command, command.by)


def answer_by_link(meeting: Scheduled, command: AnswerByLink) -> list[MeetingEvent]:
    """Once, until the meeting is over."""
    known = (each for each in meeting.invitees if each.reply and each.reply.token_hash == command.token_hash)
    invited = next(known, None)
    if invited is None or invited.reply is None or invited.reply.until < command.at:
        raise Refusal(LINK_NOT_VALID)
    return _answered(meeting, invited, command, invited.ref, by_link=True)


def _answered(
    meeting: Scheduled, who: Invited, command: AnswerInvitation | AnswerByLink, by: str, *, by_link: bool = False
) -> list[MeetingEvent]:
    if not by_link and who.answer == ("comes" if command.comes else "does_not_come"):
        return []
    kind = AttendanceConfirmed if command.comes else AttendanceDeclined
    told = kind(
        meeting_id=meeting.meeting_id,
        child_ref=meeting.child_ref,
        on=command.on,
        invitee_ref=who.ref,
        capacity=who.capacity,
        by=by,
        by_link=by_link,
    )
    return [told]


def link_made(meeting: Scheduled, command: MakeReplyLink) -> list[MeetingEvent]:
    """For a guest: whoever holds the link of somebody with an account could answer as that person."""
    invited = meeting.invited(command.invitee_ref)
    if invited is None or invited.awaits_approval:
        raise Refusal("This person is not invited to the meeting.")
    if invited.person_ref is not None:
        raise Refusal("Whoever has an account answers there.")
    made = ReplyLinkMade(
        meeting_id=meeting.meeting_id,
        child_ref=meeting.child_ref,
        on=command.on,
        invitee_ref=invited.ref,
        token_hash=command.token_hash,
        until=meeting.at + meeting.lasts,
        by=command.by,
    )
    return [made]


def link_withdrawn(meeting: Scheduled, command: WithdrawReplyLink) -> list[MeetingEvent]:
    invited = meeting.invited(command.invitee_ref)
    if invited is None or invited.reply is None:
        return []
    gone = ReplyLinkWithdrawn(
        meeting_id=meeting.meeting_id,
        child_ref=meeting.child_ref,
        on=command.on,
        invitee_ref=invited.ref,
        by=command.by,
    )
    return [gone]


def followed(meeting: Scheduled, command: FollowPerson) -> list[MeetingEvent]:
    """Only where somebody was invited in this capacity: nobody is added to a meeting without their predecessor.

    Whoever comes in the place of somebody about whom nobody had decided yet awaits that decision.
    """
    before = [each for each in meeting.invitees if each.capacity == command.capacity and each.person_ref]
    left = [each for each in before if _has_left(command, each.ref)]
    places = [*(awaits for empty, awaits in meeting.vacant if empty == command.capacity)]
    places += [each.awaits_approval for each in left]
    came = [ref for ref in command.people if meeting.invited(ref) is None] if places else []
    return [
        *(_withdrawn(meeting, each, command.on, "another_person") for each in left),
        *(_joins(meeting, ref, command.capacity, command, awaits_approval=all(places)) for ref in came),
    ]


def _has_left(command: FollowPerson, ref: str) -> bool:
    return ref not in command.people if command.left is None else ref in command.left


def _joins(
    meeting: Scheduled, ref: str, capacity: str, command: SendOfficer | FollowPerson, *, awaits_approval: bool = False
) -> InviteeAdded:
    return InviteeAdded(
        meeting_id=meeting.meeting_id,
        child_ref=meeting.child_ref,
        on=command.on,
        invitee_ref=ref,
        capacity=capacity,
        at=meeting.at,
        person_ref=ref,
        late_notice=not awaits_approval and _comes_late(meeting, command),
        awaits_approval=awaits_approval,
    )
