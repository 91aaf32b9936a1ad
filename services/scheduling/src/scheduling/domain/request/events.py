"""What happens to a request. Why it is made, and what people said, is sealed."""

from __future__ import annotations

from datetime import date

from pep_kernel.authority_policy.approvals import Decision
from pep_kernel.message import Event
from pep_kernel.sealed import PlanText


class OfRequest(Event):
    """Base of all of them."""

    request_id: str
    child_ref: str
    on: date


class ApprovalRequested(OfRequest):
    """Somebody asked for a decision. `approvers` are the jobs that must agree, by the rules of that day.

    `for_day` is when it is to happen, `until` the last day of a holiday. `professionals_meet`: a placement is to change
    as planned, so professionals meet first (O-89).
    """

    decision: Decision
    by: str
    for_day: date
    why: PlanText
    approvers: tuple[str, ...]
    until: date | None = None
    school_urn: str | None = None
    childs_view: PlanText | None = None
    effect_on_education: PlanText | None = None
    must_consult: tuple[str, ...] = ()
    professionals_meet: bool = False


class ConsultationRecorded(OfRequest):
    """Somebody was asked on this day and answered."""

    consulted: str
    answer: PlanText
    by: str


class ProfessionalsMet(OfRequest):
    """Those who work with the child met about it."""

    conclusion: PlanText
    by: str


class RequestAgreed(OfRequest):
    """One of those who must agree did, in this job, which may be that of somebody absent."""

    job: str
    by: str
    in_place_of: str | None = None


class SchoolChangeApproved(OfRequest):
    """All have agreed that the child changes to this school (O-91)."""

    school_urn: str
    for_day: date


class TermTimeHolidayDecided(OfRequest):
    """All have agreed to the holiday, or one has not (O-80). The leave is the head teacher's to grant."""

    agreed: bool
    first_day: date
    last_day: date


class PlacementApproved(OfRequest):
    """All have agreed to the placement, or to the move in Year 10 or 11 (regs 10, 11)."""

    decision: Decision
    for_day: date
    school_urn: str | None = None


class RequestDeclined(OfRequest):
    """One of those who must agree did not, so the answer is no."""

    decision: Decision
    job: str
    by: str
    reason: PlanText


class RequestWithdrawn(OfRequest):
    """Nobody need decide any more."""

    decision: Decision
    by: str


RequestEvent = (
    ApprovalRequested
    | ConsultationRecorded
    | ProfessionalsMet
    | RequestAgreed
    | SchoolChangeApproved
    | TermTimeHolidayDecided
    | PlacementApproved
    | RequestDeclined
    | RequestWithdrawn
)
