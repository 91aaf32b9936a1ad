"""Somebody has a secret address for their calendar, changes it, or takes it back. The secret itself is never kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pep_kernel.decider import Decider
from pep_kernel.message import Command, Event


class OpenCalendarFeed(Command):
    """Whoever knows the secret with this hash may fetch the person's calendar; an older secret opens nothing."""

    person_ref: str
    on: date
    sha256: str


class WithdrawCalendarFeed(Command):
    """No secret opens the person's calendar any more."""

    person_ref: str
    on: date


class CalendarFeedOpened(Event):
    """The person's calendar can be fetched with one secret; only its hash is known."""

    person_ref: str
    on: date
    sha256: str


class CalendarFeedWithdrawn(Event):
    """The person's calendar cannot be fetched any more."""

    person_ref: str
    on: date


@dataclass(frozen=True, slots=True)
class NoFeed:
    """There is no secret."""


@dataclass(frozen=True, slots=True)
class Open:
    """One secret opens the calendar; which one is looked up by its hash, not here."""


Feed = NoFeed | Open
FEEDS: tuple[type[Feed], ...] = (NoFeed, Open)
CalendarFeedCommand = OpenCalendarFeed | WithdrawCalendarFeed
CalendarFeedEvent = CalendarFeedOpened | CalendarFeedWithdrawn


def decide(feed: Feed, command: CalendarFeedCommand) -> Sequence[CalendarFeedEvent]:
    match feed, command:
        case _, OpenCalendarFeed():
            return [CalendarFeedOpened(**command.model_dump())]
        case NoFeed(), WithdrawCalendarFeed():
            return []
        case Open(), WithdrawCalendarFeed():
            return [CalendarFeedWithdrawn(**command.model_dump())]


def evolve(_feed: Feed, event: CalendarFeedEvent) -> Feed:
    match event:
        case CalendarFeedOpened():
            return Open()
        case CalendarFeedWithdrawn():
            return NoFeed()


CALENDAR_FEED: Decider[Feed, CalendarFeedCommand, CalendarFeedEvent] = Decider(NoFeed(), decide, evolve)
