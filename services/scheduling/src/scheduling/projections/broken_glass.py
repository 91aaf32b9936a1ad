"""`broken_glass`: who opened a record in an emergency, when and why, for those who look it over each week."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from pep_kernel.sealed import PlanText
from scheduling.domain.access.events import GlassBroken


@dataclass(frozen=True, slots=True)
class BrokenGlass:
    """One time that somebody broke the glass. The reason is sealed."""

    broken_at: datetime
    child_ref: str
    person_ref: str
    role: str
    reason: PlanText
    until: datetime


def _keys(recorded: Recorded) -> Iterable[Key]:
    match recorded.event:
        case GlassBroken(at=at, child_ref=child, person_ref=person):
            return ((at, child, person),)
        case _:
            return ()


def _fold(row: BrokenGlass | None, recorded: Recorded, _key: Key) -> BrokenGlass | None:
    match recorded.event:
        case GlassBroken() as broken:
            return BrokenGlass(broken.at, broken.child_ref, broken.person_ref, broken.role, broken.reason, broken.until)
        case _:
            return row


BROKEN_GLASS = ReadModel("broken_glass", BrokenGlass, ("broken_at", "child_ref", "person_ref"), _keys, _fold)
