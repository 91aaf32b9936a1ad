"""pep-record says: where a child's plan stands, and which costed lines a quality-assured plan holds."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict

from pep_kernel.announcement import Announcement
from pep_kernel.money import Pence


class PremiumLine(BaseModel):
    """One costed line: quantity × unit = line, whole pence (L-73). `category` is a word of the authority's policy."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    line_id: str
    category: str
    quantity: int
    unit_pence: Pence
    line_pence: Pence


class EPEPOpened(Announcement):
    """A plan was opened for a child."""

    type: Literal["uk.openpep.pep-record.EPEPOpened.v1"] = "uk.openpep.pep-record.EPEPOpened.v1"
    plan_id: str
    child_ref: str
    school_year: int
    term: str
    supersedes: str | None = None


class PEPMarkedComplete(Announcement):
    """The designated teacher says that this version is ready for quality assurance (L-79). Money ignores this."""

    type: Literal["uk.openpep.pep-record.PEPMarkedComplete.v1"] = "uk.openpep.pep-record.PEPMarkedComplete.v1"
    plan_id: str
    child_ref: str
    plan_version: int
    on: date
    by: str


class PEPReturned(Announcement):
    """Quality assurance wants more; the reason stands in the plan. `to` is who marked it complete."""

    type: Literal["uk.openpep.pep-record.PEPReturned.v1"] = "uk.openpep.pep-record.PEPReturned.v1"
    plan_id: str
    child_ref: str
    plan_version: int
    to: str


class PEPCompleted(Announcement):
    """Quality assurance approved this version (L-80, L-82): the only ground on which money may be approved."""

    type: Literal["uk.openpep.pep-record.PEPCompleted.v1"] = "uk.openpep.pep-record.PEPCompleted.v1"
    plan_id: str
    child_ref: str
    plan_version: int
    meeting_id: str
    school_year: int
    term: str
    on: date
    lines: tuple[PremiumLine, ...]


class PEPCompletionWithdrawn(Announcement):
    """The completion does not stand any more: the meeting that it rested on was no PEP meeting."""

    type: Literal["uk.openpep.pep-record.PEPCompletionWithdrawn.v1"] = "uk.openpep.pep-record.PEPCompletionWithdrawn.v1"
    plan_id: str
    child_ref: str
    plan_version: int
    meeting_id: str


class PEPSuperseded(Announcement):
    """Another plan took this one's place. School year and term are those of the plan that was replaced."""

    type: Literal["uk.openpep.pep-record.PEPSuperseded.v1"] = "uk.openpep.pep-record.PEPSuperseded.v1"
    plan_id: str
    child_ref: str
    school_year: int
    term: str
    by_plan_id: str
