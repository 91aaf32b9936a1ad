"""A person's calendar: opened by a secret that is never kept, and neutral in what it says."""

from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar
from msgspec import structs
from tests.scheduling.test_projections import folded
from tests.scheduling.test_what_is_next import cancelled, held, meeting, rescheduled
from tests.scheduling.worked_examples import MONDAY, REF, WORKER

from pep_kernel.scenario import Scenario
from pep_kernel.sealed import Contact
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


def test_only_a_new_link_is_a_change_when_details_are_sent() -> None:
    sent = MeetingDetailsSent(meeting_id="m1", child_ref=REF, on=MONDAY, at=TWO_O_CLOCK, invitees=(), by=WORKER)
    link = Contact(token="sealed")
    (entry,) = folded(MEETINGS_IN_CALENDARS, meeting("m1", TWO_O_CLOCK), sent)
    assert (entry.changes, entry.joining_link) == (0, None)
    with_link = structs.replace(sent, joining_link=link)
    (entry,) = folded(MEETINGS_IN_CALENDARS, meeting("m1", TWO_O_CLOCK), with_link)
    assert (entry.changes, entry.joining_link) == (1, link)
    (entry,) = folded(MEETINGS_IN_CALENDARS, meeting("m1", TWO_O_CLOCK), with_link, rescheduled("m1", TWO_O_CLOCK))
    assert entry.joining_link == link, "it stands where nothing new is said"


def written(joining_link: str | None = None) -> bytes:
    entry = Entry("m1", TWO_O_CLOCK.astimezone(UTC), timedelta(hours=1), 2, TWO_O_CLOCK, joining_link)
    winter = Entry("m2", TWO_O_CLOCK + timedelta(days=7, hours=1), timedelta(hours=1), 0, TWO_O_CLOCK, None)
    return calendar_file([entry, winter], "https://pep.example", date(2026, 10, 1))


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
    assert calendar_file([], "https://pep.example", date(2026, 10, 1)).startswith(b"BEGIN:VCALENDAR")


def test_a_joining_link_stands_in_the_place_of_the_address() -> None:
    summer = Calendar.from_ical(written("https://meet.example/1").decode()).walk("VEVENT")[0]
    assert summer["DESCRIPTION"] == "Join online: https://meet.example/1"


def test_a_meeting_that_was_called_off_stands_there_as_cancelled() -> None:
    entry = Entry("m1", TWO_O_CLOCK, timedelta(hours=1), 3, TWO_O_CLOCK, None, cancelled=True)
    written = calendar_file([entry], "https://pep.example", date(2026, 10, 1))
    (event,) = Calendar.from_ical(written.decode()).walk("VEVENT")
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 3)
