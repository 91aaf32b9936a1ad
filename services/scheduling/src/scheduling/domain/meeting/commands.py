"""What may be asked of a meeting. The authority's rules come inside, in the version of the meeting's day."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import AwareDatetime

from pep_kernel.authority_policy.meetings import Capacity, Notice, Quorum
from pep_kernel.authority_policy.meetings import NextMeeting as NextMeetingRule
from pep_kernel.message import Command
from scheduling.domain.meeting.people import Attendee, Invitee, NextMeeting, Pupil

Outcome = Literal["PEP", "PROGRESS_REVIEW"]


class ScheduleMeeting(Command):
    """Arrange a meeting. `rearranges` names the review of progress in whose place it comes (L-21).

    `after_due_because` says why it comes later than the day by which a meeting must be held.
    """

    meeting_id: str
    child_ref: str
    on: date
    at: AwareDatetime
    venue: str | None = None
    joining_link: str | None = None
    invitees: tuple[Invitee, ...]
    by: str
    by_role: str
    rearranges: str | None = None
    after_due_because: str | None = None
    notice: Notice


class AddInvitee(Command):
    """Invite one more person."""

    meeting_id: str
    invitee: Invitee
    on: date
    by: str
    by_role: str


class RecordMeeting(Command):
    """Write down that the meeting took place. From Year 12 on more people make a PEP meeting (O-12)."""

    meeting_id: str
    on: date
    recorded_on: date
    chair: Attendee
    attendees: tuple[Attendee, ...]
    apologies: tuple[Capacity, ...] = ()
    pupil: Pupil
    minutes: str
    minutes_not_for_pupil: str | None = None
    minutes_professionals_only: str | None = None
    next_meeting: NextMeeting | None = None
    year_group: int
    quorum: Quorum
    next_meeting_rule: NextMeetingRule
    by: str


class CorrectMeetingOutcome(Command):
    """What was recorded was wrong: this outcome holds, for this reason."""

    meeting_id: str
    outcome: Outcome
    reason: str
    on: date
    by: str


MeetingCommand = ScheduleMeeting | AddInvitee | RecordMeeting | CorrectMeetingOutcome
