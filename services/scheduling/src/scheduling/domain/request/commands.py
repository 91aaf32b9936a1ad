"""What may be asked of a request. Who must agree comes inside, by the authority's rules of the day it is made."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

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


class DecideRequest(Command):
    """What one of those who must agree decides. `hats` are the jobs in which they may, each with whose it is.

    It is their own, or that of somebody absent whose work they do; the request picks one that it waits for.
    """

    request_id: str
    on: date
    by: str
    hats: Annotated[tuple[tuple[str, str], ...], Field(min_length=1)]


class AgreeToRequest(DecideRequest):
    """They agree."""


class DeclineRequest(DecideRequest):
    """They do not."""

    reason: str


class WithdrawRequest(Command):
    """Nobody need decide any more."""

    request_id: str
    on: date
    by: str


RequestCommand = (
    AskForApproval | RecordConsultation | RecordProfessionalMeeting | AgreeToRequest | DeclineRequest | WithdrawRequest
)
