"""What the record of a meeting brought about by itself, when the record turns out to have been wrong.

A record may agree the next day, and that day stands or is proposed without anybody's doing. Where nobody has answered,
told, changed or arranged anything since, it goes with the record. What people have taken up stands, and is named.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from scheduling.domain.child.commands import NoteMeetingCalledOff
from scheduling.domain.in_one_append import InOneAppend
from scheduling.domain.meeting.commands import CallOff
from scheduling.domain.meeting.states import Cancelled, Meeting, Proposed, Scheduled

Standing = Proposed | Scheduled


@dataclass(frozen=True, slots=True)
class AfterCorrection:
    """What rested on a record that was corrected: what is called off, and what a person must look at."""

    called_off: tuple[str, ...]
    standing: tuple[Standing, ...]


def call_off(book: InOneAppend, child_ref: str, recorded: str, on: date) -> None:
    """What the dates of these meetings had met is due again."""
    for meeting in _resting_on(book.meetings_of(child_ref), recorded, on):
        if meeting.untouched and meeting.agreed_at == recorded:
            ref = meeting.meeting_id
            book.tell_meeting(ref, CallOff(meeting_id=ref, on=on, because="corrected"))
            book.tell_child(child_ref, NoteMeetingCalledOff(child_ref=child_ref, meeting_id=ref, on=on))


def after_correction(meetings: Iterable[Meeting], recorded: str, on: date) -> AfterCorrection:
    """How the child's meetings are after it."""
    known = list(meetings)
    gone = [each for each in known if isinstance(each, Cancelled) and each.because == "corrected"]
    return AfterCorrection(
        called_off=tuple(each.meeting_id for each in gone if each.agreed_at == recorded),
        standing=tuple(_resting_on(known, recorded, on)),
    )


def _resting_on(meetings: Iterable[Meeting], recorded: str, on: date) -> list[Standing]:
    """Those that the record arranged, or that come in the place of that meeting; what is over is left as it was."""
    standing = [each for each in meetings if isinstance(each, Standing)]
    return [each for each in standing if recorded in (each.agreed_at, each.rearranges) and not _is_over(each, on)]


def _is_over(meeting: Standing, on: date) -> bool:
    return isinstance(meeting, Scheduled) and meeting.at.date() < on
