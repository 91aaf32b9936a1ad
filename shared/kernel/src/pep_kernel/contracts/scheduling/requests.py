"""Scheduling says: what somebody asked leave for, and what became of it."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pep_kernel.announcement import Announcement


class ApprovalRequested(Announcement):
    """Somebody asks for a decision; these jobs must agree, so those who hold them must be told."""

    type: Literal["uk.openpep.scheduling.ApprovalRequested.v1"] = "uk.openpep.scheduling.ApprovalRequested.v1"
    request_id: str
    child_ref: str
    on: date
    decision: str
    approvers: tuple[str, ...]


class SchoolChangeApproved(Announcement):
    """All who must agree have agreed that the child changes to this school."""

    type: Literal["uk.openpep.scheduling.SchoolChangeApproved.v1"] = "uk.openpep.scheduling.SchoolChangeApproved.v1"
    request_id: str
    child_ref: str
    on: date
    school_urn: str


class TermTimeHolidayDecided(Announcement):
    """The authority agreed to a holiday in term time, or did not. The leave itself is the head teacher's to grant."""

    type: Literal["uk.openpep.scheduling.TermTimeHolidayDecided.v1"] = "uk.openpep.scheduling.TermTimeHolidayDecided.v1"
    request_id: str
    child_ref: str
    on: date
    agreed: bool
    first_day: date
    last_day: date


class PlacementApproved(Announcement):
    """Those who must agree have agreed to a change of placement, or to a move in Year 10 or 11."""

    type: Literal["uk.openpep.scheduling.PlacementApproved.v1"] = "uk.openpep.scheduling.PlacementApproved.v1"
    request_id: str
    child_ref: str
    on: date
    decision: str


class RequestDeclined(Announcement):
    """One of those who must agree did not."""

    type: Literal["uk.openpep.scheduling.RequestDeclined.v1"] = "uk.openpep.scheduling.RequestDeclined.v1"
    request_id: str
    child_ref: str
    on: date
    decision: str


class RequestWithdrawn(Announcement):
    """Nobody need decide any more."""

    type: Literal["uk.openpep.scheduling.RequestWithdrawn.v1"] = "uk.openpep.scheduling.RequestWithdrawn.v1"
    request_id: str
    child_ref: str
    on: date
    decision: str
