"""What is next for a child: the earliest day by which something is open, and the next meeting that is not held yet.

An overview keeps every obligation and each meeting to come as a short text, in order of their days: what was met may be
open again, and the event that says so does not repeat the day.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

from scheduling.domain.child.events import (
    ObligationMet,
    ObligationReopened,
    PEPDueDateRestored,
    PEPDueDateRevised,
    PEPDueDateSet,
    PEPDueDateWithdrawn,
)
from scheduling.domain.meeting.events import MeetingCancelled, MeetingHeld, MeetingRescheduled, MeetingScheduled

OfDues = (
    PEPDueDateSet | PEPDueDateRestored | PEPDueDateRevised | PEPDueDateWithdrawn | ObligationMet | ObligationReopened
)
OfMeetings = MeetingScheduled | MeetingRescheduled | MeetingCancelled | MeetingHeld
OPEN, MET = "open", "met"
Entries = tuple[str, ...]


def dues_after(dues: Entries, event: OfDues) -> Entries:
    """Entries as `2026-10-19 hold 2026-09-21 open`: the day, what, since when, and whether it is open."""
    this = f"{event.obligation} {event.trigger_on}"
    known = next((each for each in dues if _what(each) == this), None)
    others = tuple(each for each in dues if _what(each) != this)
    match event:
        case PEPDueDateSet(due=due) | PEPDueDateRestored(due=due) | PEPDueDateRevised(due=due):
            return _sorted(others, f"{due} {this} {OPEN}")
        case ObligationMet() if known:
            return _sorted(others, f"{known[:10]} {this} {MET}")
        case ObligationReopened() if known:
            return _sorted(others, f"{known[:10]} {this} {OPEN}")
        case _:
            return others


def _what(entry: str) -> str:
    """The obligation and the day that started it."""
    return entry.partition(" ")[2].rpartition(" ")[0]


def _sorted(others: Iterable[str], entry: str) -> Entries:
    return tuple(sorted((*others, entry)))


def next_due(dues: Entries) -> tuple[date, str] | tuple[None, None]:
    """The earliest open one: its day, and what is due."""
    found = next((each for each in dues if each.endswith(f" {OPEN}")), None)
    if found is None:
        return None, None
    day, obligation, _rest = found.split(" ", 2)
    return date.fromisoformat(day), obligation


def meetings_after(meetings: Entries, event: OfMeetings) -> Entries:
    """Entries as `2026-10-06T13:00:00+00:00 <meeting>`, of those that are arranged, and neither held nor cancelled."""
    match event:
        case MeetingScheduled(meeting_id=meeting, at=at) | MeetingRescheduled(meeting_id=meeting, at=at):
            return _sorted(_other_meetings(meetings, meeting), f"{at.astimezone(UTC).isoformat()} {meeting}")
        case MeetingCancelled(meeting_id=meeting) | MeetingHeld(meeting_id=meeting):
            return _other_meetings(meetings, meeting)


def _other_meetings(meetings: Entries, meeting: str) -> Entries:
    return tuple(each for each in meetings if each.partition(" ")[2] != meeting)


def next_meeting(meetings: Entries) -> tuple[datetime, str] | tuple[None, None]:
    """The earliest one: when, and which."""
    if not meetings:
        return None, None
    at, _, meeting = meetings[0].partition(" ")
    return datetime.fromisoformat(at), meeting
