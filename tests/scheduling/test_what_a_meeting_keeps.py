"""What was said of a meeting stays as it was said: place, link, reasons, who asked. Another day asks everybody anew."""

from datetime import date, timedelta
from typing import Any

from msgspec import structs
from tests.scheduling.test_invitations import (
    AS_WORKER,
    by_link,
    link,
    look,
    officer,
    says,
    school_chairs,
    teacher,
    told_of,
    worker,
)
from tests.scheduling.test_invitations import ruled as asked_of_list
from tests.scheduling.test_meeting import (
    AT_TEN,
    COORDINATOR,
    TEACHER,
    THURSDAY,
    arrange,
    arranged,
    hold,
    meeting,
    nurse,
)
from tests.scheduling.test_meeting_life import JANUARY, ON_FRIDAY, details, moved, proceeds, propose, ruled, warned
from tests.scheduling.worked_examples import LEICESTERSHIRE, OXFORDSHIRE, REF, WORKER

from pep_kernel.authority_policy.meetings import Capacity
from pep_kernel.may import Role
from pep_kernel.scenario import Scenario
from pep_kernel.sealed import Contact, PlanText, ThirdParty
from scheduling.domain.meeting.commands import CallOff, CancelMeeting, CorrectMeetingOutcome
from scheduling.domain.meeting.events import (
    MeetingCancelled,
    MeetingDetailsSent,
    MeetingHeld,
    MeetingOutcomeCorrected,
    MeetingProposed,
    MeetingRescheduled,
    MeetingScheduled,
    NextMeetingAgreed,
    Present,
    ProceedDecided,
)
from scheduling.domain.meeting.invitation_commands import ApproveInvitations, SendOfficer, WithdrawInvitee
from scheduling.domain.meeting.invitation_events import (
    AttendanceConfirmed,
    AttendanceDeclined,
    InviteeListed,
    InviteeWithdrawn,
    OfficerSent,
    QuorumAtRisk,
    QuorumSecured,
)
from scheduling.domain.meeting.people import Attendee, GuestInvitee, NextMeeting, PupilStayedAway

LINK = "https://meet.example/1"


def test_a_meeting_that_is_arranged_keeps_all_that_was_said_of_it() -> None:
    asked = arrange(
        joining_link=LINK,
        lasts=timedelta(minutes=45),
        chair=Capacity.VIRTUAL_SCHOOL_OFFICER,
        rearranges="m0",
        agreed_at="m0",
        after_due_because="The carer was ill.",
    )
    told, _, _ = meeting.when(asked).then_some(MeetingScheduled, InviteeListed, MeetingDetailsSent)
    assert told == MeetingScheduled(
        meeting_id="m1",
        child_ref=REF,
        on=JANUARY,
        at=AT_TEN,
        invitees=(WORKER,),
        by=COORDINATOR,
        venue=Contact.of("Room 2"),
        joining_link=Contact.of(LINK),
        rearranges="m0",
        after_due_because=PlanText.of("The carer was ill."),
        lasts_minutes=45,
        convener="pep_coordinator",
        planned_chair="virtual_school_officer",
        must_invite=("social_worker", "designated_teacher", "carer", "child"),
        agreed_at="m0",
    )


def test_a_proposal_keeps_which_meeting_it_stands_for_and_where_it_was_agreed() -> None:
    told = meeting.when(propose(rearranges="m0", agreed_at="m0", by_role=Role.SOCIAL_WORKER))
    told.then(
        MeetingProposed(
            meeting_id="m1",
            child_ref=REF,
            on=JANUARY,
            dates=(AT_TEN, ON_FRIDAY),
            asked=(WORKER, TEACHER),
            by=COORDINATOR,
            rearranges="m0",
            agreed_at="m0",
        )
    )


def test_a_day_may_be_proposed_arranged_or_put_off_to_on_that_very_day() -> None:
    meeting.when(propose(on=THURSDAY)).then_some(MeetingProposed)
    meeting.when(arrange(on=THURSDAY)).then_some(MeetingScheduled, InviteeListed, MeetingDetailsSent)
    arranged.when(moved(on=ON_FRIDAY.date())).then_some(MeetingRescheduled, MeetingDetailsSent)


