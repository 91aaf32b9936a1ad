"""Invitations and proposed days follow whoever has the job: carers, corrected workers and schools, empty places."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from tests.scheduling.single_facts import school_told, worker_told
from tests.scheduling.test_meeting_of_child import AT_TWO, Journal, arrange, hold
from tests.scheduling.test_meetings_follow import AGREED, BEFORE, NEW_TEACHER, TEACHER, kinds, ruled
from tests.scheduling.test_projections import folded
from tests.scheduling.worked_examples import (
    LEICESTERSHIRE,
    LEICESTERSHIRE_SCHOOL,
    MONDAY,
    OTHER_WORKER,
    OXFORDSHIRE,
    OXFORDSHIRE_SCHOOL,
    REF,
    WORKER,
    judging,
    of_kind,
    told,
)

from pep_kernel.authority_policy.meetings import Capacity
from pep_kernel.contracts import scheduling as contracts
from pep_kernel.decider import AnyDecider, States
from pep_kernel.may import Role
from pep_kernel.message import Event
from scheduling.domain.carers_told import LinkCarerOfChildren, link_carer
from scheduling.domain.child.care_record import CarerRecord
from scheduling.domain.child.commands import CorrectFact
from scheduling.domain.child.events import SchoolMoved
from scheduling.domain.child.told import Correction
from scheduling.domain.in_one_append import DECIDERS
from scheduling.domain.meeting.announcements import announce
from scheduling.domain.meeting.commands import AnswerProposal, ProposeMeeting
from scheduling.domain.meeting.events import (
    AskedInstead,
    MeetingDateAgreed,
    MeetingProposed,
    MeetingScheduled,
    ProposalAnswered,
)
from scheduling.domain.meeting.invitation_commands import FollowPerson
from scheduling.domain.meeting.invitation_events import InviteeAdded, InviteeListed, InviteeWithdrawn
from scheduling.domain.meeting.people import KnownInvitee, NextMeeting
from scheduling.domain.meeting.states import Proposed
from scheduling.domain.meeting_of_child import judge_child, propose_meeting, record_meeting, schedule_meeting
from scheduling.domain.person.commands import LinkCarer
from scheduling.domain.person.decider import PERSON
from scheduling.domain.person.events import CarerLinked, CarerNamed, CarerUnlinked
from scheduling.domain.school.decider import SCHOOL
from scheduling.domain.school.states import Listed
from scheduling.projections.meeting import MEETING_OVERVIEWS
from scheduling.projections.meeting_proposal import MEETING_PROPOSALS

CARER, NEW_CARER, THIRD = ("carer" + each + "a" * 20 for each in "234")
DAYS = (AT_TWO, AT_TWO + timedelta(days=1))
WITH_PEOPLE: dict[str, AnyDecider] = {**DECIDERS, "person": PERSON, "school": SCHOOL}


class Book(Journal):
    """A journal that knows people too."""

    def take(self, together: Any, command: Any) -> list[Event]:
        decided = together(States(WITH_PEOPLE, self._states), command)
        for stream, event in decided:
            decider = WITH_PEOPLE[stream.partition("-")[0]]
            self._states[stream] = decider.evolve(self._states.get(stream, decider.initial), event)
        return [event for _stream, event in decided]

    def meeting(self, meeting_id: str = "m1") -> Any:
        return self._states[f"meeting-{meeting_id}"]


def looks_after(carer: str, *children: str, known: tuple[str, ...] = (), on: date = BEFORE) -> LinkCarerOfChildren:
    record = CarerRecord(kind="carer", carer_id="c1", name="Fay Sample", child_ids=("9",))
    link = LinkCarer(person_ref=carer, record=record, child_refs=frozenset(children), digest="d")
    policy = OXFORDSHIRE.file.in_force(on)
    return LinkCarerOfChildren(link=link, carers={REF: known}, born={REF: 2014}, on=on, policy=policy)


def as_carer(ref: str) -> KnownInvitee:
    return KnownInvitee(person_ref=ref, capacity=Capacity.CARER)


@pytest.fixture
def book() -> Book:
    book = Book()
    book.take(judge_child, told())
    book.take(link_carer, looks_after(CARER, REF))
    invitees = (
        KnownInvitee(person_ref=WORKER, capacity=Capacity.SOCIAL_WORKER),
        KnownInvitee(person_ref=TEACHER, capacity=Capacity.DESIGNATED_TEACHER),
        as_carer(CARER),
    )
    book.take(schedule_meeting, arrange(invitees=invitees))
    return book


def invited(book: Book, capacity: str) -> list[str]:
    return [each.ref for each in book.meeting().invitees if each.capacity == capacity]


# Carers


@pytest.mark.rule("L-14", "L-37")
def test_a_carer_of_before_is_invited_no_more_and_whoever_looks_after_the_child_now_is(book: Book) -> None:
    happened = book.take(link_carer, looks_after(CARER, known=(CARER, NEW_CARER)))
    assert kinds(happened) == [CarerUnlinked, InviteeWithdrawn, InviteeAdded]
    assert invited(book, "carer") == [NEW_CARER]
    assert book.take(link_carer, looks_after(CARER)) == []


@pytest.mark.rule("L-14", "L-37")
def test_a_carer_goes_although_nobody_comes_and_the_next_one_takes_the_empty_place(book: Book) -> None:
    assert kinds(book.take(link_carer, looks_after(CARER))) == [CarerUnlinked, InviteeWithdrawn]
    assert (invited(book, "carer"), book.meeting().vacant) == ([], (("carer", False),))
    assert kinds(book.take(link_carer, looks_after(NEW_CARER, REF))) == [CarerNamed, CarerLinked, InviteeAdded]
    assert (invited(book, "carer"), book.meeting().vacant) == ([NEW_CARER], ())
    happened = book.take(link_carer, looks_after(THIRD, REF))
    assert kinds(happened) == [CarerNamed, CarerLinked], "nobody is added without a predecessor"


def test_of_two_carers_who_go_both_places_are_taken(book: Book) -> None:
    book.take(link_carer, looks_after(THIRD, REF))
    book.append("meeting-m1", InviteeAdded(meeting_id="m1", child_ref=REF, on=BEFORE, invitee_ref=THIRD,
                                           capacity="carer", at=AT_TWO, person_ref=THIRD))  # fmt: skip
    book.take(link_carer, looks_after(CARER, known=(CARER, THIRD)))
    assert invited(book, "carer") == [THIRD]
    book.take(link_carer, looks_after(THIRD))
    first, second = "carer5" + "a" * 20, "carer6" + "a" * 20
    book.take(link_carer, looks_after(first, REF))
    book.take(link_carer, looks_after(second, REF))
    assert invited(book, "carer") == [first, second]


@pytest.mark.rule("L-10", "L-14")
def test_in_the_place_of_a_carer_about_whom_nobody_decided_the_next_one_waits_too() -> None:
    book = Book()
    book.take(judge_child, told(LEICESTERSHIRE))
    book.take(link_carer, looks_after(CARER, REF))
    policy = LEICESTERSHIRE.file.in_force(MONDAY)
    put_forward = {"policy": policy, "by_role": Role.PEP_COORDINATOR, "invitees": (as_carer(CARER),)}
    book.take(schedule_meeting, arrange(**put_forward))
    (_, gone) = book.take(link_carer, looks_after(CARER))
    assert isinstance(gone, InviteeWithdrawn)
    (came,) = of_kind(InviteeAdded, book.take(link_carer, looks_after(NEW_CARER, REF)))
    assert came.awaits_approval


def test_a_meeting_that_is_over_keeps_its_carer(book: Book) -> None:
    assert kinds(book.take(link_carer, looks_after(CARER, on=date(2026, 10, 7)))) == [CarerUnlinked]


def test_a_timer_withdraws_only_those_who_left(book: Book) -> None:
    """Somebody whom the convener invited as a carer before the link was told stays."""
    scheduled = book.meeting()
    asked = {"meeting_id": "m1", "capacity": "carer", "people": (), "on": BEFORE, "year_group": 7}
    follow = FollowPerson(**asked, left=("somebody",), policy=OXFORDSHIRE.file.in_force(BEFORE))
    assert DECIDERS["meeting"].decide(scheduled, follow) == []


# Days that were proposed


def propose(*asked: str) -> ProposeMeeting:
    return ProposeMeeting(**{**ruled(), "meeting_id": "m2"}, child_ref=REF, dates=DAYS, asked=asked)


def suits(who: str, *days: datetime) -> AnswerProposal:
    return AnswerProposal(meeting_id="m2", invitee_ref=who, suits=days, on=BEFORE, by=who)


def answer(book: Book, who: str, *days: datetime) -> list[Event]:
    return book.take(_by_itself, suits(who, *days))


def _by_itself(states: States, command: AnswerProposal) -> list[tuple[str, Event]]:
    meeting = states.of("meeting-m2", (Proposed,))
    return [("meeting-m2", event) for event in DECIDERS["meeting"].decide(meeting, command)]


def test_days_that_suited_the_worker_before_are_asked_of_the_one_who_took_over(book: Book) -> None:
    book.take(propose_meeting, propose(WORKER, TEACHER))
    answer(book, WORKER, *DAYS)
    agreed = of_kind(MeetingDateAgreed, answer(book, TEACHER, *DAYS))
    assert [each.at for each in agreed] == [DAYS[0]]
    happened = book.take(judge_child, worker_told(BEFORE, OTHER_WORKER))
    (instead,) = of_kind(AskedInstead, happened)
    assert (instead.left, instead.came, of_kind(MeetingDateAgreed, happened)) == ((WORKER,), (OTHER_WORKER,), [])
    proposal = book.meeting("m2")
    assert (proposal.asked, proposal.agreed) == ((TEACHER, OTHER_WORKER), None)
    said = announce(proposal, instead)
    assert said == contracts.MeetingProposed(meeting_id="m2", child_ref=REF, dates=DAYS, asked=(OTHER_WORKER,))
    assert announce(proposal, replace_came(instead)) is None
    again = of_kind(MeetingDateAgreed, answer(book, OTHER_WORKER, DAYS[1]))
    assert [each.at for each in again] == [DAYS[1]]


def replace_came(instead: AskedInstead) -> AskedInstead:
    return AskedInstead(meeting_id="m2", child_ref=REF, on=BEFORE, left=instead.left)


def test_once_whoever_left_is_not_waited_for_the_days_of_the_others_are_agreed(book: Book) -> None:
    book.take(propose_meeting, propose(CARER, TEACHER))
    answer(book, TEACHER, DAYS[1])
    happened = book.take(link_carer, looks_after(CARER))
    assert kinds(happened)[-2:] == [AskedInstead, MeetingDateAgreed]
    book.take(propose_meeting, propose(NEW_CARER))
    book.take(link_carer, looks_after(NEW_CARER, REF))
    happened = book.take(link_carer, looks_after(NEW_CARER))
    assert kinds(happened)[-1] is AskedInstead, "nobody is asked any more, so nothing is agreed"
    assert book.meeting("m2").asked == ()


def test_that_another_has_the_job_is_nobodys_taking_up_of_the_days(book: Book) -> None:
    book.take(propose_meeting, propose(WORKER, TEACHER))
    book.take(judge_child, worker_told(BEFORE, OTHER_WORKER))
    assert book.meeting("m2").untouched
    answer(book, TEACHER, *DAYS)
    assert not book.meeting("m2").untouched


def test_days_that_are_over_and_people_who_were_not_asked_change_nothing(book: Book) -> None:
    book.take(propose_meeting, propose(TEACHER))
    assert of_kind(AskedInstead, book.take(judge_child, worker_told(BEFORE, OTHER_WORKER))) == []
    book.take(propose_meeting, propose(OTHER_WORKER))
    late = date(2026, 10, 9)
    assert of_kind(AskedInstead, book.take(judge_child, worker_told(late, WORKER, today=late))) == []


@pytest.mark.rule("L-10", "O-20")
def test_nobody_is_asked_for_a_next_day_about_whom_nobody_has_decided() -> None:
    book = Book()
    book.take(judge_child, told(LEICESTERSHIRE))
    asks = {"policy": LEICESTERSHIRE.file.in_force(MONDAY), "by_role": Role.PEP_COORDINATOR}
    worker = KnownInvitee(person_ref=WORKER, capacity=Capacity.SOCIAL_WORKER)
    book.take(schedule_meeting, arrange(**asks, invitees=(worker, as_carer(CARER))))
    no_place = NextMeeting(on=AGREED.on)
    (proposal,) = of_kind(MeetingProposed, book.take(record_meeting, hold(LEICESTERSHIRE, next_meeting=no_place)))
    assert proposal.asked == (WORKER,)


def test_where_nobody_was_decided_about_no_days_are_proposed() -> None:
    book = Book()
    book.take(judge_child, told(LEICESTERSHIRE))
    asks = {"policy": LEICESTERSHIRE.file.in_force(MONDAY), "by_role": Role.PEP_COORDINATOR}
    book.take(schedule_meeting, arrange(**asks, invitees=(as_carer(CARER),)))
    no_place = NextMeeting(on=AGREED.on)
    assert of_kind(MeetingProposed, book.take(record_meeting, hold(LEICESTERSHIRE, next_meeting=no_place))) == []


# Corrections, and a school's new number


def corrected(fact: str, on: date, teachers: Mapping[str, tuple[str, ...]] | None = None, **more: Any) -> CorrectFact:
    told_wrong = Correction(fact=fact, on=on, reason="Read wrong.", **more)
    today = date(2026, 10, 1)
    judged = {**judging(OXFORDSHIRE), "today": today, "by": "clerk", "date_of_birth": date(2014, 11, 5)}
    return CorrectFact(**judged, teachers=teachers or {}, correction=told_wrong)


def test_a_worker_who_never_was_one_is_invited_no_more_although_nobody_comes(book: Book) -> None:
    never = corrected("social_worker", first_day(book), was=WORKER, never_happened=True)
    happened = book.take(judge_child, never)
    assert [each.invitee_ref for each in of_kind(InviteeWithdrawn, happened)] == [WORKER]
    assert (invited(book, "social_worker"), of_kind(InviteeAdded, happened)) == ([], [])
    book.take(judge_child, worker_told(BEFORE, OTHER_WORKER))
    assert invited(book, "social_worker") == [OTHER_WORKER], "who takes the empty place"


def first_day(book: Book) -> date:
    first: date = book._states[f"child-{REF}"].social_workers[0][0]
    return first


def school_day(book: Book) -> date:
    first: date = book._states[f"child-{REF}"].schools[0][0]
    return first


def test_a_correction_of_the_day_alone_leaves_the_teacher_on_the_list(book: Book) -> None:
    on = school_day(book)
    moved = corrected("school", on, was=OXFORDSHIRE_SCHOOL, right=OXFORDSHIRE_SCHOOL, right_on=on + timedelta(days=1))
    assert of_kind(InviteeWithdrawn, book.take(judge_child, moved)) == []
    assert invited(book, "designated_teacher") == [TEACHER]


def test_a_correction_of_the_school_invites_the_teacher_of_the_right_one(book: Book) -> None:
    teachers = {OXFORDSHIRE_SCHOOL: (TEACHER,), LEICESTERSHIRE_SCHOOL: (NEW_TEACHER,)}
    book.take(propose_meeting, propose(TEACHER))
    right = corrected("school", school_day(book), teachers, was=OXFORDSHIRE_SCHOOL, right=LEICESTERSHIRE_SCHOOL)
    happened = book.take(judge_child, right)
    assert invited(book, "designated_teacher") == [NEW_TEACHER]
    assert [(each.left, each.came) for each in of_kind(AskedInstead, happened)] == [((TEACHER,), (NEW_TEACHER,))]


def test_a_teacher_stays_invited_when_the_school_becomes_an_academy(book: Book) -> None:
    academy = Listed(LEICESTERSHIRE_SCHOOL, "Anytown Academy", "secondary", "931", predecessor_urn=OXFORDSHIRE_SCHOOL)
    book._states[f"school-{LEICESTERSHIRE_SCHOOL}"] = academy
    listed = book.take(judge_child, school_told(OXFORDSHIRE, BEFORE, LEICESTERSHIRE_SCHOOL))
    assert [each.renumbered for each in of_kind(SchoolMoved, listed)] == [True]
    assert of_kind(InviteeWithdrawn, listed) == []
    assert invited(book, "designated_teacher") == [TEACHER]


@pytest.mark.rule("O-12")
def test_another_adviser_is_invited_as_the_one_before_was(book: Book) -> None:
    book.append("meeting-m1", InviteeWithdrawn(meeting_id="m1", child_ref=REF, on=BEFORE, invitee_ref=WORKER,
                                               capacity="social_worker", because="decided"))  # fmt: skip
    book.append("meeting-m1", InviteeAdded(meeting_id="m1", child_ref=REF, on=BEFORE, invitee_ref=WORKER,
                                           capacity="personal_adviser", at=AT_TWO, person_ref=WORKER))  # fmt: skip
    book.take(judge_child, worker_told(BEFORE, OTHER_WORKER))
    assert invited(book, "personal_adviser") == [OTHER_WORKER]


# What lists show


def test_lists_show_who_is_asked_now_and_which_places_are_empty() -> None:
    proposed = MeetingProposed(
        meeting_id="m2", child_ref=REF, on=BEFORE, dates=DAYS, asked=(WORKER, TEACHER), by=WORKER
    )
    about: dict[str, Any] = {"meeting_id": "m2", "child_ref": REF, "on": BEFORE}
    answers = [ProposalAnswered(**about, invitee_ref=each, suits=DAYS[:1], by=each) for each in (WORKER, TEACHER)]
    agreed = MeetingDateAgreed(**about, at=DAYS[0])
    instead = AskedInstead(**about, left=(WORKER,), came=(OTHER_WORKER,))
    (row,) = folded(MEETING_PROPOSALS, proposed, *answers, agreed, instead)
    assert (row.state, row.agreed, row.asked, row.unanswered) == (
        "open", None, (TEACHER, OTHER_WORKER), [OTHER_WORKER]
    )  # fmt: skip
    gone = {**about, "invitee_ref": CARER, "capacity": "carer"}
    left = InviteeWithdrawn(**gone, because="another_person")
    decided = InviteeWithdrawn(**gone, because="decided")
    came = InviteeAdded(**{**about, "invitee_ref": NEW_CARER, "capacity": "carer"}, at=AT_TWO, person_ref=NEW_CARER)
    scheduled = MeetingScheduled(meeting_id="m2", child_ref=REF, on=BEFORE, at=AT_TWO, invitees=(CARER,), by=WORKER)
    empty = [folded(MEETING_OVERVIEWS, scheduled, *more)[0].vacant for more in ((left, left), (left, came), (decided,))]
    assert empty == [("carer", "carer"), (), ()]


@pytest.mark.rule("O-12")
def test_lists_show_an_adviser_who_was_asked_as_the_social_worker_in_year_12() -> None:
    about: dict[str, Any] = {"meeting_id": "m2", "child_ref": REF, "on": BEFORE, "at": AT_TWO}
    in_year = [
        MeetingScheduled(
            **about, invitees=(WORKER,), by=TEACHER, must_invite=("social_worker", "carer"), adviser_is_worker=is_so
        )
        for is_so in (True, False)
    ]
    adviser = InviteeListed(
        meeting_id="m2", child_ref=REF, invitee_ref=WORKER, capacity="personal_adviser", person_ref=WORKER
    )
    shown = [folded(MEETING_OVERVIEWS, scheduled, adviser)[0].not_invited for scheduled in in_year]
    assert shown == [["carer"], ["social_worker", "carer"]]
