"""What may be asked of a request. Who must agree comes inside, by the authority's rules of the day it is made."""

from __future__ import annotations

from datetime import date

from pep_kernel.authority_policy.approvals import Consulted, Decision, DualApproval, OfficersApproval
from pep_kernel.message import Command


class AskForApproval(Command):
    """Ask for a decision about the child. `approval` says who must agree; none: nobody need be asked here."""

    request_id: str
    child_ref: str
    on: date
    decision: Decision
    by: str
    for_day: date
    until: date | None = None
    school_urn: str | None = None
    why: str
    childs_view: str | None = None
    effect_on_education: str | None = None
    approval: DualApproval | OfficersApproval | None
    professionals_meet: bool = False


class RecordConsultation(Command):
    """Somebody was asked on this day, and this was the answer."""

    request_id: str
    on: date
    today: date
    consulted: Consulted
    answer: str
    by: str


class RecordProfessionalMeeting(Command):
    """Those who work with the child met about it on this day."""

    request_id: str
    on: date
    today: date
    conclusion: str
    by: str


class AgreeToRequest(Command):
    """One of those who must agree does, in this job."""

    request_id: str
    on: date
    by: str
    job: str


class DeclineRequest(Command):
    """One of those who must agree does not."""

    request_id: str
    on: date
    by: str
    job: str
    reason: str


class WithdrawRequest(Command):
    """Nobody need decide any more."""

    request_id: str
    on: date
    by: str


RequestCommand = (
    AskForApproval | RecordConsultation | RecordProfessionalMeeting | AgreeToRequest | DeclineRequest | WithdrawRequest
)