def test_another_day_keeps_the_new_place_and_link_and_why_it_is_late() -> None:
    asked = moved(
        venue="Room 3",
        joining_link=LINK,
        notice_waived_because="Excluded today.",
        after_due_because="The school shut.",
        urgent=True,
    )
    put_off, sent = arranged.when(asked).then_some(MeetingRescheduled, MeetingDetailsSent)
    assert put_off == MeetingRescheduled(
        meeting_id="m1",
        child_ref=REF,
        on=date(2027, 1, 11),
        was_at=AT_TEN,
        at=ON_FRIDAY,
        invitees=(WORKER,),
        by=COORDINATOR,
        reason=PlanText.of("The carer is ill."),
        venue=Contact.of("Room 3"),
        joining_link=Contact.of(LINK),
        after_due_because=PlanText.of("The school shut."),
        notice_waived_because=PlanText.of("Excluded today."),
        urgent=True,
    )
    assert isinstance(sent, MeetingDetailsSent)
    assert (sent.late_notice, sent.notice_waived_because) == (False, PlanText.of("Excluded today."))
    (short,) = arranged.when(moved(details="later")).then_some(MeetingRescheduled)
    assert isinstance(short, MeetingRescheduled)
    assert short.late_notice


def put_off(before: Scenario, **more: Any) -> Scenario:
    return before.given(*before.when(moved(**more)).happened)


def test_after_it_was_put_off_the_new_day_and_length_are_what_counts() -> None:
    later = put_off(told_of(nurse, rules=OXFORDSHIRE), lasts=timedelta(minutes=90), by_role=Role.PEP_COORDINATOR)
    later.when(moved()).then_refused("on which the meeting is already")
    back = later.when(moved(at=AT_TEN, details="later")).then_some(MeetingRescheduled)[0]
    assert isinstance(back, MeetingRescheduled)
    assert (back.was_at, back.lasts_minutes) == (ON_FRIDAY, 90)
    linked = later.given(*later.when(link()).happened)
    linked.when(by_link(at=ON_FRIDAY + timedelta(minutes=90))).then_some(AttendanceConfirmed)
    linked.when(by_link(at=ON_FRIDAY + timedelta(minutes=91))).then_refused("not valid any more")


def test_after_it_was_put_off_nobody_has_said_yes_and_nobody_was_warned() -> None:
    settled = school_chairs.given(*school_chairs.when(look(3)).happened)
    settled = settled.given(*settled.when(says(WORKER, True)).happened)
    later = put_off(settled)
    (warning,) = later.when(look(10)).then_some(QuorumAtRisk)
    assert isinstance(warning, QuorumAtRisk)
    assert (warning.at, warning.unconfirmed) == (ON_FRIDAY, ("social_worker",))
    at_risk = school_chairs.given(*school_chairs.when(look(3)).happened)
    put_off(at_risk).when(says(WORKER, True)).then_some(AttendanceConfirmed)


def test_a_warning_that_another_day_ended_comes_back_with_the_new_days_warning_only() -> None:
    """Nobody is told that the new day is safe, since nobody was warned of it; a no brings no warning either."""
    at_risk = put_off(school_chairs.given(*school_chairs.when(look(3)).happened))
    warned_again = at_risk.given(*at_risk.when(look(10)).happened)
    warned_again.when(says(WORKER, True)).then_some(AttendanceConfirmed, QuorumSecured)
    at_risk.when(says(WORKER, False)).then_some(AttendanceDeclined)


def test_the_decision_to_proceed_keeps_its_reason_and_was_about_that_day_only() -> None:
    waits = meeting.given(*meeting.when(arrange()).happened)
    decided = waits.when(proceeds).then(
        ProceedDecided(
            meeting_id="m1",
            child_ref=REF,
            on=THURSDAY,
            proceeds=True,
            by=WORKER,
            reason=PlanText.of("An officer comes."),
        )
    )
    record = hold(LEICESTERSHIRE, Capacity.VIRTUAL_SCHOOL_OFFICER, views_shared=True)
    assert warned(put_off(decided).when(record)) == ("no_proceed_decision",)


def test_details_may_tell_another_place_and_count_how_often_they_went_out() -> None:
    (sent,) = arranged.when(details(JANUARY, venue="Room 3")).then_some(MeetingDetailsSent)
    assert sent == MeetingDetailsSent(
        meeting_id="m1",
        child_ref=REF,
        on=JANUARY,
        at=AT_TEN,
        invitees=(WORKER,),
        by=COORDINATOR,
        sequence=1,
        venue=Contact.of("Room 3"),
    )


def test_a_meeting_that_is_called_off_says_by_whom_or_of_what_and_who_had_been_told() -> None:
    told: dict[str, Any] = {"meeting_id": "m1", "child_ref": REF, "at": AT_TEN, "invitees": (WORKER,)}
    reason = PlanText.of("The child moves.")
    arranged.when(CancelMeeting(**ruled(), reason="The child moves.")).then(
        MeetingCancelled(**told, on=JANUARY, because="decided", by=COORDINATOR, reason=reason)
    )
    left = MeetingCancelled(**told, on=THURSDAY, because="left_care")
    arranged.when(CallOff(meeting_id="m1", on=THURSDAY, because="left_care")).then(left)
    untold = meeting.given(*meeting.when(arrange(details="later")).happened)
    (off,) = untold.when(CancelMeeting(**ruled(), reason="…")).then_some(MeetingCancelled)
    assert isinstance(off, MeetingCancelled)
    assert (off.at, off.invitees) == (None, ())


