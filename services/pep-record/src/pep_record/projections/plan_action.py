"""What is to be done for each target, who sees to it, and the costed line that the premium is to pay.

A target that is set anew has all its actions anew: an action that is not there any more leaves no row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from msgspec.structs import asdict

from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from pep_kernel.sealed import PlanText
from pep_record.domain.plan.commands import MAX_ACTIONS
from pep_record.domain.plan.events import AgreedAction, TargetSet


@dataclass(frozen=True, slots=True)
class PlanAction:
    """The n-th action of a target; without a line the premium pays nothing for it."""

    plan_id: str
    target_id: str
    number: int
    text: PlanText
    owner: str
    line_id: str | None = None
    category: str | None = None
    quantity: int | None = None
    unit_pence: int | None = None
    line_pence: int | None = None


def keys(recorded: Recorded) -> Iterable[Key]:
    match recorded.event:
        case TargetSet(target_id=target_id):
            return tuple((recorded.envelope.stream, target_id, number) for number in range(1, MAX_ACTIONS + 1))
        case _:
            return ()


def fold(row: PlanAction | None, recorded: Recorded, key: Key) -> PlanAction | None:
    match recorded.event:
        case TargetSet(actions=actions):
            return _row(key, actions)
        case _:
            return row


def _row(key: Key, actions: tuple[AgreedAction, ...]) -> PlanAction | None:
    plan_id, target_id, number = key
    if number > len(actions):
        return None
    action = actions[number - 1]
    row = PlanAction(plan_id, target_id, number, action.text, action.owner)
    return replace(row, **asdict(action.line)) if action.line else row


PLAN_ACTION = ReadModel("plan_action", PlanAction, ("plan_id", "target_id", "number"), keys, fold)
