"""What is so the second time: a later suspension, a term after a first PEP that was never held, a later meeting."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from tests.scheduling.single_facts import left_care_told, school_told, worker_told
from tests.scheduling.test_concerns import OCTOBER, absent, child, excluding, suspending
from tests.scheduling.test_meeting import scheduled
from tests.scheduling.test_meeting_of_child import AT_TWO, Journal, arrange, hold
from tests.scheduling.test_meetings_follow import AGREED, TEACHER, in_leicestershire, later, ruled
from tests.scheduling.test_termly_cycle import SPRING, due, having_met, known, opening, why_not
from tests.scheduling.test_termly_cycle import held as holding
from tests.scheduling.worked_examples import (
    LEICESTERSHIRE,
    MONDAY,
    NONESUCH,
    OTHER_WORKER,
    OXFORDSHIRE,
    OXFORDSHIRE_SCHOOL,
    REF,
    WORKER,
    of_kind,
    spell,
    told,
)

from pep_kernel.authority_policy.meetings import Capacity
from pep_kernel.calendars import Term
from pep_kernel.contracts import scheduling as said
from pep_kernel.decider import AnyDecider
from pep_kernel.may import Role
from pep_kernel.refusal import Refusal
from pep_kernel.scenario import Scenario
from pep_kernel.sealed import PlanText
from scheduling.domain.child.care_record import SchoolRecord
from scheduling.domain.child.decider import CHILD
from scheduling.domain.child.events import ChildLeftCare, SchoolMoved
from scheduling.domain.concerns.commands import SchedulePathwayPlan, ScheduleReview
from scheduling.domain.concerns.events import (
    AgendaItemAdded,
    LACReviewScheduled,
    NoApprovalRecorded,
    PathwayPlanScheduled,
    PermanentExclusionNotified,
    PersistentAbsenceRiskDetected,
    SuspensionNotified,
)
from scheduling.domain.concerns.readiness import readiness
from scheduling.domain.meeting.commands import CancelMeeting, ProposeMeeting, RescheduleMeeting
from scheduling.domain.meeting.decider import MEETING
from scheduling.domain.meeting.events import (
    MeetingCancelled,
    MeetingDetailsSent,
    MeetingProposed,
    MeetingRescheduled,
    MeetingScheduled,
)
from scheduling.domain.meeting.invitation_commands import AddInvitee
from scheduling.domain.meeting.invitation_events import InviteeAdded
from scheduling.domain.meeting.people import KnownInvitee, NextMeeting
from scheduling.domain.meeting_of_child import (
    ScheduleBlock,
    cancel_meeting,
    change_list,
    judge_child,
    propose_meeting,
    record_meeting,
    reschedule_meeting,
    schedule_block,
    schedule_meeting,
    school_stream,
)
from scheduling.domain.school.decider import SCHOOL, ListSchool

BOOK: AnyDecider = CHILD
JANUARY = datetime.combine(date(2027, 1, 14), AT_TWO.timetz())


# Concerns


def test_a_second_suspension_is_on_the_agenda_too() -> None:
    known_once = child().given(*child().when(suspending()).happened)
    again = known_once.when(suspending(date(2026, 11, 9)))
    _, item = again.then_some(SuspensionNotified, AgendaItemAdded)
    assert isinstance(item, AgendaItemAdded)
    assert item.item == "suspension-2026-11-09"


def test_as_many_days_as_the_law_allows_in_a_year_are_not_too_many() -> None:
    outcome = child().when(suspending(half_days=90))
    (suspended, _) = outcome.then_some(SuspensionNotified, AgendaItemAdded)
    told_of = BOOK.announce(BOOK.fold((*outcome.before.history, suspended)), suspended)
    assert isinstance(told_of, said.SuspensionNotified)
    assert (told_of.too_many, told_of.provision_from) == (False, date(2026, 10, 19))


def test_what_the_school_wrote_of_an_exclusion_is_sealed_and_the_next_pep_speaks_of_it() -> None:
    happened = child().when(excluding(category="other", reason="What the school wrote.")).happened
    (excluded,), (item,) = of_kind(PermanentExclusionNotified, happened), of_kind(AgendaItemAdded, happened)
    assert (excluded.category, excluded.reason) == (PlanText.of("other"), PlanText.of("What the school wrote."))
    assert (item.item, item.about) == ("permanent_exclusion-2026-10-12", "permanent_exclusion")


def test_the_next_pep_speaks_of_too_much_absence_and_only_of_as_much() -> None:
    (item,) = of_kind(AgendaItemAdded, child().when(absent(10)).happened)
    assert item.about == "persistent_absence"
    nearly = child().when(absent(999, possible=10_000)).happened
    assert of_kind(PersistentAbsenceRiskDetected, nearly) == []


def test_a_move_in_an_emergency_without_approval_is_said_to_be_one_to_others_too() -> None:
    missing = NoApprovalRecorded(child_ref=REF, on=OCTOBER, decision="out_of_area_placement", emergency=True)
    assert BOOK.announce(BOOK.fold(child().history), missing) == said.NoApprovalRecorded(
        child_ref=REF, on=OCTOBER, decision="out_of_area_placement", emergency=True, social_worker_ref=WORKER
    )


def test_a_review_or_a_pathway_plan_may_be_today_and_the_school_may_be_expected() -> None:
    today = ScheduleReview(child_ref=REF, on=OCTOBER, today=OCTOBER, school_expected=True, by=WORKER)
    outcome = child().when(today)
    outcome.then(LACReviewScheduled(child_ref=REF, on=OCTOBER, by=WORKER, school_expected=True))
    outcome.then_announced(said.LACReviewScheduled(child_ref=REF, on=OCTOBER, school_expected=True))
    plan = SchedulePathwayPlan(child_ref=REF, on=OCTOBER, today=OCTOBER, by=WORKER)
    child(date_of_birth=date(2010, 11, 5)).when(plan).then_some(PathwayPlanScheduled)


def test_what_was_done_on_the_day_of_the_last_review_was_for_that_review() -> None:
    same_day = readiness(OCTOBER, OCTOBER, last_review_on=MONDAY, held_on=MONDAY, available_on=MONDAY, open_dues=())
    assert len(same_day.missing) == 2


# Terms


def test_a_first_pep_that_is_long_overdue_stands_for_no_later_term() -> None:
    """It was due in October and never held: the spring term asks for its own meeting."""
    assert due(known().when(opening(Term.SPRING, SPRING))) == date(2027, 3, 25)


def test_a_meeting_that_was_no_pep_after_all_stands_for_no_term_where_it_started_nothing_either() -> None:
    wrong = holding(OXFORDSHIRE, date(2027, 1, 14))
    history = having_met(known(), OXFORDSHIRE, date(2027, 1, 14))
    assert why_not(history.when(opening(Term.SPRING, SPRING))) == "pep_held"
    corrected = history.given(*history.when(wrong.model_copy(update={"outcome": "PROGRESS_REVIEW"})).happened)
    assert due(corrected.when(opening(Term.SPRING, SPRING))) == date(2027, 3, 25)


@pytest.mark.parametrize(("arrived", "is_due"), [(date(2026, 12, 14), True), (date(2026, 12, 15), False)])
def test_only_school_days_that_are_left_count_in_the_last_days_of_a_term(arrived: date, is_due: bool) -> None:
    """The child's school closes on Friday 18 December: from Monday 14 five school days are left, and that is enough."""
    history = known(NONESUCH, spells=(spell(arrived),), today=arrived)
    outcome = history.when(opening(Term.AUTUMN, date(2026, 10, 1), NONESUCH))
    if is_due:
        due(outcome)
    else:
        assert why_not(outcome) == "needed_since_the_last_days"


