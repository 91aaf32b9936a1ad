"""`calendar_feed` and `meeting_in_calendar`: whose calendar a secret opens, and what stands in calendars."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from pep_kernel.sealed import Contact
from scheduling.domain.calendar_feed.decider import CalendarFeedOpened, CalendarFeedWithdrawn
from scheduling.domain.meeting.events import (
    MeetingCancelled,
    MeetingDetailsSent,
    MeetingRescheduled,
    MeetingScheduled,
)


@dataclass(frozen=True, slots=True)
class CalendarFeed:
    """The person's secret, as a hash, and since when it holds."""

    person_ref: str
    sha256: str
    since: date


def _feed_keys(recorded: Recorded) -> Iterable[Key]:
    match recorded.event:
        case CalendarFeedOpened(person_ref=ref) | CalendarFeedWithdrawn(person_ref=ref):
            return ((ref,),)
        case _:
            return ()


def _feed(_row: CalendarFeed | None, recorded: Recorded, _key: Key) -> CalendarFeed | None:
    match recorded.event:
        case CalendarFeedOpened(person_ref=ref, sha256=sha256, on=on):
            return CalendarFeed(ref, sha256, on)
        case _:
            return None


CALENDAR_FEEDS = ReadModel("calendar_feed", CalendarFeed, ("person_ref",), _feed_keys, _feed)


@dataclass(frozen=True, slots=True)
class MeetingInCalendar:
    """One meeting as a calendar shows it: when, how long, how often that was changed, whether it was called off.

    `told`: the details of this day were sent. It does not say whom it is about.
    """

    meeting_id: str
    at: datetime
    changes: int
    changed_at: datetime
    joining_link: Contact | None
    lasts_minutes: int = 60
    cancelled: bool = False
    told: bool = False


_ABOUT = (MeetingScheduled, MeetingRescheduled, MeetingDetailsSent, MeetingCancelled)


def _keys(recorded: Recorded) -> Iterable[Key]:
    event = recorded.event
    return ((event.meeting_id,),) if isinstance(event, _ABOUT) else ()


def _fold(row: MeetingInCalendar | None, recorded: Recorded, _key: Key) -> MeetingInCalendar | None:
    match row, recorded.event:
        case _, MeetingScheduled() as event:
            changes = row.changes + 1 if row else 0
            return MeetingInCalendar(
                event.meeting_id, event.at, changes, recorded.recorded_at, event.joining_link, event.lasts_minutes
            )
        case MeetingInCalendar(), MeetingRescheduled(at=at, joining_link=link, lasts_minutes=lasts):
            link = link or row.joining_link
            return _changed(row, recorded, at=at, joining_link=link, lasts_minutes=lasts, told=False)
        case MeetingInCalendar(), MeetingDetailsSent(joining_link=link) if link or not row.told:
            return _changed(row, recorded, joining_link=link or row.joining_link, told=True)
        case MeetingInCalendar(), MeetingCancelled():
            return _changed(row, recorded, cancelled=True)
        case _:
            return row


def _changed(row: MeetingInCalendar, recorded: Recorded, **new: Any) -> MeetingInCalendar:
    return replace(row, changes=row.changes + 1, changed_at=recorded.recorded_at, **new)


MEETINGS_IN_CALENDARS = ReadModel("meeting_in_calendar", MeetingInCalendar, ("meeting_id",), _keys, _fold)
