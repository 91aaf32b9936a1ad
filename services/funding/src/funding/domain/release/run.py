"""One run, one file: a run that has been made is never made again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from funding.domain.release.commands import StartReleaseRun, TakeFile
from funding.domain.release.events import (
    FinanceFileMade,
    FinanceFileTaken,
    ReleaseEvent,
    ReleaseRunStarted,
    ReliedOn,
)
from pep_kernel.announcement import Announcement
from pep_kernel.contracts import funding as told
from pep_kernel.decider import Decider
from pep_kernel.refusal import Refusal


@dataclass(frozen=True, slots=True)
class NotMade:
    """Nobody has made this run."""


@dataclass(frozen=True, slots=True)
class Made:
    """The run has been made."""


Run = NotMade | Made


def decide(run: Run, command: StartReleaseRun | TakeFile) -> list[ReleaseEvent]:
    match run, command:
        case NotMade(), StartReleaseRun():
            relied_on = tuple(ReliedOn(service, number) for service, number in sorted(command.relied_on.items()))
            return [ReleaseRunStarted(run_id=command.run_id, on=command.on, relied_on=relied_on)]
        case Made(), StartReleaseRun():
            raise Refusal(f"Release run {command.run_id} has been made before.")
        case Made(), TakeFile(run_id=run_id):
            return [FinanceFileTaken(run_id=run_id)]
        case _:
            raise Refusal(f"Release run {command.run_id} has not been made.")


def evolve(_run: Run, _event: ReleaseEvent) -> Run:
    return Made()


def announce(_run: Run, event: ReleaseEvent) -> Announcement | None:
    if not isinstance(event, FinanceFileMade):
        return None
    return told.FinanceFileMade(
        run_id=event.run_id,
        file_name=event.file_name,
        line_count=event.line_count,
        total_pence=event.total_pence,
        sha256=event.sha256,
    )


RELEASE: Decider[Any, Any, Any] = Decider(NotMade(), decide, evolve, announce)
