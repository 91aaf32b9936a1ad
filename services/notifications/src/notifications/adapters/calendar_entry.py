"""An invitation as an entry for a calendar (RFC 5545, RFC 5546): neutral, private, in local time (L-34).

The same meeting keeps its UID; a changed meeting has a higher sequence, so that calendars replace the old entry.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from icalendar import Calendar, Event, Timezone, vCalAddress, vText
from icalendar.enums import CLASS, STATUS

from notifications.domain.letters import LONDON, MEETING_SUMMARY, MeetingDetails
from pep_kernel.authority_policy.notifications import Sender
from pep_runtime.clock import LONDON_TIME

PRODUCT = "-//OpenPEP//Invitations//EN"


Method = Literal["REQUEST", "CANCEL"]


def calendar_entry(
    meeting: MeetingDetails, sender: Sender, recipient: str, at: datetime, method: Method = "REQUEST"
) -> bytes:
    """The bytes of a `text/calendar` part for one recipient: an invitation, or that it is called off."""
    event = Event.new(
        uid=f"{meeting.meeting_id}@{sender.address.rpartition('@')[2]}",
        sequence=meeting.sequence,
        stamp=at,
        start=meeting.begins.astimezone(LONDON),
        end=(meeting.begins + meeting.lasts).astimezone(LONDON),
        summary=MEETING_SUMMARY,
        location=meeting.place or meeting.joining_link,
        description=f"Join online: {meeting.joining_link}" if meeting.joining_link else None,
        classification=CLASS.PRIVATE,
        status=STATUS.CONFIRMED if method == "REQUEST" else STATUS.CANCELLED,
        organizer=_address(sender.address, CN=sender.name),
        attendees=[_address(recipient, PARTSTAT="NEEDS-ACTION")],
    )
    calendar = Calendar()  # `Calendar.new` would give it a UID by chance
    for name, value in (("PRODID", PRODUCT), ("VERSION", "2.0"), ("METHOD", method)):
        calendar.add(name, value)
    calendar.add_component(Timezone.from_ical(LONDON_TIME))
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _address(address: str, **parameters: str) -> vCalAddress:
    written = vCalAddress(f"mailto:{address}")
    written.params.update({name: vText(value) for name, value in parameters.items()})
    return written
