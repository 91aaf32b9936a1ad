"""Scheduling says: what became of a meeting."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pep_kernel.announcement import Announcement

Outcome = Literal["PEP", "PROGRESS_REVIEW"]


class MeetingScheduled(Announcement):
    """A meeting has a date. Invitees are references; who they are and the joining link are asked for when sending."""

    type: Literal["uk.openpep.scheduling.MeetingScheduled.v1"] = "uk.openpep.scheduling.MeetingScheduled.v1"
    meeting_id: str
    child_ref: str
    at: datetime
    invitees: tuple[str, ...]


class MeetingHeld(Announcement):
    """A meeting took place, as a PEP meeting or only as a review of progress (L-19, L-20)."""

    type: Literal["uk.openpep.scheduling.MeetingHeld.v1"] = "uk.openpep.scheduling.MeetingHeld.v1"
    meeting_id: str
    child_ref: str
    on: date
    outcome: Outcome


class MeetingMustBeRearranged(Announcement):
    """The meeting was no PEP meeting; another must be arranged (L-21)."""

    type: Literal["uk.openpep.scheduling.MeetingMustBeRearranged.v1"] = (
        "uk.openpep.scheduling.MeetingMustBeRearranged.v1"
    )
    meeting_id: str
    child_ref: str


class MeetingOutcomeCorrected(Announcement):
    """What was recorded of a meeting was wrong; this outcome holds."""

    type: Literal["uk.openpep.scheduling.MeetingOutcomeCorrected.v1"] = (
        "uk.openpep.scheduling.MeetingOutcomeCorrected.v1"
    )
    meeting_id: str
    child_ref: str
    on: date
    outcome: Outcome
