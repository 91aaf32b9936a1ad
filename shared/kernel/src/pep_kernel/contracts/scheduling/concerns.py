"""Scheduling says: what of a child cannot wait for the next termly meeting, and when the care is reviewed."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pep_kernel.announcement import Announcement

WithdrawnBecause = Literal["told_by_mistake", "cancelled", "overturned"]
"""Nobody had excluded the child; the head teacher took it back; governors or a review panel decided against it."""


class UrgentPEPRequested(Announcement):
    """A PEP meeting was asked for at once. By when it must be held comes as `PEPDueDateSet`."""

    type: Literal["uk.openpep.scheduling.UrgentPEPRequested.v1"] = "uk.openpep.scheduling.UrgentPEPRequested.v1"
    child_ref: str
    on: date
    reason: str
    social_worker_ref: str | None = None


class UrgentPEPWithdrawn(Announcement):
    """What had asked for a PEP at once on `requested_on` is not so. A meeting that was arranged stands."""

    type: Literal["uk.openpep.scheduling.UrgentPEPWithdrawn.v1"] = "uk.openpep.scheduling.UrgentPEPWithdrawn.v1"
    child_ref: str
    on: date
    requested_on: date
    reason: str
    social_worker_ref: str | None = None


class PersistentAbsenceRiskDetected(Announcement):
    """The child missed so many sessions that absence may become persistent. Said once until it has recovered."""

    type: Literal["uk.openpep.scheduling.PersistentAbsenceRiskDetected.v1"] = (
        "uk.openpep.scheduling.PersistentAbsenceRiskDetected.v1"
    )
    child_ref: str
    on: date
    social_worker_ref: str | None = None


class PersistentAbsenceRecovered(Announcement):
    """The share of missed sessions has fallen again."""

    type: Literal["uk.openpep.scheduling.PersistentAbsenceRecovered.v1"] = (
        "uk.openpep.scheduling.PersistentAbsenceRecovered.v1"
    )
    child_ref: str
    on: date


class SuspensionNotified(Announcement):
    """The child was suspended. The social worker and the head of the Virtual School must be told the same day.

    `too_many`: the school year has more days of suspension than it may. `provision_from` is the day from which the
    child must be taught elsewhere.
    """

    type: Literal["uk.openpep.scheduling.SuspensionNotified.v1"] = "uk.openpep.scheduling.SuspensionNotified.v1"
    child_ref: str
    on: date
    began: date
    half_days: int
    too_many: bool = False
    provision_from: date | None = None
    social_worker_ref: str | None = None


class PermanentExclusionNotified(Announcement):
    """The child was excluded for good, and is at no school. To be told as a suspension is."""

    type: Literal["uk.openpep.scheduling.PermanentExclusionNotified.v1"] = (
        "uk.openpep.scheduling.PermanentExclusionNotified.v1"
    )
    child_ref: str
    on: date
    began: date
    provision_from: date | None = None
    social_worker_ref: str | None = None


class SuspensionWithdrawn(Announcement):
    """The suspension from `began` does not stand: told by mistake, cancelled, or overturned by governors.

    To be told to whoever was told of the suspension. The year's sums of later ones come as `SuspensionRecounted`.
    """

    type: Literal["uk.openpep.scheduling.SuspensionWithdrawn.v1"] = "uk.openpep.scheduling.SuspensionWithdrawn.v1"
    child_ref: str
    on: date
    began: date
    because: WithdrawnBecause
    social_worker_ref: str | None = None


class SuspensionRecounted(Announcement):
    """Another suspension was told, corrected or withdrawn, so this one has other figures than were said before.

    Consecutive suspensions are one period: `provision_from` is the day of it from which the child is taught elsewhere.
    """

    type: Literal["uk.openpep.scheduling.SuspensionRecounted.v1"] = "uk.openpep.scheduling.SuspensionRecounted.v1"
    child_ref: str
    on: date
    began: date
    half_days: int
    too_many: bool = False
    provision_from: date | None = None
    social_worker_ref: str | None = None


class PermanentExclusionWithdrawn(Announcement):
    """The exclusion does not stand. Where the child is from `back_on` comes as `SchoolMoved`."""

    type: Literal["uk.openpep.scheduling.PermanentExclusionWithdrawn.v1"] = (
        "uk.openpep.scheduling.PermanentExclusionWithdrawn.v1"
    )
    child_ref: str
    on: date
    began: date
    back_on: date
    because: WithdrawnBecause
    social_worker_ref: str | None = None


class SafeguardingConcernRaised(Announcement):
    """Somebody is worried about the child. The social worker must be told at once; what was said is asked for."""

    type: Literal["uk.openpep.scheduling.SafeguardingConcernRaised.v1"] = (
        "uk.openpep.scheduling.SafeguardingConcernRaised.v1"
    )
    child_ref: str
    on: date
    social_worker_ref: str | None = None


class NoApprovalRecorded(Announcement):
    """The child moved without an agreement that this needed. To be told to the head of the Virtual School."""

    type: Literal["uk.openpep.scheduling.NoApprovalRecorded.v1"] = "uk.openpep.scheduling.NoApprovalRecorded.v1"
    child_ref: str
    on: date
    decision: str
    emergency: bool = False
    social_worker_ref: str | None = None


class AgendaItemAdded(Announcement):
    """The next PEP meeting must speak of this: for example of a `suspension`."""

    type: Literal["uk.openpep.scheduling.AgendaItemAdded.v1"] = "uk.openpep.scheduling.AgendaItemAdded.v1"
    child_ref: str
    item: str
    about: str
    on: date


class AgendaItemTaken(Announcement):
    """A PEP meeting was held, so the item does not wait any more."""

    type: Literal["uk.openpep.scheduling.AgendaItemTaken.v1"] = "uk.openpep.scheduling.AgendaItemTaken.v1"
    child_ref: str
    item: str
    meeting_id: str
    on: date


class AgendaItemReopened(Announcement):
    """That meeting was no PEP meeting after all: the item waits again."""

    type: Literal["uk.openpep.scheduling.AgendaItemReopened.v1"] = "uk.openpep.scheduling.AgendaItemReopened.v1"
    child_ref: str
    item: str


class AgendaItemWithdrawn(Announcement):
    """There is nothing to speak of: what the item was about is not so."""

    type: Literal["uk.openpep.scheduling.AgendaItemWithdrawn.v1"] = "uk.openpep.scheduling.AgendaItemWithdrawn.v1"
    child_ref: str
    item: str


class LACReviewScheduled(Announcement):
    """The child's care will be reviewed. The designated teacher is told, and comes where the school is expected."""

    type: Literal["uk.openpep.scheduling.LACReviewScheduled.v1"] = "uk.openpep.scheduling.LACReviewScheduled.v1"
    child_ref: str
    on: date
    school_expected: bool


class PathwayPlanScheduled(Announcement):
    """The pathway plan is made or looked at again on this day."""

    type: Literal["uk.openpep.scheduling.PathwayPlanScheduled.v1"] = "uk.openpep.scheduling.PathwayPlanScheduled.v1"
    child_ref: str
    on: date
