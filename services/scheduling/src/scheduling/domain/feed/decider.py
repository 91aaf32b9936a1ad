"""A file of changes belongs to a day. It is late when it comes more than so many working days after, or never."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, assert_never

from pydantic import Field

from pep_kernel.announcement import Announcement
from pep_kernel.calendars import Roll, Unit, due_date
from pep_kernel.contracts import scheduling as said
from pep_kernel.decider import Decider
from pep_kernel.message import Command, Event
from scheduling.domain.rules import CalendarFor

FEED_STREAM = "feed-care"


class OfFeed(Command):
    """Judged by how many working days a file may take, and by which days are working days here."""

    late_after_working_days: Annotated[int, Field(exclude=True)]
    calendar_for: Annotated[CalendarFor, Field(exclude=True, repr=False)]
    today: Annotated[date, Field(exclude=True)]


class TakeInFeed(OfFeed):
    """The file of this day is being taken in; `digest` is the hash of its rows."""

    of: date
    digest: str
    rows: int


class LookForFeed(OfFeed):
    """Has the file that should be here come?"""


class CareFeedTakenIn(Event):
    """The file of the day `of` came."""

    of: date
    on: date
    digest: str
    rows: int


class CareFeedLate(Event):
    """The file of the day `of` came late, or has not come; said once for each."""

    of: date
    on: date
    days_late: int


@dataclass(frozen=True, slots=True)
class Feed:
    """The newest day whose file came, the files that came, and the days that were said to be late."""

    newest: date | None = None
    digests: frozenset[tuple[date, str]] = frozenset()
    late: frozenset[date] = frozenset()


FeedCommand = TakeInFeed | LookForFeed
FeedEvent = CareFeedTakenIn | CareFeedLate


def decide(feed: Feed, command: FeedCommand) -> list[FeedEvent]:
    match command:
        case TakeInFeed(of=of, digest=digest) if (of, digest) in feed.digests:
            return []
        case TakeInFeed(of=of, digest=digest, rows=rows, today=today):
            return [CareFeedTakenIn(of=of, on=today, digest=digest, rows=rows), *_late(feed, of, command)]
        case LookForFeed():
            return [] if feed.newest is None else _late(feed, _working_day(feed.newest, 1, command), command)
        case _:
            assert_never(command)


def _late(feed: Feed, of: date, command: OfFeed) -> list[FeedEvent]:
    """Said once for a day, from the day after the last on which its file was in time."""
    due = _working_day(of, command.late_after_working_days, command)
    if of in feed.late or command.today <= due:
        return []
    return [CareFeedLate(of=of, on=command.today, days_late=(command.today - due).days)]


def _working_day(after: date, days: int, command: OfFeed) -> date:
    return due_date(after, days, Unit.WORKING, command.calendar_for(None, None), Roll.KEEP).due


def evolve(feed: Feed, event: FeedEvent) -> Feed:
    match event:
        case CareFeedTakenIn(of=of, digest=digest):
            newest = max(of, feed.newest or of)
            return replace(feed, newest=newest, digests=feed.digests | {(of, digest)})
        case CareFeedLate(of=of):
            return replace(feed, late=feed.late | {of})


def announce(_feed: Feed, event: FeedEvent) -> Announcement | None:
    match event:
        case CareFeedLate(of=of, on=on, days_late=days):
            return said.CareFeedLate(of=of, on=on, days_late=days)
        case _:
            return None


FEED: Decider[Feed, FeedCommand, FeedEvent] = Decider(Feed(), decide, evolve, announce)
