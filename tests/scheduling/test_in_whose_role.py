"""Somebody with several jobs acts in the one that the rules ask for: a deputy, a granted job, an adviser after 16."""

from dataclasses import replace
from typing import Any

import pytest
from tests.scheduling.test_meeting import COORDINATOR
from tests.scheduling.test_meeting_of_child import Journal, arrange, hold
from tests.scheduling.test_requests import (
    CORPORATE_PARENTING,
    HEAD,
    HEAD_OF_VIRTUAL_SCHOOL,
    MANAGER,
    NOMINATED,
    OFFICER,
    asked,
)
from tests.scheduling.worked_examples import LEICESTERSHIRE, MONDAY, OXFORDSHIRE, REF, TODAY, WORKER, of_kind, told

from pep_kernel.authority_policy.meetings import Capacity
from pep_kernel.decider import AnyDecider, States
from pep_kernel.may import Resource, Role, Signed, may
from pep_kernel.refusal import Refusal
from scheduling.domain.in_one_append import DECIDERS
from scheduling.domain.meeting.acting import role_of
from scheduling.domain.meeting.commands import CancelMeeting, ScheduleMeeting
from scheduling.domain.meeting.events import MeetingCancelled, MeetingHeld, MeetingScheduled
from scheduling.domain.meeting.invitation_commands import (
    AddInvitee,
    ApproveInvitations,
    ByTheRules,
    SendOfficer,
    WithdrawInvitee,
)
from scheduling.domain.meeting.invitation_events import (
    InvitationListApproved,
    InviteeAdded,
    InviteeListed,
    InviteeWithdrawn,
)
from scheduling.domain.meeting.people import Attendee, GuestInvitee, KnownInvitee
from scheduling.domain.meeting.states import NotScheduled
from scheduling.domain.meeting_of_child import (
    ScheduleBlock,
    acting_role,
    acting_role_of_block,
    cancel_meeting,
    change_list,
    judge_child,
    record_meeting,
    schedule_meeting,
)
from scheduling.domain.request.commands import AgreeToRequest, DeclineRequest
from scheduling.domain.request.decider import REQUEST, deciding_job
from scheduling.domain.request.events import RequestAgreed, RequestDeclined, SchoolChangeApproved
from scheduling.domain.request.states import NotAsked
from scheduling.domain.request_of_child import deciding_job_of

BOOK: AnyDecider = REQUEST
DEPUTY = "deputy2" + "a" * 19
CARER = KnownInvitee(person_ref="carer2" + "a" * 20, capacity=Capacity.CARER)
FAMILY = KnownInvitee(person_ref="family2" + "a" * 19, capacity=Capacity.FAMILY)
ADVISER = KnownInvitee(person_ref=WORKER, capacity=Capacity.PERSONAL_ADVISER)
A_NURSE = GuestInvitee(name="Nora Nightdress", email="nurse@example.invalid", capacity=Capacity.NURSE)
AS_DEPUTY: dict[str, Any] = {
    "by": DEPUTY,
    "by_role": Role.VIRTUAL_SCHOOL_OFFICER,
    "also_as": (Role.PEP_COORDINATOR,),
}
IN_LEICESTERSHIRE = LEICESTERSHIRE.file.in_force(MONDAY)
AS_ADVISER: dict[str, Any] = {"by": WORKER, "by_role": Role.PERSONAL_ADVISER, "year_group_now": 12}


@pytest.fixture
def journal() -> Journal:
    journal = Journal()
    journal.take(judge_child, told(LEICESTERSHIRE))
    return journal


def ruled(**more: Any) -> dict[str, Any]:
    return {"meeting_id": "m1", "on": MONDAY, "policy": IN_LEICESTERSHIRE, **more}


def acted(journal: Journal, command: ByTheRules) -> Role:
    return acting_role(States(DECIDERS, journal._states), command)