def test_a_guest_is_known_by_a_number_and_a_sealed_name() -> None:
    _, listed, _ = meeting.when(arrange(rules=OXFORDSHIRE, invitees=(nurse,))).then_some(
        MeetingScheduled, InviteeListed, MeetingDetailsSent
    )
    assert listed == InviteeListed(
        meeting_id="m1",
        child_ref=REF,
        invitee_ref="guest-1",
        capacity="nurse",
        name=ThirdParty.of("Kim Sample"),
        email=Contact.of("kim@example.org"),
        language=ThirdParty.of("Tigrinya"),
    )


def test_a_no_is_said_once_and_by_whom_it_was_told() -> None:
    no = AttendanceDeclined(
        meeting_id="m1",
        child_ref=REF,
        on=date(2027, 1, 11),
        invitee_ref=WORKER,
        capacity="social_worker",
        by=COORDINATOR,
    )
    arranged.when(says(WORKER, False)).then(no).when(says(WORKER, False)).then_nothing()


def test_whoever_says_no_does_not_come_though_they_convene_or_chair() -> None:
    chaired = told_of(worker, officer, teacher, chair=Capacity.VIRTUAL_SCHOOL_OFFICER)
    chaired.when(look(3)).then_nothing()
    absent = chaired.given(*chaired.when(says(officer.person_ref, False)).happened)
    (warning,) = absent.when(look(3)).then_some(QuorumAtRisk)
    assert isinstance(warning, QuorumAtRisk)
    assert warning.unconfirmed == ("social_worker",), "who said no is not waited for"


def test_a_link_is_good_until_the_meeting_ends_and_not_a_moment_longer() -> None:
    invited = told_of(nurse, rules=OXFORDSHIRE)
    linked = invited.given(*invited.when(link()).happened)
    linked.when(by_link(at=AT_TEN + timedelta(hours=1))).then_some(AttendanceConfirmed)
    linked.when(by_link(at=AT_TEN + timedelta(hours=1, seconds=1))).then_refused("not valid any more")


def test_a_no_by_a_link_uses_it_up_as_well() -> None:
    invited = told_of(nurse, rules=OXFORDSHIRE)
    linked = invited.given(*invited.when(link()).happened)
    declined = linked.given(*linked.when(by_link(comes=False)).then_some(AttendanceDeclined))
    declined.when(by_link()).then_refused("not valid any more")


def test_an_answer_by_a_link_ends_the_warning_too() -> None:
    duty = GuestInvitee(name="Sam Sample", email="sam@example.org", capacity=Capacity.DUTY_SOCIAL_WORKER)
    invited = told_of(duty, teacher, chair=Capacity.DESIGNATED_TEACHER)
    approved = invited.given(*invited.when(ApproveInvitations(**AS_WORKER)).happened)
    warned_of = approved.given(*approved.when(look(3)).happened)
    linked = warned_of.given(*warned_of.when(link()).happened)
    answer = by_link().model_copy(update={"policy": LEICESTERSHIRE.file.in_force(THURSDAY)})
    linked.when(answer).then_some(AttendanceConfirmed, QuorumSecured)


def test_whoever_convenes_and_is_invited_is_expected_without_an_answer() -> None:
    convened = MeetingScheduled(
        meeting_id="m1", child_ref=REF, on=JANUARY, at=AT_TEN, invitees=(), by="manager", convener="team_manager"
    )
    invited = InviteeListed(meeting_id="m1", child_ref=REF, invitee_ref="manager", capacity="team_manager")
    meeting.given(convened, invited).when(look(3)).then_nothing()
    meeting.given(convened, structs.replace(invited, awaits_approval=True)).when(look(3)).then_some(QuorumAtRisk)
    meeting.given(convened).when(look(3)).then_some(QuorumAtRisk)
    by_school = structs.replace(convened, convener="designated_teacher")
    meeting.given(by_school, invited).when(look(3)).then_some(QuorumAtRisk)


def test_an_officer_who_is_sent_is_named_with_what_they_are() -> None:
    head = officer.model_copy(update={"capacity": Capacity.VIRTUAL_SCHOOL_HEAD})
    invited = told_of(worker, head)
    invited.when(SendOfficer(**asked_of_list(), officer=head)).then(
        OfficerSent(
            meeting_id="m1",
            child_ref=REF,
            on=date(2027, 1, 11),
            invitee_ref=head.person_ref,
            capacity="virtual_school_head",
            by=COORDINATOR,
        )
    )


