"""What may be told or asked about a child between two meetings."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pep_kernel.authority_policy.concerns import UrgentReason
from pep_kernel.contracts.scheduling import WithdrawnBecause
from pep_kernel.message import Command
from scheduling.domain.child.judged import Judged
from scheduling.domain.concerns.events import ExclusionCategory

NoticeTo = Literal["school", "independent_reviewing_officer", "area_authority", "parent", "carer"]


class OfOneConcern(Command):
    """Something about this child."""

    child_ref: str


class AskForUrgentPEP(OfOneConcern, Judged):
    """A person asks for a PEP meeting at once; `what` says why in their own words."""

    on: date
    reason: UrgentReason
    what: str
    by: str


class JudgeAbsence(OfOneConcern, Judged):
    """So many of the possible sessions since that day were missed."""

    on: date
    since: date
    possible: int
    missed: int


class NotifySuspension(OfOneConcern, Judged):
    """The school suspended the child from this day, for so many half days. Told again it is corrected."""

    notified_on: date
    began: date
    half_days: int
    category: ExclusionCategory
    reason: str
    by: str


class NotifyPermanentExclusion(OfOneConcern, Judged):
    """The school excluded the child for good from this day."""

    notified_on: date
    on: date
    category: ExclusionCategory
    reason: str
    by: str


class WithdrawSuspension(OfOneConcern, Judged):
    """The suspension from this day does not stand. What was served of it counts all the same."""

    withdrawn_on: date
    began: date
    because: WithdrawnBecause
    half_days_served: int
    reason: str
    by: str


class WithdrawPermanentExclusion(OfOneConcern, Judged):
    """The exclusion from this day does not stand: the child is on the school's roll again from `back_on`."""

    withdrawn_on: date
    on: date
    back_on: date
    because: WithdrawnBecause
    reason: str
    by: str


Withdrawal = WithdrawSuspension | WithdrawPermanentExclusion


class RaiseSafeguardingConcern(OfOneConcern):
    """Somebody who sees the child each day is worried."""

    on: date
    what: str
    by: str


class NoteApproval(OfOneConcern):
    """All who must agree have agreed to a request about the child."""

    request_id: str
    decision: str
    on: date
    for_day: date
    school_urn: str | None


class ScheduleReview(OfOneConcern):
    """The child's care will be reviewed on this day, and not on the day `instead_of` that was planned."""

    on: date
    instead_of: date | None = None
    today: date
    school_expected: bool
    by: str


class SchedulePathwayPlan(OfOneConcern):
    """The pathway plan is made or looked at again on this day."""

    on: date
    today: date
    by: str


JudgedConcern = AskForUrgentPEP | JudgeAbsence | NotifySuspension | NotifyPermanentExclusion | Withdrawal
ConcernCommand = JudgedConcern | RaiseSafeguardingConcern | NoteApproval | ScheduleReview | SchedulePathwayPlan
