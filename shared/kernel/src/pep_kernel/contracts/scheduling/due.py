"""Scheduling says: whether a PEP applies to a child, and by when what must be done."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pep_kernel.announcement import Announcement

Obligation = Literal["convene", "hold", "complete", "available"]


class PEPApplicable(Announcement):
    """The child must have a PEP: after entering care (`entered_care`) or at a new school (`school_moved`)."""

    type: Literal["uk.openpep.scheduling.PEPApplicable.v1"] = "uk.openpep.scheduling.PEPApplicable.v1"
    child_ref: str
    on: date
    because: Literal["entered_care", "already_in_care", "school_moved"]


class PEPNotApplicable(Announcement):
    """No PEP is due for this child: the reason is a short code, for example `short_break`."""

    type: Literal["uk.openpep.scheduling.PEPNotApplicable.v1"] = "uk.openpep.scheduling.PEPNotApplicable.v1"
    child_ref: str
    on: date
    reason: str


class PEPDueDateSet(Announcement):
    """One obligation has a date."""

    type: Literal["uk.openpep.scheduling.PEPDueDateSet.v1"] = "uk.openpep.scheduling.PEPDueDateSet.v1"
    child_ref: str
    obligation: Obligation
    due: date
    source: str


class PEPOverdue(Announcement):
    """The day of one obligation has passed and it is not met. Said once for each due date."""

    type: Literal["uk.openpep.scheduling.PEPOverdue.v1"] = "uk.openpep.scheduling.PEPOverdue.v1"
    child_ref: str
    obligation: Obligation
    due: date
