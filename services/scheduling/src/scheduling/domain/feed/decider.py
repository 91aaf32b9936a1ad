"""A file of a feed belongs to a day. It is late when it comes more than so many working days after, or never.

There are two feeds: `care` tells each working day what changed in care, `attendance` each school day who was there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated, assert_never

from pydantic import Field

from pep_kernel.announcement import Announcement
from pep_kernel.authority_policy import SchedulingPolicy
from pep_kernel.calendars import Roll, TermDatesMissing, Unit, due_date
from pep_kernel.contracts import scheduling as said
from pep_kernel.contracts.scheduling import Feed as FeedName
from pep_kernel.decider import Decider
from pep_kernel.message import Command, Event
from pep_kernel.refusal import Refusal
from scheduling.domain.rules import CalendarFor

DAYS_OF: dict[FeedName, Unit] = {"care": Unit.WORKING, "attendance": Unit.SCHOOL}
"""On which days a file of this feed is expected."""
LOOKED_BACK_DAYS = 31
"""A feed that nobody looked at for longer is told of these days only, so that one look stays a short one."""


def feed_stream(feed: FeedName) -> str:
    return f"feed-{feed}"


def late_after(policy: SchedulingPolicy, feed: FeedName) -> int | None:
    """How many working days a file may take by the rules of a day; none where the authority has no such feed."""
    if feed == "care":
        return policy.care_feed.late_after_working_days
    return policy.attendance_feed.late_after_working_days


class OfFeed(Command):
    """Judged by how many working days a file may take, and by which days are working and school days here.

    No number of days: the authority has no such feed.
    """

    feed: FeedName = "care"
    late_after_working_days: Annotated[int | None, Field(exclude=True)]
    calendar_for: Annotated[CalendarFor, Field(exclude=True, repr=False)]
    today: Annotated[date, Field(exclude=True)]


class TakeInFeed(OfFeed):
    """The file of this day is being taken in; `digest` is the hash of its rows."""

    of: date
    digest: str
    rows: int


class LookForFeed(OfFeed):
    """Have the files that should be here come?"""


class CareFeedTakenIn(Event):
    """The file of the day `of` came, so many days late. Another file of that day corrects it, and is not late."""

    of: date
    on: date
    digest: str
    rows: int
    feed: FeedName = "care"
    days_late: int = 0


class CareFeedLate(Event):
    """The file of the day `of` came late, or has not come; said once for each."""

    of: date
    on: date
    days_late: int
    feed: FeedName = "care"


@dataclass(frozen=True, slots=True)
class Feed:
    """The files that came, the days that they were of, and the days that were said to be late."""

    digests: frozenset[tuple[date, str]] = frozenset()
    late: frozenset[date] = frozenset()

    @property
    def came(self) -> frozenset[date]:
        return frozenset(of for of, _digest in self.digests)


FeedCommand = TakeInFeed | LookForFeed
FeedEvent = CareFeedTakenIn | CareFeedLate


def decide(feed: Feed, command: FeedCommand) -> list[FeedEvent]:
    match command:
        case OfFeed(late_after_working_days=None):
            raise Refusal(f"This authority has no feed of {command.feed}.")
        case TakeInFeed(of=of, digest=digest) if (of, digest) in feed.digests:
            return []
        case TakeInFeed(of=of, today=today) if of > today:
            raise Refusal(f"of: {of:%d/%m/%Y} is still to come.")
        case TakeInFeed(of=of) if of in feed.came:
            return [_taken_in(command)]
        case TakeInFeed(of=of):
            return [_taken_in(command, _days_late(of, command)), *_late(feed, of, command)]
        case LookForFeed():
            return [late for of in _expected(feed, command) if of not in feed.came for late in _late(feed, of, command)]
        case _:
            assert_never(command)


def _taken_in(command: TakeInFeed, days_late: int = 0) -> CareFeedTakenIn:
    return CareFeedTakenIn(
        of=command.of,
        on=command.today,
        digest=command.digest,
        rows=command.rows,
        feed=command.feed,
        days_late=days_late,
    )


def _days_late(of: date, command: OfFeed) -> int:
    """How many days after the last on which the file of this day would be in time."""
    due = _next(of, command.late_after_working_days or 1, Unit.WORKING, command)
    return max(0, (command.today - due).days)


def _late(feed: Feed, of: date, command: OfFeed) -> list[FeedEvent]:
    """Said once for a day, from the day after the last on which its file was in time."""
    days = _days_late(of, command)
    if of in feed.late or not days:
        return []
    return [CareFeedLate(of=of, on=command.today, days_late=days, feed=command.feed)]


def _expected(feed: Feed, command: OfFeed) -> Iterator[date]:
    """The days since the first file, as far as anybody knows which are school days. Before it nothing is expected."""
    if not feed.digests:
        return
    unit = DAYS_OF[command.feed]
    of = max(min(feed.came), command.today - timedelta(days=LOOKED_BACK_DAYS))
    try:
        while (of := _next(of, 1, unit, command)) < command.today:
            yield of
    except TermDatesMissing:
        return


def _next(after: date, days: int, unit: Unit, command: OfFeed) -> date:
    return due_date(after, days, unit, command.calendar_for(None, None), Roll.KEEP).due


def evolve(feed: Feed, event: FeedEvent) -> Feed:
    match event:
        case CareFeedTakenIn(of=of, digest=digest):
            return replace(feed, digests=feed.digests | {(of, digest)})
        case CareFeedLate(of=of):
            return replace(feed, late=feed.late | {of})


def announce(_feed: Feed, event: FeedEvent) -> Announcement | None:
    match event:
        case CareFeedLate(of=of, on=on, days_late=days, feed=feed):
            return said.CareFeedLate(of=of, on=on, days_late=days, feed=feed)
        case _:
            return None


FEED: Decider[Feed, FeedCommand, FeedEvent] = Decider(Feed(), decide, evolve, announce)
