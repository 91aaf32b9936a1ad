"""Funding says: what was asked, approved, declined, held and released. Finance systems read this; no personal data."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pep_kernel.announcement import Announcement
from pep_kernel.contracts.pep_record import PremiumLine
from pep_kernel.money import Pence


class PPPRequested(Announcement):
    """The costed lines of a quality-assured plan await a decision."""

    type: Literal["uk.openpep.funding.PPPRequested.v1"] = "uk.openpep.funding.PPPRequested.v1"
    plan_id: str
    child_ref: str
    plan_version: int
    financial_year: str
    lines: tuple[PremiumLine, ...]


class PPPApproved(Announcement):
    """One line was approved."""

    type: Literal["uk.openpep.funding.PPPApproved.v1"] = "uk.openpep.funding.PPPApproved.v1"
    plan_id: str
    child_ref: str
    line_id: str
    approved_pence: Pence
    financial_year: str


class PPPDeclined(Announcement):
    """One line was declined, with the rule that says so."""

    type: Literal["uk.openpep.funding.PPPDeclined.v1"] = "uk.openpep.funding.PPPDeclined.v1"
    plan_id: str
    child_ref: str
    line_id: str
    rule: str


class PPPApprovalHeld(Announcement):
    """What this plan's approvals rest on is in doubt; nothing leaves until the head of the Virtual School decides."""

    type: Literal["uk.openpep.funding.PPPApprovalHeld.v1"] = "uk.openpep.funding.PPPApprovalHeld.v1"
    plan_id: str
    child_ref: str
    reason: str


class PPPApprovalStands(Announcement):
    """The head decided: what was approved under this plan stands, and may be released."""

    type: Literal["uk.openpep.funding.PPPApprovalStands.v1"] = "uk.openpep.funding.PPPApprovalStands.v1"
    plan_id: str
    child_ref: str
    plan_version: int


class PPPApprovalWithdrawn(Announcement):
    """The plan's unreleased approvals are withdrawn: the head decided, or another version or plan took its place."""

    type: Literal["uk.openpep.funding.PPPApprovalWithdrawn.v1"] = "uk.openpep.funding.PPPApprovalWithdrawn.v1"
    plan_id: str
    child_ref: str
    withdrawn_pence: Pence


class PPPReleased(Announcement):
    """Money for one line may be paid to this school."""

    type: Literal["uk.openpep.funding.PPPReleased.v1"] = "uk.openpep.funding.PPPReleased.v1"
    plan_id: str
    child_ref: str
    line_id: str
    released_pence: Pence
    payee_urn: str
    financial_year: str
    run_id: str
    line_number: int
    on: date


class FinanceFileMade(Announcement):
    """A release run wrote its file: how many lines, what sum, which hash."""

    type: Literal["uk.openpep.funding.FinanceFileMade.v1"] = "uk.openpep.funding.FinanceFileMade.v1"
    run_id: str
    file_name: str
    line_count: int
    total_pence: Pence
    sha256: str
