"""Whenever somebody announces something, the right people are told of it, each once."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from notifications.domain.audience import Named, nobody_in
from notifications.domain.intent import INTENT, NotificationRequested, NotificationSuppressed, Waiting
from notifications.domain.known_child import KNOWN
from notifications.domain.roster import ROSTER, ROSTER_STREAM
from notifications.policies import POLICIES
from pep_kernel.announcement import Announcement, Said
from pep_kernel.colleagues import ColleagueKnown, NoteColleague, NoteColleagueGone, NoteGranted
from pep_kernel.contracts.funding import PPPReleased
from pep_kernel.contracts.pep_record import PEPMarkedComplete, PEPReturned
from pep_kernel.contracts.scheduling import (
    GlassBroken,
    MeetingCancelled,
    MeetingDetailsSent,
    RoleEnded,
    RoleGranted,
    StaffMemberAdded,
)
from pep_kernel.decider import Act, AnyDecider, States
from pep_kernel.message import Event

DECIDERS: dict[str, AnyDecider] = {"roster": ROSTER, "intent": INTENT, "known": KNOWN}
STAFF = ROSTER.fold(
    (
        ColleagueKnown(person_ref="officer-1", role="virtual_school_officer"),
        ColleagueKnown(person_ref="officer-2", role="virtual_school_officer"),
        ColleagueKnown(person_ref="head-1", role="virtual_school_head"),
        ColleagueKnown(person_ref="teacher-1", role="designated_teacher", school_urn="100001"),
        ColleagueKnown(person_ref="teacher-2", role="designated_teacher", school_urn="100002"),
    )
)
PLAN = "plan-child7-1"
MEETING = MeetingDetailsSent(
    meeting_id="meeting-1",
    child_ref="child7",
    at=datetime(2026, 10, 6, 13, 0, tzinfo=UTC),
    invitees=("worker-1", "guest-2", "worker-1"),
    sequence=0,
)
MARKED = PEPMarkedComplete(plan_id=PLAN, child_ref="child7", plan_version=1, on=date(2026, 10, 9), by="teacher-1")
RETURNED = PEPReturned(plan_id=PLAN, child_ref="child7", plan_version=1, to="teacher-1")


def released(line_id: str, payee_urn: str = "100001") -> PPPReleased:
    return PPPReleased.model_validate(
        {
            "plan_id": PLAN,
            "child_ref": "child7",
            "line_id": line_id,
            "line_number": 1,
            "released_pence": 40_000,
            "payee_urn": payee_urn,
            "financial_year": "2026-27",
            "run_id": "run-1",
            "on": date(2026, 11, 16),
        }
    )


def said(told: Announcement) -> Said[Any]:
    return Said(
        announcement=told,
        authority="authority-1",
        service="a-service",
        number=1,
        event_id=UUID(int=1),
        recorded_at=datetime(2026, 10, 9, 9, 0, tzinfo=UTC),
        correlation=UUID(int=1),
    )


def act_on(told: Announcement) -> Act:
    act = POLICIES[type(told)](said(told), None)
    assert act is not None
    return act


def asked_by(act: Act, before: dict[str, Any] | None = None) -> Sequence[tuple[str, Event]]:
    states = States(DECIDERS, {ROSTER_STREAM: STAFF, **(before or {})})
    assert act.together is not None
    return act.together(states, act.command)


def recipients(told: Announcement) -> list[str]:
    events = [event for _, event in asked_by(act_on(told))]
    assert all(isinstance(event, NotificationRequested) for event in events)
    return [event.recipient for event in events if isinstance(event, NotificationRequested)]


@pytest.mark.rule("L-13")
def test_who_was_told_of_a_meeting_hears_that_it_is_called_off_and_nobody_else() -> None:
    cancelled = MeetingCancelled(meeting_id="meeting-1", child_ref="child7", at=MEETING.at, invitees=("guest-2",))
    assert recipients(cancelled) == ["guest-2"]
    untold = cancelled.model_copy(update={"invitees": ()})
    assert POLICIES[MeetingCancelled](said(untold), None) is None


@pytest.mark.rule("L-13")
def test_everybody_on_the_list_is_invited_once_with_an_account_or_without() -> None:
    assert recipients(MEETING) == ["worker-1", "guest-2"]


@pytest.mark.rule("L-79")
def test_a_plan_marked_complete_is_told_to_the_virtual_school_officers() -> None:
    assert recipients(MARKED) == ["officer-1", "officer-2"]


@pytest.mark.rule("L-81")
def test_a_returned_plan_is_told_to_whoever_marked_it_complete() -> None:
    assert recipients(RETURNED) == ["teacher-1"]


def test_released_money_is_told_to_the_schools_own_designated_teacher() -> None:
    assert recipients(released("line-1", payee_urn="100002")) == ["teacher-2"]


def test_broken_glass_is_told_to_the_allocated_worker_and_the_head_of_the_virtual_school() -> None:
    broken = GlassBroken(
        child_ref="child7",
        person_ref="duty-1",
        until=datetime(2026, 10, 9, 12, tzinfo=UTC),
        social_worker_ref="worker-1",
    )
    assert recipients(broken) == ["worker-1", "head-1"]
    assert recipients(broken.model_copy(update={"social_worker_ref": None})) == ["head-1"]
    later = broken.model_copy(update={"until": datetime(2026, 10, 9, 15, tzinfo=UTC)})
    streams = {stream for told in (broken, later) for stream, _ in asked_by(act_on(told))}
    assert len(streams) == 4, "glass that is broken again is told again"


def test_broken_glass_is_told_to_the_deputies_too_while_the_worker_and_the_head_are_away() -> None:
    days = " from 2026-10-05 until 2026-10-09"
    granted = (f"stands_in_for:worker-1{days}", f"virtual_school_head{days}")
    deputy = ColleagueKnown(person_ref="deputy-1", role="social_worker", granted=granted)
    until = datetime(2026, 10, 9, 12, tzinfo=UTC)
    broken = GlassBroken(child_ref="child7", person_ref="duty-1", until=until, social_worker_ref="worker-1")
    told = [event for _, event in asked_by(act_on(broken), {ROSTER_STREAM: ROSTER.evolve(STAFF, deputy)})]
    people = [event.recipient for event in told if isinstance(event, NotificationRequested)]
    assert people == ["worker-1", "deputy-1", "head-1"]


def test_what_is_granted_is_noted_in_the_list_of_who_works_here() -> None:
    act = act_on(RoleGranted(person_ref="officer-1", granted=("auditor",)))
    assert act == Act(NoteGranted(person_ref="officer-1", granted=("auditor",)), (ROSTER_STREAM,))


def test_the_second_line_of_one_release_asks_for_no_second_message() -> None:
    ((stream, asked),) = asked_by(act_on(released("line-1")))
    assert isinstance(asked, NotificationRequested)
    assert asked_by(act_on(released("line-2")), {stream: Waiting(asked)}) == []


def test_a_message_is_its_own_for_every_person_and_occasion() -> None:
    moved = MEETING.model_copy(update={"at": datetime(2026, 10, 13, 13, 0, tzinfo=UTC)})
    streams = [stream for told in (MEETING, moved, MARKED, RETURNED) for stream, _ in asked_by(act_on(told))]
    assert len(set(streams)) == len(streams) == 7


@pytest.mark.parametrize(
    ("told", "nobody"),
    [
        (released("line-1", payee_urn="100009"), "role:designated_teacher@100009"),
        (MEETING.model_copy(update={"invitees": ()}), "nobody"),
    ],
)
def test_a_message_that_reaches_nobody_is_written_down_and_held_back(told: Announcement, nobody: str) -> None:
    (stream, asked), (same_stream, held_back) = asked_by(act_on(told))
    assert stream == same_stream
    assert isinstance(asked, NotificationRequested)
    assert asked.recipient == nobody
    assert held_back == NotificationSuppressed(reason="nobody_there")


@pytest.mark.rule("L-79")
def test_where_there_is_no_officer_the_message_names_the_role_that_nobody_has() -> None:
    act = act_on(MARKED)
    assert act.together is not None
    states = States(DECIDERS, {})
    asked, _held_back = act.together(states, act.command)
    assert isinstance(asked[1], NotificationRequested)
    assert asked[1].recipient == "role:virtual_school_officer"


def test_a_message_for_named_people_without_names_reaches_nobody() -> None:
    assert nobody_in(Named(people=())) == "nobody"


def test_all_messages_about_the_child_are_looked_at_before_asking() -> None:
    act = act_on(MARKED)
    assert (act.streams, act.child_ref, act.whole_child) == ((ROSTER_STREAM, "known-child7"), "child7", True)


def test_starting_and_ending_a_role_is_noted_in_the_one_list() -> None:
    started = act_on(StaffMemberAdded(person_ref="teacher-9", role="designated_teacher", school_urn="100001"))
    ended = act_on(RoleEnded(person_ref="teacher-9"))
    assert started.streams == ended.streams == (ROSTER_STREAM,)
    assert isinstance(started.command, NoteColleague)
    assert ended.command == NoteColleagueGone(person_ref="teacher-9")
