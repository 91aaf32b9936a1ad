"""Giving a record out: who took it, why, for which request. Nothing is given of a child whose keys are destroyed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pep_kernel.announcement import Said
from pep_kernel.contracts.scheduling import ChildForgotten
from pep_kernel.decider import Act, Decider
from pep_kernel.message import Command, Event, Recorded
from pep_kernel.read_model import Key, ReadModel
from pep_kernel.refusal import Refusal

ExportReason = Literal["subject_access_request", "court_order", "complaint", "handed_over_to_another_authority"]


class ExportRecord(Command):
    """Give out a child's record. `request_ref` is the reference of who asked for it; no words."""

    export_id: str
    child_ref: str
    on: date
    by: str
    reason: ExportReason
    request_ref: str


class NoteChildForgotten(Command):
    """The keys of this child are destroyed."""

    child_ref: str
    on: date
    reason: str


class RecordExported(Event):
    """A child's record was given out to this person."""

    export_id: str
    child_ref: str
    on: date
    by: str
    reason: str
    request_ref: str


class KnownForgotten(Event):
    """We know that the child's keys are destroyed."""

    child_ref: str
    on: date
    reason: str


ExportEvent = RecordExported | KnownForgotten
Gone = KnownForgotten


def decide(gone: Gone | None, command: ExportRecord | NoteChildForgotten) -> Sequence[ExportEvent]:
    match gone, command:
        case _, NoteChildForgotten():
            return [] if gone else [KnownForgotten(**command.model_dump())]
        case None, ExportRecord():
            return [RecordExported(**command.model_dump())]
        case KnownForgotten(on=on, reason=reason), _:
            raise Refusal(f"This child's record was removed on {on:%d/%m/%Y}: {reason.replace('_', ' ')}.")


def evolve(gone: Gone | None, event: ExportEvent) -> Gone | None:
    return event if isinstance(event, KnownForgotten) else gone


EXPORT: Decider[Any, Any, Any] = Decider(None, decide, evolve)


def export_stream(child_ref: str) -> str:
    return f"export-{child_ref}"


def note_when_child_forgotten(said: Said[ChildForgotten], _rules: object) -> Act:
    """Whenever a child is forgotten, nothing more of it is given out."""
    told = said.announcement
    command = NoteChildForgotten(child_ref=told.child_ref, on=told.on, reason=told.reason)
    return Act(command, (export_stream(told.child_ref),), child_ref=told.child_ref)


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
