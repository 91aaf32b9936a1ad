"""Meetings as a calendar to subscribe to (RFC 5545): neutral, private, in local time (L-34).

An entry names no child and no school. A meeting keeps its UID, and each change raises its sequence. One that was called
off stays, as cancelled: a calendar program then takes it out or strikes it through.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event
from icalendar.enums import CLASS, STATUS

from pep_runtime.clock import LONDON

PRODUCT = "-//OpenPEP//Calendar//EN"
SUMMARY = "Meeting"
FETCHED_EACH = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One meeting. Without a link, the entry says where to sign in."""

    meeting_id: str
    at: datetime
    lasts: timedelta
    sequence: int
    changed_at: datetime
    joining_link: str | None
    cancelled: bool = False


def calendar_file(entries: Sequence[Entry], sign_in_at: str, today: date) -> bytes:
    """The bytes of a `text/calendar` document: the same entries make the same bytes."""
    calendar = Calendar()  # `Calendar.new` would give it a UID by chance
    for name, value in (("PRODID", PRODUCT), ("VERSION", "2.0"), ("METHOD", "PUBLISH"), ("X-WR-CALNAME", "OpenPEP")):
        calendar.add(name, value)
    calendar.add("REFRESH-INTERVAL", FETCHED_EACH, parameters={"VALUE": "DURATION"})
    for entry in entries:
        calendar.add_component(_event(entry, sign_in_at))
    years = [today.year, *(entry.at.year for entry in entries)]
    calendar.add_missing_timezones(first_date=date(min(years), 1, 1), last_date=date(max(years) + 1, 12, 31))
    return bytes(calendar.to_ical())


def _event(entry: Entry, sign_in_at: str) -> Event:
    join = f"Join online: {entry.joining_link}" if entry.joining_link else f"Sign in for details: {sign_in_at}"
    return Event.new(
        uid=f"{entry.meeting_id}@openpep",
        sequence=entry.sequence,
        stamp=entry.changed_at,
        start=entry.at.astimezone(LONDON),
        end=(entry.at + entry.lasts).astimezone(LONDON),
        summary=SUMMARY,
        description=join,
        classification=CLASS.PRIVATE,
        status=STATUS.CANCELLED if entry.cancelled else STATUS.CONFIRMED,
    )