def test_the_answer_names_every_role_in_which_somebody_may() -> None:
    absent = Signed("borsetshire", "away", Role.PEP_COORDINATOR)
    deputy = Signed("borsetshire", "deputy", Role.VIRTUAL_SCHOOL_OFFICER, in_place_of=(absent,))
    decision = may(deputy, "schedule meeting", Resource(child_ref=REF))
    assert [(role, whose.person_ref) for role, whose in decision.hats] == [
        (Role.VIRTUAL_SCHOOL_OFFICER, "deputy"),
        (Role.PEP_COORDINATOR, "away"),
    ]
    assert (decision.role, decision.as_whom) == decision.hats[0]
    assert may(deputy, "sign off plan", Resource(child_ref=REF)).hats == ()
    assert may(replace(deputy, in_place_of=()), "correct meeting", Resource(child_ref=REF)).hats == ()


@pytest.mark.rule("L-12")
def test_an_officer_who_stands_in_for_the_coordinator_sets_the_date_as_the_coordinator(journal: Journal) -> None:
    alone = arrange(policy=IN_LEICESTERSHIRE, **{**AS_DEPUTY, "also_as": ()})
    with pytest.raises(Refusal, match="a pep coordinator sets the date"):
        journal.take(schedule_meeting, alone)
    command = arrange(policy=IN_LEICESTERSHIRE, **AS_DEPUTY)
    assert acted(journal, command) is Role.PEP_COORDINATOR
    assert acting_role_of_block(States(DECIDERS, journal._states), ScheduleBlock(meetings=(command,))) is acted(
        journal, command
    )
    (scheduled,) = of_kind(MeetingScheduled, journal.take(schedule_meeting, command))
    assert (scheduled.by, scheduled.convener) == (DEPUTY, "pep_coordinator")
    off = CancelMeeting(**ruled(**AS_DEPUTY), reason="…")
    assert acted(journal, off) is Role.PEP_COORDINATOR
    assert len(of_kind(MeetingCancelled, journal.take(cancel_meeting, off))) == 1


@pytest.mark.rule("L-10", "L-16", "L-18")
def test_whoever_has_two_jobs_invites_in_the_one_that_decides_about_each_person(journal: Journal) -> None:
    both: dict[str, Any] = {"by": WORKER, "by_role": Role.PEP_COORDINATOR, "also_as": (Role.SOCIAL_WORKER,)}
    listed = journal.take(schedule_meeting, arrange(policy=IN_LEICESTERSHIRE, invitees=(CARER, FAMILY), **both))
    invited = of_kind(InviteeListed, listed)
    assert [(each.awaits_approval, each.decided_by) for each in invited] == [(False, None), (False, WORKER)]
    added = AddInvitee(**ruled(**both), year_group=7, invitee=A_NURSE)
    assert acted(journal, added) is Role.SOCIAL_WORKER
    journal.take(change_list, added)
    gone = WithdrawInvitee(**ruled(**both), year_group=7, invitee_ref=CARER.person_ref)
    assert acted(journal, gone) is Role.SOCIAL_WORKER
    assert len(of_kind(InviteeWithdrawn, journal.take(change_list, gone))) == 1


def test_where_no_other_job_is_asked_for_it_is_the_own_one(journal: Journal) -> None:
    journal.take(schedule_meeting, arrange(policy=IN_LEICESTERSHIRE, invitees=(CARER,), **AS_DEPUTY))
    officer = KnownInvitee(person_ref=DEPUTY, capacity=Capacity.VIRTUAL_SCHOOL_OFFICER)
    asks = ruled(**AS_DEPUTY, year_group=7)
    for command in (
        SendOfficer(**asks, officer=officer),
        AddInvitee(**asks, invitee=CARER),
        ApproveInvitations(**asks),
        WithdrawInvitee(**asks, invitee_ref="nobody"),
    ):
        assert acted(journal, command) is Role.VIRTUAL_SCHOOL_OFFICER
    assert role_of(NotScheduled(), ApproveInvitations(**asks)) is Role.VIRTUAL_SCHOOL_OFFICER


