"""What happens to a child between two meetings. Reasons and what people said are sealed."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pep_kernel.authority_policy.concerns import UrgentReason
from pep_kernel.contracts.scheduling import WithdrawnBecause
from pep_kernel.message import Event
from pep_kernel.sealed import PlanText

ExclusionCategory = Literal[
    "physical_assault_against_a_pupil",
    "physical_assault_against_an_adult",
    "verbal_abuse_against_a_pupil",
    "verbal_abuse_against_an_adult",
    "weapon_or_prohibited_item",
    "bullying",
    "racist_abuse",
    "abuse_of_a_protected_characteristic",
    "sexual_misconduct",
    "drugs_or_alcohol",
    "damage",
    "theft",
    "misuse_of_technology",
    "breach_of_health_measures",
    "persistent_disruption",
    "other",
]
"""The reasons of the national collection, in words. In events they are sealed: some accuse the child of an offence."""


class OfConcern(Event):
    """Base of all of them."""

    child_ref: str


class UrgentPEPRequested(OfConcern):
    """A PEP meeting was asked for at once. Nobody is named where the facts asked for it by themselves."""

    on: date
    reason: UrgentReason
    by: str | None = None
    what: PlanText | None = None


class PersistentAbsenceRiskDetected(OfConcern):
    """From `since` to `on` the child missed so many of the possible sessions that absence may become persistent."""

    on: date
    since: date
    possible: int
    missed: int


class PersistentAbsenceRecovered(OfConcern):
    """The share of missed sessions has fallen again, so that a later rise will be said anew."""

    on: date
    since: date
    possible: int
    missed: int


class SuspensionNotified(OfConcern):
    """The school suspended the child. `notified_on` is when the authority was told, `began` the first day.

    Days are counted in halves, as a suspension may last half a day. `half_days_in_year` are those of the school year
    so far, with this one. From `provision_from` on the child must be taught elsewhere; none where it is too short for
    that, or no term dates reach so far.
    """

    notified_on: date
    began: date
    half_days: int
    category: PlanText
    reason: PlanText
    by: str
    half_days_in_year: int
    most_half_days: int
    provision_from: date | None = None


class PermanentExclusionNotified(OfConcern):
    """The school excluded the child for good: the child is at no school, and the Virtual School stands in (O-15)."""

    notified_on: date
    on: date
    category: PlanText
    reason: PlanText
    by: str
    provision_from: date | None = None


class SuspensionWithdrawn(OfConcern):
    """The suspension from that day does not stand. `half_days_served` were served before, and count in the year."""

    withdrawn_on: date
    began: date
    because: WithdrawnBecause
    reason: PlanText
    by: str
    half_days_served: int = 0


class SuspensionRecounted(OfConcern):
    """What was told of another suspension changes what follows from this one: the year's sum, or who teaches the child.

    From `provision_from` on the child must be taught elsewhere.
    """

    on: date
    began: date
    half_days: int
    half_days_in_year: int
    most_half_days: int
    provision_from: date | None = None


class PermanentExclusionWithdrawn(OfConcern):
    """The exclusion from `on` does not stand. That the child is on the roll again from `back_on` says `SchoolMoved`."""

    withdrawn_on: date
    on: date
    back_on: date
    because: WithdrawnBecause
    reason: PlanText
    by: str


class UrgentPEPWithdrawn(OfConcern):
    """The facts that had asked for a PEP at once on `requested_on` are not so, and nothing else asks for it."""

    on: date
    requested_on: date
    reason: UrgentReason


class SafeguardingConcernRaised(OfConcern):
    """Somebody who sees the child each day is worried, and the social worker must know at once (O-75)."""

    on: date
    by: str
    what: PlanText


class ApprovalNoted(OfConcern):
    """A request about the child was agreed to by all who must agree. `for_day`: when it was to happen."""

    request_id: str
    decision: str
    on: date
    school_urn: str | None = None
    for_day: date | None = None


class NoApprovalRecorded(OfConcern):
    """The child moved, and an agreement that this needs was not on record. The move stands all the same (reg 10).

    `emergency`: whoever recorded the move said that it could not wait.
    """

    on: date
    decision: str
    school_urn: str | None = None
    emergency: bool = False


class AgendaItemAdded(OfConcern):
    """The next PEP meeting must speak of this (O-78)."""

    item: str
    about: str
    on: date


class AgendaItemTaken(OfConcern):
    """A PEP meeting was held after it was put on the agenda."""

    item: str
    meeting_id: str
    on: date


class AgendaItemReopened(OfConcern):
    """That meeting was no PEP meeting after all."""

    item: str
    meeting_id: str


class AgendaItemWithdrawn(OfConcern):
    """There is nothing to speak of: what it was about is not so."""

    item: str


class LACReviewScheduled(OfConcern):
    """The child's care will be reviewed on this day. `school_expected`: whether the school should come (O-11)."""

    on: date
    by: str
    school_expected: bool = False


class PathwayPlanScheduled(OfConcern):
    """The pathway plan of a young person of 16 or more is made or looked at again on this day."""

    on: date
    by: str


class PlanBecameAvailable(OfConcern):
    """Quality assurance completed a plan, so it can be given to whoever reviews the child's care."""

    plan_id: str
    on: date


class PlanNoLongerAvailable(OfConcern):
    """That completion does not stand any more."""

    plan_id: str


ConcernEvent = (
    UrgentPEPRequested
    | PersistentAbsenceRiskDetected
    | PersistentAbsenceRecovered
    | SuspensionNotified
    | PermanentExclusionNotified
    | SuspensionWithdrawn
    | SuspensionRecounted
    | PermanentExclusionWithdrawn
    | UrgentPEPWithdrawn
    | SafeguardingConcernRaised
    | ApprovalNoted
    | NoApprovalRecorded
    | AgendaItemAdded
    | AgendaItemTaken
    | AgendaItemReopened
    | AgendaItemWithdrawn
    | LACReviewScheduled
    | PathwayPlanScheduled
    | PlanBecameAvailable
    | PlanNoLongerAvailable
)
