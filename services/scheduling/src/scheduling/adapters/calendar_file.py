"""Meetings as a calendar to subscribe to (RFC 5545): neutral, private, in local time (L-34).

An entry names no child and no school. A meeting keeps its UID, and each change raises its sequence. One of which people
were not told yet is tentative, and says nothing of how to take part. One that was called off stays, as cancelled: a
calendar program then takes it out or strikes it through.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event, Timezone
from icalendar.enums import CLASS, STATUS

from pep_runtime.clock import LONDON, LONDON_TIME

PRODUCT = "-//OpenPEP//Calendar//EN"
SUMMARY = "Meeting"
FETCHED_EACH = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One meeting. Without a link, the entry says where to sign in. `told`: its details were sent."""

    meeting_id: str
    at: datetime
    lasts: timedelta
    sequence: int
    changed_at: datetime
    joining_link: str | None
    told: bool = True
    cancelled: bool = False


def calendar_file(entries: Sequence[Entry], sign_in_at: str) -> bytes:
    """The bytes of a `text/calendar` document: the same entries make the same bytes."""
    calendar = Calendar()  # `Calendar.new` would give it a UID by chance
    for name, value in (("PRODID", PRODUCT), ("VERSION", "2.0"), ("METHOD", "PUBLISH"), ("X-WR-CALNAME", "OpenPEP")):
        calendar.add(name, value)
    calendar.add("REFRESH-INTERVAL", FETCHED_EACH, parameters={"VALUE": "DURATION"})
    calendar.add_component(Timezone.from_ical(LONDON_TIME))
    for entry in entries:
        calendar.add_component(_event(entry, sign_in_at))
    return bytes(calendar.to_ical())


def _event(entry: Entry, sign_in_at: str) -> Event:
    return Event.new(
        uid=f"{entry.meeting_id}@openpep",
        sequence=entry.sequence,
        stamp=entry.changed_at,
        start=entry.at.astimezone(LONDON),
        end=(entry.at.astimezone(UTC) + entry.lasts).astimezone(LONDON),
        summary=SUMMARY,
        description=_how_to_take_part(entry, sign_in_at),
        classification=CLASS.PRIVATE,
        status=_status(entry),
    )


def _how_to_take_part(entry: Entry, sign_in_at: str) -> str:
    if not entry.told:
        return f"The details are still to come. Sign in: {sign_in_at}"
    return f"Join online: {entry.joining_link}" if entry.joining_link else f"Sign in for details: {sign_in_at}"


def _status(entry: Entry) -> STATUS:
    if entry.cancelled:
        return STATUS.CANCELLED
    return STATUS.CONFIRMED if entry.told else STATUS.TENTATIVE