@pytest.mark.rule("O-15")
def test_for_a_child_of_no_school_the_virtual_school_sets_later_dates_as_its_teacher() -> None:
    officer: dict[str, Any] = {"by": DEPUTY, "by_role": Role.VIRTUAL_SCHOOL_OFFICER, "first": False}
    in_oxfordshire = OXFORDSHIRE.file.in_force(MONDAY)
    at_school = ScheduleMeeting(**{**arrange().model_dump(), "policy": in_oxfordshire, **officer})
    with pytest.raises(Refusal, match="a designated teacher sets the date"):
        role_of(NotScheduled(), at_school)
    assert role_of(NotScheduled(), at_school.model_copy(update={"has_school": False})) is officer["by_role"]


# A meeting in Year 12, from arranging to recording


@pytest.mark.rule("O-12", "L-10", "L-16", "L-17")
@pytest.mark.scenario("T27")
def test_in_year_12_the_adviser_who_is_the_worker_decides_who_is_invited_as_the_social_worker(journal: Journal) -> None:
    by_coordinator = {"by": COORDINATOR, "by_role": Role.PEP_COORDINATOR, "year_group_now": 12, "year_group": 12}
    put_forward = (ADVISER, CARER, A_NURSE)
    journal.take(schedule_meeting, arrange(policy=IN_LEICESTERSHIRE, invitees=put_forward, **by_coordinator))
    asks = ruled(**AS_ADVISER, year_group=12)
    (approval,) = of_kind(InvitationListApproved, journal.take(change_list, ApproveInvitations(**asks)))
    assert approval.invitees == (CARER.person_ref, "guest-3")
    child_and_family = [
        *journal.take(change_list, AddInvitee(**asks, invitee=FAMILY)),
        *journal.take(change_list, AddInvitee(**asks, invitee=KnownInvitee(person_ref=REF, capacity=Capacity.CHILD))),
    ]
    assert [each.awaits_approval for each in of_kind(InviteeAdded, child_and_family)] == [False, False]
    assert of_kind(InviteeAdded, child_and_family)[0].decided_by == WORKER, "the worker's recorded decision"
    there = (Attendee(capacity=Capacity.PERSONAL_ADVISER), Attendee(capacity=Capacity.CARER))
    record = hold(LEICESTERSHIRE, attendees=there, year_group=12)
    (held,) = of_kind(MeetingHeld, journal.take(record_meeting, record))
    assert (held.outcome, "no_proceed_decision" in held.warnings) == ("PEP", False)


@pytest.mark.rule("O-12", "L-16")
def test_before_year_12_an_adviser_is_no_social_worker(journal: Journal) -> None:
    journal.take(schedule_meeting, arrange(policy=IN_LEICESTERSHIRE, **AS_DEPUTY, invitees=(ADVISER, CARER)))
    asks = ruled(**{**AS_ADVISER, "year_group_now": 11}, year_group=11)
    with pytest.raises(Refusal, match="waits for your decision"):
        journal.take(change_list, ApproveInvitations(**asks))
    with pytest.raises(Refusal, match="Only the social worker decides"):
        journal.take(change_list, AddInvitee(**asks, invitee=FAMILY))
    there = (Attendee(capacity=Capacity.PERSONAL_ADVISER), Attendee(capacity=Capacity.CARER))
    (held,) = of_kind(MeetingHeld, journal.take(record_meeting, hold(LEICESTERSHIRE, attendees=there, year_group=11)))
    assert "no_proceed_decision" in held.warnings


