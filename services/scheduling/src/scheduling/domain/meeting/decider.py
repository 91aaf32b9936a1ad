"""A meeting is proposed, arranged, held and recorded. Who was there decides what it was."""

from __future__ import annotations

from collections.abc import Sequence

from pep_kernel.decider import Decider
from pep_kernel.refusal import Refusal
from pep_kernel.sealed import PlanText
from scheduling.domain.meeting import arranging, invitation, quorum, recording
from scheduling.domain.meeting.announcements import announce
from scheduling.domain.meeting.commands import (
    AnswerProposal,
    AskInstead,
    CallOff,
    CancelMeeting,
    CorrectMeetingOutcome,
    DecideProceed,
    MeetingCommand,
    ProposeMeeting,
    RecordMeeting,
    RecordPupilWish,
    RescheduleMeeting,
    ScheduleMeeting,
    SendDetails,
)
from scheduling.domain.meeting.events import MeetingEvent, ProceedDecided, PupilWishRecorded
from scheduling.domain.meeting.evolve import evolve
from scheduling.domain.meeting.invitation_commands import (
    AddInvitee,
    AnswerByLink,
    AnswerInvitation,
    ApproveInvitations,
    FollowPerson,
    LookAtQuorum,
    MakeReplyLink,
    SendOfficer,
    WithdrawInvitee,
    WithdrawReplyLink,
)
from scheduling.domain.meeting.states import Cancelled, Held, Meeting, NotScheduled, Proposed, Scheduled


def decide(meeting: Meeting, command: MeetingCommand) -> Sequence[MeetingEvent]:
    match meeting, command:
        case NotScheduled() | Proposed(), ProposeMeeting():
            return arranging.proposed(command)
        case Proposed(), AnswerProposal():
            return arranging.answered(meeting, command)
        case Proposed(), AskInstead():
            return arranging.asked_instead(meeting, command)
        case NotScheduled() | Proposed(), ScheduleMeeting(venue=None, joining_link=None):
            raise Refusal("Say where the meeting is: a venue, a joining link, or both.", "L-13")
        case NotScheduled() | Proposed(), ScheduleMeeting() if command.at.date() < command.on:
            raise Refusal("A meeting cannot be arranged for a day that has passed.")
        case NotScheduled() | Proposed(), ScheduleMeeting():
            return arranging.scheduled(command)
        case Scheduled(), RescheduleMeeting() if command.at.date() < command.on:
            raise Refusal("A meeting cannot be put off to a day that has passed.")
        case Scheduled(), RescheduleMeeting():
            return arranging.rescheduled(meeting, command)
        case Scheduled(), SendDetails():
            return arranging.details_sent(meeting, command)
        case Proposed() | Scheduled(), CancelMeeting():
            return arranging.cancelled(meeting, command)
        case Proposed() | Scheduled(), CallOff():
            return arranging.called_off(meeting, command)
        case Scheduled(), DecideProceed():
            return [_proceed(meeting, command)]
        case Scheduled(), RecordPupilWish():
            return [PupilWishRecorded(child_ref=meeting.child_ref, **command.model_dump())]
        case Scheduled(), RecordMeeting():
            return recording.held(meeting, command)
        case Held(), CorrectMeetingOutcome():
            return recording.corrected(meeting, command)
        case Scheduled(), _:
            return _of_the_list(meeting, command)
        case NotScheduled(), _:
            raise Refusal("No such meeting has been arranged.")
        case Proposed(), _:
            raise Refusal("The meeting has no date yet: days were proposed, and nobody has arranged it.")
        case Cancelled(), _:
            raise Refusal("The meeting was called off. Arrange another one.")
        case Held(), _:
            raise Refusal("The meeting has been held and recorded; only its outcome and its day can be corrected.")


def _of_the_list(meeting: Scheduled, command: MeetingCommand) -> Sequence[MeetingEvent]:
    """Whatever changes the list may make a PEP meeting of it, or not one any more."""
    match command:
        case AddInvitee():
            return quorum.turned(meeting, invitation.added(meeting, command), command)
        case ApproveInvitations():
            return quorum.turned(meeting, invitation.approved(meeting, command), command)
        case WithdrawInvitee():
            return quorum.turned(meeting, invitation.withdrawn(meeting, command), command)
        case SendOfficer():
            return quorum.turned(meeting, invitation.officer_sent(meeting, command), command)
        case AnswerInvitation():
            return quorum.turned(meeting, invitation.answer(meeting, command), command)
        case AnswerByLink():
            return quorum.turned(meeting, invitation.answer_by_link(meeting, command), command)
        case LookAtQuorum():
            return quorum.looked_at(meeting, command)
        case MakeReplyLink():
            return invitation.link_made(meeting, command)
        case WithdrawReplyLink():
            return invitation.link_withdrawn(meeting, command)
        case FollowPerson():
            return quorum.turned(meeting, invitation.followed(meeting, command), command)
        case _:
            raise Refusal("The meeting is already arranged, and it has not been recorded yet.")


def _proceed(meeting: Scheduled, command: DecideProceed) -> ProceedDecided:
    return ProceedDecided(
        meeting_id=meeting.meeting_id,
        child_ref=meeting.child_ref,
        on=command.on,
        proceeds=command.proceeds,
        by=command.by,
        reason=PlanText.optional(command.reason),
    )


MEETING: Decider[Meeting, MeetingCommand, MeetingEvent] = Decider(NotScheduled(), decide, evolve, announce)