# Meetings


@pytest.fixture
def second() -> Journal:
    """A child of Oxfordshire whose first PEP was held; the teacher has arranged the second."""
    journal = Journal()
    journal.take(judge_child, told())
    journal.take(schedule_meeting, arrange())
    journal.take(record_meeting, hold())
    journal.take(schedule_meeting, arrange(meeting_id="m2", at=JANUARY, on=date(2026, 10, 20), **later()))
    return journal


def asked(role: Role, **more: Any) -> dict[str, Any]:
    return {**ruled(role=role), "meeting_id": "m2", "on": date(2026, 10, 21), "by": TEACHER, **more}


def test_a_later_meeting_is_put_off_and_called_off_by_whoever_sets_the_later_ones(second: Journal) -> None:
    to = {"at": JANUARY + timedelta(days=1), "reason": "…"}
    with pytest.raises(Refusal, match="a designated teacher sets the date of a meeting after the first"):
        second.take(reschedule_meeting, RescheduleMeeting(**asked(Role.SOCIAL_WORKER), **to))
    put_off = second.take(reschedule_meeting, RescheduleMeeting(**asked(Role.DESIGNATED_TEACHER), **to))
    assert len(of_kind(MeetingRescheduled, put_off)) == 1
    off = second.take(cancel_meeting, CancelMeeting(**asked(Role.DESIGNATED_TEACHER), reason="…"))
    assert len(of_kind(MeetingCancelled, off)) == 1


