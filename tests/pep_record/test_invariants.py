"""Whatever people ask and however facts come: what an auditor would look for holds after every step."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.pep_record.streams import Streams
from tests.pep_record.worked_examples import (
    CHILD,
    ENTERED_CARE,
    LEICESTERSHIRE,
    NEXT_PLAN_ID,
    OXFORDSHIRE,
    PLAN_ID,
    approve,
    became_current,
    held,
    marked_complete,
    return_plan,
    set_target,
    written,
)

from pep_kernel.calendars import Term
from pep_kernel.decider import Act
from pep_kernel.may import Role
from pep_kernel.refusal import Refusal
from pep_record.domain.correction import correction
from pep_record.domain.known.commands import NoteMeetingCorrected, NoteMeetingHeld
from pep_record.domain.opening import opening
from pep_record.domain.plan.commands import ContributeSection, MarkComplete, OpenPlan, ReturnPlan, SetTarget, Subject
from pep_record.domain.plan.events import PEPCompleted, SectionContributed, TargetSet
from pep_record.domain.plan.states import Completed, Superseded
from pep_record.domain.resting_on_facts import resting_on_facts

KNOWN_CHILD = f"known-{CHILD}"
PEOPLE = ("anna", "bela", "cleo")
WRITTEN = Streams().given(PLAN_ID, *written(LEICESTERSHIRE)).given(KNOWN_CHILD, became_current())
MET = WRITTEN.given(KNOWN_CHILD, held())
WAITING = MET.given(PLAN_ID, marked_complete())

days = st.integers(0, 60).map(lambda days: ENTERED_CARE + timedelta(days=days))
people = st.sampled_from(PEOPLE)
plans = st.sampled_from((PLAN_ID, PLAN_ID, NEXT_PLAN_ID))
meetings = st.sampled_from(("meeting-1", "meeting-2"))
outcomes = st.sampled_from(("PEP", "PEP", "PROGRESS_REVIEW"))
versions = st.sampled_from((1, 1, 2))


def _open(on: date) -> Act:
    return opening(OpenPlan(child_ref=CHILD, on=on, because="school_moved", school_year=2026, term=Term.AUTUMN), "v1")


def _held(meeting_id: str, on: date, outcome: str) -> Act:
    facts = {"child_ref": CHILD, "on": on, "meeting_id": meeting_id, "outcome": outcome}
    return Act(NoteMeetingHeld.model_validate(facts), (KNOWN_CHILD,), child_ref=CHILD)


def _corrected(meeting_id: str, on: date, outcome: str) -> Act:
    facts = {"child_ref": CHILD, "on": on, "meeting_id": meeting_id, "outcome": outcome}
    return correction(NoteMeetingCorrected.model_validate(facts))


def _section(plan_id: str, by: str) -> Act:
    role, rules = Role.DESIGNATED_TEACHER, OXFORDSHIRE
    command = ContributeSection(
        plan_id=plan_id, section="school_view", text="Kind.", by=by, role=role, on=ENTERED_CARE, rules=rules
    )
    return resting_on_facts(command)


def _target(plan_id: str, by: str) -> Act:
    command: SetTarget = set_target(Subject.SEMH, target_id="target-9").model_copy(update={"by": by})
    return Act(command, (plan_id,), child_ref=CHILD)


def _marked(plan_id: str, by: str) -> Act:
    role = Role.DESIGNATED_TEACHER
    return resting_on_facts(MarkComplete(plan_id=plan_id, by=by, role=role, on=ENTERED_CARE, rules=LEICESTERSHIRE))


def _approved(plan_id: str, by: str, version: int) -> Act:
    command = approve(LEICESTERSHIRE, version=version, by=by)
    return resting_on_facts(command.model_copy(update={"plan_id": plan_id}))


def _returned(plan_id: str, by: str, version: int) -> Act:
    command: ReturnPlan = return_plan(LEICESTERSHIRE, by=by, version=version)
    return Act(command, (plan_id,), child_ref=CHILD)


SCHOOL_MOVES = st.builds(_open, days)
MEETINGS = st.one_of(st.builds(_held, meetings, days, outcomes), st.builds(_corrected, meetings, days, outcomes))
WRITING = st.one_of(st.builds(_section, plans, people), st.builds(_target, plans, people))
MARKING = st.builds(_marked, plans, people)
APPROVING = st.builds(_approved, plans, people, versions)
RETURNING = st.builds(_returned, plans, people, versions)
LIVES = st.lists(st.one_of(APPROVING, MARKING, MEETINGS, APPROVING, RETURNING, WRITING), max_size=12)
"""A stretch between two moves of school: long enough, and often enough, for a plan to be completed."""


def step(before: Streams, act: Act) -> Streams:
    """The streams afterwards; a refusal changes nothing."""
    try:
        happened = before.decided(act)
    except Refusal:
        return before
    for stream, event in happened:
        if isinstance(event, PEPCompleted):
            assert_well_completed(before, stream, event)
    return before.after(act)


def assert_well_completed(before: Streams, plan_id: str, event: PEPCompleted) -> None:
    """I3, I4: on a PEP meeting of this plan, by somebody who has no part in it, for the version that waited."""
    written_by = {each.by for each in before.history[plan_id] if isinstance(each, SectionContributed | TargetSet)}
    assert event.by not in written_by
    assert event.meeting_id in before.state(KNOWN_CHILD).pep_meetings_of(plan_id)
    assert event.plan_version == before.state(plan_id).version


def assert_one_current_plan(streams: Streams) -> None:
    """I2, and the plan that is not superseded is the one that is known as the current one."""
    states = {name: streams.state(name) for name in streams.history if name.startswith("plan-")}
    current = [name for name, state in states.items() if not isinstance(state, Superseded)]
    assert current == [streams.state(KNOWN_CHILD).current_plan.plan_id]


def assert_completions_stand(streams: Streams) -> None:
    """No completion outlives the meeting that it rests on."""
    reviews = {
        each.meeting_id for each in streams.state(KNOWN_CHILD).meetings if each.corrected and not each.is_pep_meeting
    }
    for name in streams.history:
        state = streams.state(name)
        completion = state.completion if isinstance(state, Superseded) else state
        assert not (isinstance(completion, Completed) and completion.meeting_id in reviews)


@pytest.mark.rule("L-20", "O-24")
@pytest.mark.scenario("T21", "T34", "T62")
@settings(max_examples=150)
@given(st.sampled_from((WRITTEN, MET, WAITING)), LIVES, st.lists(st.tuples(SCHOOL_MOVES, LIVES), max_size=2))
def test_no_order_of_requests_and_facts_breaks_a_promise(
    streams: Streams, first: list[Act], later: list[tuple[Act, list[Act]]]
) -> None:
    for act in (*first, *(act for move, life in later for act in (move, *life))):
        streams = step(streams, act)
        assert_one_current_plan(streams)
        assert_completions_stand(streams)
