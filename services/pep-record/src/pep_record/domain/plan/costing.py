"""Costings: quantity times unit price is the line, to the penny. L-73 gives the format, we add that it must add up."""

from __future__ import annotations

from pep_kernel.money import pounds
from pep_kernel.refusal import Refusal
from pep_kernel.sealed import PlanText
from pep_record.domain.plan.commands import CostedLine, PlannedAction
from pep_record.domain.plan.events import AgreedAction, PricedLine


def agreed(target_id: str, version: int, actions: tuple[PlannedAction, ...]) -> tuple[AgreedAction, ...]:
    """The actions with their lines named and checked. Refusal for a line that does not add up."""
    return tuple(
        AgreedAction(
            text=PlanText.of(action.text),
            owner=action.owner,
            line=_priced(f"{target_id}-v{version}-{number}", number, action.line) if action.line else None,
        )
        for number, action in enumerate(actions, start=1)
    )


def _priced(line_id: str, number: int, line: CostedLine) -> PricedLine:
    sum_pence = line.quantity * line.unit_pence
    if sum_pence != line.line_pence:
        raise Refusal(
            f"Line {number} ({line.category}): {line.quantity} x {pounds(line.unit_pence)} is {pounds(sum_pence)}, "
            f"not {pounds(line.line_pence)}.",
            "L-73",
        )
    return PricedLine(line_id=line_id, **line.model_dump())
