"""`calendar_feed` and `meeting_in_calendar`: whose calendar a secret opens, and what stands in calendars."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from pep_kernel.sealed import Contact
from scheduling.domain.calendar_feed.decider import CalendarFeedOpened, CalendarFeedWithdrawn
from scheduling.domain.meeting.events import MeetingScheduled


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
    """One meeting as a calendar shows it: when, and how often that was changed. It does not say whom it is about."""

    meeting_id: str
    at: datetime
    changes: int
    changed_at: datetime
    joining_link: Contact | None


def _keys(recorded: Recorded) -> Iterable[Key]:
    match recorded.event:
        case MeetingScheduled(meeting_id=meeting):
            return ((meeting,),)
        case _:
            return ()


def _fold(row: MeetingInCalendar | None, recorded: Recorded, _key: Key) -> MeetingInCalendar | None:
    match recorded.event:
        case MeetingScheduled(meeting_id=meeting, at=at, joining_link=link):
            changes = row.changes + 1 if row else 0
            return MeetingInCalendar(meeting, at, changes, recorded.recorded_at, link)
        case _:
            return row


MEETINGS_IN_CALENDARS = ReadModel("meeting_in_calendar", MeetingInCalendar, ("meeting_id",), _keys, _fold)
