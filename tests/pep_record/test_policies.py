"""What becomes here of what scheduling announces."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from tests.pep_record.streams import Streams
from tests.pep_record.worked_examples import CHILD, ENTERED_CARE, MEETING_DAY, PLAN_ID, TODAY, rules_of

from pep_kernel.announcement import Announcement, Said
from pep_kernel.calendars import Term, TermDatesMissing
from pep_kernel.contracts.scheduling import (
    ChildEnteredCare,
    ChildLeftCare,
    MeetingHeld,
    MeetingOutcomeCorrected,
    PEPApplicable,
    PEPNotApplicable,
    SchoolMoved,
    SocialWorkerAllocated,
)
from pep_kernel.decider import Act
from pep_kernel.message import Event
from pep_record.domain.known.events import (
    KnownInCare,
    KnownToHaveLeftCare,
    MeetingKnown,
    NoPlanNeeded,
    SchoolKnown,
    SocialWorkerKnown,
)
from pep_record.domain.plan.commands import OpenPlan
from pep_record.domain.plan.events import EPEPOpened
from pep_record.policies import POLICIES

RULES = rules_of("leicestershire")


def react(announcement: Announcement) -> Act:
    said = Said(
        announcement, "leicestershire", "scheduling", 1, UUID(int=1), datetime(2026, 9, 21, tzinfo=UTC), UUID(int=1)
    )
    act = POLICIES[type(announcement)](said, RULES)
    assert act is not None
    return act


@pytest.mark.parametrize(
    ("announcement", "kinds"),
    [
        (
            ChildEnteredCare(child_ref=CHILD, on=ENTERED_CARE, born_in_school_year=2015, school_urn="900001"),
            (KnownInCare, SchoolKnown),
        ),
        (ChildLeftCare(child_ref=CHILD, on=TODAY), (KnownToHaveLeftCare,)),
        (SchoolMoved(child_ref=CHILD, on=TODAY, school_urn=None), (SchoolKnown,)),
        (SocialWorkerAllocated(child_ref=CHILD, on=TODAY, social_worker_ref="worker-1"), (SocialWorkerKnown,)),
        (PEPNotApplicable(child_ref=CHILD, on=TODAY, reason="short_break"), (NoPlanNeeded,)),
        (MeetingHeld(child_ref=CHILD, on=MEETING_DAY, meeting_id="meeting-1", outcome="PEP"), (MeetingKnown,)),
    ],
)
def test_a_fact_is_taken_in_for_its_child(announcement: Announcement, kinds: tuple[type[Event], ...]) -> None:
    act = react(announcement)
    happened = Streams().decided(act)
    assert tuple(type(event) for _, event in happened) == kinds
    assert {stream for stream, _ in happened} == {f"known-{CHILD}"}
    assert act.child_ref == CHILD


@pytest.mark.rule("O-32")
def test_a_plan_is_opened_for_the_term_of_the_day_when_a_pep_applies() -> None:
    act = react(PEPApplicable(child_ref=CHILD, on=ENTERED_CARE, because="entered_care"))
    assert isinstance(act.command, OpenPlan)
    assert (act.command.school_year, act.command.term) == (2026, Term.AUTUMN)
    assert act.policy_version == RULES.in_force(ENTERED_CARE).version
    (plan_id, event), _ = Streams().decided(act)
    assert (plan_id, type(event)) == (PLAN_ID, EPEPOpened)


def test_a_plan_opened_in_the_holidays_is_for_the_next_term() -> None:
    act = react(PEPApplicable(child_ref=CHILD, on=date(2026, 12, 29), because="entered_care"))
    assert isinstance(act.command, OpenPlan)
    assert (act.command.school_year, act.command.term) == (2026, Term.SPRING)


def test_a_day_beyond_the_known_term_dates_waits_for_them() -> None:
    with pytest.raises(TermDatesMissing):
        react(PEPApplicable(child_ref=CHILD, on=date(2099, 1, 5), because="entered_care"))


def test_a_correction_is_judged_with_all_of_the_childs_plans() -> None:
    act = react(MeetingOutcomeCorrected(child_ref=CHILD, on=TODAY, meeting_id="meeting-1", outcome="PROGRESS_REVIEW"))
    assert act.whole_child
    assert [stream for stream, _ in Streams().decided(act)] == [f"known-{CHILD}"]
