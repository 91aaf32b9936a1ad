"""A child's meetings follow the child: another worker, another school, the end of care; all in one append."""

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from tests.scheduling.single_facts import fact, left_care_told, school_told, worker_told
from tests.scheduling.test_meeting_of_child import AT_TWO, HELD_ON, Journal, arrange, hold
from tests.scheduling.worked_examples import (
    LEICESTERSHIRE,
    LEICESTERSHIRE_SCHOOL,
    MONDAY,
    OTHER_WORKER,
    OXFORDSHIRE,
    REF,
    WORKER,
    judging,
    of_kind,
    spell,
    told,
)

from pep_kernel.authority_policy.meetings import Capacity
from pep_kernel.may import Role
from pep_kernel.message import Event
from pep_kernel.refusal import Refusal
from pep_runtime.clock import LONDON
from scheduling.domain.child.care_record import LastPep, SocialWorkerSpell
from scheduling.domain.child.commands import EndCareAtEighteen, RecordFact
from scheduling.domain.child.events import (
    ChildLeftCare,
    MeetingNoted,
    ObligationMet,
    ObligationReopened,
    PEPDueDateSet,
    PEPDueDateWithdrawn,
    PEPNotApplicable,
    SchoolMoved,
    SocialWorkerAllocated,
)
from scheduling.domain.concerns.commands import AskForUrgentPEP
from scheduling.domain.meeting.commands import (
    CancelMeeting,
    CorrectMeetingOutcome,
    ProposeMeeting,
    RescheduleMeeting,
    SendDetails,
)
from scheduling.domain.meeting.events import (
    MeetingCancelled,
    MeetingDetailsSent,
    MeetingHeld,
    MeetingOutcomeCorrected,
    MeetingProposed,
    MeetingScheduled,
    NextMeetingAgreed,
)
from scheduling.domain.meeting.invitation_commands import AddInvitee
from scheduling.domain.meeting.invitation_events import InviteeAdded, InviteeWithdrawn
from scheduling.domain.meeting.people import Attendee, KnownInvitee, NextMeeting
from scheduling.domain.meeting_of_child import (
    CorrectMeetingOfChild,
    ScheduleBlock,
    cancel_meeting,
    change_list,
    correct_meeting,
    end_care,
    judge_child,
    propose_meeting,
    record_meeting,
    reschedule_meeting,
    schedule_block,
    schedule_meeting,
    send_details,
)
from scheduling.domain.meetings_follow import CallOffWhatEnded, call_off_what_ended
from scheduling.domain.rules import SchedulingRules

TEACHER, NEW_TEACHER = "teacher5" + "a" * 18, "teacher6" + "a" * 18
BOTH = (
    KnownInvitee(person_ref=WORKER, capacity=Capacity.SOCIAL_WORKER),
    KnownInvitee(person_ref=TEACHER, capacity=Capacity.DESIGNATED_TEACHER),
)
BEFORE = date(2026, 9, 29)


def ruled(rules: SchedulingRules = OXFORDSHIRE, role: Role = Role.PEP_COORDINATOR, **more: Any) -> dict[str, Any]:
    policy = rules.file.in_force(BEFORE)
    return {"meeting_id": "m1", "on": BEFORE, "by": WORKER, "by_role": role, "policy": policy, **more}


@pytest.fixture
def journal() -> Journal:
    journal = Journal()
    journal.take(judge_child, told())
    journal.take(schedule_meeting, arrange(invitees=BOTH))
    return journal


def kinds(events: list[Event]) -> list[type[Event]]:
    return [type(event) for event in events]


def test_another_worker_is_invited_in_the_place_of_the_one_before(journal: Journal) -> None:
    happened = journal.take(judge_child, worker_told(BEFORE, OTHER_WORKER))
    assert kinds(happened) == [SocialWorkerAllocated, InviteeWithdrawn, InviteeAdded]
    (gone,), (came,) = of_kind(InviteeWithdrawn, happened), of_kind(InviteeAdded, happened)
    assert (gone.invitee_ref, came.invitee_ref, came.capacity) == (WORKER, OTHER_WORKER, "social_worker")
    assert journal.take(judge_child, worker_told(BEFORE, OTHER_WORKER)) == []


