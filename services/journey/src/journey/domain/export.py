"""Giving a record out: who took it, why, for which request. Nothing is given of a child whose keys are destroyed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pep_kernel import forgotten
from pep_kernel.announcement import Said
from pep_kernel.contracts.scheduling import ChildForgotten
from pep_kernel.decider import Act, Decider
from pep_kernel.forgotten import KnownForgotten, NoteForgotten, note_of
from pep_kernel.message import Command, Event, Recorded
from pep_kernel.read_model import Key, ReadModel

ExportReason = Literal["subject_access_request", "court_order", "complaint", "handed_over_to_another_authority"]


class ExportRecord(Command):
    """Give out a child's record. `request_ref` is the reference of who asked for it; no words."""

    export_id: str
    child_ref: str
    on: date
    by: str
    reason: ExportReason
    request_ref: str


class RecordExported(Event):
    """A child's record was given out to this person."""

    export_id: str
    child_ref: str
    on: date
    by: str
    reason: str
    request_ref: str


ExportEvent = RecordExported | KnownForgotten
Gone = KnownForgotten


def decide(gone: Gone | None, command: ExportRecord | NoteForgotten) -> Sequence[ExportEvent]:
    match gone, command:
        case _, NoteForgotten():
            return forgotten.decide(gone, command)
        case None, ExportRecord():
            return [RecordExported(**command.model_dump())]
        case KnownForgotten(on=on, reason=reason), _:
            raise forgotten.removed(on, reason)


def evolve(gone: Gone | None, event: ExportEvent) -> Gone | None:
    return event if isinstance(event, KnownForgotten) else gone


EXPORT: Decider[Any, Any, Any] = Decider(None, decide, evolve)


def export_stream(child_ref: str) -> str:
    return f"export-{child_ref}"


def note_when_child_forgotten(said: Said[ChildForgotten], _rules: object) -> Act:
    """Whenever a child is forgotten, nothing more of it is given out."""
    note = note_of(said)
    return Act(note, (export_stream(note.child_ref),), child_ref=note.child_ref)


@dataclass(frozen=True, slots=True)
class Export:
    """A record that was given out, and to whom."""

    export_id: str
    child_ref: str
    by: str


def _keys(recorded: Recorded) -> Iterable[Key]:
    match recorded.event:
        case RecordExported(export_id=export_id):
            return ((export_id,),)
        case _:
            return ()


def _fold(row: Export | None, recorded: Recorded, _key: Key) -> Export | None:
    given = recorded.event
    return Export(given.export_id, given.child_ref, given.by) if isinstance(given, RecordExported) else row


EXPORTS = ReadModel("record_export", Export, ("export_id",), _keys, _fold)
