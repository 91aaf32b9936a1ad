"""Scheduling says: who is in care, under whom, and where they learn."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pep_kernel.announcement import Announcement

Ended = Literal[
    "adopted",
    "special_guardianship",
    "child_arrangements_order",
    "returned_home",
    "moved_authority",
    "moved_abroad",
    "grown_up",
    "found_to_be_adult",
    "remand_ended",
    "sentenced",
    "died",
    "never_in_care",
    "other",
]
Corrected = Literal[
    "entered_care",
    "left_care",
    "placement",
    "legal_status",
    "school",
    "social_worker",
    "reviewing_officer",
    "review_held",
]
Flagged = Literal[
    "entered_care",
    "placement",
    "legal_status",
    "school",
    "social_worker",
    "year_group",
]
Lacks = Literal[
    "notice",
    "notice_in_time",
    "agreement_with_computed_year_group",
    "place_in_the_care_record",
]
Lacked = Literal[
    "notice",
    "notice_in_time",
    "agreement_with_computed_year_group",
    "place_in_the_care_record",
    "approval",
]
"""The same, and an agreement that a move needed: that it was missing is said by `NoApprovalRecorded`."""
Feed = Literal["care", "attendance"]
FlagEnds = Literal["notice_given", "approval_given", "year_group_agrees", "record_agrees", "fact_corrected", "let_be"]


class ChildEnteredCare(Announcement):
    """A spell in care began. `born_in_school_year` is the first calendar year of the school year of birth."""

    type: Literal["uk.openpep.scheduling.ChildEnteredCare.v1"] = "uk.openpep.scheduling.ChildEnteredCare.v1"
    child_ref: str
    on: date
    born_in_school_year: int
    school_urn: str | None = None


class ChildLeftCare(Announcement):
    """The spell in care ended. `ended` says how: whatever is queued for the child stops, and of a death at once.

    From `closes_on` those who were around the child see the record no more; where it is not said, from `on`.
    """

    type: Literal["uk.openpep.scheduling.ChildLeftCare.v1"] = "uk.openpep.scheduling.ChildLeftCare.v1"
    child_ref: str
    on: date
    ended: Ended | None = None
    closes_on: date | None = None


class SchoolMoved(Announcement):
    """The child is on the roll of this school from this day; none: of no school.

    `renumbered`: the school has a new number from this day, and the child did not move.
    """

    type: Literal["uk.openpep.scheduling.SchoolMoved.v1"] = "uk.openpep.scheduling.SchoolMoved.v1"
    child_ref: str
    on: date
    school_urn: str | None
    renumbered: bool = False


class SocialWorkerAllocated(Announcement):
    """This social worker is responsible for the child from this day."""

    type: Literal["uk.openpep.scheduling.SocialWorkerAllocated.v1"] = "uk.openpep.scheduling.SocialWorkerAllocated.v1"
    child_ref: str
    social_worker_ref: str
    on: date


class ChildForgotten(Announcement):
    """The keys of all that was sealed about the child are destroyed, for this lawful reason."""

    type: Literal["uk.openpep.scheduling.ChildForgotten.v1"] = "uk.openpep.scheduling.ChildForgotten.v1"
    child_ref: str
    on: date
    reason: str


class FactCorrected(Announcement):
    """What was told of this day was wrong. What is right is told after it, as such a fact."""

    type: Literal["uk.openpep.scheduling.FactCorrected.v1"] = "uk.openpep.scheduling.FactCorrected.v1"
    child_ref: str
    fact: Corrected
    on: date
    right_on: date | None = None


class FactFlagged(Announcement):
    """A fact stands and lacks something, for example a notice; said once for each."""

    type: Literal["uk.openpep.scheduling.FactFlagged.v1"] = "uk.openpep.scheduling.FactFlagged.v1"
    child_ref: str
    fact: Flagged
    on: date
    lacks: Lacks


class FactFlagCleared(Announcement):
    """What the fact of this day lacked is there since `cleared_on`, or it was corrected away, or somebody let it be.

    It ends a `FactFlagged`, or a `NoApprovalRecorded`: then `lacks` is `approval`, and `decision` says which.
    """

    type: Literal["uk.openpep.scheduling.FactFlagCleared.v1"] = "uk.openpep.scheduling.FactFlagCleared.v1"
    child_ref: str
    fact: Flagged
    on: date
    lacks: Lacked
    because: FlagEnds
    cleared_on: date
    decision: str | None = None


class CareResponsibilityTransferred(Announcement):
    """Another authority is responsible for the child from this day."""

    type: Literal["uk.openpep.scheduling.CareResponsibilityTransferred.v1"] = (
        "uk.openpep.scheduling.CareResponsibilityTransferred.v1"
    )
    child_ref: str
    on: date


class CareFeedLate(Announcement):
    """The file of a day came so many days late, or has not come: of changes of care, or of attendance."""

    type: Literal["uk.openpep.scheduling.CareFeedLate.v1"] = "uk.openpep.scheduling.CareFeedLate.v1"
    of: date
    on: date
    days_late: int
    feed: Feed = "care"
