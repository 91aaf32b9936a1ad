"""Whoever is refused reads a whole sentence, in these words. A field that is at fault is named before it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from tests.scheduling import test_absence as absences
from tests.scheduling import test_diary as diary
from tests.scheduling import test_hand_over as hand_overs
from tests.scheduling import test_invitations as invitations
from tests.scheduling import test_meeting as meetings
from tests.scheduling import test_meeting_life as proposals
from tests.scheduling import test_requests as requests
from tests.scheduling import test_retention as records
from tests.scheduling.single_facts import fact
from tests.scheduling.test_concerns import OCTOBER, asking, child
from tests.scheduling.test_facts_by_themselves import known
from tests.scheduling.test_flags_end import let_be
from tests.scheduling.test_people_and_schools import added, linking, person
from tests.scheduling.worked_examples import LEICESTERSHIRE, MONDAY, REF, WORKER, episode, spell, told

from pep_kernel.authority_policy.approvals import Consulted
from pep_kernel.decider import States
from pep_kernel.may import Role
from pep_kernel.message import Command
from pep_kernel.refusal import Refusal
from pep_kernel.scenario import Scenario
from scheduling.domain.child.commands import RecordLateReason
from scheduling.domain.child.decider import CHILD
from scheduling.domain.concerns.commands import SchedulePathwayPlan, ScheduleReview
from scheduling.domain.hand_over import as_record, packed
from scheduling.domain.meeting.block import planned
from scheduling.domain.meeting.commands import CallOff
from scheduling.domain.meeting.invitation_commands import ApproveInvitations, SendOfficer, WithdrawInvitee
from scheduling.domain.meeting.people import NextMeeting
from scheduling.domain.person.commands import VerifyDesignatedTeacher
from scheduling.domain.request.commands import WithdrawRequest
from scheduling.domain.request_of_child import ask_for_approval
from scheduling.domain.standing_in import record_absence

Given = Callable[[], Scenario]
SHORT_BREAK = (spell(MONDAY, episode(MONDAY, legal_status="V4")),)


def arranged() -> Scenario:
    return meetings.meeting.given(*meetings.meeting.when(meetings.arrange()).happened)


def waiting() -> Scenario:
    return invitations.told_of(invitations.worker, invitations.carer)


def works_here() -> Scenario:
    return person.given(*person.when(added).happened)


@pytest.mark.parametrize(
    ("given", "command", "sentence"),
    [
        (
            lambda: meetings.meeting,
            proposals.propose(on=date(2027, 1, 15)),
            "A day that has passed cannot be proposed.",
        ),
        (
            lambda: meetings.meeting.given(proposals.proposed),
            proposals.suits("somebody", meetings.AT_TEN),
            "This person was not asked which day suits them.",
        ),
        (arranged, proposals.moved(at=meetings.AT_TEN), "This is the day on which the meeting is already."),
        (
            arranged,
            SendOfficer(**invitations.ruled(), officer=invitations.teacher),
            "The Virtual School sends one of its officers, or its head.",
        ),
        (arranged, invitations.says("somebody", True), "This person is not invited to the meeting."),
        (arranged, invitations.link("guest-7"), "This person is not invited to the meeting."),
        (
            lambda: invitations.told_of(invitations.teacher),
            invitations.link(invitations.teacher.person_ref),
            "Whoever has an account answers there.",
        ),
        (
            lambda: waiting().given(*waiting().when(ApproveInvitations(**invitations.AS_WORKER)).happened),
            WithdrawInvitee(**invitations.ruled(), invitee_ref=invitations.CARER),
            "Whoever may invite somebody in this capacity may withdraw the invitation, and nobody else.",
        ),
        (
            waiting,
            ApproveInvitations(**invitations.ruled()),
            "Nobody on the list waits for your decision.",
        ),
        (
            arranged,
            meetings.hold(LEICESTERSHIRE, by="b" * 26, by_role=Role.VIRTUAL_SCHOOL_OFFICER),
            "A meeting is recorded by whoever chaired it, or by the designated teacher.",
        ),
        (
            arranged,
            meetings.hold(LEICESTERSHIRE, next_meeting=NextMeeting(on=meetings.THURSDAY)),
            "The next meeting comes after this one.",
        ),
        (
            lambda: meetings.meeting,
            meetings.arrange(venue=None),
            "Say where the meeting is: a venue, a joining link, or both.",
        ),
        (
            lambda: meetings.meeting,
            meetings.arrange(on=date(2027, 1, 15)),
            "A meeting cannot be arranged for a day that has passed.",
        ),
        (arranged, proposals.moved(on=date(2027, 1, 18)), "A meeting cannot be put off to a day that has passed."),
        (
            arranged,
            meetings.hold(LEICESTERSHIRE, recorded_on=date(2027, 1, 13)),
            "A meeting that has not taken place yet cannot be recorded.",
        ),
        (lambda: meetings.meeting, meetings.hold(LEICESTERSHIRE), "No such meeting has been arranged."),
        (
            lambda: meetings.meeting.given(proposals.proposed),
            meetings.hold(LEICESTERSHIRE),
            "The meeting has no date yet: days were proposed, and nobody has arranged it.",
        ),
        (arranged, meetings.arrange(), "The meeting is already arranged, and it has not been recorded yet."),
        (
            lambda: arranged().given(*arranged().when(CallOff(meeting_id="m1", on=MONDAY, because="died")).happened),
            meetings.hold(LEICESTERSHIRE),
            "The meeting was called off. Arrange another one.",
        ),
        (
            lambda: arranged().given(meetings.held_as_pep),
            meetings.hold(LEICESTERSHIRE),
            "The meeting has been held and recorded; only its outcome and its day can be corrected.",
        ),
    ],
)
def test_about_a_meeting(given: Given, command: Command, sentence: str) -> None:
    assert said(given, command) == sentence


@pytest.mark.parametrize(
    ("given", "command", "sentence"),
    [
        (
            child,
            ScheduleReview(child_ref=REF, on=MONDAY, today=OCTOBER, by=WORKER, school_expected=True),
            "The day of the review has passed; record that it was held.",
        ),
        (
            child,
            SchedulePathwayPlan(child_ref=REF, on=OCTOBER, today=OCTOBER, by=WORKER),
            "A pathway plan is made for young people of 16 and more.",
        ),
        (lambda: child(spells=SHORT_BREAK), asking(), "No PEP is made for this child, so none can be urgent."),
        (
            child,
            RecordLateReason(child_ref=REF, obligation="available", trigger_on=MONDAY, because="other"),
            "Nothing of this kind is or was late, so there is no reason to give.",
        ),
        (known, let_be(), "That this fact lacks such a thing is not flagged."),
        (known, fact("sibling", sibling_ref=REF), "sibling_ref: nobody is their own brother or sister."),
        (
            known,
            hand_overs.accepting(told().record),
            "This child is in this authority's care already, since 21/09/2026.",
        ),
    ],
)
def test_about_a_child(given: Given, command: Command, sentence: str) -> None:
    assert said(given, command) == sentence


@pytest.mark.parametrize(
    ("given", "command", "sentence"),
    [
        (lambda: records.grown_up, records.approve(), "Nobody has asked that anything of this record be forgotten."),
        (
            lambda: records.asked,
            records.request(),
            "Somebody has asked for this already; somebody else approves or declines it.",
        ),
        (
            lambda: records.asked,
            records.approve(by=records.ASKER),
            "Nobody approves what they asked for themselves: a second person decides.",
        ),
        (
            lambda: records.asked.given(records.APPROVED),
            records.request(),
            "Two people have decided to forget this, and it is being done.",
        ),
        (
            lambda: records.grown_up,
            records.request_entries(first=0, last=0),
            "Entries are counted from 1, and the first is not after the last.",
        ),
        (
            lambda: records.grown_up,
            records.request(born=None),
            "Nobody knows until when this record must be kept: there is no date of birth.",
        ),
        (child, records.request(), "The child is in care."),
    ],
)
def test_about_keeping_a_record(given: Given, command: Command, sentence: str) -> None:
    assert said(given, command) == sentence


@pytest.mark.parametrize(
    ("given", "command", "sentence"),
    [
        (
            works_here,
            VerifyDesignatedTeacher(person_ref=WORKER, on=MONDAY, by="head", deputy_ref=None, trained_on=None),
            "This person is not a designated teacher.",
        ),
        (works_here, linking, "This person is known in another capacity, or not at all."),
        (
            works_here,
            absences.command.model_copy(update={"until": date(2026, 11, 1)}),
            "until: an absence cannot end before it begins.",
        ),
        (
            works_here,
            absences.command.model_copy(update={"deputy_ref": absences.AWAY}),
            "deputy_ref: nobody stands in for themselves.",
        ),
        (
            lambda: requests.request,
            WithdrawRequest(request_id="r1", on=MONDAY, by=WORKER),
            "No such request has been made.",
        ),
        (requests.asked, requests.asking(), "This request has been made already."),
        (
            requests.asked,
            requests.consulting(Consulted.CHILD, requests.MOVES_ON),
            "What is still to come cannot be recorded.",
        ),
        (
            lambda: requests.asked(professionals_meet=True),
            requests.agreeing(requests.HEAD, requests.HEAD_OF_VIRTUAL_SCHOOL),
            "Professionals meet about a planned change of placement before this is agreed to.",
        ),
    ],
)
def test_about_people_and_requests(given: Given, command: Command, sentence: str) -> None:
    assert said(given, command) == sentence


def said(given: Given, command: Command) -> str:
    refusal = given().when(command).refusal
    assert refusal is not None, "it was not refused"
    return refusal.sentence


def no_room() -> Any:
    return planned(diary.CHILDREN, diary.morning(until=11))


def pack_before_its_time() -> Any:
    return packed(hand_overs.state(known()), "oxfordshire", hand_overs.OPENED)


def pack_for_others() -> Any:
    pack = packed(hand_overs.transferred(), "oxfordshire", hand_overs.OPENED)
    return as_record(hand_overs.accepted(pack), "nonesuch")


def altered_pack() -> Any:
    pack = packed(hand_overs.transferred(), "oxfordshire", hand_overs.OPENED)
    return as_record(hand_overs.accepted(pack, sha256="0" * 64), "leicestershire")


def request_about_nobody() -> Any:
    return ask_for_approval(States({"child": CHILD}, {}), requests.asking())


def absence(people: States) -> Callable[[], Any]:
    return lambda: record_absence(people, absences.command)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (no_room, "They do not all fit between these times. Choose a longer time, or fewer children."),
        (
            pack_before_its_time,
            "Another authority takes this child over only once the transfer of responsibility is recorded.",
        ),
        (pack_for_others, "pack: this pack was made for another authority."),
        (altered_pack, "sha256: the pack is not the one that was sent; ask for it again."),
        (request_about_nobody, "The child is not in care, so there is nothing to ask for."),
        (
            absence(absences.states(absences.works(absences.AWAY, Role.SOCIAL_WORKER))),
            "Only somebody who works here is away, or stands in.",
        ),
        (
            absence(absences.both(Role.AUDITOR, Role.AUDITOR)),
            "Nobody stands in for this role here.",
        ),
        (
            absence(absences.both(Role.DESIGNATED_TEACHER, Role.DELEGATE, "999101", "999102")),
            "deputy_ref: the deputy of a designated teacher works at the same school.",
        ),
        (
            absence(absences.both(Role.VIRTUAL_SCHOOL_HEAD, Role.SOCIAL_WORKER)),
            "deputy_ref: the deputy of somebody in the Virtual School works there too.",
        ),
    ],
)
def test_about_what_several_records_say_together(asked: Callable[[], Any], sentence: str) -> None:
    with pytest.raises(Refusal) as refused:
        asked()
    assert refused.value.sentence == sentence
