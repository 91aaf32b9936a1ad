"""A meeting from the first proposal of a day to the notes of what it lacked: who sets dates, and what others hear."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from tests.scheduling.test_meeting import (
    AT_TEN,
    COORDINATOR,
    TEACHER,
    THURSDAY,
    arrange,
    arranged,
    held_as_pep,
    hold,
    meeting,
)
from tests.scheduling.worked_examples import LEICESTERSHIRE, OXFORDSHIRE, REF, WORKER

from pep_kernel.authority_policy.meeting_practice import Circumstance
from pep_kernel.authority_policy.meetings import Capacity
from pep_kernel.contracts import scheduling as contracts
from pep_kernel.may import Role
from pep_kernel.sealed import Contact, PlanText
from pep_runtime.clock import LONDON
from scheduling.domain.meeting.commands import (
    AnswerProposal,
    CallOff,
    CancelMeeting,
    DecideProceed,
    ProposeMeeting,
    RecordPupilWish,
    RescheduleMeeting,
    SendDetails,
)
from scheduling.domain.meeting.decider import MEETING
from scheduling.domain.meeting.events import (
    MeetingCancelled,
    MeetingDateAgreed,
    MeetingDetailsSent,
    MeetingHeld,
    MeetingMustBeRearranged,
    MeetingProposed,
    MeetingRescheduled,
    MeetingScheduled,
    NextMeetingAgreed,
    ProceedDecided,
    ProposalAnswered,
    PupilWishRecorded,
)
from scheduling.domain.meeting.invitation_events import InviteeListed
from scheduling.domain.meeting.people import Attendee, NextMeeting, PupilAttended
from scheduling.domain.meeting.states import Scheduled
from scheduling.domain.rules import SchedulingRules

JANUARY = date(2027, 1, 4)
ON_FRIDAY = datetime(2027, 1, 15, 9, tzinfo=LONDON)
BY: dict[str, Any] = {"by": COORDINATOR, "by_role": Role.PEP_COORDINATOR}


def ruled(rules: SchedulingRules = LEICESTERSHIRE, on: date = JANUARY, **more: Any) -> dict[str, Any]:
    return {"meeting_id": "m1", "on": on, **BY, "policy": rules.file.in_force(on), **more}


def propose(**more: Any) -> ProposeMeeting:
    days = (ON_FRIDAY, AT_TEN, AT_TEN)
    return ProposeMeeting(**{**ruled(), "child_ref": REF, "dates": days, "asked": (WORKER, TEACHER), **more})


def suits(who: str, *days: datetime) -> AnswerProposal:
    return AnswerProposal(meeting_id="m1", invitee_ref=who, suits=days, on=JANUARY, by=who)


proposed = MeetingProposed(
    meeting_id="m1", child_ref=REF, on=JANUARY, dates=(AT_TEN, ON_FRIDAY), asked=(WORKER, TEACHER), by=COORDINATOR
)


def test_days_are_proposed_to_those_who_must_come() -> None:
    outcome = meeting.when(propose())
    outcome.then(proposed)
    told = contracts.MeetingProposed(meeting_id="m1", child_ref=REF, dates=(AT_TEN, ON_FRIDAY), asked=(WORKER, TEACHER))
    outcome.then_announced(told)
    meeting.when(propose(on=date(2027, 1, 15))).then_refused("has passed")
    meeting.given(proposed).when(propose(dates=(ON_FRIDAY,))).then_some(MeetingProposed)


def test_the_first_day_that_suits_everybody_is_agreed() -> None:
    one = (
        meeting.given(proposed)
        .when(suits(WORKER, ON_FRIDAY, AT_TEN))
        .then(
            ProposalAnswered(
                meeting_id="m1", child_ref=REF, on=JANUARY, invitee_ref=WORKER, suits=(AT_TEN, ON_FRIDAY), by=WORKER
            )
        )
    )
    outcome = one.when(suits(TEACHER, ON_FRIDAY))
    _, agreed = outcome.then_some(ProposalAnswered, MeetingDateAgreed)
    assert agreed == MeetingDateAgreed(meeting_id="m1", child_ref=REF, on=JANUARY, at=ON_FRIDAY)
    outcome.then_announced(contracts.MeetingDateAgreed(meeting_id="m1", child_ref=REF, at=ON_FRIDAY))
    again = one.given(*outcome.happened)
    again.when(suits(TEACHER, ON_FRIDAY)).then_some(ProposalAnswered)
    again.when(suits(TEACHER)).then_some(ProposalAnswered)
    again.when(suits(TEACHER, AT_TEN)).then_some(ProposalAnswered, MeetingDateAgreed)


def test_only_those_who_were_asked_answer_and_only_about_the_days_proposed() -> None:
    meeting.given(proposed).when(suits("somebody", AT_TEN)).then_refused("was not asked")
    meeting.given(proposed).when(suits(WORKER, AT_TEN + timedelta(hours=1))).then_refused("was not proposed")


def test_a_proposal_is_arranged_or_called_off_and_nothing_else_happens_to_it() -> None:
    open_still = meeting.given(proposed)
    open_still.when(arrange()).then_some(MeetingScheduled, InviteeListed, MeetingDetailsSent)
    (off,) = open_still.when(CancelMeeting(**ruled(), reason="…")).then_some(MeetingCancelled)
    assert isinstance(off, MeetingCancelled)
    assert (off.at, off.invitees) == (None, ())
    open_still.when(hold(LEICESTERSHIRE)).then_refused("no date yet")


@pytest.mark.rule("L-12", "O-13", "O-20", "O-34", "O-37", "O-44")
def test_who_sets_the_date_is_the_authoritys_rule_for_the_first_and_for_later_meetings() -> None:
    sets = {
        (name, role, first): meeting.when(arrange(rules=rules, by_role=role, first=first)).refusal is None
        for name, rules in (("L", LEICESTERSHIRE), ("O", OXFORDSHIRE))
        for role in (Role.SOCIAL_WORKER, Role.DESIGNATED_TEACHER)
        for first in (True, False)
    }
    assert [key for key, may in sets.items() if may] == [
        ("O", Role.SOCIAL_WORKER, True),
        ("O", Role.DESIGNATED_TEACHER, False),
    ]
    teacher = arrange(rules=OXFORDSHIRE, by_role=Role.DESIGNATED_TEACHER)
    meeting.when(teacher).then_refused("a social worker sets the date of a child's first meeting in care", "O-34")
    worker_later = arrange(rules=OXFORDSHIRE, by_role=Role.SOCIAL_WORKER, first=False)
    meeting.when(worker_later).then_refused("a designated teacher sets the date of a meeting after the first", "O-37")
    meeting.when(arrange(rules=OXFORDSHIRE)).then_some(MeetingScheduled, InviteeListed, MeetingDetailsSent)
    meeting.when(propose(by_role=Role.SOCIAL_WORKER)).then_refused("a pep coordinator sets the date", "L-12")


@pytest.mark.rule("L-04", "O-20", "O-36", "O-39")
def test_who_may_chair_is_the_authoritys_rule() -> None:
    officer: dict[str, Any] = {"chair": Capacity.VIRTUAL_SCHOOL_OFFICER}
    (event, *_) = meeting.when(arrange(**officer)).happened
    assert isinstance(event, MeetingScheduled)
    assert (event.planned_chair, event.convener) == ("virtual_school_officer", "pep_coordinator")
    meeting.when(arrange(rules=OXFORDSHIRE, **officer)).then_refused("the chair is one of these", "O-36")


def wanted(rules: SchedulingRules, *circumstances: Circumstance, **more: Any) -> tuple[str, ...]:
    (event, *_) = meeting.when(arrange(rules=rules, circumstances=frozenset(circumstances), **more)).happened
    assert isinstance(event, MeetingScheduled)
    return event.must_invite


@pytest.mark.rule("L-03", "L-14", "L-15", "L-17", "O-30", "O-35", "O-38", "O-94", "O-96", "O-05", "O-62")
def test_who_must_be_asked_follows_from_the_rules_and_what_is_so_of_the_child() -> None:
    usual = ("social_worker", "designated_teacher", "carer", "child")
    assert wanted(LEICESTERSHIRE) == usual
    happened: Any = meeting.when(arrange()).happened
    state = MEETING.fold(happened)
    assert isinstance(state, Scheduled)
    assert state.not_invited == ("designated_teacher", "carer", "child")
    assert wanted(LEICESTERSHIRE, Circumstance.MOVE_DUE) == (*usual, "next_designated_teacher")
    assert wanted(LEICESTERSHIRE, Circumstance.HEALTH_CONCERN) == (*usual, "nurse")
    assert wanted(OXFORDSHIRE) == (*usual, "key_worker", "careers_lead")
    assert wanted(OXFORDSHIRE, year_group=6) == (*usual, "key_worker")
    everything = wanted(OXFORDSHIRE, Circumstance.OUT_OF_COUNTY, Circumstance.INTERPRETER_NEEDED)
    assert everything[-2:] == ("interpreter", "senior_virtual_school_officer")
    assert "senior_virtual_school_officer" not in wanted(OXFORDSHIRE, Circumstance.OUT_OF_COUNTY, first=False)


@pytest.mark.rule("O-34", "O-35", "O-38", "O-39")
def test_whoever_convenes_or_chairs_is_there_anyway() -> None:
    by_worker = {"by_role": Role.SOCIAL_WORKER, "chair": Capacity.DESIGNATED_TEACHER}
    assert wanted(OXFORDSHIRE, year_group=6, **by_worker) == ("carer", "child", "key_worker")


def moved(**more: Any) -> RescheduleMeeting:
    asked = {**ruled(on=date(2027, 1, 11)), "at": ON_FRIDAY, "reason": "The carer is ill."}
    return RescheduleMeeting(**{**asked, **more})


@pytest.mark.rule("L-13", "L-104")
@pytest.mark.scenario("T18")
def test_a_meeting_that_is_put_off_has_a_new_notice_clock_and_keeps_its_story() -> None:
    outcome = arranged.when(moved())
    put_off, sent = outcome.then_some(MeetingRescheduled, MeetingDetailsSent)
    assert isinstance(put_off, MeetingRescheduled)
    assert isinstance(sent, MeetingDetailsSent)
    assert (put_off.was_at, put_off.at, put_off.reason) == (AT_TEN, ON_FRIDAY, PlanText.of("The carer is ill."))
    assert (sent.late_notice, sent.sequence, sent.invitees) == (True, 1, (WORKER,))
    about = {"meeting_id": "m1", "child_ref": REF, "at": ON_FRIDAY, "invitees": (WORKER,)}
    outcome.then_announced(
        contracts.MeetingRescheduled(**about, was_at=AT_TEN), contracts.MeetingDetailsSent(**about, sequence=1)
    )
    in_time = arranged.when(moved(on=date(2027, 1, 8), details="later", lasts=timedelta(minutes=90)))
    (event,) = in_time.then_some(MeetingRescheduled)
    assert isinstance(event, MeetingRescheduled)
    assert (event.late_notice, event.lasts_minutes) == (False, 90)


def test_a_meeting_is_put_off_by_whoever_sets_dates_to_another_day_that_is_to_come() -> None:
    arranged.when(moved(at=AT_TEN)).then_refused("on which the meeting is already")
    arranged.when(moved(on=date(2027, 1, 18))).then_refused("has passed")
    arranged.when(moved(by_role=Role.SOCIAL_WORKER)).then_refused("sets the date")


def details(on: date, **more: Any) -> SendDetails:
    return SendDetails(meeting_id="m1", on=on, by=COORDINATOR, policy=LEICESTERSHIRE.file.in_force(on), **more)


@pytest.mark.rule("L-13", "L-104")
@pytest.mark.scenario("T16", "T17")
@pytest.mark.parametrize(
    ("on", "waived", "urgent", "late"),
    [
        (date(2027, 1, 7), None, False, False),
        (date(2027, 1, 8), None, False, True),
        (date(2027, 1, 8), "I forgot.", False, True),
        (date(2027, 1, 8), "Excluded today.", True, False),
        (date(2027, 1, 8), None, True, True),
    ],
)
def test_whether_notice_was_short_is_judged_by_the_day_on_which_details_are_sent(
    on: date, waived: str | None, urgent: bool, late: bool
) -> None:
    """A reason is kept beside it, and makes it no late notice only where an urgent PEP was asked for."""
    later = meeting.when(arrange(details="later")).happened
    asked = details(on, joining_link="https://meet.example/1", notice_waived_because=waived, urgent=urgent)
    outcome = meeting.given(*later).when(asked)
    (sent,) = outcome.then_some(MeetingDetailsSent)
    assert isinstance(sent, MeetingDetailsSent)
    assert (sent.late_notice, sent.urgent, sent.sequence, sent.by) == (late, urgent, 0, COORDINATOR)
    assert sent.joining_link == Contact.of("https://meet.example/1")
    assert sent.notice_waived_because == PlanText.optional(waived)
    assert "meet.example" not in repr(outcome.happened)


@pytest.mark.rule("L-13")
@pytest.mark.scenario("T17", "T18")
@pytest.mark.parametrize(("urgent", "late"), [(True, False), (False, True)])
def test_a_reason_that_was_given_before_the_details_were_sent_is_not_lost(urgent: bool, late: bool) -> None:
    reason: dict[str, Any] = {"details": "later", "notice_waived_because": "Excluded today.", "urgent": urgent}
    on = date(2027, 1, 8)
    (scheduled, *_) = arranged_later = meeting.when(arrange(on=on, **reason)).happened
    assert isinstance(scheduled, MeetingScheduled)
    assert (scheduled.notice_waived_because, scheduled.late_notice) == (PlanText.of("Excluded today."), late)
    (sent,) = meeting.given(*arranged_later).when(details(on)).then_some(MeetingDetailsSent)
    assert isinstance(sent, MeetingDetailsSent)
    assert sent.late_notice == late
    (put_off,) = moved_later = arranged.when(moved(**reason)).happened
    assert isinstance(put_off, MeetingRescheduled)
    assert (put_off.notice_waived_because, put_off.late_notice) == (PlanText.of("Excluded today."), late)
    (sent,) = arranged.given(*moved_later).when(details(date(2027, 1, 12))).then_some(MeetingDetailsSent)
    assert isinstance(sent, MeetingDetailsSent)
    assert sent.late_notice == late


@pytest.mark.scenario("T18")
def test_another_day_needs_a_reason_of_its_own() -> None:
    reason: dict[str, Any] = {"notice_waived_because": "Excluded today.", "urgent": True}
    waived = meeting.given(*meeting.when(arrange(on=date(2027, 1, 8), **reason)).happened)
    _, sent = waived.when(moved(urgent=True)).then_some(MeetingRescheduled, MeetingDetailsSent)
    assert isinstance(sent, MeetingDetailsSent)
    assert sent.late_notice


@pytest.mark.rule("L-13")
def test_sending_the_same_details_again_needs_no_second_reason() -> None:
    later = meeting.given(*meeting.when(arrange(details="later")).happened)
    on = date(2027, 1, 8)
    told = later.given(*later.when(details(on, notice_waived_because="Excluded today.", urgent=True)).happened)
    (again,) = told.when(details(on)).then_some(MeetingDetailsSent)
    assert isinstance(again, MeetingDetailsSent)
    assert not again.late_notice


@pytest.mark.rule("L-11")
def test_a_meeting_is_called_off_with_a_reason_by_who_sets_dates_or_by_the_social_worker() -> None:
    cancel = CancelMeeting(**ruled(), reason="The child moves.")
    outcome = arranged.when(cancel)
    (off,) = outcome.then_some(MeetingCancelled)
    assert isinstance(off, MeetingCancelled)
    assert (off.because, off.reason, off.invitees) == ("decided", PlanText.of("The child moves."), (WORKER,))
    outcome.then_announced(contracts.MeetingCancelled(meeting_id="m1", child_ref=REF, at=AT_TEN, invitees=(WORKER,)))
    by_worker = cancel.model_copy(update={"by": WORKER, "by_role": Role.SOCIAL_WORKER})
    arranged.when(by_worker).then_some(MeetingCancelled)
    arranged.when(cancel.model_copy(update={"by_role": Role.DESIGNATED_TEACHER})).then_refused("sets the date")
    arranged.given(off).when(cancel).then_refused("was called off")


def test_after_a_death_nobody_is_told_by_a_message() -> None:
    outcome = arranged.when(CallOff(meeting_id="m1", on=THURSDAY, because="died"))
    outcome.then_some(MeetingCancelled)
    outcome.then_announced(contracts.MeetingCancelled(meeting_id="m1", child_ref=REF, at=AT_TEN, invitees=()))


proceeds = DecideProceed(meeting_id="m1", proceeds=True, reason="An officer comes.", on=THURSDAY, by=WORKER)


@pytest.mark.rule("L-11")
@pytest.mark.scenario("T19")
def test_a_missing_decision_to_proceed_warns_and_never_refuses() -> None:
    waits = meeting.given(*meeting.when(arrange()).happened)
    record = hold(LEICESTERSHIRE, Capacity.VIRTUAL_SCHOOL_OFFICER, Capacity.CARER, views_shared=True)
    assert warned(waits.when(record)) == ("no_proceed_decision",)
    decided = waits.when(proceeds)
    decided.then_announced(contracts.ProceedDecided(meeting_id="m1", child_ref=REF, proceeds=True))
    (event,) = decided.then_some(ProceedDecided)
    assert warned(waits.given(event).when(record)) == ()
    (against,) = waits.when(proceeds.model_copy(update={"proceeds": False})).then_some(ProceedDecided)
    assert warned(waits.given(against).when(record)) == ("held_against_decision",)


def warned(outcome: Any) -> tuple[str, ...]:
    (held,) = (event for event in outcome.happened if isinstance(event, MeetingHeld))
    return held.warnings


@pytest.mark.rule("O-23", "O-51", "L-48", "L-04", "O-20")
def test_what_the_record_lacks_by_the_rules_is_a_warning() -> None:
    bare = hold(OXFORDSHIRE, Capacity.SOCIAL_WORKER, chair=Attendee(capacity=Capacity.SOCIAL_WORKER))
    assert warned(arranged.when(bare)) == (
        "chair_not_by_the_rules",
        "no_note_taker",
        "no_length",
        "no_leader_trained",
    )
    whole = hold(
        OXFORDSHIRE,
        Capacity.SOCIAL_WORKER,
        note_taker=Attendee(capacity=Capacity.SCHOOL_STAFF),
        lasted=timedelta(minutes=50),
        leader_trained=True,
    )
    outcome = arranged.when(whole)
    assert warned(outcome) == ()
    (held,) = outcome.then_some(MeetingHeld)
    assert isinstance(held, MeetingHeld)
    assert (held.lasted_minutes, held.note_taker and held.note_taker.capacity) == (50, "school_staff")
    assert warned(arranged.when(hold(LEICESTERSHIRE, Capacity.SOCIAL_WORKER))) == ("no_views_shared",)


@pytest.mark.rule("L-35", "O-21")
def test_a_meeting_is_recorded_by_its_chair_or_by_the_designated_teacher() -> None:
    chair = Attendee(capacity=Capacity.VIRTUAL_SCHOOL_OFFICER, ref="a" * 26)
    by_officer = {"chair": chair, "by": "a" * 26, "by_role": Role.VIRTUAL_SCHOOL_OFFICER}
    arranged.when(hold(LEICESTERSHIRE, Capacity.SOCIAL_WORKER, **by_officer)).then_some(MeetingHeld)
    somebody = {**by_officer, "by": "b" * 26}
    arranged.when(hold(LEICESTERSHIRE, **somebody)).then_refused("by whoever chaired it", "L-35")
    arranged.when(hold(OXFORDSHIRE, Capacity.SOCIAL_WORKER, by_role=Role.DELEGATE)).then_some(MeetingHeld)


@pytest.mark.rule("L-32", "L-33", "O-62")
def test_what_the_pupil_wants_is_noted_before_and_a_part_may_be_enough() -> None:
    wish = RecordPupilWish(meeting_id="m1", wish="part", on=THURSDAY, by=TEACHER)
    noted = PupilWishRecorded(meeting_id="m1", child_ref=REF, on=THURSDAY, wish="part", by=TEACHER)
    after = arranged.when(wish).then(noted)
    (held,) = after.when(hold(LEICESTERSHIRE, Capacity.SOCIAL_WORKER, pupil=PupilAttended(part="part"))).then_some(
        MeetingHeld
    )
    assert isinstance(held, MeetingHeld)
    assert (held.pupil_attended, held.pupil_part) == (True, "part")
    with pytest.raises(ValidationError):
        RecordPupilWish(meeting_id="m1", wish="must", on=THURSDAY, by=TEACHER)


@pytest.mark.rule("L-12", "L-77", "O-60")
def test_a_day_that_was_agreed_for_the_next_meeting_stands_where_the_rules_say_so() -> None:
    agreed = NextMeeting(on=date(2027, 4, 20), time="14:00", venue="Room 2")
    stands = {
        name: arranged.when(hold(rules, Capacity.SOCIAL_WORKER, next_meeting=agreed)).then_some(
            MeetingHeld, NextMeetingAgreed
        )[1]
        for name, rules in (("L", LEICESTERSHIRE), ("O", OXFORDSHIRE))
    }
    assert {name: getattr(event, "stands", None) for name, event in stands.items()} == {"L": True, "O": False}
    outcome = arranged.when(hold(LEICESTERSHIRE, next_meeting=agreed))
    outcome.then_some(MeetingHeld, NextMeetingAgreed, MeetingMustBeRearranged)
    outcome.then_announced(
        contracts.MeetingHeld(meeting_id="m1", child_ref=REF, on=THURSDAY, outcome="PROGRESS_REVIEW"),
        contracts.NextMeetingAgreed(meeting_id="m1", child_ref=REF, next_on=date(2027, 4, 20), stands=True),
        contracts.MeetingMustBeRearranged(meeting_id="m1", child_ref=REF),
    )
    before = NextMeeting(on=THURSDAY)
    arranged.when(hold(LEICESTERSHIRE, next_meeting=before)).then_refused("comes after this one")


def test_what_is_not_possible_any_more_is_refused_in_words() -> None:
    arranged.when(arrange()).then_refused("already arranged")
    meeting.when(CancelMeeting(**ruled(), reason="…")).then_refused("No such meeting")
    arranged.given(held_as_pep).when(moved()).then_refused("has been held")
