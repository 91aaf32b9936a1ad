"""A person's calendar: opened by a secret that is never kept, and neutral in what it says."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from re import findall
from typing import Any

import pytest
from dateutil.tz import tzical
from icalendar import Calendar
from msgspec import structs
from tests.scheduling.test_projections import folded
from tests.scheduling.test_what_is_next import cancelled, held, meeting, rescheduled
from tests.scheduling.worked_examples import MONDAY, REF, WORKER

from pep_kernel.scenario import Scenario
from pep_kernel.sealed import Contact
from pep_runtime.clock import LONDON, LONDON_TIME
from scheduling.adapters.calendar_file import Entry, calendar_file
from scheduling.domain.calendar_feed.decider import (
    CALENDAR_FEED,
    CalendarFeedOpened,
    CalendarFeedWithdrawn,
    OpenCalendarFeed,
    WithdrawCalendarFeed,
)
from scheduling.domain.meeting.events import MeetingDetailsSent
from scheduling.projections.calendar_feed import CALENDAR_FEEDS, MEETINGS_IN_CALENDARS, CalendarFeed

SIGN_IN = "https://pep.example"
TWO_O_CLOCK = datetime.fromisoformat("2026-10-23T14:00:00+01:00")
feed = Scenario(CALENDAR_FEED)
opened = CalendarFeedOpened(person_ref=WORKER, on=MONDAY, sha256="ab")
opened_anew = CalendarFeedOpened(person_ref=WORKER, on=MONDAY, sha256="cd")
withdrawn = CalendarFeedWithdrawn(person_ref=WORKER, on=MONDAY)
withdraw = WithdrawCalendarFeed(person_ref=WORKER, on=MONDAY)


def test_a_feed_is_opened_renewed_and_withdrawn_once() -> None:
    feed.when(OpenCalendarFeed(person_ref=WORKER, on=MONDAY, sha256="ab")).then(opened)
    feed.given(opened).when(OpenCalendarFeed(person_ref=WORKER, on=MONDAY, sha256="cd")).then(opened_anew)
    feed.given(opened, opened_anew).when(withdraw).then(withdrawn)
    feed.when(withdraw).then_nothing()
    feed.given(opened, withdrawn).when(withdraw).then_nothing()


def test_only_the_last_secret_opens_and_none_after_it_was_withdrawn() -> None:
    assert folded(CALENDAR_FEEDS, opened, opened_anew) == [CalendarFeed(WORKER, "cd", MONDAY)]
    assert folded(CALENDAR_FEEDS, opened, withdrawn) == []
    assert folded(CALENDAR_FEEDS, held("m1")) == []


def test_each_change_of_a_meeting_is_counted() -> None:
    (entry,) = folded(MEETINGS_IN_CALENDARS, meeting("m1", TWO_O_CLOCK), held("m1"))
    assert (entry.at, entry.changes) == (TWO_O_CLOCK, 0)
    (entry,) = folded(MEETINGS_IN_CALENDARS, meeting("m1", TWO_O_CLOCK), meeting("m1", TWO_O_CLOCK + timedelta(days=1)))
    assert (entry.at.day, entry.changes) == (24, 1)


def test_a_meeting_moves_and_is_called_off_in_the_calendar() -> None:
    arranged, next_day = meeting("m1", TWO_O_CLOCK), TWO_O_CLOCK + timedelta(days=1)
    (entry,) = folded(MEETINGS_IN_CALENDARS, arranged, rescheduled("m1", next_day, lasts_minutes=90))
    assert (entry.at, entry.lasts_minutes, entry.changes, entry.cancelled) == (next_day, 90, 1, False)
    (entry,) = folded(MEETINGS_IN_CALENDARS, arranged, rescheduled("m1", next_day), cancelled("m1"))
    assert (entry.changes, entry.cancelled) == (2, True)
    assert folded(MEETINGS_IN_CALENDARS, cancelled("m1")) == [], "what was only proposed is in no calendar"


def test_details_that_are_sent_are_a_change_the_first_time_and_when_they_have_another_link() -> None:
    arranged, link = meeting("m1", TWO_O_CLOCK), Contact(token="sealed")
    sent = MeetingDetailsSent(meeting_id="m1", child_ref=REF, on=MONDAY, at=TWO_O_CLOCK, invitees=(), by=WORKER)
    with_link = structs.replace(sent, joining_link=link)
    (entry,) = folded(MEETINGS_IN_CALENDARS, arranged)
    assert (entry.changes, entry.told) == (0, False)
    (entry,) = folded(MEETINGS_IN_CALENDARS, arranged, sent, sent)
    assert (entry.changes, entry.told, entry.joining_link) == (1, True, None)
    (entry,) = folded(MEETINGS_IN_CALENDARS, arranged, sent, with_link)
    assert (entry.changes, entry.joining_link) == (2, link)


def test_who_was_told_of_another_day_is_to_be_told_anew() -> None:
    link = Contact(token="sealed")
    details: dict[str, Any] = {
        "meeting_id": "m1",
        "child_ref": REF,
        "on": MONDAY,
        "at": TWO_O_CLOCK,
        "invitees": (),
        "by": WORKER,
    }
    told = MeetingDetailsSent(**details, joining_link=link)
    moved = (meeting("m1", TWO_O_CLOCK), told, rescheduled("m1", TWO_O_CLOCK + timedelta(days=1)))
    (entry,) = folded(MEETINGS_IN_CALENDARS, *moved)
    assert (entry.told, entry.joining_link) == (False, link), "the link stands where nothing new is said"
    (entry,) = folded(MEETINGS_IN_CALENDARS, *moved, MeetingDetailsSent(**details))
    assert (entry.told, entry.joining_link, entry.changes) == (True, link, 3)


def written(joining_link: str | None = None) -> bytes:
    entry = Entry("m1", TWO_O_CLOCK.astimezone(UTC), timedelta(hours=1), 2, TWO_O_CLOCK, joining_link)
    winter = Entry("m2", TWO_O_CLOCK + timedelta(days=7, hours=1), timedelta(hours=1), 0, TWO_O_CLOCK, None)
    return calendar_file([entry, winter], SIGN_IN)


def test_an_entry_is_private_neutral_and_in_local_time() -> None:
    calendar = Calendar.from_ical(written().decode())
    summer, winter = calendar.walk("VEVENT")
    assert (summer["SUMMARY"], summer["CLASS"], summer["UID"], summer["SEQUENCE"]) == (
        "Meeting",
        "PRIVATE",
        "m1@openpep",
        2,
    )
    assert [each.decoded("DTSTART").isoformat() for each in (summer, winter)] == [
        "2026-10-23T14:00:00+01:00",
        "2026-10-30T14:00:00+00:00",
    ]
    assert summer["DTSTART"].params["TZID"] == "Europe/London"
    assert summer["DESCRIPTION"] == "Sign in for details: https://pep.example"
    assert "LOCATION" not in summer
    assert REF.encode() not in written()


def test_the_same_meetings_make_the_same_bytes() -> None:
    assert written() == written()
    assert calendar_file([], SIGN_IN).startswith(b"BEGIN:VCALENDAR")


def test_a_joining_link_stands_in_the_place_of_the_address() -> None:
    summer = Calendar.from_ical(written("https://meet.example/1").decode()).walk("VEVENT")[0]
    assert summer["DESCRIPTION"] == "Join online: https://meet.example/1"


def test_a_meeting_that_was_called_off_stands_there_as_cancelled() -> None:
    entry = Entry("m1", TWO_O_CLOCK, timedelta(hours=1), 3, TWO_O_CLOCK, None, cancelled=True)
    (event,) = Calendar.from_ical(calendar_file([entry], SIGN_IN).decode()).walk("VEVENT")
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 3)
    never_told = replace(entry, told=False)
    (event,) = Calendar.from_ical(calendar_file([never_told], SIGN_IN).decode()).walk("VEVENT")
    assert event["STATUS"] == "CANCELLED"


def test_a_meeting_of_which_nobody_was_told_yet_is_tentative_and_opens_nothing() -> None:
    entry = Entry("m1", TWO_O_CLOCK, timedelta(hours=1), 0, TWO_O_CLOCK, "https://meet.example/1", told=False)
    (event,) = Calendar.from_ical(calendar_file([entry], SIGN_IN).decode()).walk("VEVENT")
    assert (event["STATUS"], "meet.example" in str(event["DESCRIPTION"])) == ("TENTATIVE", False)
    assert event["DESCRIPTION"] == "The details are still to come. Sign in: https://pep.example"


AROUND_THE_CHANGES = [
    datetime(*day, hour, minute, tzinfo=LONDON)
    for day in ((2026, 3, 28), (2026, 3, 29), (2026, 10, 24), (2026, 10, 25), (2027, 3, 28), (2027, 10, 31))
    for hour, minute in ((0, 30), (2, 30), (9, 0), (14, 0), (23, 30))
]


@pytest.mark.rule("L-34")
@pytest.mark.parametrize("at", AROUND_THE_CHANGES, ids=str)
def test_around_the_change_of_the_clocks_an_entry_means_the_right_moment(at: datetime) -> None:
    """Read by another reader of time zones than the one that wrote it."""
    text = calendar_file([Entry("m1", at, timedelta(hours=1), 0, TWO_O_CLOCK, None)], SIGN_IN).decode()
    zone = tzical(StringIO(text.replace("\r\n", "\n"))).get("Europe/London")
    for name, moment in (("DTSTART", at), ("DTEND", (at.astimezone(UTC) + timedelta(hours=1)))):
        (wall,) = findall(rf"{name};TZID=Europe/London:(\d{{8}}T\d{{6}})\r\n", text)
        meant = datetime.strptime(wall, "%Y%m%dT%H%M%S").replace(tzinfo=zone)
        assert meant.astimezone(UTC) == moment.astimezone(UTC)


def test_the_zone_that_is_written_changes_the_clock_when_london_does() -> None:
    zone = tzical(StringIO(LONDON_TIME)).get("Europe/London")
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    hours = [(begin + timedelta(hours=hour)).astimezone(LONDON) for hour in range(24 * 365 * 4)]
    assert [hour for hour in hours if hour.replace(tzinfo=zone, fold=0).utcoffset() != hour.utcoffset()] == [
        hour for hour in hours if hour.fold
    ], "the hour that comes twice is the first of them"


def test_what_is_written_is_a_calendar_by_the_standard() -> None:
    """Lines end with both signs and are folded at 75 octets; what must be there is there once."""
    text = written("https://meet.example/" + "a" * 90).decode()
    assert text.count("\r\n") == text.count("\n")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    for event in Calendar.from_ical(text).walk("VEVENT"):
        assert [name for name in ("UID", "DTSTAMP", "DTSTART", "DTEND") if not event.get(name)] == []
        assert event.errors == []
