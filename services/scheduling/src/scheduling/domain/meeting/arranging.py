"""Days are proposed and agreed, meetings arranged, put off and called off, and everybody is told in time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

from msgspec.structs import replace

from pep_kernel.authority_policy.meetings import OF_ROLE, Capacity
from pep_kernel.may import POST_16, Role, spoken
from pep_kernel.refusal import Refusal
from pep_kernel.sealed import Contact, PlanText
from scheduling.domain.meeting.commands import (
    AnswerProposal,
    AskInstead,
    CallOff,
    CancelMeeting,
    Convening,
    ProposeMeeting,
    RescheduleMeeting,
    ScheduleMeeting,
    SendDetails,
)
from scheduling.domain.meeting.events import (
    AskedInstead,
    MeetingCancelled,
    MeetingDateAgreed,
    MeetingDetailsSent,
    MeetingEvent,
    MeetingProposed,
    MeetingRescheduled,
    MeetingScheduled,
    ProposalAnswered,
)
from scheduling.domain.meeting.invitation import is_short, listed
from scheduling.domain.meeting.people import filled
from scheduling.domain.meeting.states import Proposed, Scheduled

FIRST = "a child's first meeting in care or at a new school"


def convening_role(command: Convening) -> Role:
    """In which role they set the date. Refuses whoever does not by the authority's rules (L-12, O-13, O-20)."""
    rule = command.policy.convener
    role = command.role_among(rule.may_set(first=command.first))
    if role is None:
        which = FIRST if command.first else "a meeting after the first"
        people = " or ".join(spoken(each) for each in rule.setters(first=command.first))
        raise Refusal(f"By this authority's rules {people} sets the date of {which}.", *rule.source)
    return role


def calling_off_role(command: CancelMeeting) -> Role:
    """Whoever sets the date, and always the social worker, who decides whether it proceeds (L-11)."""
    return command.role_among((Role.SOCIAL_WORKER,)) or convening_role(command)


def proposed(command: ProposeMeeting) -> list[MeetingEvent]:
    if command.agreed_at is None:
        convening_role(command)
    if min(command.dates).date() < command.on:
        raise Refusal("A day that has passed cannot be proposed.")
    proposal = MeetingProposed(
        meeting_id=command.meeting_id,
        child_ref=command.child_ref,
        on=command.on,
        dates=tuple(sorted(set(command.dates))),
        asked=tuple(dict.fromkeys(command.asked)),
        by=command.by,
        rearranges=command.rearranges,
        agreed_at=command.agreed_at,
    )
    return [proposal]


def answered(meeting: Proposed, command: AnswerProposal) -> list[MeetingEvent]:
    """The day is agreed when everybody who was asked can come on it."""
    if command.invitee_ref not in meeting.asked:
        raise Refusal("This person was not asked which day suits them.")
    if strange := [day for day in command.suits if day not in meeting.dates]:
        raise Refusal(f"{min(strange):%d/%m/%Y at %H:%M} was not proposed.")
    answer = ProposalAnswered(
        meeting_id=meeting.meeting_id,
        child_ref=meeting.child_ref,
        on=command.on,
        invitee_ref=command.invitee_ref,
        suits=tuple(sorted(set(command.suits))),
        by=command.by,
    )
    day = common_day(meeting.dates, meeting.asked, {**dict(meeting.suits), command.invitee_ref: command.suits})
    if day is None or day == meeting.agreed:
        return [answer]
    return [answer, _agreed(meeting, command.on, day)]


def common_day(
    dates: tuple[datetime, ...], asked: tuple[str, ...], suits: Mapping[str, tuple[datetime, ...]]
) -> datetime | None:
    """The first day that suits everybody who was asked, once all have answered."""
    if not asked or set(suits) != set(asked):
        return None
    return next((day for day in dates if all(day in days for days in suits.values())), None)


def _agreed(meeting: Proposed, on: date, day: datetime) -> MeetingDateAgreed:
    return MeetingDateAgreed(meeting_id=meeting.meeting_id, child_ref=meeting.child_ref, on=on, at=day)


def asked_instead(meeting: Proposed, command: AskInstead) -> list[MeetingEvent]:
    """Only where one of them was asked. A day suits when it suits those who are asked now."""
    left = tuple(each for each in meeting.asked if each in command.left)
    if not left:
        return []
    came = tuple(each for each in command.people if each not in meeting.asked)
    about: dict[str, Any] = {"meeting_id": meeting.meeting_id, "child_ref": meeting.child_ref, "on": command.on}
    instead = AskedInstead(**about, left=left, came=came)
    asked = tuple(each for each in (*meeting.asked, *came) if each not in left)
    answered_still = {ref: days for ref, days in meeting.suits if ref not in left}
    day = common_day(meeting.dates, asked, answered_still)
    return [instead] if day is None else [instead, _agreed(meeting, command.on, day)]


