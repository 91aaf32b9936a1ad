"""Rows folded from a history that ends somewhere: what was known by then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tests.scheduling.worked_examples import MONDAY, REF, TODAY, journal

from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel, rows_after
from scheduling.domain.child.events import ChildLeftCare, ReviewHeld, SchoolMoved


@dataclass(frozen=True, slots=True)
class Reviews:
    """How often a child was reviewed."""

    child_ref: str
    held: int = 0


def _keys(recorded: Recorded) -> Iterable[Key]:
    return ((REF,),) if isinstance(recorded.event, ReviewHeld | ChildLeftCare) else ()


def _fold(row: Reviews | None, recorded: Recorded, key: Key) -> Reviews | None:
    if isinstance(recorded.event, ChildLeftCare):
        return None
    row = row or Reviews(f"{key[0]}")
    return replace(row, held=row.held + 1)


def test_the_rows_of_a_history_are_those_that_its_events_leave() -> None:
    model = ReadModel("reviews", Reviews, ("child_ref",), _keys, _fold)
    twice = [ReviewHeld(child_ref=REF, on=day) for day in (MONDAY, TODAY)]
    assert rows_after(model, journal(*twice, SchoolMoved(child_ref=REF, on=TODAY))) == [Reviews(REF, 2)]
    assert rows_after(model, journal(*twice)[:1]) == [Reviews(REF, 1)]
    assert rows_after(model, journal(*twice, ChildLeftCare(child_ref=REF, on=TODAY, reason="E4A"))) == []
    assert rows_after(model, []) == []
