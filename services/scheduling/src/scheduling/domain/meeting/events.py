"""What happens to a meeting. Names, addresses, the joining link and everything that was said are sealed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec

from pep_kernel.message import Event
from pep_kernel.sealed import Contact, PlanText, ThirdParty
from scheduling.domain.meeting.invitation_events import InvitedEvent


class MeetingScheduled(Event):
    """A meeting has a date. `on` is the day on which it was arranged; the venue may be somebody's home.

    `late_notice`: on this day already its details can only come late (L-13); it is held all the same. A reason for that
    is kept; it is late notice nevertheless, unless the meeting is `urgent`: an urgent PEP was asked for.
    `adviser_is_worker`: the pupil is in Year 12 or 13, where a personal adviser may be the social worker (O-12).
    """

    meeting_id: str
    child_ref: str
    on: date
    at: datetime
    invitees: tuple[str, ...]
    by: str
    venue: Contact | None = None
    joining_link: Contact | None = None
    rearranges: str | None = None
    late_notice: bool = False
    after_due_because: PlanText | None = None
    lasts_minutes: int = 60
    convener: str | None = None
    planned_chair: str | None = None
    must_invite: tuple[str, ...] = ()
    agreed_at: str | None = None
    notice_waived_because: PlanText | None = None
    urgent: bool = False
    adviser_is_worker: bool = False


class MeetingProposed(Event):
    """These days were proposed to those who must come."""

    meeting_id: str
    child_ref: str
    on: date
    dates: tuple[datetime, ...]
    asked: tuple[str, ...]
    by: str
    rearranges: str | None = None
    agreed_at: str | None = None


class ProposalAnswered(Event):
    """These of the proposed days suit this person."""

    meeting_id: str
    child_ref: str
    on: date
    invitee_ref: str
    suits: tuple[datetime, ...]
    by: str


class AskedInstead(Event):
    """Those who had a job for the child have it no more and are not asked any more; those who have it now are."""

    meeting_id: str
    child_ref: str
    on: date
    left: tuple[str, ...]
    came: tuple[str, ...] = ()


class MeetingDateAgreed(Event):
    """Everybody who was asked can come then; the earliest such day."""

    meeting_id: str
    child_ref: str
    on: date
    at: datetime


class MeetingRescheduled(Event):
    """Another day for the same meeting. Time for notice runs anew, and nobody has said yes to the new day yet (T18).

    Place and link stand here only where they changed.
    """

    meeting_id: str
    child_ref: str
    on: date
    was_at: datetime
    at: datetime
    invitees: tuple[str, ...]
    by: str
    reason: PlanText
    lasts_minutes: int = 60
    venue: Contact | None = None
    joining_link: Contact | None = None
    late_notice: bool = False
    after_due_because: PlanText | None = None
    notice_waived_because: PlanText | None = None
    urgent: bool = False


class MeetingDetailsSent(Event):
    """Everybody on the list is told when and where. `late_notice` is judged by this day (L-13, T16, T17).

    `sequence` counts how often that happened before; place and link stand here only where they changed.
    """

    meeting_id: str
    child_ref: str
    on: date
    at: datetime
    invitees: tuple[str, ...]
    by: str
    late_notice: bool = False
    notice_waived_because: PlanText | None = None
    sequence: int = 0
    venue: Contact | None = None
    joining_link: Contact | None = None
    urgent: bool = False


class MeetingCancelled(Event):
    """The meeting does not take place. `invitees` are those who had been told of it.

    `corrected`: a record that was wrong had arranged it, and nobody had done anything about it since.
    """

    meeting_id: str
    child_ref: str
    on: date
    because: Literal["decided", "left_care", "died", "no_pep_applies", "corrected"]
    at: datetime | None = None
    invitees: tuple[str, ...] = ()
    by: str | None = None
    reason: PlanText | None = None


class ProceedDecided(Event):
    """The social worker decided whether the meeting takes place although somebody is missing (L-11)."""

    meeting_id: str
    child_ref: str
    on: date
    proceeds: bool
    by: str
    reason: PlanText | None = None


class PupilWishRecorded(Event):
    """What the pupil wants of the meeting: all, part, none, or ask the social worker (L-32)."""

    meeting_id: str
    child_ref: str
    on: date
    wish: Literal["all", "part", "none", "ask_social_worker"]
    by: str


class Present(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody who was there, as what and how."""

    capacity: str
    mode: str
    ref: str | None = None


class MeetingHeld(Event):
    """The meeting took place. What was said is kept whatever the outcome (L-20).

    `next_lacks` is what should have been agreed of the next meeting and was not (L-77, O-60).
    """

    meeting_id: str
    child_ref: str
    on: date
    outcome: Literal["PEP", "PROGRESS_REVIEW"]
    chair: Present
    attendees: tuple[Present, ...]
    recorded_by: str
    minutes: PlanText
    pupil_attended: bool
    apologies: tuple[str, ...] = ()
    no_authority_representative: bool = False
    minutes_not_for_pupil: PlanText | None = None
    pupil_absent_because: PlanText | None = None
    feedback_by: ThirdParty | None = None
    next_on: date | None = None
    next_time: str | None = None
    next_venue: Contact | None = None
    next_lacks: tuple[str, ...] = ()
    minutes_professionals_only: PlanText | None = None
    note_taker: Present | None = None
    lasted_minutes: int | None = None
    pupil_part: Literal["all", "part"] | None = None
    views_shared: bool | None = None
    leader_trained: bool | None = None
    warnings: tuple[str, ...] = ()


class NextMeetingAgreed(Event):
    """A day was agreed at the meeting. It stands without the convener's doing where the authority says so (L-12)."""

    meeting_id: str
    child_ref: str
    on: date
    next_on: date
    stands: bool
    next_time: str | None = None


class NobodyOfTheAuthorityThere(Event):
    """It counts as a PEP meeting by the authority's rules, but nobody who speaks for the authority was there (T23)."""

    meeting_id: str
    child_ref: str
    on: date


class MeetingMustBeRearranged(Event):
    """It was no PEP meeting, so another must be arranged (L-21)."""

    meeting_id: str
    child_ref: str


class MeetingOutcomeCorrected(Event):
    """What was recorded was wrong. `on` is the day of the meeting, on which this outcome was true all along.

    `was_on` is the wrong day, where that was recorded; `outcome_stands` where nothing else was wrong.
    """

    meeting_id: str
    child_ref: str
    on: date
    outcome: Literal["PEP", "PROGRESS_REVIEW"]
    corrected_on: date
    corrected_by: str
    reason: PlanText
    was_on: date | None = None
    outcome_stands: bool = False


MeetingEvent = (
    MeetingProposed
    | ProposalAnswered
    | AskedInstead
    | MeetingDateAgreed
    | MeetingScheduled
    | MeetingRescheduled
    | MeetingDetailsSent
    | MeetingCancelled
    | ProceedDecided
    | PupilWishRecorded
    | InvitedEvent
    | MeetingHeld
    | NextMeetingAgreed
    | NobodyOfTheAuthorityThere
    | MeetingMustBeRearranged
    | MeetingOutcomeCorrected
)