@pytest.mark.rule("O-12", "O-13", "O-38")
def test_in_year_12_the_adviser_convenes_the_first_meeting_and_is_the_worker_who_must_be_asked() -> None:
    journal = Journal()
    journal.take(judge_child, told())
    with pytest.raises(Refusal, match="a social worker sets the date"):
        journal.take(schedule_meeting, arrange(**{**AS_ADVISER, "year_group_now": 11}))
    command = arrange(**AS_ADVISER, year_group=12, invitees=(CARER,))
    (scheduled,) = of_kind(MeetingScheduled, journal.take(schedule_meeting, command))
    assert (scheduled.convener, "social_worker" in scheduled.must_invite) == ("personal_adviser", False)
    assert acted(journal, command) is Role.PERSONAL_ADVISER
    cancel = CancelMeeting(**{**ruled(**AS_ADVISER), "policy": command.policy}, reason="…")
    assert len(of_kind(MeetingCancelled, journal.take(cancel_meeting, cancel))) == 1


# Requests


def agree(by: str, *hats: tuple[str, str]) -> AgreeToRequest:
    return AgreeToRequest(request_id="r1", on=TODAY, by=by, hats=hats)


@pytest.mark.rule("reg 10")
def test_a_manager_to_whom_the_officers_job_is_granted_decides_in_that_job() -> None:
    granted = agree(MANAGER, ("team_manager", MANAGER), (NOMINATED, MANAGER))
    waiting = asked("placement_at_a_distance", rules=OXFORDSHIRE)
    waiting.when(granted).then_refused("Only the director of children's services may decide")
    waiting = asked("key_stage_4_move", rules=LEICESTERSHIRE, school_urn="999102")
    waiting.when(granted).then_refused("must be asked")
    no = DeclineRequest(**granted.model_dump(), reason="…")
    (declined,) = waiting.when(no).then_some(RequestDeclined)
    assert isinstance(declined, RequestDeclined)
    assert declined.job == NOMINATED
    assert deciding_job(BOOK.fold(waiting.history), granted) == NOMINATED
    assert deciding_job(NotAsked(), granted) == "team_manager"


@pytest.mark.rule("O-80", "O-91")
def test_what_a_deputy_decides_in_somebodys_place_counts_as_theirs() -> None:
    in_heads_place = agree(OFFICER, ("pep_coordinator", OFFICER), (HEAD_OF_VIRTUAL_SCHOOL, HEAD))
    (agreed,) = asked().when(in_heads_place).then_some(RequestAgreed)
    assert isinstance(agreed, RequestAgreed)
    assert (agreed.job, agreed.by, agreed.in_place_of) == (HEAD_OF_VIRTUAL_SCHOOL, OFFICER, HEAD)
    half = asked().given(agreed)
    half.when(in_heads_place).then_nothing()
    for second in ((HEAD, HEAD), (OFFICER, OFFICER)):
        by_same = agree(second[0], (HEAD_OF_VIRTUAL_SCHOOL, HEAD), (CORPORATE_PARENTING, second[1]))
        half.when(by_same).then_refused("somebody else than the first.", "O-80", "O-91")
    half.when(agree(MANAGER, (CORPORATE_PARENTING, HEAD))).then_refused("counts as theirs.", "O-80", "O-91")
    half.when(agree(MANAGER, (CORPORATE_PARENTING, MANAGER))).then_some(RequestAgreed, SchoolChangeApproved)


@pytest.mark.rule("O-80", "O-91")
def test_nobody_approves_by_a_deputy_what_they_asked_for() -> None:
    asked(by=HEAD).when(agree(OFFICER, (HEAD_OF_VIRTUAL_SCHOOL, HEAD))).then_refused(
        "Nobody approves what they asked for themselves. What a deputy decides", "O-80", "O-91"
    )


def test_the_log_keeps_the_job_for_which_the_request_waits() -> None:
    states = {"request-r1": BOOK.fold(asked().history)}
    several = agree(MANAGER, ("team_manager", MANAGER), (CORPORATE_PARENTING, MANAGER))
    assert deciding_job_of(States({"request": BOOK}, states), several) == CORPORATE_PARENTING