def scheduled(command: ScheduleMeeting) -> list[MeetingEvent]:
    role = convening_role(command) if command.agreed_at is None else command.by_role
    _may_chair(command)
    invitees = listed(command)
    event = MeetingScheduled(
        meeting_id=command.meeting_id,
        child_ref=command.child_ref,
        on=command.on,
        at=command.at,
        invitees=tuple(each.invitee_ref for each in invitees),
        by=command.by,
        venue=Contact.optional(command.venue),
        joining_link=Contact.optional(command.joining_link),
        rearranges=command.rearranges,
        after_due_because=PlanText.optional(command.after_due_because),
        **_notice(command, command.at),
        lasts_minutes=_minutes(command),
        convener=OF_ROLE.get(role),
        planned_chair=command.chair,
        must_invite=_must_invite(command, OF_ROLE.get(role)),
        adviser_is_worker=command.year_group in POST_16,
        agreed_at=command.agreed_at,
    )
    if command.details == "later":
        return [event, *invitees]
    told = tuple(each.invitee_ref for each in invitees if not each.awaits_approval)
    return [event, *invitees, _details(command, command.child_ref, command.at, told)]


def _minutes(command: ScheduleMeeting) -> int:
    return int(command.lasts.total_seconds()) // 60


def _may_chair(command: ScheduleMeeting) -> None:
    rule = command.policy.chair
    if command.chair is not None and command.chair not in rule.capacities:
        people = " or ".join(each.replace("_", " ") for each in rule.capacities)
        raise Refusal(f"By this authority's rules the chair is one of these: {people}.", *rule.source)


def _must_invite(command: ScheduleMeeting, convener: Capacity | None) -> tuple[str, ...]:
    """Those who must be asked; whoever convenes or chairs is there anyway."""
    leads = [each.value for each in (convener, command.chair) if each is not None]
    there = filled(leads, adviser_is_worker=command.year_group in POST_16)
    wanted = command.policy.must_invite.capacities(
        first=command.first, year_group=command.year_group, circumstances=command.circumstances
    )
    return tuple(each.value for each in wanted if each not in there)


def _notice(
    command: ScheduleMeeting | RescheduleMeeting | SendDetails, at: datetime, before: Scheduled | None = None
) -> dict[str, Any]:
    """A reason for short notice is kept. Short notice is no late notice only if there was a reason and it is urgent.

    `before` is the meeting to whose day both may have been said already.
    """
    reason = PlanText.optional(command.notice_waived_because)
    waived = reason is not None or (before is not None and before.notice_waived)
    urgent = command.urgent or (before is not None and before.urgent)
    late = is_short(command.policy.notice, command.on, at) and not (waived and urgent)
    return {"late_notice": late, "notice_waived_because": reason, "urgent": urgent}


def _details(
    command: ScheduleMeeting | RescheduleMeeting | SendDetails,
    child_ref: str,
    at: datetime,
    told: tuple[str, ...],
    sequence: int = 0,
    before: Scheduled | None = None,
) -> MeetingDetailsSent:
    return MeetingDetailsSent(
        meeting_id=command.meeting_id,
        child_ref=child_ref,
        on=command.on,
        at=at,
        invitees=told,
        by=command.by,
        sequence=sequence,
        **_notice(command, at, before),
    )


def details_sent(meeting: Scheduled, command: SendDetails) -> list[MeetingEvent]:
    sent = _details(command, meeting.child_ref, meeting.at, meeting.told, meeting.details_sent, meeting)
    place, link = Contact.optional(command.venue), Contact.optional(command.joining_link)
    return [replace(sent, venue=place, joining_link=link)]


def rescheduled(meeting: Scheduled, command: RescheduleMeeting) -> list[MeetingEvent]:
    """The same meeting on another day: time for notice runs anew, what it was stays in its story (T18)."""
    convening_role(command)
    if command.at == meeting.at:
        raise Refusal("This is the day on which the meeting is already.")
    lasts = command.lasts or meeting.lasts
    moved = MeetingRescheduled(
        meeting_id=meeting.meeting_id,
        child_ref=meeting.child_ref,
        on=command.on,
        was_at=meeting.at,
        at=command.at,
        invitees=tuple(each.ref for each in meeting.invitees),
        by=command.by,
        reason=PlanText.of(command.reason),
        lasts_minutes=int(lasts.total_seconds()) // 60,
        venue=Contact.optional(command.venue),
        joining_link=Contact.optional(command.joining_link),
        **_notice(command, command.at),
        after_due_because=PlanText.optional(command.after_due_because),
    )
    if command.details == "later":
        return [moved]
    return [moved, _details(command, meeting.child_ref, command.at, meeting.told, meeting.details_sent)]


def cancelled(meeting: Proposed | Scheduled, command: CancelMeeting) -> list[MeetingEvent]:
    calling_off_role(command)
    return [_cancelled(meeting, command, "decided", command.by, PlanText.of(command.reason))]


def called_off(meeting: Proposed | Scheduled, command: CallOff) -> list[MeetingEvent]:
    return [_cancelled(meeting, command, command.because)]


def _cancelled(
    meeting: Proposed | Scheduled,
    command: CancelMeeting | CallOff,
    because: Literal["decided", "left_care", "died", "no_pep_applies", "corrected"],
    by: str | None = None,
    reason: PlanText | None = None,
) -> MeetingCancelled:
    """Who was not told of it need not hear that it does not take place."""
    at, told = (meeting.at, meeting.told) if isinstance(meeting, Scheduled) and meeting.details_sent else (None, ())
    return MeetingCancelled(
        meeting_id=meeting.meeting_id,
        child_ref=meeting.child_ref,
        on=command.on,
        because=because,
        at=at,
        invitees=told,
        by=by,
        reason=reason,
    )
