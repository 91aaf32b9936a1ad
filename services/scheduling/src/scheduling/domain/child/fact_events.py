"""What is told of a child fact by fact, what such a fact lacks, and what was wrong of it."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pep_kernel.contracts.scheduling import Corrected, FlagEnds, Flagged, Lacked, Lacks
from pep_kernel.message import Event
from pep_kernel.sealed import PlanText

Area = Literal["in_area", "out_of_area", "at_a_distance"]
Provider = Literal["PR0", "PR1", "PR2", "PR3", "PR4", "PR5"]
"""Who provides a placement, by the codes of the return: PR0 parents, PR1 the authority itself, PR2 another authority,
PR3 another public body, PR4 a private one, PR5 a voluntary one."""


class OfCircumstances(Event):
    """Base of what is known of a child beside spells, placements, statuses, schools and workers."""

    child_ref: str
    on: date


class EmergencyPlacementMade(OfCircumstances):
    """The child was placed in an emergency: some things may follow later that must otherwise come first."""

    placement: str


class PlacementNoticeDue(OfCircumstances):
    """The school must be told in writing of the placement of this day by then (reg 13)."""

    due: date


class SchoolNotified(OfCircumstances):
    """The school was told in writing, on this day, of the placement that began on `placement_on`."""

    placement_on: date


class FosteringAllowanceTold(OfCircumstances):
    """A weekly fostering allowance is paid for the child from this day, or not any more."""

    paid: bool


class SchoolMovePlanned(OfCircumstances):
    """The child is to be on the roll of this school from this day; none: it is not known yet of which."""

    school_urn: str | None = None


class ChildRemovedFromRoll(OfCircumstances):
    """The school took the child off its roll."""

    school_urn: str | None = None


class ReviewingOfficerAssigned(OfCircumstances):
    """This independent reviewing officer reviews the child's care from this day. `restated`: as of a placement."""

    reviewing_officer_ref: str
    restated: bool = False


class SiblingLinked(OfCircumstances):
    """This child is a brother or sister."""

    sibling_ref: str


class SiblingUnlinked(OfCircumstances):
    """This child was taken for a brother or sister by mistake."""

    sibling_ref: str


class YearGroupTold(OfCircumstances):
    """The school teaches the child in this year group."""

    year_group: int


class SpecialEducationalNeedsChanged(OfCircumstances):
    """The help that the child has for special educational needs."""

    special_educational_needs: str


class EHCPIssued(OfCircumstances):
    """The child has an education, health and care plan."""


class FactFlagged(OfCircumstances):
    """The fact of this day stands, and lacks something; said once for each."""

    fact: Flagged
    lacks: Lacks


class FactFlagCleared(OfCircumstances):
    """What the fact of this day lacked is there since `cleared_on`, or the fact does not count any more.

    Of an approval, `decision` says which was missing.
    """

    fact: Flagged
    lacks: Lacked
    because: FlagEnds
    cleared_on: date
    decision: str | None = None


class FlagLetBe(OfCircumstances):
    """Somebody looked at what the fact of this day lacks, and lets it be. The fact lacks it still; nobody need act.

    Of an approval, `decision` says which is missing.
    """

    fact: Flagged
    lacks: Lacked
    decision: str | None
    let_be_on: date
    by: str
    reason: PlanText


class FactCorrected(Event):
    """What was told of this day was wrong, and does not count. What is right is told after it, as such a fact.

    `was` is the wrong value; `right_on` and `right` say what is right, unless it `never_happened`. `by` is a person, or
    `care_record` where the authority's own record now says otherwise.
    """

    child_ref: str
    fact: Corrected
    on: date
    by: str
    reason: PlanText
    was: str | None = None
    right_on: date | None = None
    right: str | None = None
    never_happened: bool = False


class CareResponsibilityTransferred(Event):
    """Another authority is responsible for the child from this day."""

    child_ref: str
    on: date
    to_authority: str
    by: str


class CareResponsibilityAccepted(Event):
    """This authority is responsible for the child from this day; the other's hand-over pack has this hash."""

    child_ref: str
    on: date
    from_authority: str
    pack_sha256: str
    by: str


FactEvent = (
    EmergencyPlacementMade
    | PlacementNoticeDue
    | SchoolNotified
    | FosteringAllowanceTold
    | SchoolMovePlanned
    | ChildRemovedFromRoll
    | ReviewingOfficerAssigned
    | SiblingLinked
    | SiblingUnlinked
    | YearGroupTold
    | SpecialEducationalNeedsChanged
    | EHCPIssued
    | FactFlagged
    | FactFlagCleared
    | FlagLetBe
    | FactCorrected
    | CareResponsibilityTransferred
    | CareResponsibilityAccepted
)
