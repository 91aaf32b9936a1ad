"""What each section of a plan says now, and who wrote it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from pep_kernel.sealed import PlanText
from pep_record.domain.plan.events import SectionContributed


@dataclass(frozen=True, slots=True)
class PlanSection:
    """One section as it was last written."""

    plan_id: str
    section: str
    text: PlanText
    written_by: str
    role: str
    written_on: date


def keys(recorded: Recorded) -> Iterable[Key]:
    match recorded.event:
        case SectionContributed(section=section):
            return ((recorded.envelope.stream, section),)
        case _:
            return ()


def fold(row: PlanSection | None, recorded: Recorded, _key: Key) -> PlanSection | None:
    match recorded.event:
        case SectionContributed(section=section, text=text, by=by, role=role, on=on):
            return PlanSection(recorded.envelope.stream, section, text, by, role, on)
        case _:
            return row


PLAN_SECTION = ReadModel("plan_section", PlanSection, ("plan_id", "section"), keys, fold)