def test_a_worker_who_is_told_late_and_was_followed_already_changes_no_meeting(journal: Journal) -> None:
    journal.take(judge_child, worker_told(BEFORE, OTHER_WORKER))
    late = worker_told(date(2026, 9, 25), "worker5" + "a" * 19, today=BEFORE)
    assert kinds(journal.take(judge_child, late)) == [SocialWorkerAllocated]


def test_a_meeting_that_is_over_keeps_its_list(journal: Journal) -> None:
    assert kinds(journal.take(judge_child, worker_told(date(2026, 10, 7), OTHER_WORKER))) == [SocialWorkerAllocated]


def move(teachers: dict[str, tuple[str, ...]], on: date = BEFORE) -> RecordFact:
    return school_told(OXFORDSHIRE, on, LEICESTERSHIRE_SCHOOL, teachers=teachers)


def test_at_a_new_school_its_designated_teacher_is_invited(journal: Journal) -> None:
    happened = journal.take(judge_child, move({LEICESTERSHIRE_SCHOOL: (NEW_TEACHER,)}))
    assert len(of_kind(SchoolMoved, happened)) == 1
    (gone,), (came,) = of_kind(InviteeWithdrawn, happened), of_kind(InviteeAdded, happened)
    assert (gone.invitee_ref, came.invitee_ref) == (TEACHER, NEW_TEACHER)


def test_a_school_whose_teacher_is_not_known_leaves_nobody_of_the_old_one_on_the_list(journal: Journal) -> None:
    happened = journal.take(judge_child, move({}))
    assert (len(of_kind(InviteeWithdrawn, happened)), of_kind(InviteeAdded, happened)) == (1, [])


@pytest.mark.parametrize(("reason", "because"), [("E4A", "left_care"), ("E2", "died")])
def test_a_child_who_leaves_care_has_no_meetings_any_more(journal: Journal, reason: str, because: str) -> None:
    journal.take(propose_meeting, propose("m2"))
    left = left_care_told(BEFORE, reason)
    happened = journal.take(judge_child, left)
    assert isinstance(happened[0], ChildLeftCare)
    assert [(off.meeting_id, off.because) for off in of_kind(MeetingCancelled, happened)] == [
        ("m1", because),
        ("m2", because),
    ]
    assert journal.take(judge_child, left) == []


def test_on_the_eighteenth_birthday_the_meetings_that_come_are_called_off(journal: Journal) -> None:
    happened = journal.take(
        end_care, EndCareAtEighteen(child_ref=REF, birthday=BEFORE, today=BEFORE, rules=OXFORDSHIRE.file)
    )
    assert len(of_kind(ChildLeftCare, happened)) == 1
    assert [(off.meeting_id, off.because) for off in of_kind(MeetingCancelled, happened)] == [("m1", "left_care")]


def no_longer_taken_in(status: str = "V4") -> RecordFact:
    return fact("legal_status", BEFORE, OXFORDSHIRE, legal_status=status, today=BEFORE)


@pytest.mark.rule("L-01")
@pytest.mark.scenario("T54")
def test_a_child_to_whom_no_pep_applies_any_more_has_no_meetings_any_more(journal: Journal) -> None:
    happened = journal.take(judge_child, no_longer_taken_in())
    assert len(of_kind(PEPNotApplicable, happened)) == 1
    assert [off.because for off in of_kind(MeetingCancelled, happened)] == ["no_pep_applies"]
    journal.take(schedule_meeting, arrange(meeting_id="m2", invitees=BOTH))
    again = no_longer_taken_in("V3")
    assert of_kind(MeetingCancelled, journal.take(judge_child, again)) == [], "what people arranged since is theirs"


def call_off(because: str = "left_care", on: date = BEFORE) -> CallOffWhatEnded:
    return CallOffWhatEnded(child_ref=REF, meeting_id="m1", on=on, because=because)


def test_what_an_import_did_not_see_is_called_off_later_and_once(journal: Journal) -> None:
    assert journal.take(call_off_what_ended, call_off()) == [], "the child has a PEP"
    journal.append(f"child-{REF}", ChildLeftCare(child_ref=REF, on=BEFORE, reason="E4A"))
    assert journal.take(call_off_what_ended, call_off(on=date(2026, 10, 7))) == [], "what is over is left as it was"
    (off,) = journal.take(call_off_what_ended, call_off())
    assert isinstance(off, MeetingCancelled)
    assert off.because == "left_care"
    assert journal.take(call_off_what_ended, call_off()) == []


