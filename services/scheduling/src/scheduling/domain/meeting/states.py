"""What a meeting can be: not arranged, proposed, arranged, called off, held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from scheduling.domain.meeting.people import filled

Answer = Literal["not_answered", "comes", "does_not_come"]


@dataclass(frozen=True, slots=True)
class ReplyLink:
    """A link by which somebody without an account answers once. Only the hash of its secret is known."""

    token_hash: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Invited:
    """One person on the list. Who `awaits_approval` was put forward, and hears nothing until somebody decides."""

    ref: str
    capacity: str
    person_ref: str | None = None
    answer: Answer = "not_answered"
    awaits_approval: bool = False
    reply: ReplyLink | None = None


@dataclass(frozen=True, slots=True)
class NotScheduled:
    """Nobody has arranged it."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """These days were proposed to those who must come; `suits` has the answers that were given.

    `agreed_at` is the meeting whose record made the proposal, `rearranges` the review of progress in whose place it
    comes; `untouched` until somebody answers or changes anything.
    """

    meeting_id: str
    child_ref: str
    dates: tuple[datetime, ...]
    asked: tuple[str, ...]
    agreed_at: str | None = None
    rearranges: str | None = None
    untouched: bool = True
    suits: tuple[tuple[str, tuple[datetime, ...]], ...] = ()
    agreed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Scheduled:
    """It has a date and people who are invited. `ever_invited` counts those who are not any more as well.

    `details_sent` counts how often its details went out, `told_of_day` whether they did for the day that holds now;
    `notice_waived` whether a reason was given for short notice of that day. `warned_days` is how near it was when
    somebody was told last that it will be no PEP meeting. `agreed_at`, `rearranges` and `untouched` are as of a
    proposal. `vacant` are the capacities of those who had a job no more and were withdrawn before anybody came in
    their place, each with whether the one before still awaited approval.
    """

    meeting_id: str
    child_ref: str
    at: datetime
    lasts: timedelta
    arranged_on: date
    convener: str | None = None
    chair: str | None = None
    must_invite: tuple[str, ...] = ()
    adviser_is_worker: bool = False
    invitees: tuple[Invited, ...] = ()
    ever_invited: int = 0
    details_sent: int = 0
    told_of_day: bool = False
    notice_waived: bool = False
    urgent: bool = False
    warned_days: int | None = None
    at_risk: bool = False
    proceeds: bool | None = None
    agreed_at: str | None = None
    rearranges: str | None = None
    untouched: bool = True
    vacant: tuple[tuple[str, bool], ...] = ()

    def invited(self, ref: str) -> Invited | None:
        return next((each for each in self.invitees if each.ref == ref), None)

    @property
    def told(self) -> tuple[str, ...]:
        """Those who are told of the meeting."""
        return tuple(each.ref for each in self.invitees if not each.awaits_approval)

    @property
    def not_invited(self) -> tuple[str, ...]:
        """In which capacities somebody should be asked, and nobody is."""
        asked = filled((each.capacity for each in self.invitees), adviser_is_worker=self.adviser_is_worker)
        return tuple(each for each in self.must_invite if each not in asked)


@dataclass(frozen=True, slots=True)
class Cancelled:
    """It does not take place. `agreed_at` is the meeting whose record had arranged it, where one had."""

    meeting_id: str
    child_ref: str
    because: str = "decided"
    agreed_at: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """It took place, with the outcome that holds today."""

    meeting_id: str
    child_ref: str
    on: date
    outcome: Literal["PEP", "PROGRESS_REVIEW"]
    arranged_on: date


Meeting = NotScheduled | Proposed | Scheduled | Cancelled | Held
MEETING_STATES: tuple[type[Meeting], ...] = (NotScheduled, Proposed, Scheduled, Cancelled, Held)
