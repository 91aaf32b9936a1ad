"""One release run: what it relied on, what it left out and why, and its file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from funding.domain.release.events import (
    FinanceFileMade,
    FinanceFileTaken,
    LinesLeftOut,
    ReleaseEvent,
    ReleaseRunStarted,
)
from pep_kernel.message import Person, Recorded
from pep_kernel.read_model import Key, ReadModel


@dataclass(frozen=True, slots=True)
class ReleaseRun:
    """`relied_on` holds `service number`, `left_out` holds `plan line reason`, each with spaces between."""

    run_id: str
    made_on: date
    relied_on: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    file_name: str | None = None
    line_count: int = 0
    total_pence: int = 0
    sha256: str | None = None
    taken_by: tuple[str, ...] = ()


def _keys(recorded: Recorded) -> Iterable[Key]:
    return ((recorded.event.run_id,),) if isinstance(recorded.event, ReleaseEvent) else ()


def _fold(row: ReleaseRun | None, recorded: Recorded, key: Key) -> ReleaseRun | None:
    match row, recorded.event:
        case _, ReleaseRunStarted(on=on, relied_on=relied_on):
            return ReleaseRun(key[0], on, tuple(f"{each.service} {each.number}" for each in relied_on))
        case ReleaseRun(), LinesLeftOut(lines=lines):
            return replace(row, left_out=tuple(f"{line.plan_id} {line.line_id} {line.reason}" for line in lines))
        case ReleaseRun(), FinanceFileMade(file_name=name, line_count=count, total_pence=total, sha256=sha256):
            return replace(row, file_name=name, line_count=count, total_pence=total, sha256=sha256)
        case ReleaseRun(), FinanceFileTaken():
            return replace(row, taken_by=_with_taker(row.taken_by, recorded))
        case _:
            return row


def _with_taker(taken_by: tuple[str, ...], recorded: Recorded) -> tuple[str, ...]:
    """Each person once, in the order in which they first took it."""
    actor = recorded.envelope.actor
    return tuple(dict.fromkeys((*taken_by, actor.id))) if isinstance(actor, Person) else taken_by


RELEASE_RUNS = ReadModel("release_run", ReleaseRun, ("run_id",), _keys, _fold)
