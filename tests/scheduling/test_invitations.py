"""Who is on the list of a meeting, who decided that, who comes; and the warning that it will be no PEP meeting."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from tests.scheduling.test_meeting import AT_TEN, COORDINATOR, TEACHER, THURSDAY, arrange, arranged, meeting, nurse
from tests.scheduling.worked_examples import LEICESTERSHIRE, OTHER_WORKER, OXFORDSHIRE, REF, WORKER, rules_of

from pep_kernel.authority_policy.meetings import Capacity
from pep_kernel.calendars import Calendar
from pep_kernel.contracts import scheduling as contracts
from pep_kernel.may import Role
from pep_kernel.scenario import Scenario
from pep_runtime.clock import LONDON
from scheduling.domain.meeting.commands import RescheduleMeeting
from scheduling.domain.meeting.events import MeetingRescheduled, MeetingScheduled
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
from scheduling.domain.meeting.invitation_events import (
    AttendanceConfirmed,
    AttendanceDeclined,
    InvitationListApproved,
    InviteeAdded,
    InviteeListed,
    InviteeWithdrawn,
    OfficerSent,
    QuorumAtRisk,
    QuorumSecured,
    ReplyLinkMade,
    ReplyLinkWithdrawn,
)
from scheduling.domain.meeting.people import KnownInvitee
from scheduling.domain.rules import SchedulingRules
from scheduling.policies.flag_quorum_at_risk import ComesNear, flag_quorum_at_risk, last_day_to_look_at

FIRST = "h1"
MONDAY_BEFORE = date(2027, 1, 11)
CARER, OFFICER = "carer2" + "a" * 20, "officer2" + "a" * 18
carer = KnownInvitee(person_ref=CARER, capacity=Capacity.CARER)
worker = KnownInvitee(person_ref=WORKER, capacity=Capacity.SOCIAL_WORKER)
teacher = KnownInvitee(person_ref=TEACHER, capacity=Capacity.DESIGNATED_TEACHER)
officer = KnownInvitee(person_ref=OFFICER, capacity=Capacity.VIRTUAL_SCHOOL_OFFICER)
ABOUT: dict[str, Any] = {"meeting_id": "m1", "child_ref": REF, "on": MONDAY_BEFORE}


def ruled(
    role: Role = Role.PEP_COORDINATOR, by: str = COORDINATOR, rules: SchedulingRules = LEICESTERSHIRE
) -> dict[str, Any]:
    policy = rules.file.in_force(MONDAY_BEFORE)
    return {"meeting_id": "m1", "on": MONDAY_BEFORE, "by": by, "by_role": role, "policy": policy, "year_group": 7}


AS_WORKER = ruled(Role.SOCIAL_WORKER, WORKER)


def told_of(*invitees: Any, **more: Any) -> Scenario:
    return meeting.given(*meeting.when(arrange(invitees=invitees, **more)).happened)


@pytest.mark.rule("L-10", "L-14", "L-15", "L-17", "L-18")
def test_whom_somebody_may_not_invite_they_put_forward_and_the_social_worker_approves() -> None:
    outcome = meeting.when(arrange(invitees=(worker, carer, nurse)))
    listed = [event for event in outcome.happened if isinstance(event, InviteeListed)]
    assert {each.invitee_ref: each.awaits_approval for each in listed} == {
        WORKER: False,
        CARER: True,
        "guest-3": True,
    }
    scheduled = contracts.MeetingScheduled(
        meeting_id="m1", child_ref=REF, at=AT_TEN, invitees=(WORKER, CARER, "guest-3")
    )
    details = contracts.MeetingDetailsSent(meeting_id="m1", child_ref=REF, at=AT_TEN, invitees=(WORKER,), sequence=0)
    outcome.then_announced(scheduled, details)
    waiting = meeting.given(*outcome.happened)
    waiting.when(ApproveInvitations(**ruled())).then_refused("Nobody on the list waits", "L-10")
    approval = waiting.when(ApproveInvitations(**AS_WORKER))
    approved = InvitationListApproved(**ABOUT, invitees=(CARER, "guest-3"), by=WORKER, late_notice=True)
    after = approval.then(approved)
    approval.then_announced(details.model_copy(update={"invitees": (CARER, "guest-3")}))
    after.when(ApproveInvitations(**AS_WORKER)).then_refused("Nobody on the list waits")
    (one,) = waiting.when(ApproveInvitations(**AS_WORKER, invitees=(CARER,))).then_some(InvitationListApproved)
    assert isinstance(one, InvitationListApproved)
    assert one.invitees == (CARER,)


def test_newcomers_are_told_with_the_others_where_nobody_was_told_yet() -> None:
    waiting = told_of(worker, carer, details="later")
    outcome = waiting.when(ApproveInvitations(**AS_WORKER))
    outcome.then_some(InvitationListApproved)
    outcome.then_announced()


@pytest.mark.rule("L-10", "L-13")
def test_whoever_is_approved_or_invited_after_the_others_were_told_is_told_with_short_notice_of_their_own() -> None:
    waiting = told_of(worker, carer)
    (approval,) = waiting.when(ApproveInvitations(**AS_WORKER)).happened
    assert approval == InvitationListApproved(**ABOUT, invitees=(CARER,), by=WORKER, late_notice=True)
    in_time = ApproveInvitations(**{**AS_WORKER, "on": THURSDAY - timedelta(days=7)})
    (approval,) = waiting.when(in_time).then_some(InvitationListApproved)
    assert not getattr(approval, "late_notice", None)
    assert _added_late(waiting, AddInvitee(**ruled(), invitee=officer))
    assert _added_late(waiting, SendOfficer(**ruled(), officer=officer))
    assert _added_late(waiting, followed(OTHER_WORKER))
    another = carer.model_copy(update={"person_ref": "carer3" + "a" * 20})
    assert not _added_late(waiting, AddInvitee(**ruled(), invitee=another)), "nobody told them yet"
    assert not _added_late(told_of(worker, details="later"), AddInvitee(**ruled(), invitee=officer))
    reason = {"on": MONDAY_BEFORE, "notice_waived_because": "Excluded today."}
    assert not _added_late(told_of(worker, **reason, urgent=True), AddInvitee(**ruled(), invitee=officer))
    assert _added_late(told_of(worker, **reason), AddInvitee(**ruled(), invitee=officer))


def _added_late(before: Scenario, command: Any) -> bool:
    (added,) = [event for event in before.when(command).happened if isinstance(event, InviteeAdded)]
    return added.late_notice


def test_whoever_joins_after_a_meeting_was_put_off_hears_of_the_new_day_with_the_others() -> None:
    later = {"at": AT_TEN + timedelta(days=1), "reason": "…", "details": "later"}
    put_off = told_of(worker, carer)
    asked = {name: value for name, value in ruled().items() if name != "year_group"}
    put_off = put_off.given(*put_off.when(RescheduleMeeting(**asked, **later)).then_some(MeetingRescheduled))
    outcome = put_off.when(ApproveInvitations(**AS_WORKER))
    outcome.then_announced()
    (approval,) = outcome.then_some(InvitationListApproved)
    assert not getattr(approval, "late_notice", None)


@pytest.mark.rule("L-18", "O-30")
def test_staff_of_the_school_are_invited_by_the_school() -> None:
    tutor = KnownInvitee(person_ref="t" * 26, capacity=Capacity.SCHOOL_STAFF)
    by_school = arranged.when(AddInvitee(**ruled(Role.DESIGNATED_TEACHER, TEACHER), invitee=tutor))
    (added,) = by_school.then_some(InviteeAdded)
    assert isinstance(added, InviteeAdded)
    assert not added.awaits_approval
    forward = arranged.when(AddInvitee(**AS_WORKER, invitee=tutor))
    (added,) = forward.then_some(InviteeAdded)
    assert isinstance(added, InviteeAdded)
    assert added.awaits_approval
    forward.then_announced()


def test_a_decision_is_recorded_where_the_rules_want_it() -> None:
    nonesuch = rules_of("nonesuch")
    child = KnownInvitee(person_ref="k" * 26, capacity=Capacity.CHILD)
    by_school = AddInvitee(**ruled(Role.DESIGNATED_TEACHER, TEACHER, nonesuch), invitee=child)
    (added,) = arranged.when(by_school).then_some(InviteeAdded)
    assert isinstance(added, InviteeAdded)
    assert added.decided_by == TEACHER


def test_an_invitation_is_withdrawn_by_whoever_may_give_it() -> None:
    listed = told_of(worker, carer)
    outcome = listed.when(WithdrawInvitee(**ruled(), invitee_ref=CARER))  # nobody has decided yet
    outcome.then(
        InviteeWithdrawn(**ABOUT, invitee_ref=CARER, capacity="carer", because="decided", by=COORDINATOR)
    ).when(WithdrawInvitee(**ruled(), invitee_ref=CARER)).then_nothing()
    outcome.then_announced(contracts.InviteeWithdrawn(meeting_id="m1", child_ref=REF, invitee_ref=CARER))
    decided = listed.given(*listed.when(ApproveInvitations(**AS_WORKER)).happened)
    decided.when(WithdrawInvitee(**ruled(), invitee_ref=CARER)).then_refused("may withdraw the invitation")
    decided.when(WithdrawInvitee(**AS_WORKER, invitee_ref=CARER)).then_some(InviteeWithdrawn)


def test_a_guest_who_was_withdrawn_gives_their_name_to_nobody_else() -> None:
    first = told_of(nurse, rules=OXFORDSHIRE)
    gone = WithdrawInvitee(**ruled(rules=OXFORDSHIRE), invitee_ref="guest-1")
    without = first.given(*first.when(gone).happened)
    (added,) = without.when(AddInvitee(**ruled(rules=OXFORDSHIRE), invitee=nurse)).then_some(InviteeAdded)
    assert isinstance(added, InviteeAdded)
    assert added.invitee_ref == "guest-2"


def says(ref: str, comes: bool) -> AnswerInvitation:
    return AnswerInvitation(**ruled(), invitee_ref=ref, comes=comes)


@pytest.mark.rule("O-45")
def test_each_says_whether_they_come_and_may_change_their_mind() -> None:
    confirmed = AttendanceConfirmed(**ABOUT, invitee_ref=WORKER, capacity="social_worker", by=COORDINATOR)
    comes = arranged.when(says(WORKER, True)).then(confirmed)
    comes.when(says(WORKER, True)).then_nothing()
    outcome = comes.when(says(WORKER, False))
    outcome.then_some(AttendanceDeclined)
    outcome.then_announced(
        contracts.AttendanceDeclined(meeting_id="m1", child_ref=REF, invitee_ref=WORKER, capacity="social_worker")
    )
    arranged.when(says("somebody", True)).then_refused("is not invited")
    told_of(worker, carer).when(says(CARER, True)).then_refused("is not invited")


def link(ref: str = "guest-1", token_hash: str = FIRST) -> MakeReplyLink:
    return MakeReplyLink(meeting_id="m1", invitee_ref=ref, token_hash=token_hash, on=MONDAY_BEFORE, by=COORDINATOR)


def by_link(token_hash: str = FIRST, at: datetime = AT_TEN, comes: bool = True) -> AnswerByLink:
    policy = OXFORDSHIRE.file.in_force(MONDAY_BEFORE)
    asked = {"meeting_id": "m1", "on": MONDAY_BEFORE, "policy": policy, "year_group": 7}
    return AnswerByLink(token_hash=token_hash, at=at, comes=comes, **asked)


@pytest.mark.rule("O-45")
def test_somebody_without_an_account_answers_once_by_a_link_that_ends_with_the_meeting() -> None:
    invited = told_of(nurse, rules=OXFORDSHIRE)
    made = ReplyLinkMade(
        **ABOUT, invitee_ref="guest-1", token_hash="h1", until=AT_TEN + timedelta(hours=1), by=COORDINATOR
    )
    linked = invited.when(link()).then(made)
    used = linked.when(by_link()).then(
        AttendanceConfirmed(**ABOUT, invitee_ref="guest-1", capacity="nurse", by="guest-1", by_link=True)
    )
    used.when(by_link(comes=False)).then_refused("not valid any more")
    linked.when(by_link("h2")).then_refused("not valid any more")
    linked.when(by_link(at=AT_TEN + timedelta(hours=2))).then_refused("not valid any more")
    linked.given(*linked.when(link(token_hash="h2")).happened).when(by_link()).then_refused("not valid any more")
    invited.when(link("guest-7")).then_refused("is not invited")
    told_of(carer).when(link(CARER)).then_refused("is not invited")


def test_nobody_gets_a_link_by_which_to_answer_as_somebody_with_an_account() -> None:
    told_of(worker).when(link(WORKER)).then_refused("has an account")


def test_a_link_can_be_withdrawn_and_ends_when_the_meeting_is_put_off() -> None:
    linked = told_of(nurse, rules=OXFORDSHIRE)
    linked = linked.given(*linked.when(link()).happened)
    withdraw = WithdrawReplyLink(meeting_id="m1", invitee_ref="guest-1", on=MONDAY_BEFORE, by=COORDINATOR)
    gone = linked.when(withdraw).then(ReplyLinkWithdrawn(**ABOUT, invitee_ref="guest-1", by=COORDINATOR))
    gone.when(by_link()).then_refused("not valid any more")
    gone.when(withdraw).then_nothing()
    gone.when(withdraw.model_copy(update={"invitee_ref": "guest-7"})).then_nothing()
    asked = {**ruled(rules=OXFORDSHIRE), "at": AT_TEN + timedelta(days=1), "reason": "…", "details": "later"}
    asked.pop("year_group")
    moved = linked.when(RescheduleMeeting(**asked)).then_some(MeetingRescheduled)
    linked.given(*moved).when(by_link()).then_refused("not valid any more")


def look(days: int, rules: SchedulingRules = LEICESTERSHIRE) -> LookAtQuorum:
    policy = rules.file.in_force(MONDAY_BEFORE)
    return LookAtQuorum(meeting_id="m1", on=MONDAY_BEFORE, working_days_before=days, policy=policy, year_group=7)


def followed(*people: str, capacity: str = "social_worker") -> FollowPerson:
    policy = LEICESTERSHIRE.file.in_force(MONDAY_BEFORE)
    asked = {"capacity": capacity, "people": people, "policy": policy, "year_group": 7}
    return FollowPerson(meeting_id="m1", on=MONDAY_BEFORE, **asked)


at_risk = QuorumAtRisk(**ABOUT, at=AT_TEN, working_days_before=3, unconfirmed=("social_worker",))
school_chairs = told_of(worker, teacher, chair=Capacity.DESIGNATED_TEACHER)


@pytest.mark.rule("L-19", "L-20")
@pytest.mark.scenario("T63")
def test_three_days_ahead_it_is_said_that_it_will_be_no_pep_meeting_unless_somebody_of_the_authority_comes() -> None:
    outcome = school_chairs.when(look(3))
    warned = outcome.then(at_risk)
    outcome.then_announced(contracts.QuorumAtRisk(meeting_id="m1", child_ref=REF, at=AT_TEN, working_days_before=3))
    warned.when(look(3)).then_nothing()
    warned.when(look(10)).then_nothing()
    school_chairs.given(*school_chairs.when(look(10)).happened).when(look(3)).then(at_risk)
    school_chairs.when(look(3, OXFORDSHIRE)).then_nothing()
    told_of(worker, teacher, officer, chair=Capacity.VIRTUAL_SCHOOL_OFFICER).when(look(3)).then_nothing()


@pytest.mark.rule("L-20")
@pytest.mark.scenario("T63")
def test_an_officer_who_is_to_chair_counts_only_while_one_is_invited_and_has_not_said_no() -> None:
    officer_chairs = {"chair": Capacity.VIRTUAL_SCHOOL_OFFICER}
    uninvited = told_of(worker, teacher, **officer_chairs)
    uninvited.when(look(3)).then(at_risk)
    warned_of = uninvited.given(at_risk)
    warned_of.when(AddInvitee(**ruled(), invitee=officer)).then_some(InviteeAdded, QuorumSecured)
    forward = warned_of.when(AddInvitee(**ruled(Role.DESIGNATED_TEACHER, TEACHER), invitee=officer))
    put_forward = warned_of.given(*forward.then_some(InviteeAdded))
    put_forward.when(ApproveInvitations(**ruled())).then_some(InvitationListApproved, QuorumSecured)
    invited = told_of(worker, teacher, officer, **officer_chairs)
    declined = invited.given(*invited.when(says(OFFICER, False)).happened)
    told = declined.given(*declined.when(look(3)).then_some(QuorumAtRisk))
    told.when(WithdrawInvitee(**ruled(), invitee_ref=OFFICER)).then_some(InviteeWithdrawn)


@pytest.mark.rule("L-20")
@pytest.mark.scenario("T63")
def test_another_worker_who_takes_over_from_one_who_said_yes_brings_the_warning_back() -> None:
    warned_of = school_chairs.given(at_risk)
    secured = warned_of.given(*warned_of.when(says(WORKER, True)).happened)
    *_, again = secured.when(followed(OTHER_WORKER)).then_some(InviteeWithdrawn, InviteeAdded, QuorumAtRisk)
    assert again == at_risk


@pytest.mark.rule("L-20")
@pytest.mark.scenario("T63")
def test_what_was_secured_and_is_not_any_more_is_said_again_when_somebody_looks() -> None:
    secured = school_chairs.given(at_risk, QuorumSecured(**ABOUT))
    secured.when(look(3)).then(at_risk)
    secured.given(at_risk).when(look(3)).then_nothing()


@pytest.mark.rule("L-19")
@pytest.mark.scenario("T63")
def test_the_warning_ends_when_the_social_worker_says_yes_and_comes_back_with_a_no() -> None:
    warned = school_chairs.given(at_risk)
    warned.when(says(TEACHER, True)).then_some(AttendanceConfirmed)
    outcome = warned.when(says(WORKER, True))
    outcome.then_some(AttendanceConfirmed, QuorumSecured)
    secured = warned.given(*outcome.happened)
    secured.when(says(TEACHER, True)).then_some(AttendanceConfirmed)
    _, again = secured.when(says(WORKER, False)).then_some(AttendanceDeclined, QuorumAtRisk)
    assert again == QuorumAtRisk(**ABOUT, at=AT_TEN, working_days_before=3)
    gone = WithdrawInvitee(**ruled(), invitee_ref=WORKER)
    secured.when(gone).then_some(InviteeWithdrawn, QuorumAtRisk)
    secured.when(look(2)).then_nothing()


@pytest.mark.rule("L-10", "L-20")
def test_an_officer_who_was_put_forward_and_is_sent_needs_nobodys_approval_any_more_and_is_told() -> None:
    forward = AddInvitee(**ruled(Role.DESIGNATED_TEACHER, TEACHER), invitee=officer)
    waiting = school_chairs.given(at_risk)
    waiting = waiting.given(*waiting.when(forward).then_some(InviteeAdded))
    outcome = waiting.when(SendOfficer(**ruled(), officer=officer))
    approved, *_ = outcome.then_some(InvitationListApproved, OfficerSent, QuorumSecured)
    assert approved == InvitationListApproved(**ABOUT, invitees=(OFFICER,), by=COORDINATOR, late_notice=True)
    outcome.then_announced(
        contracts.MeetingDetailsSent(meeting_id="m1", child_ref=REF, at=AT_TEN, invitees=(OFFICER,), sequence=0),
        contracts.QuorumSecured(meeting_id="m1", child_ref=REF),
    )


@pytest.mark.rule("L-19")
@pytest.mark.scenario("T63")
def test_the_virtual_school_sends_an_officer_who_is_invited_and_comes() -> None:
    send = SendOfficer(**ruled(), officer=officer)
    outcome = school_chairs.given(at_risk).when(send)
    added, sent, _ = outcome.then_some(InviteeAdded, OfficerSent, QuorumSecured)
    assert isinstance(added, InviteeAdded)
    assert isinstance(sent, OfficerSent)
    assert (added.person_ref, sent.invitee_ref, sent.by) == (OFFICER, OFFICER, COORDINATOR)
    outcome.then_announced(
        contracts.MeetingDetailsSent(meeting_id="m1", child_ref=REF, at=AT_TEN, invitees=(OFFICER,), sequence=0),
        contracts.QuorumSecured(meeting_id="m1", child_ref=REF),
    )
    school_chairs.given(at_risk, *outcome.happened).when(send).then_nothing()
    told_of(officer).when(send).then_some(OfficerSent)
    school_chairs.when(SendOfficer(**ruled(), officer=teacher)).then_refused("one of its officers")


def near(**more: Any) -> ComesNear:
    return ComesNear(
        **{
            "meeting_id": "m1",
            "child_ref": REF,
            "at": AT_TEN,
            "expected": frozenset({Capacity.DESIGNATED_TEACHER}),
            "year_group": 7,
            **more,
        }
    )


@pytest.mark.rule("L-20")
@pytest.mark.scenario("T63")
@pytest.mark.parametrize(
    ("today", "warned", "days"),
    [
        (date(2026, 12, 29), None, None),
        (date(2026, 12, 30), None, 10),
        (date(2027, 1, 4), None, 10),
        (date(2027, 1, 4), 10, None),
        (date(2027, 1, 10), 10, None),
        (date(2027, 1, 11), 10, 3),
        (date(2027, 1, 11), 3, None),
        (date(2027, 1, 14), None, 3),
    ],
)
def test_a_warning_is_due_ten_and_three_working_days_ahead_each_once(
    today: date, warned: int | None, days: int | None
) -> None:
    """Christmas, New Year and weekends are no working days."""
    policy = LEICESTERSHIRE.file.in_force(today)
    meeting = near(warned_days=warned, at_risk=warned is not None)
    flagged = flag_quorum_at_risk("leicestershire", meeting, today, policy, Calendar())
    assert (flagged[0].command.working_days_before if flagged else None) == days  # type: ignore[attr-defined]
    if flagged:
        again = flag_quorum_at_risk("leicestershire", meeting, today, policy, Calendar())
        assert again == flagged
        assert AT_TEN.date() <= last_day_to_look_at(today, policy)


def test_a_warning_that_was_ended_is_due_again_on_the_day_on_which_it_is_seen_that_nobody_comes() -> None:
    policy = LEICESTERSHIRE.file.in_force(MONDAY_BEFORE)
    ended = near(warned_days=3, at_risk=False)
    first = flag_quorum_at_risk("a", near(), MONDAY_BEFORE, policy, Calendar())
    again = flag_quorum_at_risk("a", ended, MONDAY_BEFORE.replace(day=12), policy, Calendar())
    assert first is not None
    assert again is not None
    assert first[1] != again[1], "the same cause would be taken for the same warning"


def test_no_warning_is_due_where_the_meeting_will_count_or_where_no_quorum_is_stated() -> None:
    comes = near(expected=frozenset({Capacity.SOCIAL_WORKER}))
    policy = LEICESTERSHIRE.file.in_force(MONDAY_BEFORE)
    assert flag_quorum_at_risk("a", comes, MONDAY_BEFORE, policy, Calendar()) is None
    other = OXFORDSHIRE.file.in_force(MONDAY_BEFORE)
    assert flag_quorum_at_risk("a", near(), MONDAY_BEFORE, other, Calendar()) is None


def test_whoever_takes_over_a_job_is_invited_in_the_place_of_who_had_it() -> None:
    follow = followed(OTHER_WORKER)
    outcome = school_chairs.when(follow)
    gone, came = outcome.then_some(InviteeWithdrawn, InviteeAdded)
    assert isinstance(gone, InviteeWithdrawn)
    assert isinstance(came, InviteeAdded)
    assert (gone.invitee_ref, gone.because, came.invitee_ref) == (WORKER, "another_person", OTHER_WORKER)
    school_chairs.given(*outcome.happened).when(follow).then_nothing()
    told_of(teacher).when(follow).then_nothing()
    both = told_of(worker, KnownInvitee(person_ref=OTHER_WORKER, capacity=Capacity.SOCIAL_WORKER))
    both.when(follow).then_some(InviteeWithdrawn)


def test_summer_and_winter_are_told_in_local_time() -> None:
    (event, *_) = meeting.when(arrange(at=datetime(2027, 1, 14, 23, 30, tzinfo=LONDON))).happened
    assert isinstance(event, MeetingScheduled)
    assert event.at.date() == THURSDAY
