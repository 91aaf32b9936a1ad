"""`termly_meeting`: for each child and term, whether its termly meeting has been looked at, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pep_kernel.authority_policy.due_dates import Trigger
from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from scheduling.domain.child.events import PEPDueDateNotCounted, PEPDueDateSet, TermlyMeetingNotDue


@dataclass(frozen=True, slots=True)
class TermlyMeeting:
    """`state` is due, not_counted, or why there is none; `opened_on` is the first day of the authority's own term."""

    child_ref: str
    opened_on: date
    state: str
    due: date | None = None


def _keys(recorded: Recorded) -> Iterable[Key]:
    match recorded.event:
        case TermlyMeetingNotDue(child_ref=child, opened_on=on):
            return ((child, on),)
        case PEPDueDateSet(child_ref=child, trigger=Trigger.TERM_OPENED, trigger_on=on):
            return ((child, on),)
        case PEPDueDateNotCounted(child_ref=child, trigger=Trigger.TERM_OPENED, trigger_on=on):
            return ((child, on),)
        case _:
            return ()


def _fold(row: TermlyMeeting | None, recorded: Recorded, key: Key) -> TermlyMeeting | None:
    child_ref, opened_on = key
    match recorded.event:
        case TermlyMeetingNotDue(because=because):
            return TermlyMeeting(child_ref, opened_on, because)
        case PEPDueDateSet(due=due):
            return TermlyMeeting(child_ref, opened_on, "due", due)
        case PEPDueDateNotCounted():
            return TermlyMeeting(child_ref, opened_on, "not_counted")
        case _:
            return row


TERMLY_MEETINGS = ReadModel("termly_meeting", TermlyMeeting, ("child_ref", "opened_on"), _keys, _fold)
