"""Scheduling says: what became of a meeting."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pep_kernel.announcement import Announcement

Outcome = Literal["PEP", "PROGRESS_REVIEW"]


class MeetingProposed(Announcement):
    """These days were proposed to those who must come; each says which of them suit."""

    type: Literal["uk.openpep.scheduling.MeetingProposed.v1"] = "uk.openpep.scheduling.MeetingProposed.v1"
    meeting_id: str
    child_ref: str
    dates: tuple[datetime, ...]
    asked: tuple[str, ...]


class MeetingDateAgreed(Announcement):
    """Everybody who was asked can come then. The convener may arrange it."""

    type: Literal["uk.openpep.scheduling.MeetingDateAgreed.v1"] = "uk.openpep.scheduling.MeetingDateAgreed.v1"
    meeting_id: str
    child_ref: str
    at: datetime


class MeetingScheduled(Announcement):
    """A meeting has a date. Invitees are references; who they are and the joining link are asked for when sending."""

    type: Literal["uk.openpep.scheduling.MeetingScheduled.v1"] = "uk.openpep.scheduling.MeetingScheduled.v1"
    meeting_id: str
    child_ref: str
    at: datetime
    invitees: tuple[str, ...]


class MeetingDetailsSent(Announcement):
    """These people are told when and where, and are sent the joining link. `sequence` rises each time."""

    type: Literal["uk.openpep.scheduling.MeetingDetailsSent.v1"] = "uk.openpep.scheduling.MeetingDetailsSent.v1"
    meeting_id: str
    child_ref: str
    at: datetime
    invitees: tuple[str, ...]
    sequence: int


class MeetingRescheduled(Announcement):
    """The meeting was put off to another day. Details of the new day are announced by themselves."""

    type: Literal["uk.openpep.scheduling.MeetingRescheduled.v1"] = "uk.openpep.scheduling.MeetingRescheduled.v1"
    meeting_id: str
    child_ref: str
    was_at: datetime
    at: datetime
    invitees: tuple[str, ...]


class MeetingCancelled(Announcement):
    """The meeting does not take place. `invitees` are those who had been told of it; a mere proposal has no day."""

    type: Literal["uk.openpep.scheduling.MeetingCancelled.v1"] = "uk.openpep.scheduling.MeetingCancelled.v1"
    meeting_id: str
    child_ref: str
    at: datetime | None
    invitees: tuple[str, ...]


class InviteeWithdrawn(Announcement):
    """Somebody is not invited to the meeting any more."""

    type: Literal["uk.openpep.scheduling.InviteeWithdrawn.v1"] = "uk.openpep.scheduling.InviteeWithdrawn.v1"
    meeting_id: str
    child_ref: str
    invitee_ref: str


class AttendanceDeclined(Announcement):
    """Somebody cannot come to the meeting."""

    type: Literal["uk.openpep.scheduling.AttendanceDeclined.v1"] = "uk.openpep.scheduling.AttendanceDeclined.v1"
    meeting_id: str
    child_ref: str
    invitee_ref: str
    capacity: str


class ProceedDecided(Announcement):
    """The social worker decided whether the meeting takes place although somebody is missing (L-11)."""

    type: Literal["uk.openpep.scheduling.ProceedDecided.v1"] = "uk.openpep.scheduling.ProceedDecided.v1"
    meeting_id: str
    child_ref: str
    proceeds: bool


class QuorumAtRisk(Announcement):
    """So many working days ahead: with those who said yes, this will not be a PEP meeting (T63)."""

    type: Literal["uk.openpep.scheduling.QuorumAtRisk.v1"] = "uk.openpep.scheduling.QuorumAtRisk.v1"
    meeting_id: str
    child_ref: str
    at: datetime
    working_days_before: int


class QuorumSecured(Announcement):
    """Somebody who speaks for the authority comes now: it will be a PEP meeting."""

    type: Literal["uk.openpep.scheduling.QuorumSecured.v1"] = "uk.openpep.scheduling.QuorumSecured.v1"
    meeting_id: str
    child_ref: str


class MeetingHeld(Announcement):
    """A meeting took place, as a PEP meeting or only as a review of progress (L-19, L-20)."""

    type: Literal["uk.openpep.scheduling.MeetingHeld.v1"] = "uk.openpep.scheduling.MeetingHeld.v1"
    meeting_id: str
    child_ref: str
    on: date
    outcome: Outcome


class NobodyOfTheAuthorityThere(Announcement):
    """It counts as a PEP meeting, but nobody who speaks for the authority was there (T23)."""

    type: Literal["uk.openpep.scheduling.NobodyOfTheAuthorityThere.v1"] = (
        "uk.openpep.scheduling.NobodyOfTheAuthorityThere.v1"
    )
    meeting_id: str
    child_ref: str
    on: date


class NextMeetingAgreed(Announcement):
    """A day was agreed at a meeting for the next one. Where it does not stand, the convener arranges it."""

    type: Literal["uk.openpep.scheduling.NextMeetingAgreed.v1"] = "uk.openpep.scheduling.NextMeetingAgreed.v1"
    meeting_id: str
    child_ref: str
    next_on: date
    stands: bool


class MeetingMustBeRearranged(Announcement):
    """The meeting was no PEP meeting; another must be arranged (L-21)."""

    type: Literal["uk.openpep.scheduling.MeetingMustBeRearranged.v1"] = (
        "uk.openpep.scheduling.MeetingMustBeRearranged.v1"
    )
    meeting_id: str
    child_ref: str


class MeetingOutcomeCorrected(Announcement):
    """What was recorded of a meeting was wrong; this outcome and this day hold."""

    type: Literal["uk.openpep.scheduling.MeetingOutcomeCorrected.v1"] = (
        "uk.openpep.scheduling.MeetingOutcomeCorrected.v1"
    )
    meeting_id: str
    child_ref: str
    on: date
    outcome: Outcome
