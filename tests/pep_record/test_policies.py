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
    CareResponsibilityTransferred,
    ChildEnteredCare,
    ChildLeftCare,
    FactCorrected,
    MeetingCancelled,
    MeetingHeld,
    MeetingOutcomeCorrected,
    MeetingRescheduled,
    MeetingScheduled,
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
        (ChildLeftCare(child_ref=CHILD, on=TODAY, ended="never_in_care"), (KnownToHaveLeftCare,)),
        (CareResponsibilityTransferred(child_ref=CHILD, on=TODAY), (KnownToHaveLeftCare,)),
        (SchoolMoved(child_ref=CHILD, on=TODAY, school_urn=None), (SchoolKnown,)),
        (SchoolMoved(child_ref=CHILD, on=TODAY, school_urn="900005", renumbered=True), (SchoolKnown,)),
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


def test_a_transfer_and_the_end_of_the_spell_that_comes_with_it_are_one_leaving() -> None:
    streams = Streams().after(react(CareResponsibilityTransferred(child_ref=CHILD, on=TODAY)))
    assert streams.decided(react(ChildLeftCare(child_ref=CHILD, on=TODAY, ended="moved_authority"))) == []


APPLIES = PEPApplicable(child_ref=CHILD, on=ENTERED_CARE, because="entered_care")
ENTERED = ChildEnteredCare(child_ref=CHILD, on=ENTERED_CARE, born_in_school_year=2015, school_urn="900001")
LEFT = ChildLeftCare(child_ref=CHILD, on=TODAY, ended="returned_home")


@pytest.mark.parametrize(
    "corrections",
    [
        (LEFT, ENTERED.model_copy(update={"on": TODAY})),
        (FactCorrected(child_ref=CHILD, fact="left_care", on=TODAY, right_on=MEETING_DAY), LEFT),
        (ENTERED.model_copy(update={"on": date(2026, 9, 14)}), APPLIES.model_copy(update={"on": date(2026, 9, 14)})),
        (ChildLeftCare(child_ref=CHILD, on=ENTERED_CARE, ended="never_in_care"),),
        (SchoolMoved(child_ref=CHILD, on=TODAY, school_urn="900005", renumbered=True),),
        (APPLIES, APPLIES),
    ],
    ids=["never left", "left earlier", "entered earlier", "never in care", "a new number", "told again"],
)
def test_a_corrected_fact_opens_no_second_plan(corrections: tuple[Announcement, ...]) -> None:
    streams = Streams().after(react(ENTERED)).after(react(APPLIES))
    for told in corrections:
        if type(told) in POLICIES:
            streams = streams.after(react(told))
    assert streams.history.keys() == {f"known-{CHILD}", PLAN_ID}
    assert streams.state(f"known-{CHILD}").current_plan.plan_id == PLAN_ID


def test_what_becomes_of_a_meeting_before_it_is_held_is_no_matter_of_the_plan() -> None:
    assert not {MeetingCancelled, MeetingRescheduled, MeetingScheduled} & POLICIES.keys()
