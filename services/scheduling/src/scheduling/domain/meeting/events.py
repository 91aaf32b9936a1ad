"""What happens to a meeting. Names, addresses, the joining link and everything that was said are sealed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec

from pep_kernel.message import Event
from pep_kernel.sealed import Contact, PlanText, ThirdParty


class MeetingScheduled(Event):
    """A meeting has a date. `on` is the day on which it was arranged; the venue may be somebody's home.

    `late_notice`: the authority wants more days between invitation and meeting (L-13); it is held all the same.
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


class InviteeListed(Event):
    """One of those invited when the meeting was arranged. `decided_by` is the social worker who wants family there."""

    meeting_id: str
    child_ref: str
    invitee_ref: str
    capacity: str
    person_ref: str | None = None
    name: ThirdParty | None = None
    email: Contact | None = None
    language: ThirdParty | None = None
    decided_by: str | None = None
    address_withheld: bool = False


class InviteeAdded(Event):
    """Somebody was invited later."""

    meeting_id: str
    child_ref: str
    on: date
    invitee_ref: str
    capacity: str
    at: datetime
    person_ref: str | None = None
    name: ThirdParty | None = None
    email: Contact | None = None
    language: ThirdParty | None = None
    decided_by: str | None = None
    address_withheld: bool = False


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


class MeetingMustBeRearranged(Event):
    """It was no PEP meeting, so another must be arranged (L-21)."""

    meeting_id: str
    child_ref: str


class MeetingOutcomeCorrected(Event):
    """What was recorded was wrong. `on` is the day of the meeting, on which this outcome was true all along."""

    meeting_id: str
    child_ref: str
    on: date
    outcome: Literal["PEP", "PROGRESS_REVIEW"]
    corrected_on: date
    corrected_by: str
    reason: PlanText


MeetingEvent = (
    MeetingScheduled | InviteeListed | InviteeAdded | MeetingHeld | MeetingMustBeRearranged | MeetingOutcomeCorrected
)
