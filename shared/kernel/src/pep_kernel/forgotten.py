"""A child whose keys are destroyed, as a service other than scheduling knows it: by an event of its own.

From then on the service does nothing more about the child, also where that would need no word that is gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pep_kernel.announcement import Said
from pep_kernel.contracts.scheduling import ChildForgotten
from pep_kernel.message import Command, Event
from pep_kernel.refusal import Refusal


class NoteForgotten(Command):
    """The keys of this child are destroyed."""

    child_ref: str
    on: date
    reason: str


class KnownForgotten(Event):
    """We know that the child's keys are destroyed."""

    child_ref: str
    on: date
    reason: str


def note_of(said: Said[ChildForgotten]) -> NoteForgotten:
    """What scheduling said, as a command of ours."""
    told = said.announcement
    return NoteForgotten(child_ref=told.child_ref, on=told.on, reason=told.reason)


def decide(gone: KnownForgotten | None, command: NoteForgotten) -> Sequence[KnownForgotten]:
    return [] if gone else [KnownForgotten(**command.model_dump())]


def removed(on: date, reason: str) -> Refusal:
    """What everybody hears who still asks for something about the child."""
    return Refusal(f"This child's record was removed on {on:%d/%m/%Y}: {reason.replace('_', ' ')}.", "reg 50")


def refuse_if_forgotten(gone: KnownForgotten | None) -> None:
    """Raises `Refusal` where the child is known to be forgotten."""
    if gone:
        raise removed(gone.on, gone.reason)