def test_one_record_that_tells_both_calls_off_and_invites_nobody(journal: Journal) -> None:
    ended = told(
        today=date(2026, 9, 30),
        spells=(spell(ended=BEFORE, reason_ceased="E4A"),),
        social_workers=(SocialWorkerSpell(staff_id="4", began=BEFORE),),
    )
    happened = journal.take(judge_child, ended)
    assert (len(of_kind(MeetingCancelled, happened)), of_kind(InviteeAdded, happened)) == (1, [])


def test_leaving_care_leaves_what_was_held_and_what_is_over_as_it_was(journal: Journal) -> None:
    journal.take(record_meeting, hold())
    journal.take(schedule_meeting, arrange(meeting_id="m3", at=AT_TWO + timedelta(days=1), **later()))
    left = left_care_told(date(2026, 10, 9))
    assert of_kind(MeetingCancelled, journal.take(judge_child, left)) == []


def later() -> dict[str, Any]:
    return {"by_role": Role.DESIGNATED_TEACHER, "by": TEACHER}


def propose(meeting_id: str) -> ProposeMeeting:
    asked = {**ruled(), "meeting_id": meeting_id, "child_ref": REF}
    return ProposeMeeting(**asked, dates=(AT_TWO + timedelta(days=2),), asked=(WORKER,))


def test_an_end_of_care_on_the_very_day_on_which_it_began_calls_the_meetings_off(journal: Journal) -> None:
    left = left_care_told(MONDAY)
    assert len(of_kind(MeetingCancelled, journal.take(judge_child, left))) == 1


@pytest.mark.rule("O-13", "O-20", "O-34", "O-37", "O-44")
def test_the_second_meeting_is_convened_as_the_later_ones_and_a_new_school_begins_anew(journal: Journal) -> None:
    journal.take(record_meeting, hold())
    second = {"meeting_id": "m2", "at": datetime(2027, 1, 14, 14, tzinfo=LONDON), "on": date(2026, 10, 20)}
    with pytest.raises(Refusal, match="a designated teacher sets the date of a meeting after the first"):
        journal.take(schedule_meeting, arrange(**second))
    journal.take(schedule_meeting, arrange(**second, **later()))
    on = date(2026, 11, 2)
    journal.take(judge_child, move({}, on))
    first_there = {**second, "meeting_id": "m3", "on": on, "after_due_because": "…"}
    with pytest.raises(Refusal, match="a social worker sets the date of a child's first meeting in care"):
        journal.take(schedule_meeting, arrange(**first_there, **later()))
    journal.take(schedule_meeting, arrange(**first_there))


def test_a_meeting_held_before_going_live_was_the_first() -> None:
    began, school = date(2025, 1, 6), told().record.schooling[0].model_copy(update={"entered": date(2025, 9, 2)})
    known: dict[str, Any] = {"spells": (spell(began),), "schooling": (school,), "cut_over": date(2026, 8, 31)}
    journal = Journal()
    journal.take(judge_child, told(last_pep=LastPep(held=date(2026, 6, 16)), **known))
    with pytest.raises(Refusal, match="after the first"):
        journal.take(schedule_meeting, arrange(after_due_because="…"))


def test_putting_off_keeps_to_the_due_day_or_gives_a_reason_and_calling_off_opens_convening(journal: Journal) -> None:
    late = {**ruled(), "at": AT_TWO + timedelta(days=40), "reason": "…"}
    with pytest.raises(Refusal, match="is due by"):
        journal.take(reschedule_meeting, RescheduleMeeting(**late))
    journal.take(reschedule_meeting, RescheduleMeeting(**late, after_due_because="The school is closed."))
    off = journal.take(cancel_meeting, CancelMeeting(**ruled(), reason="…"))
    assert kinds(off) == [MeetingCancelled, MeetingNoted, ObligationReopened]
    again = journal.take(schedule_meeting, arrange(meeting_id="m2"))
    assert [event.obligation for event in of_kind(ObligationMet, again)] == ["convene"]


