"""A seal says how far a journal reached on a day and which hash it had there: one a day, where there is news.

Who keeps seals, outside of OpenPEP, can prove later that nothing before them was written anew or cut off.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pep_kernel.contracts import journey as contracts
from pep_kernel.decider import Decider
from pep_kernel.message import Command, Event, Recorded
from pep_kernel.read_model import Key, ReadModel


class SealJournal(Command):
    """Seal what was read of a service's journal."""

    authority: str
    service: str
    position: int
    hash: str
    on: date


class JournalSealed(Event):
    """A service's journal was sealed: it reached this position, with this hash."""

    authority: str
    service: str
    position: int
    hash: str
    on: date


def decide(last: JournalSealed | None, command: SealJournal) -> Sequence[JournalSealed]:
    if last is not None and (command.on <= last.on or command.position <= last.position):
        return []
    return [JournalSealed(**command.model_dump())]


def evolve(_last: JournalSealed | None, event: JournalSealed) -> JournalSealed | None:
    return event


def announce(_last: JournalSealed | None, event: JournalSealed) -> contracts.JournalSealed:
    return contracts.JournalSealed(
        authority=event.authority, service=event.service, position=event.position, hash=event.hash, on=event.on
    )


SEAL: Decider[Any, Any, Any] = Decider(None, decide, evolve, announce)


@dataclass(frozen=True, slots=True)
class JournalSeal:
    """The newest seal of a service's journal."""

    service: str
    position: int
    sealed_on: date


def _keys(recorded: Recorded) -> Iterable[Key]:
    match recorded.event:
        case JournalSealed(service=service):
            return ((service,),)
        case _:
            return ()


def _fold(row: JournalSeal | None, recorded: Recorded, _key: Key) -> JournalSeal | None:
    match recorded.event:
        case JournalSealed() as sealed:
            return JournalSeal(sealed.service, sealed.position, sealed.on)
        case _:
            return row


JOURNAL_SEALS = ReadModel("journal_seal", JournalSeal, ("service",), _keys, _fold)
