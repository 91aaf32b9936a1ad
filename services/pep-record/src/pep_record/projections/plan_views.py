"""What carers and the child themselves said for a plan; a new word of the same person takes the place of the old."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pep_kernel.may import Role
from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from pep_kernel.sealed import PlanText
from pep_record.domain.plan.events import CarerViewsRecorded, PupilViewsRecorded


@dataclass(frozen=True, slots=True)
class PlanViews:
    """One person's views, as they were last given."""

    plan_id: str
    person_ref: str
    role: str
    text: PlanText
    given_on: date


def keys(recorded: Recorded) -> Iterable[Key]:
    match recorded.event:
        case CarerViewsRecorded(by=by) | PupilViewsRecorded(by=by):
            return ((recorded.envelope.stream, by),)
        case _:
            return ()


def fold(row: PlanViews | None, recorded: Recorded, key: Key) -> PlanViews | None:
    match recorded.event:
        case CarerViewsRecorded(text=text, on=on):
            return PlanViews(key[0], key[1], Role.CARER.value, text, on)
        case PupilViewsRecorded(text=text, on=on):
            return PlanViews(key[0], key[1], Role.PUPIL.value, text, on)
        case _:
            return row


PLAN_VIEWS = ReadModel("plan_views", PlanViews, ("plan_id", "person_ref"), keys, fold)
