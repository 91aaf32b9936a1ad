"""`meeting_proposal`: which days were proposed to whom, which of them suit, and whether one is agreed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from scheduling.domain.meeting.events import (
    AskedInstead,
    MeetingCancelled,
    MeetingDateAgreed,
    MeetingProposed,
    MeetingScheduled,
    ProposalAnswered,
)

NO_DAY = "none"


@dataclass(frozen=True, slots=True)
class MeetingProposal:
    """One proposal. `state` is open, agreed, arranged or cancelled.

    Each of `suits` is a reference and a day with a blank between; who answered that no day suits has `none`.
    """

    meeting_id: str
    child_ref: str
    state: str
    proposed_on: date
    dates: tuple[str, ...]
    asked: tuple[str, ...]
    suits: tuple[str, ...] = ()
    agreed: datetime | None = None
    rearranges: str | None = None

    @property
    def days_of_each(self) -> dict[str, list[str]]:
        """For whoever has answered, the days that suit."""
        said = [entry.split(" ") for entry in self.suits]
        return {ref: [day for other, day in said if other == ref and day != NO_DAY] for ref, _day in said}

    @property
    def unanswered(self) -> list[str]:
        """Who was asked and has not answered."""
        return [each for each in self.asked if each not in self.days_of_each]


_ABOUT = (MeetingProposed, ProposalAnswered, AskedInstead, MeetingDateAgreed, MeetingScheduled, MeetingCancelled)


def _keys(recorded: Recorded) -> Iterable[Key]:
    event = recorded.event
    return ((event.meeting_id,),) if isinstance(event, _ABOUT) else ()


def _fold(row: MeetingProposal | None, recorded: Recorded, _key: Key) -> MeetingProposal | None:
    match row, recorded.event:
        case _, MeetingProposed() as event:
            dates = tuple(day.isoformat() for day in event.dates)
            return MeetingProposal(
                event.meeting_id, event.child_ref, "open", event.on, dates, event.asked, rearranges=event.rearranges
            )
        case MeetingProposal(), ProposalAnswered() as event:
            others = tuple(entry for entry in row.suits if entry.partition(" ")[0] != event.invitee_ref)
            days = [day.isoformat() for day in event.suits] or [NO_DAY]
            return replace(row, suits=(*others, *(f"{event.invitee_ref} {day}" for day in days)))
        case MeetingProposal(), AskedInstead(left=left, came=came):
            asked = (*(each for each in row.asked if each not in left), *came)
            kept = tuple(entry for entry in row.suits if entry.partition(" ")[0] not in left)
            return replace(row, state="open", asked=asked, suits=kept, agreed=None)
        case MeetingProposal(), MeetingDateAgreed(at=at):
            return replace(row, state="agreed", agreed=at)
        case MeetingProposal(), MeetingScheduled():
            return replace(row, state="arranged")
        case MeetingProposal(), MeetingCancelled():
            return replace(row, state="cancelled")
        case _:
            return row


MEETING_PROPOSALS = ReadModel("meeting_proposal", MeetingProposal, ("meeting_id",), _keys, _fold)
