"""A meeting and its child are decided together: one append, or none."""

from datetime import date, datetime
from typing import Any

import pytest
from tests.scheduling.worked_examples import (
    LEICESTERSHIRE_SCHOOL,
    MONDAY,
    OXFORDSHIRE,
    OXFORDSHIRE_SCHOOL,
    REF,
    WORKER,
    judging,
    of_kind,
    told,
)

from pep_kernel.authority_policy.meetings import Capacity
from pep_kernel.decider import AnyDecider, Decided, States, category
from pep_kernel.may import Role
from pep_kernel.message import Event
from pep_kernel.refusal import Refusal
from pep_runtime.clock import LONDON
from scheduling.domain.child.care_record import Schooling, SchoolRecord
from scheduling.domain.child.commands import RecordCareFactsOfMany
from scheduling.domain.child.decider import CHILD
from scheduling.domain.child.events import MeetingNoted, ObligationMet, ObligationReopened, PEPDueDateSet
from scheduling.domain.meeting.commands import CorrectMeetingOutcome, RecordMeeting, ScheduleMeeting
from scheduling.domain.meeting.decider import MEETING
from scheduling.domain.meeting.events import (
    MeetingDetailsSent,
    MeetingHeld,
    MeetingOutcomeCorrected,
    MeetingScheduled,
)
from scheduling.domain.meeting.invitation_events import InviteeListed
from scheduling.domain.meeting.people import Attendee, KnownInvitee, PupilAttended
from scheduling.domain.meeting_of_child import (
    CorrectMeetingOfChild,
    RecordMeetingOfChild,
    child_stream,
    correct_meeting,
    judge_child,
    judge_children,
    meeting_stream,
    record_meeting,
    schedule_meeting,
    school_stream,
)
from scheduling.domain.person.decider import PERSON
from scheduling.domain.rules import SchedulingRules
from scheduling.domain.school.decider import SCHOOL, ListSchool
from scheduling.domain.school.states import Listed

DECIDERS: dict[str, AnyDecider] = {"child": CHILD, "meeting": MEETING, "school": SCHOOL, "person": PERSON}
HELD_ON = date(2026, 10, 6)
AT_TWO = datetime(2026, 10, 6, 14, tzinfo=LONDON)


def listed(urn: str) -> Listed:
    return Listed(urn, "Elm Sample School", "secondary", "Oxfordshire")


class Journal:
    """Streams in memory, as the handler replays and appends them."""

    def __init__(self) -> None:
        self._states: dict[str, Any] = {school_stream(urn): listed(urn) for urn in (OXFORDSHIRE_SCHOOL, "999102")}

    def take(self, together: Any, command: Any) -> list[Event]:
        decided: Decided = together(States(DECIDERS, self._states), command)
        for stream, event in decided:
            decider = DECIDERS[category(stream)]
            self._states[stream] = decider.evolve(self._states.get(stream, decider.initial), event)
        return [event for _stream, event in decided]

    def append(self, stream: str, *events: Event) -> None:
        self.take(lambda _states, _command: [(stream, event) for event in events], None)


@pytest.fixture
def journal() -> Journal:
    journal = Journal()
    journal.take(judge_child, told())
    return journal


def arrange(**more: Any) -> ScheduleMeeting:
    asked = {
        "meeting_id": "m1",
        "child_ref": REF,
        "on": date(2026, 9, 28),
        "at": AT_TWO,
        "venue": "Room 2",
        "invitees": (KnownInvitee(person_ref=WORKER, capacity=Capacity.SOCIAL_WORKER),),
        "by": WORKER,
        "by_role": "social_worker",
        "policy": OXFORDSHIRE.file.in_force(MONDAY),
        "year_group": 7,
    }
    return ScheduleMeeting(**{**asked, **more})


