"""The targets of a plan as they stand now; what is to be done for each is in `plan_action`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from pep_kernel.sealed import PlanText
from pep_record.domain.plan.events import TargetSet


@dataclass(frozen=True, slots=True)
class PlanTarget:
    """One target as it was last set."""

    plan_id: str
    target_id: str
    subject: str
    text: PlanText
    set_by: str
    set_on: date


def keys(recorded: Recorded) -> Iterable[Key]:
    match recorded.event:
        case TargetSet(target_id=target_id):
            return ((recorded.envelope.stream, target_id),)
        case _:
            return ()


def fold(row: PlanTarget | None, recorded: Recorded, _key: Key) -> PlanTarget | None:
    match recorded.event:
        case TargetSet(target_id=target_id, subject=subject, text=text, by=by, on=on):
            return PlanTarget(recorded.envelope.stream, target_id, subject, text, by, on)
        case _:
            return row


PLAN_TARGET = ReadModel("plan_target", PlanTarget, ("plan_id", "target_id"), keys, fold)
