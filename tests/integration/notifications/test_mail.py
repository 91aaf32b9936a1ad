"""Handing mail to a real mail server: what arrives, and which of three things became of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from tests.integration.notifications.conftest import PostBox

from notifications.adapters.calendar_entry import calendar_entry
from notifications.adapters.mail import MailServer, NobodyKnows, NotTaken, Taken, mail_to
from notifications.domain.letters import Letter, MeetingDetails, cancellation, invitation
from notifications.settings import MailSettings
from pep_kernel.authority_policy.notifications import Sender
from pep_local.places import free_ports

NOW = datetime(2026, 9, 28, 9, 0, tzinfo=UTC)
SENDER = Sender(
    effective_from=date(2026, 9, 1),
    source=("our choice",),
    name="A Virtual School",
    address="virtual-school@shire.example",
)
MEETING = MeetingDetails(
    meeting_id="meeting-1",
    begins=datetime(2026, 10, 6, 13, 0, tzinfo=UTC),
    lasts=timedelta(minutes=60),
    place="Room 4, Civic Hall",
    joining_link="https://meet.example/abc",
    sequence=2,
)
LETTER = Letter("A plan was returned to you", "Reference: plan-1\n")


async def test_an_invitation_arrives_as_text_and_as_a_calendar_entry(post_box: PostBox) -> None:
    entry = calendar_entry(MEETING, SENDER, "nurse@clinic.example", NOW)
    mail = mail_to("nurse@clinic.example", SENDER, invitation(MEETING), "intent-1", NOW, ("REQUEST", entry))
    assert await MailServer(post_box.settings()).send(mail) == Taken("<intent-1@shire.example>")

    (arrived,) = post_box.taken
    assert post_box.to == ["nurse@clinic.example"]
    assert arrived["From"] == "A Virtual School <virtual-school@shire.example>"
    assert arrived["Subject"] == "Invitation: meeting on Tuesday 6 October 2026 at 14:00"
    text = arrived.get_body(("plain",))
    assert text is not None
    assert "Join online: https://meet.example/abc" in text.get_content()


@pytest.mark.rule("L-34")
async def test_the_calendar_entry_is_private_neutral_and_in_local_time(post_box: PostBox) -> None:
    entry = calendar_entry(MEETING, SENDER, "nurse@clinic.example", NOW)
    mail = mail_to("nurse@clinic.example", SENDER, invitation(MEETING), "intent-1", NOW, ("REQUEST", entry))
    await MailServer(post_box.settings()).send(mail)

    (part,) = [part for part in post_box.taken[0].walk() if part.get_content_type() == "text/calendar"]
    assert part.get_param("method") == "REQUEST"
    calendar = Calendar.from_ical(part.get_content())
    (event,) = calendar.events
    assert calendar["METHOD"] == "REQUEST"
    assert (event["UID"], event["SEQUENCE"], event["CLASS"]) == ("meeting-1@shire.example", 2, "PRIVATE")
    assert (event["SUMMARY"], event["LOCATION"]) == ("Meeting", "Room 4, Civic Hall")
    assert event.start == datetime(2026, 10, 6, 14, 0, tzinfo=ZoneInfo("Europe/London"))
    assert event["DTSTART"].params["TZID"] == "Europe/London"
    assert event.end - event.start == timedelta(hours=1)


@pytest.mark.rule("L-13")
async def test_a_meeting_that_is_called_off_leaves_the_calendar(post_box: PostBox) -> None:
    called_off = replace(MEETING, sequence=3)
    entry = calendar_entry(called_off, SENDER, "nurse@clinic.example", NOW, "CANCEL")
    mail = mail_to("nurse@clinic.example", SENDER, cancellation(MEETING), "intent-2", NOW, ("CANCEL", entry))
    await MailServer(post_box.settings()).send(mail)
    (part,) = [part for part in post_box.taken[0].walk() if part.get_content_type() == "text/calendar"]
    calendar = Calendar.from_ical(part.get_content())
    (event,) = calendar.events
    assert (part.get_param("method"), calendar["METHOD"], event["STATUS"]) == ("CANCEL", "CANCEL", "CANCELLED")
    assert (event["UID"], event["SEQUENCE"]) == ("meeting-1@shire.example", 3)


def test_the_same_meeting_gives_the_same_entry() -> None:
    assert calendar_entry(MEETING, SENDER, "nurse@clinic.example", NOW) == calendar_entry(
        MEETING, SENDER, "nurse@clinic.example", NOW
    )


@pytest.mark.parametrize(("answer", "permanent"), [("451 Try later", False), ("550 Nobody there", True)])
async def test_a_recipient_that_is_refused_was_not_taken(post_box: PostBox, answer: str, permanent: bool) -> None:
    post_box.answers_to_recipient.append(answer)
    mail = mail_to("nurse@clinic.example", SENDER, LETTER, "intent-1", NOW)
    assert await MailServer(post_box.settings()).send(mail) == NotTaken(f"smtp_{answer[:3]}", permanent)


async def test_a_message_that_is_refused_at_its_end_was_not_taken(post_box: PostBox) -> None:
    post_box.answers_to_message.append("452 Mailbox full")
    mail = mail_to("nurse@clinic.example", SENDER, LETTER, "intent-1", NOW)
    assert await MailServer(post_box.settings()).send(mail) == NotTaken("smtp_452", permanent=False)


async def test_a_mail_server_that_is_away_took_nothing() -> None:
    mail = mail_to("nurse@clinic.example", SENDER, LETTER, "intent-1", NOW)
    away = MailServer(MailSettings(host="127.0.0.1", port=free_ports(1)[0], timeout_seconds=2))
    assert await away.send(mail) == NotTaken("mail_server_away: SMTPConnectError", permanent=False)


async def test_of_a_mail_server_that_goes_silent_after_the_message_nobody_knows(post_box: PostBox) -> None:
    post_box.silent = True
    mail = mail_to("nurse@clinic.example", SENDER, LETTER, "intent-1", NOW)
    assert await MailServer(post_box.settings()).send(mail) == NobodyKnows()
    assert len(post_box.taken) == 1