def test_days_for_a_later_meeting_are_proposed_by_whoever_sets_the_later_ones(second: Journal) -> None:
    third = {"meeting_id": "m3", "child_ref": REF, "dates": (JANUARY,), "asked": (WORKER,)}
    with pytest.raises(Refusal, match="after the first"):
        second.take(propose_meeting, ProposeMeeting(**{**asked(Role.SOCIAL_WORKER), **third}))
    proposed = second.take(propose_meeting, ProposeMeeting(**{**asked(Role.DESIGNATED_TEACHER), **third}))
    assert len(of_kind(MeetingProposed, proposed)) == 1


def test_whoever_sets_the_later_meetings_invites_to_them(second: Journal) -> None:
    psychologist = KnownInvitee(person_ref="p" * 26, capacity=Capacity.PSYCHOLOGIST)
    by_teacher = AddInvitee(**asked(Role.DESIGNATED_TEACHER), year_group=7, invitee=psychologist)
    (added,) = of_kind(InviteeAdded, second.take(change_list, by_teacher))
    assert not added.awaits_approval


def test_an_agreed_day_that_is_today_when_it_is_recorded_stands_and_its_details_go_out_later() -> None:
    recorded = hold(LEICESTERSHIRE, next_meeting=AGREED, recorded_on=AGREED.on)
    happened = in_leicestershire().take(record_meeting, recorded)
    assert len(of_kind(MeetingScheduled, happened)) == 1
    assert of_kind(MeetingDetailsSent, happened) == []


def test_a_day_that_was_agreed_and_only_proposed_can_be_called_off() -> None:
    journal = in_leicestershire()
    journal.take(record_meeting, hold(LEICESTERSHIRE, next_meeting=NextMeeting(on=AGREED.on)))
    off = journal.take(cancel_meeting, CancelMeeting(**ruled(LEICESTERSHIRE, meeting_id="m2"), reason="…"))
    assert [event.meeting_id for event in of_kind(MeetingCancelled, off)] == ["m2"]


def test_a_block_that_is_refused_names_the_rule() -> None:
    journal = Journal()
    journal.take(judge_child, told())
    with pytest.raises(Refusal) as refused:
        journal.take(schedule_block, ScheduleBlock(meetings=(arrange(venue=None),)))
    assert refused.value.rules == ("L-13",)


def test_a_meeting_on_the_day_on_which_care_ends_does_not_take_place(second: Journal) -> None:
    left = left_care_told(JANUARY.date())
    assert len(of_kind(MeetingCancelled, second.take(judge_child, left))) == 1


def test_an_older_spell_that_is_told_late_leaves_the_meetings_as_they_are(second: Journal) -> None:
    older = spell(date(2025, 1, 6), ended=date(2025, 3, 3), reason_ceased="E4A")
    happened = second.take(judge_child, told(spells=(older, spell())))
    assert len(of_kind(ChildLeftCare, happened)) == 1
    assert of_kind(MeetingCancelled, happened) == []


def test_a_worker_from_the_day_of_the_meeting_on_is_the_one_who_comes(second: Journal) -> None:
    worker = worker_told(JANUARY.date(), OTHER_WORKER)
    came = of_kind(InviteeAdded, second.take(judge_child, worker))
    assert [each.invitee_ref for each in came] == [OTHER_WORKER]


def test_that_a_school_became_an_academy_is_known_from_the_schools_own_stream(second: Journal) -> None:
    academy = SchoolRecord(
        urn="999150",
        name="Elm Sample Academy",
        phase="secondary",
        authority="Oxfordshire",
        predecessor_urn=OXFORDSHIRE_SCHOOL,
        opened_on=date(2026, 11, 2),
    )
    second.append(school_stream("999150"), *SCHOOL.decide(SCHOOL.initial, ListSchool(record=academy)))
    move = school_told(OXFORDSHIRE, date(2026, 11, 2), "999150")
    (moved,) = of_kind(SchoolMoved, second.take(judge_child, move))
    assert moved.renumbered


def test_whoever_may_not_write_the_record_is_told_by_which_rules() -> None:
    Scenario(MEETING).given(scheduled).when(
        hold(by="b" * 26, by_role=Role.VIRTUAL_SCHOOL_OFFICER).meeting
    ).then_refused("by whoever chaired it", "L-35", "O-21")