def test_who_may_invite_depends_on_whether_it_is_the_first_meeting(journal: Journal) -> None:
    psychologist = KnownInvitee(person_ref="p" * 26, capacity=Capacity.PSYCHOLOGIST)
    by_worker = ruled(role=Role.SOCIAL_WORKER, year_group=7)
    (added,) = of_kind(InviteeAdded, journal.take(change_list, AddInvitee(**by_worker, invitee=psychologist)))
    assert not added.awaits_approval
    unknown = {**by_worker, "meeting_id": "m9"}
    with pytest.raises(Refusal, match="No such meeting"):
        journal.take(change_list, AddInvitee(**unknown, invitee=psychologist))


AGREED = NextMeeting(on=date(2027, 2, 2), time="14:00", venue="Room 2")


def in_leicestershire(**more: Any) -> Journal:
    journal = Journal()
    journal.take(judge_child, told(LEICESTERSHIRE))
    policy = LEICESTERSHIRE.file.in_force(MONDAY)
    family = KnownInvitee(person_ref="f" * 26, capacity=Capacity.FAMILY)
    asked = {"policy": policy, "by_role": Role.PEP_COORDINATOR, "invitees": BOTH, **more}
    journal.take(schedule_meeting, arrange(**asked))
    by_worker = ruled(LEICESTERSHIRE, Role.SOCIAL_WORKER, year_group=7)
    journal.take(change_list, AddInvitee(**by_worker, invitee=family))
    return journal


@pytest.mark.rule("L-12", "L-77")
def test_an_agreed_date_stands_with_those_whom_the_records_know_and_without_family() -> None:
    happened = in_leicestershire().take(record_meeting, hold(LEICESTERSHIRE, next_meeting=AGREED))
    (following,) = of_kind(MeetingScheduled, happened)
    assert (following.meeting_id, following.agreed_at, following.invitees) == ("m2", "m1", (WORKER, TEACHER))
    assert following.at == datetime(2027, 2, 2, 14, tzinfo=LONDON)
    assert following.rearranges is None


@pytest.mark.rule("L-12")
def test_without_a_time_it_is_the_hour_of_this_meeting_and_without_a_place_it_is_proposed() -> None:
    no_time = AGREED.model_copy(update={"time": None})
    (following,) = of_kind(
        MeetingScheduled, in_leicestershire().take(record_meeting, hold(LEICESTERSHIRE, next_meeting=no_time))
    )
    assert following.at == datetime(2027, 2, 2, 14, tzinfo=LONDON)
    no_place = hold(LEICESTERSHIRE, next_meeting=NextMeeting(on=AGREED.on))
    happened = in_leicestershire().take(record_meeting, no_place)
    (proposal,) = of_kind(MeetingProposed, happened)
    assert (proposal.meeting_id, proposal.asked, proposal.agreed_at) == ("m2", (WORKER, TEACHER), "m1")


@pytest.mark.parametrize("agreed", [AGREED, AGREED.model_copy(update={"time": None})], ids=["a time", "the same hour"])
def test_a_date_that_was_agreed_in_summer_time_keeps_its_hour_in_winter(agreed: NextMeeting) -> None:
    """A moment comes back from the journal with an offset only, not with a place."""
    in_summer_time = AT_TWO.astimezone(timezone(timedelta(hours=1)))
    happened = in_leicestershire(at=in_summer_time).take(record_meeting, hold(LEICESTERSHIRE, next_meeting=agreed))
    (following,) = of_kind(MeetingScheduled, happened)
    assert following.at == datetime(2027, 2, 2, 14, tzinfo=LONDON)


@pytest.mark.rule("O-20", "O-60")
def test_elsewhere_an_agreed_date_is_proposed_to_those_who_come(journal: Journal) -> None:
    (proposal,) = of_kind(MeetingProposed, journal.take(record_meeting, hold(next_meeting=AGREED)))
    assert (proposal.dates, proposal.asked) == ((datetime(2027, 2, 2, 14, tzinfo=LONDON),), (WORKER, TEACHER))


def test_where_nobody_is_known_or_the_day_has_passed_when_it_is_recorded_nothing_is_arranged() -> None:
    guests = Journal()
    guests.take(judge_child, told())
    guests.take(schedule_meeting, arrange(invitees=()))
    assert of_kind(MeetingProposed, guests.take(record_meeting, hold(next_meeting=AGREED))) == []
    recorded_late = hold(LEICESTERSHIRE, next_meeting=AGREED, recorded_on=date(2027, 3, 1))
    happened = in_leicestershire().take(record_meeting, recorded_late)
    assert len(of_kind(NextMeetingAgreed, happened)) == 1
    assert of_kind(MeetingScheduled, happened) == []


