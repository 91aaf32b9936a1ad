"""Scheduling says: whether a PEP applies to a child, by when what must be done, and what became overdue."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pep_kernel.announcement import Announcement

Obligation = Literal["convene", "hold", "complete", "available", "notify"]


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


class PEPDueDateRevised(Announcement):
    """One obligation has another date than was said before: a person let it be counted again."""

    type: Literal["uk.openpep.scheduling.PEPDueDateRevised.v1"] = "uk.openpep.scheduling.PEPDueDateRevised.v1"
    child_ref: str
    obligation: Obligation
    due: date
    was: date
    source: str


class PEPOverdueEscalated(Announcement):
    """What is overdue is still not done: the next person of the authority's ladder is to know. Said once a step."""

    type: Literal["uk.openpep.scheduling.PEPOverdueEscalated.v1"] = "uk.openpep.scheduling.PEPOverdueEscalated.v1"
    child_ref: str
    obligation: Obligation
    due: date
    step: int
    role: str


class PEPOverdueCleared(Announcement):
    """What was overdue has been done, late. Whoever was told may stop asking."""

    type: Literal["uk.openpep.scheduling.PEPOverdueCleared.v1"] = "uk.openpep.scheduling.PEPOverdueCleared.v1"
    child_ref: str
    obligation: Obligation
    due: date
    on: date


class TermOpened(Announcement):
    """A term began in the authority's own schools, on this day."""

    type: Literal["uk.openpep.scheduling.TermOpened.v1"] = "uk.openpep.scheduling.TermOpened.v1"
    school_year: int
    term: str
    on: date