def hold(rules: SchedulingRules = OXFORDSHIRE, **more: Any) -> RecordMeetingOfChild:
    policy = rules.file.in_force(HELD_ON)
    asked = {
        "meeting_id": "m1",
        "on": HELD_ON,
        "recorded_on": HELD_ON,
        "chair": Attendee(capacity=Capacity.DESIGNATED_TEACHER),
        "attendees": (Attendee(capacity=Capacity.SOCIAL_WORKER),),
        "pupil": PupilAttended(),
        "minutes": "…",
        "year_group": 7,
        "policy": policy,
        "by": "teacher",
        "by_role": Role.DESIGNATED_TEACHER,
    }
    meeting = RecordMeeting(**{**asked, **more})
    return RecordMeetingOfChild(**judging(rules), meeting=meeting, next_meeting_id="m2")


def correction() -> CorrectMeetingOfChild:
    wrong = CorrectMeetingOutcome(meeting_id="m1", outcome="PROGRESS_REVIEW", reason="…", on=HELD_ON, by=WORKER)
    return CorrectMeetingOfChild(**judging(OXFORDSHIRE), correction=wrong)


def test_arranging_holding_and_correcting_are_known_of_meeting_and_child_at_once(journal: Journal) -> None:
    arranged = journal.take(schedule_meeting, arrange())
    assert [type(event) for event in arranged] == [
        MeetingScheduled,
        InviteeListed,
        MeetingDetailsSent,
        MeetingNoted,
        ObligationMet,
    ]
    held = journal.take(record_meeting, hold())
    assert [type(event) for event in held] == [MeetingHeld, MeetingNoted, ObligationMet]
    corrected = journal.take(correct_meeting, correction())
    assert [type(event) for event in (corrected[0], corrected[-1])] == [MeetingOutcomeCorrected, ObligationReopened]
    assert journal.take(correct_meeting, correction()) == []


def test_a_meeting_about_a_child_of_whom_nothing_is_known_is_refused() -> None:
    with pytest.raises(Refusal, match="Nothing is known"):
        Journal().take(schedule_meeting, arrange())


@pytest.mark.scenario("T02b")
def test_the_schools_own_stream_tells_whose_term_dates_it_keeps() -> None:
    schooling = (told().record.schooling[0].model_copy(update={"school_urn": LEICESTERSHIRE_SCHOOL}),)
    command = told(schooling=schooling).model_copy(update={"laestabs": {}})
    due = {
        listed: next(each.due for each in of_kind(PEPDueDateSet, _judged(listed, command)) if each.unit == "school")
        for listed in ("8559201", None)
    }
    assert due["8559201"] > date(2026, 10, 19)
    assert due[None] == date(2026, 10, 19)


def _judged(laestab: str | None, command: Any) -> list[Event]:
    journal = Journal()
    record = SchoolRecord(
        urn=LEICESTERSHIRE_SCHOOL, laestab=laestab, name="Ash Sample School", phase="secondary", authority="…"
    )
    stream = school_stream(LEICESTERSHIRE_SCHOOL)
    journal.append(stream, *SCHOOL.decide(SCHOOL.initial, ListSchool(record=record)))
    return journal.take(judge_child, command)


def test_several_children_are_judged_each_for_itself() -> None:
    brother = told().model_copy(update={"child_ref": "brother"})
    together = Journal().take(judge_children, RecordCareFactsOfMany(records=(told(), brother)))
    assert together == [*Journal().take(judge_child, told()), *Journal().take(judge_child, brother)]


def test_a_record_that_names_a_school_that_is_not_listed_is_refused() -> None:
    unknown = told(schooling=(Schooling(school_urn="999777", entered=date(2026, 9, 2)),))
    with pytest.raises(Refusal, match="schooling.school_urn: No school 999777 is listed; take it in first"):
        Journal().take(judge_child, unknown)


def test_streams_are_named_after_what_they_hold() -> None:
    assert (child_stream("c"), meeting_stream("m"), school_stream("1")) == ("child-c", "meeting-m", "school-1")
