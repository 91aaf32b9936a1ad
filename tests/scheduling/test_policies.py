"""What pep-record announces reaches the child's due dates."""

from datetime import date, datetime
from uuid import UUID

import pytest
from tests.scheduling.worked_examples import LEICESTERSHIRE, OXFORDSHIRE, REF, said

from pep_kernel.announcement import Announcement
from pep_kernel.contracts import pep_record
from pep_kernel.decider import Act
from pep_runtime.clock import LONDON
from scheduling.domain.child.commands import FlagOverdue, MeetObligation, ReopenObligations
from scheduling.domain.meeting.invitation_commands import FollowPerson
from scheduling.domain.meetings_follow import CallOffWhatEnded
from scheduling.policies import POLICIES
from scheduling.policies.call_off_what_ended import StillStanding, call_off
from scheduling.policies.flag_overdue_when_day_has_passed import flag_overdue
from scheduling.policies.follow_a_changed_person import AnotherPerson, follow_a_changed_person

PLAN = f"plan-{REF}-1"
ON = date(2026, 10, 16)


def _act(announcement: Announcement) -> Act:
    act = POLICIES[type(announcement)](said(announcement), OXFORDSHIRE)
    assert act is not None
    assert (act.streams, act.child_ref) == ((f"child-{REF}",), REF)
    return act


@pytest.mark.rule("L-79")
def test_marking_a_plan_complete_meets_complete() -> None:
    marked = pep_record.PEPMarkedComplete(plan_id=PLAN, child_ref=REF, plan_version=1, on=ON, by="teacher")
    assert _act(marked).command == MeetObligation(child_ref=REF, obligation="complete", on=ON, by=PLAN)


@pytest.mark.rule("L-80")
def test_completion_after_quality_assurance_meets_available() -> None:
    completed = pep_record.PEPCompleted(
        plan_id=PLAN,
        child_ref=REF,
        plan_version=1,
        meeting_id="m1",
        school_year=2026,
        term="autumn",
        on=ON,
        lines=(),
    )
    assert _act(completed).command == MeetObligation(child_ref=REF, obligation="available", on=ON, by=PLAN)


def test_a_withdrawn_completion_opens_both_again() -> None:
    withdrawn = pep_record.PEPCompletionWithdrawn(plan_id=PLAN, child_ref=REF, plan_version=1, meeting_id="m1")
    assert _act(withdrawn).command == ReopenObligations(child_ref=REF, by=PLAN)


def test_whoever_has_taken_over_a_job_is_followed_once_for_a_meeting() -> None:
    found = AnotherPerson("m1", REF, "designated_teacher", "before", ("after",), year_group=7)
    policy = LEICESTERSHIRE.file.in_force(ON)
    act, cause = follow_a_changed_person("shire", found, ON, policy)
    who = {"capacity": "designated_teacher", "people": ("after",)}
    told = FollowPerson(meeting_id="m1", **who, on=ON, policy=policy, year_group=7)
    assert (act.command, act.streams, act.child_ref) == (told, ("meeting-m1",), REF)
    assert follow_a_changed_person("shire", found, ON, policy)[1] == cause
    assert follow_a_changed_person("shire", found, date(2026, 12, 1), policy)[1] != cause
    assert follow_a_changed_person("elsewhere", found, ON, policy)[1] != cause


def test_what_stands_after_a_fact_that_ended_it_is_called_off_because_of_that_fact() -> None:
    at = datetime(2026, 10, 16, 9, tzinfo=LONDON)
    act = call_off(StillStanding("m1", REF, "died", UUID(int=1), UUID(int=2), at), ON)
    assert act.command == CallOffWhatEnded(child_ref=REF, meeting_id="m1", on=ON, because="died")
    assert (act.streams, act.child_ref) == ((f"child-{REF}", "meeting-m1"), REF)


def test_a_day_that_has_passed_is_the_cause_of_one_flag_and_the_same_one_every_time() -> None:
    due = date(2026, 11, 13)
    act, cause = flag_overdue("shire", REF, "hold", ON, due, date(2026, 11, 14))
    told = FlagOverdue(child_ref=REF, obligation="hold", trigger_on=ON, today=date(2026, 11, 14))
    assert (act.command, act.streams, act.child_ref) == (told, (f"child-{REF}",), REF)
    assert flag_overdue("shire", REF, "hold", ON, due, date(2026, 11, 20))[1] == cause
    assert flag_overdue("elsewhere", REF, "hold", ON, due, date(2026, 11, 14))[1] != cause
