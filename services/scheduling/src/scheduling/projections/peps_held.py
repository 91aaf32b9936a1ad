"""Which PEP meetings a child has had: a record that is corrected brings the one before it back as the last."""

from __future__ import annotations

from datetime import date

from scheduling.domain.child.events import LastPEPNoted
from scheduling.domain.meeting.events import MeetingHeld, MeetingOutcomeCorrected

OfPEPs = LastPEPNoted | MeetingHeld | MeetingOutcomeCorrected
NOTED = "noted"  # before OpenPEP was used: no meeting is known


def peps_after(peps: tuple[str, ...], event: OfPEPs) -> tuple[str, ...]:
    """Entries as `2026-10-06 <meeting>`, in order of their days."""
    match event:
        case LastPEPNoted(on=on):
            meeting, counts = NOTED, True
        case (
            MeetingHeld(on=on, meeting_id=meeting, outcome=outcome)
            | MeetingOutcomeCorrected(on=on, meeting_id=meeting, outcome=outcome)
        ):
            counts = outcome == "PEP"
    others = tuple(each for each in peps if each.partition(" ")[2] != meeting)
    return tuple(sorted((*others, f"{on} {meeting}"))) if counts else others


def last_pep(peps: tuple[str, ...]) -> date | None:
    return date.fromisoformat(peps[-1].partition(" ")[0]) if peps else None