@pytest.mark.rule("L-20", "L-21")
@pytest.mark.scenario("T20")
def test_a_review_of_progress_has_its_own_deadline_and_its_correction_undoes_it() -> None:
    journal = in_leicestershire()
    nobody = {"attendees": (Attendee(capacity=Capacity.CARER),), "next_meeting": AGREED}
    happened = journal.take(record_meeting, hold(LEICESTERSHIRE, **nobody))
    (held,), (due,) = of_kind(MeetingHeld, happened), of_kind(PEPDueDateSet, happened)
    assert (held.outcome, due.obligation, due.trigger) == ("PROGRESS_REVIEW", "hold", "progress_review_held")
    assert (due.due, due.source) == (date(2026, 10, 20), ("L-21", "our choice"))
    (rearranged,) = of_kind(MeetingScheduled, happened)
    assert rearranged.rearranges == "m1"
    right = CorrectMeetingOutcome(meeting_id="m1", outcome="PEP", reason="…", on=HELD_ON, by=WORKER)
    corrected = journal.take(correct_meeting, CorrectMeetingOfChild(**judging(LEICESTERSHIRE), correction=right))
    of_due_dates = [PEPDueDateWithdrawn, PEPDueDateSet]
    assert kinds(corrected) == [
        MeetingOutcomeCorrected,
        MeetingNoted,
        *of_due_dates,
        MeetingCancelled,
        MeetingNoted,
    ]
    wrong = right.model_copy(update={"outcome": "PROGRESS_REVIEW"})
    back = journal.take(correct_meeting, CorrectMeetingOfChild(**judging(LEICESTERSHIRE), correction=wrong))
    assert [event.obligation for event in of_kind(PEPDueDateWithdrawn, back)] == ["complete"]
    assert [event.obligation for event in of_kind(PEPDueDateSet, back)] == ["hold"]


def test_a_block_is_arranged_whole_or_not_at_all() -> None:
    journal = Journal()
    brother = "b" * 26
    journal.take(judge_child, told())
    journal.take(judge_child, told().model_copy(update={"child_ref": brother}))
    beside = arrange(meeting_id="m2", child_ref=brother, at=AT_TWO + timedelta(hours=1))
    nowhere = beside.model_copy(update={"venue": None})
    with pytest.raises(Refusal, match=r"06/10/2026 at 15:00: Say where.*None was arranged"):
        journal.take(schedule_block, ScheduleBlock(meetings=(arrange(), nowhere)))
    happened = journal.take(schedule_block, ScheduleBlock(meetings=(arrange(), beside)))
    assert [event.child_ref for event in of_kind(MeetingScheduled, happened)] == [REF, brother]
    assert len(of_kind(ObligationMet, happened)) == 2


@pytest.mark.rule("L-13", "O-82")
@pytest.mark.scenario("T17")
def test_short_notice_may_be_waived_where_an_urgent_pep_was_asked_for() -> None:
    """By the child's own record: whoever arranges says why, and not that it is urgent."""
    wanted: dict[bool, list[bool]] = {}
    for urgent in (False, True):
        journal = in_leicestershire(on=date(2026, 10, 1), details="later")
        if urgent:
            about = {"reason": "behaviour_of_greater_concern", "what": "…", "by": WORKER, "on": BEFORE}
            journal.take(judge_child, AskForUrgentPEP(**judging(LEICESTERSHIRE), **about))
        because = {"notice_waived_because": "Excluded today."}
        policy = LEICESTERSHIRE.file.in_force(BEFORE)
        asked = SendDetails(meeting_id="m1", on=date(2026, 10, 2), by=WORKER, policy=policy, **because)
        sent = of_kind(MeetingDetailsSent, journal.take(send_details, asked))
        moved_to = {"at": AT_TWO + timedelta(days=1), "reason": "…", **because, "on": date(2026, 10, 5)}
        put_off = RescheduleMeeting(**{**ruled(LEICESTERSHIRE), **moved_to})
        sent += of_kind(MeetingDetailsSent, journal.take(reschedule_meeting, put_off))
        wanted[urgent] = [each.late_notice for each in sent]
    assert wanted == {False: [True, True], True: [False, False]}
    with pytest.raises(Refusal, match="No such meeting"):
        Journal().take(send_details, asked)
