"""A record turns out to be wrong: what it arranged by itself goes with it, what people have taken up stands."""

from datetime import date, datetime
from typing import Any

import pytest
from tests.scheduling.test_meeting_of_child import HELD_ON, Journal, arrange, hold
from tests.scheduling.test_meetings_follow import AGREED, BOTH, TEACHER, in_leicestershire, ruled
from tests.scheduling.worked_examples import LEICESTERSHIRE, MONDAY, OXFORDSHIRE, REF, WORKER, judging, of_kind, told

from pep_kernel.authority_policy.meetings import Capacity
from pep_kernel.contracts import scheduling as contracts
from pep_kernel.decider import Decided
from pep_kernel.may import Role
from pep_kernel.message import Event
from pep_runtime.clock import LONDON
from scheduling.domain.child.events import ObligationReopened
from scheduling.domain.in_one_append import InOneAppend
from scheduling.domain.meeting.announcements import announce
from scheduling.domain.meeting.commands import (
    AnswerProposal,
    CorrectMeetingOutcome,
    RescheduleMeeting,
    ScheduleMeeting,
    SendDetails,
)
from scheduling.domain.meeting.events import MeetingCancelled, MeetingProposed, MeetingScheduled
from scheduling.domain.meeting.invitation_commands import AnswerInvitation, ApproveInvitations, LookAtQuorum
from scheduling.domain.meeting.people import Attendee, NextMeeting
from scheduling.domain.meeting.states import MEETING_STATES, Cancelled
from scheduling.domain.meeting_of_child import (
    CorrectMeetingOfChild,
    change_list,
    correct_meeting,
    judge_child,
    record_meeting,
    reschedule_meeting,
    schedule_meeting,
)
from scheduling.domain.rules import SchedulingRules
from scheduling.domain.what_a_record_arranged import AfterCorrection, after_correction

NOBODY: dict[str, Any] = {"attendees": (Attendee(capacity=Capacity.CARER),)}
IN_JANUARY = datetime(2027, 1, 12, 14, tzinfo=LONDON)
CORRECTED_ON = date(2026, 10, 8)


def correct(
    outcome: str, rules: SchedulingRules = LEICESTERSHIRE, meeting_id: str = "m1", on: date = CORRECTED_ON
) -> CorrectMeetingOfChild:
    right = CorrectMeetingOutcome(meeting_id=meeting_id, outcome=outcome, reason="…", on=on, by=WORKER)
    return CorrectMeetingOfChild(**judging(rules), correction=right)


def called_off(events: list[Event]) -> list[tuple[str, str]]:
    return [(off.meeting_id, off.because) for off in of_kind(MeetingCancelled, events)]


def after(journal: Journal, recorded: str = "m1", on: date = CORRECTED_ON) -> AfterCorrection:
    found: list[AfterCorrection] = []

    def look(states: Any, _command: Any) -> Decided:
        meetings = [states.of(stream, MEETING_STATES) for stream in states.streams("meeting")]
        found.append(after_correction(meetings, recorded, on))
        return []

    journal.take(look, None)
    return found[0]


def recorded(rules: SchedulingRules = LEICESTERSHIRE, **more: Any) -> Journal:
    """It was held as a PEP meeting, and a day was agreed for the next."""
    journal = in_leicestershire()
    happened = journal.take(record_meeting, hold(rules, **{"next_meeting": AGREED, **more}))
    assert len(of_kind(MeetingScheduled, happened) + of_kind(MeetingProposed, happened)) == 1
    return journal


@pytest.mark.rule("L-12", "L-20", "L-21")
@pytest.mark.parametrize(("held_with", "right"), [({}, "PROGRESS_REVIEW"), (NOBODY, "PEP")])
def test_a_day_that_stands_by_a_wrong_record_alone_is_called_off_with_it(held_with: dict[str, Any], right: str) -> None:
    journal = recorded(**held_with)
    assert called_off(journal.take(correct_meeting, correct(right))) == [("m2", "corrected")]
    assert after(journal) == AfterCorrection(("m2",), ())
    assert called_off(journal.take(correct_meeting, correct(right))) == []


def test_what_was_only_proposed_by_it_goes_too_and_nobody_is_told_of_what_nobody_heard() -> None:
    journal = recorded(next_meeting=NextMeeting(on=AGREED.on))
    happened = journal.take(correct_meeting, correct("PROGRESS_REVIEW"))
    (off,) = of_kind(MeetingCancelled, happened)
    heard = announce(Cancelled("m2", REF), off)
    assert heard == contracts.MeetingCancelled(meeting_id="m2", child_ref=REF, at=None, invitees=())


