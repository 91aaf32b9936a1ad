"""A term opens, once, on its first day in the authority's own schools; each child with a PEP is looked at then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pep_kernel.announcement import Announcement
from pep_kernel.calendars import Term
from pep_kernel.contracts import scheduling as said
from pep_kernel.decider import Decider
from pep_kernel.message import Command, Event


class OpenTerm(Command):
    """This term begins on this day."""

    school_year: int
    term: Term
    on: date


class TermOpened(Event):
    """A term began in the authority's own schools."""

    school_year: int
    term: str
    on: date


IsOpen = bool


def decide(is_open: IsOpen, command: OpenTerm) -> Sequence[TermOpened]:
    if is_open:
        return []
    return [TermOpened(school_year=command.school_year, term=command.term, on=command.on)]


def evolve(_is_open: IsOpen, _event: TermOpened) -> IsOpen:
    return True


def announce(_is_open: IsOpen, event: TermOpened) -> Announcement:
    return said.TermOpened(school_year=event.school_year, term=event.term, on=event.on)


TERM: Decider[IsOpen, OpenTerm, TermOpened] = Decider(False, decide, evolve, announce)
