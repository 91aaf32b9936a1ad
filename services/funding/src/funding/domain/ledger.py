"""The authority's finance journal numbers its lines without a gap, over all release runs."""

from __future__ import annotations

from typing import Any

from pep_kernel.decider import Decider
from pep_kernel.message import Command, Event


class NumberLines(Command):
    """A run has this many lines."""

    run_id: str
    line_count: int


class LinesNumbered(Event):
    """The run's lines have these numbers, first and last included."""

    run_id: str
    first_number: int
    last_number: int


def decide(last_number: int, command: NumberLines) -> list[LinesNumbered]:
    first, last = last_number + 1, last_number + command.line_count
    return [LinesNumbered(run_id=command.run_id, first_number=first, last_number=last)]


def evolve(_last_number: int, event: LinesNumbered) -> int:
    return event.last_number


LEDGER: Decider[Any, Any, Any] = Decider(0, decide, evolve)