def test_what_its_date_had_met_is_due_again() -> None:
    """In Oxfordshire a meeting that was no PEP meeting must be arranged again by a day of its own."""
    journal = Journal()
    journal.take(judge_child, told())
    journal.take(schedule_meeting, arrange(invitees=BOTH))
    agreed_there = hold(OXFORDSHIRE, next_meeting=AGREED)
    (proposal,) = of_kind(MeetingProposed, journal.take(record_meeting, agreed_there))
    assert proposal.meeting_id == "m2"
    happened = journal.take(correct_meeting, correct("PROGRESS_REVIEW", OXFORDSHIRE))
    assert called_off(happened) == [("m2", "corrected")]
    assert {event.by for event in of_kind(ObligationReopened, happened)} == {"m1"}


def to_next(**more: Any) -> dict[str, Any]:
    return {**ruled(LEICESTERSHIRE), "meeting_id": "m2", "on": HELD_ON, **more}


def approved(journal: Journal) -> None:
    journal.take(change_list, ApproveInvitations(**to_next(year_group=7, invitees=(TEACHER,))))


def answered(journal: Journal) -> None:
    approved(journal)
    journal.take(change_list, AnswerInvitation(**to_next(invitee_ref=TEACHER, comes=True, year_group=7)))


def told_of(journal: Journal) -> None:
    details = to_next()
    details.pop("by_role")
    journal.take(meeting_alone, SendDetails(**details))


def put_off(journal: Journal) -> None:
    moved = RescheduleMeeting(**to_next(at=IN_JANUARY, reason="…", details="later", after_due_because="…"))
    journal.take(reschedule_meeting, moved)


def meeting_alone(states: Any, command: Any) -> Decided:
    book = InOneAppend(states)
    book.tell_meeting(command.meeting_id, command)
    return book.happened


@pytest.mark.rule("L-21")
@pytest.mark.parametrize("taken_up", [approved, answered, told_of, put_off])
@pytest.mark.parametrize(("held_with", "right"), [({}, "PROGRESS_REVIEW"), (NOBODY, "PEP")])
def test_what_people_have_taken_up_stands_and_is_named(taken_up: Any, held_with: dict[str, Any], right: str) -> None:
    journal = recorded(**held_with)
    taken_up(journal)
    assert called_off(journal.take(correct_meeting, correct(right))) == []
    assert [each.meeting_id for each in after(journal).standing] == ["m2"]


def test_a_timer_that_looked_at_it_has_not_taken_it_up() -> None:
    journal = recorded()
    policy = LEICESTERSHIRE.file.in_force(MONDAY)
    look = LookAtQuorum(meeting_id="m2", on=HELD_ON, working_days_before=10, policy=policy, year_group=7)
    assert len(journal.take(meeting_alone, look)) == 1
    assert called_off(journal.take(correct_meeting, correct("PROGRESS_REVIEW"))) == [("m2", "corrected")]


def test_a_proposal_that_somebody_answered_or_that_became_a_meeting_stands() -> None:
    proposed = NextMeeting(on=AGREED.on)
    journal = recorded(next_meeting=proposed)
    answer = AnswerProposal(meeting_id="m2", invitee_ref=WORKER, suits=(), on=HELD_ON, by=WORKER)
    journal.take(meeting_alone, answer)
    assert called_off(journal.take(correct_meeting, correct("PROGRESS_REVIEW"))) == []
    journal = recorded(next_meeting=proposed)
    journal.take(schedule_meeting, next_arranged("m2"))
    assert called_off(journal.take(correct_meeting, correct("PROGRESS_REVIEW"))) == []
    assert [each.meeting_id for each in after(journal).standing] == ["m2"]


def next_arranged(meeting_id: str, **more: Any) -> ScheduleMeeting:
    policy = LEICESTERSHIRE.file.in_force(MONDAY)
    when = {"at": IN_JANUARY, "on": HELD_ON, "after_due_because": "…"}
    return arrange(meeting_id=meeting_id, policy=policy, by_role=Role.PEP_COORDINATOR, **when, **more)


@pytest.mark.rule("L-21")
@pytest.mark.scenario("T20")
def test_to_and_fro_a_meeting_that_people_arranged_in_its_place_stands_and_is_named() -> None:
    journal = recorded()
    journal.take(correct_meeting, correct("PROGRESS_REVIEW"))
    journal.take(schedule_meeting, next_arranged("m3", rearranges="m1"))
    journal.take(schedule_meeting, next_arranged("m4"))
    assert called_off(journal.take(correct_meeting, correct("PEP"))) == []
    found = after(journal)
    assert (found.called_off, [each.meeting_id for each in found.standing]) == (("m2",), ["m3"])
    assert called_off(journal.take(correct_meeting, correct("PROGRESS_REVIEW"))) == []


def test_what_is_over_is_left_as_it_was() -> None:
    journal = recorded()
    late = date(2027, 3, 1)
    assert called_off(journal.take(correct_meeting, correct("PROGRESS_REVIEW", on=late))) == []
    assert after(journal, on=late) == AfterCorrection((), ())
