"""What may be asked of a meeting. The authority's rules come inside, in the version of the day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from pep_kernel.authority_policy import SchedulingPolicy
from pep_kernel.authority_policy.meeting_practice import Circumstance
from pep_kernel.authority_policy.meetings import Capacity
from pep_kernel.may import Role
from pep_kernel.message import Command
from scheduling.domain.meeting.invitation_commands import ByTheRules, InvitationCommand, Policy
from scheduling.domain.meeting.people import Attendee, Invitee, NextMeeting, Pupil, Wish

Outcome = Literal["PEP", "PROGRESS_REVIEW"]
When = Literal["now", "later"]
HOUR = timedelta(hours=1)


class Convening(ByTheRules):
    """What whoever sets dates asks."""


class ProposeMeeting(Convening):
    """Ask those who must come which of these days suit them. `agreed_at` names the meeting at which it was agreed."""

    child_ref: str
    dates: Annotated[tuple[AwareDatetime, ...], Field(min_length=1)]
    asked: Annotated[tuple[str, ...], Field(min_length=1)]
    rearranges: str | None = None
    agreed_at: str | None = None


class AnswerProposal(Command):
    """These of the proposed days suit this person; none: no day does."""

    meeting_id: str
    invitee_ref: str
    suits: tuple[AwareDatetime, ...]
    on: date
    by: str


class AskInstead(Command):
    """Others have a job for the child now: those who had it are not asked for days any more, these are."""

    meeting_id: str
    left: tuple[str, ...]
    people: tuple[str, ...]
    on: date


class ScheduleMeeting(Convening):
    """Arrange a meeting. `rearranges` names the review of progress in whose place it comes (L-21).

    `after_due_because` says why it comes later than the day by which a meeting must be held, `notice_waived_because`
    why its details go out later than they should, which is not late only if it is urgent. `agreed_at` names the meeting
    at which the day was agreed.
    """

    child_ref: str
    at: AwareDatetime
    lasts: timedelta = HOUR
    venue: str | None = None
    joining_link: str | None = None
    invitees: tuple[Invitee, ...]
    chair: Capacity | None = None
    details: When = "now"
    notice_waived_because: str | None = None
    rearranges: str | None = None
    after_due_because: str | None = None
    year_group: int
    circumstances: frozenset[Circumstance] = frozenset()
    agreed_at: str | None = None


class RescheduleMeeting(Convening):
    """Another day for the same meeting and the same people. What is left out stays as it was."""

    at: AwareDatetime
    lasts: timedelta | None = None
    venue: str | None = None
    joining_link: str | None = None
    reason: str
    details: When = "now"
    notice_waived_because: str | None = None
    after_due_because: str | None = None


class SendDetails(Command):
    """Tell everybody on the list when and where, with the joining link (L-13). `urgent`: an urgent PEP is open."""

    meeting_id: str
    on: date
    by: str
    policy: Policy
    urgent: bool = False
    venue: str | None = None
    joining_link: str | None = None
    notice_waived_because: str | None = None


class CancelMeeting(Convening):
    """It does not take place, for this reason."""

    reason: str


class CallOff(Command):
    """It has no purpose any more: the child left care, died or has no PEP now; or a wrong record had arranged it."""

    meeting_id: str
    on: date
    because: Literal["left_care", "died", "no_pep_applies", "corrected"]


class DecideProceed(Command):
    """The social worker decides whether the meeting takes place although somebody important is missing (L-11)."""

    meeting_id: str
    proceeds: bool
    reason: str | None = None
    on: date
    by: str


class RecordPupilWish(Command):
    """What the pupil wants: to be there for all of it, for a part, not at all; or the social worker is asked (L-32)."""

    meeting_id: str
    wish: Wish
    on: date
    by: str


class RecordMeeting(Command):
    """Write down that the meeting took place. From Year 12 on more people make a PEP meeting (O-12)."""

    meeting_id: str
    on: date
    recorded_on: date
    chair: Attendee
    note_taker: Attendee | None = None
    lasted: timedelta | None = None
    attendees: tuple[Attendee, ...]
    apologies: tuple[Capacity, ...] = ()
    pupil: Pupil
    views_shared: bool | None = None
    leader_trained: bool | None = None
    minutes: str
    minutes_not_for_pupil: str | None = None
    minutes_professionals_only: str | None = None
    next_meeting: NextMeeting | None = None
    year_group: int
    policy: SchedulingPolicy
    by: str
    by_role: Role
    also_as: tuple[Role, ...] = ()


class CorrectMeetingOutcome(Command):
    """What was recorded was wrong: this outcome holds, for this reason. `held_on` is the right day, if it was not."""

    meeting_id: str
    outcome: Outcome
    held_on: date | None = None
    reason: str
    on: date
    by: str


MeetingCommand = (
    ProposeMeeting
    | AnswerProposal
    | AskInstead
    | ScheduleMeeting
    | RescheduleMeeting
    | SendDetails
    | CancelMeeting
    | CallOff
    | DecideProceed
    | RecordPupilWish
    | RecordMeeting
    | CorrectMeetingOutcome
    | InvitationCommand
)
