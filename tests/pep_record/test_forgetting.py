"""After a child is forgotten nothing is done with their plans any more, whatever is asked and wherever a plan stood."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from tests.pep_record.streams import Streams
from tests.pep_record.worked_examples import (
    CHILD,
    ENTERED_CARE,
    LEICESTERSHIRE,
    MEETING_DAY,
    NEXT_PLAN_ID,
    OFFICER,
    PLAN_ID,
    TODAY,
    WORKER,
    approve,
    became_current,
    completed,
    contribute,
    held,
    mark_complete,
    marked_complete,
    opened,
    return_plan,
    rules_of,
    set_target,
    written,
)

from pep_kernel.announcement import Announcement, Said
from pep_kernel.contracts import scheduling as said
from pep_kernel.decider import Act
from pep_kernel.forgotten import KnownForgotten, NoteForgotten
from pep_kernel.may import Role
from pep_kernel.message import Command, Event
from pep_kernel.refusal import Refusal
from pep_kernel.scenario import Scenario
from pep_record.domain.names import known_of
from pep_record.domain.plan.commands import SignOff, Subject, Supersede, WithdrawCompletion
from pep_record.domain.plan.decider import PLAN
from pep_record.domain.plan.events import PEPForgotten, PEPSuperseded
from pep_record.policies import POLICIES

GONE_ON, REASON = date(2089, 11, 5), "retention_period_ended"
NOTE = NoteForgotten(child_ref=CHILD, on=GONE_ON, reason=REASON)
FORGOTTEN = PEPForgotten(on=GONE_ON, reason=REASON)
SENTENCE = "This child's record was removed on 05/11/2089: retention period ended."
IN_QUALITY_ASSURANCE = (*written(LEICESTERSHIRE), marked_complete())
PLACES: dict[str, Sequence[Event]] = {
    "draft": (opened(),),
    "in quality assurance": IN_QUALITY_ASSURANCE,
    "completed": (*IN_QUALITY_ASSURANCE, completed()),
    "superseded": (opened(), PEPSuperseded(by_plan_id=NEXT_PLAN_ID, on=TODAY)),
}
ASKED: tuple[Command, ...] = (
    contribute("pupil_views", Role.DESIGNATED_TEACHER, LEICESTERSHIRE),
    set_target(Subject.MATHS),
    mark_complete(LEICESTERSHIRE),
    SignOff(by=WORKER, on=TODAY),
    approve(LEICESTERSHIRE),
    return_plan(LEICESTERSHIRE, by=OFFICER),
    Supersede(by_plan_id=NEXT_PLAN_ID, on=TODAY),
    WithdrawCompletion(meeting_id="meeting-1", on=TODAY),
)
plan = Scenario(PLAN)


def react(announcement: Announcement) -> Act:
    at = datetime(2089, 11, 5, tzinfo=UTC)
    told = Said(announcement, "leicestershire", "scheduling", 1, UUID(int=1), at, UUID(int=1))
    act = POLICIES[type(announcement)](told, rules_of("leicestershire"))
    assert act is not None
    return act


FORGET = react(said.ChildForgotten(child_ref=CHILD, on=GONE_ON, reason=REASON))


@pytest.mark.parametrize("place", PLACES)
def test_wherever_a_plan_stands_it_is_closed_once_and_everything_else_is_refused(place: str) -> None:
    closed = plan.given(*PLACES[place]).when(NOTE).then(FORGOTTEN)
    closed.when(NOTE).then_nothing()
    for command in ASKED:
        closed.when(command).then_refused(SENTENCE, "reg 50")


def test_it_becomes_known_and_all_of_the_childs_plans_are_closed_in_the_same_moment() -> None:
    streams = (
        Streams()
        .given(known_of(CHILD), became_current(), held())
        .given(PLAN_ID, *PLACES["superseded"])
        .given(NEXT_PLAN_ID, opened(plan_id=NEXT_PLAN_ID, number=2))
    )
    known = KnownForgotten(child_ref=CHILD, on=GONE_ON, reason=REASON)
    assert streams.decided(FORGET) == [(known_of(CHILD), known), (PLAN_ID, FORGOTTEN), (NEXT_PLAN_ID, FORGOTTEN)]
    assert streams.after(FORGET).decided(FORGET) == []


@pytest.mark.parametrize(
    "told",
    [
        said.ChildEnteredCare(child_ref=CHILD, on=ENTERED_CARE, born_in_school_year=2015, school_urn="900001"),
        said.PEPApplicable(child_ref=CHILD, on=TODAY, because="school_moved"),
        said.MeetingHeld(child_ref=CHILD, on=MEETING_DAY, meeting_id="meeting-2", outcome="PEP"),
        said.MeetingOutcomeCorrected(
            child_ref=CHILD, on=MEETING_DAY, meeting_id="meeting-1", outcome="PROGRESS_REVIEW"
        ),
    ],
    ids=lambda told: type(told).__name__,
)
def test_nothing_more_is_taken_in_and_no_plan_is_opened(told: Announcement) -> None:
    streams = Streams().given(known_of(CHILD), became_current()).given(PLAN_ID, opened()).after(FORGET)
    with pytest.raises(Refusal, match="This child's record was removed on 05/11/2089"):
        streams.decided(react(told))
