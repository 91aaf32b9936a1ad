"""Where a meeting and its child are decided together: a meeting meets what is due, and its correction opens it again.

Due dates rest on the schools' own streams as well, since a school's number tells whose term dates it keeps.
"""

from __future__ import annotations

from collections.abc import Sequence

from pep_kernel.decider import Decided, States
from pep_kernel.message import Event
from scheduling.domain.child.commands import (
    AcceptResponsibility,
    ChildCommand,
    CorrectFact,
    Judged,
    NoteMeetingHeld,
    NoteMeetingScheduled,
    OpenTermForChild,
    RecomputeDueDates,
    RecordCareFacts,
    RecordCareFactsOfMany,
    RecordFact,
    RecordSchoolMove,
)
from scheduling.domain.child.decider import CHILD
from scheduling.domain.child.states import Child
from scheduling.domain.concerns.commands import JudgedConcern
from scheduling.domain.meeting.commands import CorrectMeetingOutcome, MeetingCommand, RecordMeeting, ScheduleMeeting
from scheduling.domain.meeting.decider import MEETING
from scheduling.domain.meeting.events import MeetingHeld, MeetingOutcomeCorrected
from scheduling.domain.meeting.states import Held, Meeting, NotScheduled, Scheduled
from scheduling.domain.school.states import Listed, NotListed

JudgedOfChild = (
    AcceptResponsibility
    | RecordCareFacts
    | RecordFact
    | CorrectFact
    | RecordSchoolMove
    | NoteMeetingHeld
    | OpenTermForChild
    | RecomputeDueDates
    | JudgedConcern
)
MEETINGS: tuple[type[Meeting], ...] = (NotScheduled, Scheduled, Held)


class RecordMeetingOfChild(Judged):
    """A meeting's record, with what is needed to judge what is due after it."""

    meeting: RecordMeeting


class CorrectMeetingOfChild(Judged):
    """A correction of a meeting's outcome, with what is needed to judge what is due after it."""

    correction: CorrectMeetingOutcome


def child_stream(child_ref: str) -> str:
    return f"child-{child_ref}"


def meeting_stream(meeting_id: str) -> str:
    return f"meeting-{meeting_id}"


def school_stream(urn: str) -> str:
    return f"school-{urn}"


def judge_child(states: States, command: JudgedOfChild) -> Decided:
    """A command about one child, judged with the calendars of the schools that were loaded beside it."""
    return _of_child(states, command.child_ref, _knowing_schools(states, command))


def judge_children(states: States, command: RecordCareFactsOfMany) -> Decided:
    """Several children in one append: each is judged for itself."""
    return [each for record in command.records for each in judge_child(states, record)]


def schedule_meeting(states: States, command: ScheduleMeeting) -> Decided:
    note = NoteMeetingScheduled(
        child_ref=command.child_ref,
        meeting_id=command.meeting_id,
        on=command.on,
        for_day=command.at.date(),
        after_due_because=command.after_due_because,
    )
    arranged = _of_meeting(states, command.meeting_id, command)
    return [*arranged, *_of_child(states, command.child_ref, note)]


def record_meeting(states: States, command: RecordMeetingOfChild) -> Decided:
    return _with_outcome(states, command, _of_meeting(states, command.meeting.meeting_id, command.meeting))


def correct_meeting(states: States, command: CorrectMeetingOfChild) -> Decided:
    return _with_outcome(states, command, _of_meeting(states, command.correction.meeting_id, command.correction))


def _with_outcome(states: States, command: Judged, happened: Decided) -> Decided:
    notes = [_note(command, event) for _stream, event in happened if isinstance(event, _OUTCOMES)]
    after = [each for note in notes for each in judge_child(states, note)]
    return [*happened, *after]


_OUTCOMES = (MeetingHeld, MeetingOutcomeCorrected)


def _note(command: Judged, event: MeetingHeld | MeetingOutcomeCorrected) -> NoteMeetingHeld:
    return NoteMeetingHeld(
        child_ref=event.child_ref,
        rules=command.rules,
        calendar_for=command.calendar_for,
        meeting_id=event.meeting_id,
        on=event.on,
        outcome=event.outcome,
    )


def _of_meeting(states: States, meeting_id: str, command: MeetingCommand) -> Decided:
    stream = meeting_stream(meeting_id)
    return _said_on(stream, MEETING.decide(states.of(stream, MEETINGS), command))


def _of_child(states: States, child_ref: str, command: ChildCommand) -> Decided:
    stream = child_stream(child_ref)
    return _said_on(stream, CHILD.decide(states.of(stream, Child), command))


def _said_on(stream: str, events: Sequence[Event]) -> Decided:
    return [(stream, event) for event in events]


def _knowing_schools(states: States, command: JudgedOfChild) -> JudgedOfChild:
    schools = [states.of(stream, (Listed, NotListed)) for stream in states.streams("school")]
    listed = [school for school in schools if isinstance(school, Listed)]
    laestabs = {school.urn: school.laestab for school in listed if school.laestab}
    before = {school.urn: school.predecessor_urn for school in listed if school.predecessor_urn}
    return command.model_copy(update={"laestabs": laestabs, "predecessors": before})
