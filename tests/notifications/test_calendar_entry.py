"""The entry that goes with an invitation, as a calendar that did not write it reads it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from io import StringIO
from re import findall

import pytest
from dateutil.tz import tzical

from notifications.adapters.calendar_entry import calendar_entry
from notifications.domain.letters import MeetingDetails
from pep_kernel.authority_policy.notifications import Sender

SENDER = Sender(
    effective_from=date(2026, 9, 1), source=("our choice",), name="A Virtual School", address="school@shire.example"
)
AROUND_THE_CHANGES = ["2026-10-24", "2026-10-25", "2026-10-26", "2027-03-27", "2027-03-28", "2027-03-29"]


@pytest.mark.rule("L-34")
@pytest.mark.parametrize("day", AROUND_THE_CHANGES)
def test_around_the_change_of_the_clocks_an_entry_means_the_right_moment(day: str) -> None:
    begins = datetime.fromisoformat(f"{day}T09:00:00+00:00")
    meeting = MeetingDetails("meeting-1", begins, timedelta(hours=1), "Room 4", None)
    text = calendar_entry(meeting, SENDER, "nurse@clinic.example", begins).decode()
    zone = tzical(StringIO(text.replace("\r\n ", "").replace("\r\n", "\n"))).get("Europe/London")
    read = [
        datetime.strptime(wall, "%Y%m%dT%H%M%S").replace(tzinfo=zone).astimezone(UTC)
        for wall in findall(r"DT(?:START|END);TZID=Europe/London:(\d{8}T\d{6})", text)
    ]
    assert read == [begins, begins + timedelta(hours=1)]
