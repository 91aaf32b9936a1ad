"""What a release run leaves behind."""

from __future__ import annotations

from datetime import date

import msgspec

from pep_kernel.message import Event


class ReliedOn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far we had taken in what another service says."""

    service: str
    number: int


class LeftOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An approved line that stayed, and why."""

    plan_id: str
    line_id: str
    reason: str


class ReleaseRunStarted(Event):
    """A run was made of what was known up to these numbers."""

    run_id: str
    on: date
    relied_on: tuple[ReliedOn, ...]


class LinesLeftOut(Event):
    """These approved lines were not released, each for its reason."""

    run_id: str
    lines: tuple[LeftOut, ...]


class FinanceFileMade(Event):
    """The run's file: how many lines, what sum, which hash."""

    run_id: str
    file_name: str
    line_count: int
    total_pence: int
    sha256: str


class FinanceFileTaken(Event):
    """Somebody took the run's file."""

    run_id: str


ReleaseEvent = ReleaseRunStarted | LinesLeftOut | FinanceFileMade | FinanceFileTaken