def test_the_record_of_a_meeting_keeps_all_that_was_written() -> None:
    agreed = NextMeeting(on=date(2027, 4, 20), time="14:00", venue="Room 2")
    record = hold(
        LEICESTERSHIRE,
        chair=Attendee(capacity=Capacity.VIRTUAL_SCHOOL_OFFICER, mode="by_telephone", ref="a" * 26),
        attendees=(Attendee(capacity=Capacity.SOCIAL_WORKER, mode="by_video", ref=WORKER),),
        apologies=(Capacity.CARER,),
        note_taker=Attendee(capacity=Capacity.SCHOOL_STAFF),
        lasted=timedelta(minutes=50),
        pupil=PupilStayedAway(reason="chose not to", feedback_by="the form tutor"),
        views_shared=True,
        leader_trained=False,
        minutes_not_for_pupil="About contact.",
        minutes_professionals_only="About the placement.",
        next_meeting=agreed,
    )
    held, following = arranged.when(record).then_some(MeetingHeld, NextMeetingAgreed)
    assert held == MeetingHeld(
        meeting_id="m1",
        child_ref=REF,
        on=THURSDAY,
        outcome="PEP",
        chair=Present("virtual_school_officer", "by_telephone", "a" * 26),
        attendees=(Present("social_worker", "by_video", WORKER),),
        recorded_by=TEACHER,
        minutes=PlanText.of("Maths goes well."),
        pupil_attended=False,
        apologies=("carer",),
        minutes_not_for_pupil=PlanText.of("About contact."),
        minutes_professionals_only=PlanText.of("About the placement."),
        pupil_absent_because=PlanText.of("chose not to"),
        feedback_by=ThirdParty.of("the form tutor"),
        note_taker=Present("school_staff", "in_person"),
        lasted_minutes=50,
        views_shared=True,
        leader_trained=False,
        next_on=date(2027, 4, 20),
        next_time="14:00",
        next_venue=Contact.of("Room 2"),
    )
    assert following == NextMeetingAgreed(
        meeting_id="m1", child_ref=REF, on=THURSDAY, next_on=date(2027, 4, 20), next_time="14:00", stands=True
    )


def test_a_correction_keeps_what_holds_now_and_why() -> None:
    held = arranged.given(*arranged.when(hold(LEICESTERSHIRE, Capacity.SOCIAL_WORKER)).happened)
    wrong = CorrectMeetingOutcome(
        meeting_id="m1", outcome="PROGRESS_REVIEW", reason="The worker had left.", on=date(2027, 1, 20), by="head"
    )
    corrected = held.when(wrong).happened[0]
    assert corrected == MeetingOutcomeCorrected(
        meeting_id="m1",
        child_ref=REF,
        on=THURSDAY,
        outcome="PROGRESS_REVIEW",
        corrected_on=date(2027, 1, 20),
        corrected_by="head",
        reason=PlanText.of("The worker had left."),
    )


def test_who_is_withdrawn_leaves_the_others_as_they_were() -> None:
    both = told_of(worker, nurse, rules=OXFORDSHIRE)
    gone = WithdrawInvitee(**asked_of_list(rules=OXFORDSHIRE), invitee_ref="guest-2")
    without = both.given(*both.when(gone).then_some(InviteeWithdrawn))
    without.when(says("guest-2", True)).then_refused("is not invited")
    without.when(says(WORKER, True)).then_some(AttendanceConfirmed)


def test_a_refusal_names_everybody_who_may_chair_or_set_the_date() -> None:
    chaired = meeting.when(arrange(chair=Capacity.CARER))
    chaired.then_refused("virtual school officer or senior virtual school officer or virtual school head or designated")
    policy = LEICESTERSHIRE.file.in_force(JANUARY)
    two = policy.convener.model_copy(update={"first_meeting": (Role.SOCIAL_WORKER, Role.TEAM_MANAGER)})
    shared = policy.model_copy(update={"convener": two})
    meeting.when(arrange(policy=shared)).then_refused("a social worker or a team manager sets the date")


def test_where_notice_of_an_urgent_meeting_was_waived_it_is_not_late_from_the_beginning() -> None:
    asked = arrange(on=date(2027, 1, 11), notice_waived_because="Excluded today.", urgent=True)
    told, _, _ = meeting.when(asked).then_some(MeetingScheduled, InviteeListed, MeetingDetailsSent)
    assert isinstance(told, MeetingScheduled)
    assert not told.late_notice
