"""One current plan a child, whatever is told late or twice; and what a corrected meeting takes with it."""

from __future__ import annotations

from datetime import date

import pytest
from tests.pep_record.streams import Streams
from tests.pep_record.worked_examples import (
    CHILD,
    ENTERED_CARE,
    LEICESTERSHIRE,
    NEXT_PLAN_ID,
    OFFICER,
    PLAN_ID,
    TODAY,
    approve,
    became_current,
    completed,
    held,
    mark_complete,
    marked_complete,
    opened,
    written,
)

from pep_kernel.calendars import Term
from pep_kernel.contracts import pep_record as contracts
from pep_kernel.refusal import Refusal
from pep_kernel.scenario import Scenario
from pep_record.domain.correction import correction
from pep_record.domain.known.commands import NoteMeetingCorrected
from pep_record.domain.known.events import MeetingCorrectionKnown
from pep_record.domain.opening import opening
from pep_record.domain.plan.commands import OpenNumberedPlan, OpenPlan
from pep_record.domain.plan.decider import PLAN
from pep_record.domain.plan.events import EPEPOpened, PEPCompletionWithdrawn, PEPSuperseded
from pep_record.domain.plan.states import Completed, Draft, Superseded
from pep_record.domain.resting_on_facts import resting_on_facts

KNOWN_CHILD = f"known-{CHILD}"
NEW_SCHOOL = date(2026, 11, 2)
with_plan = Streams().given(PLAN_ID, *written(LEICESTERSHIRE)).given(KNOWN_CHILD, became_current())
with_meeting = with_plan.given(KNOWN_CHILD, held())
done = with_meeting.given(PLAN_ID, marked_complete(), completed())


def open_plan(on: date = ENTERED_CARE, because: str = "entered_care") -> OpenPlan:
    return OpenPlan(child_ref=CHILD, on=on, because=because, school_year=2026, term=Term.AUTUMN)


def corrected(outcome: str = "PROGRESS_REVIEW", meeting_id: str = "meeting-1") -> NoteMeetingCorrected:
    return NoteMeetingCorrected.model_validate(
        {"child_ref": CHILD, "on": TODAY, "meeting_id": meeting_id, "outcome": outcome}
    )


@pytest.mark.rule("O-32")
def test_the_first_trigger_opens_the_childs_first_plan() -> None:
    happened = Streams().decided(opening(open_plan(), "v1"))
    assert happened == [(PLAN_ID, opened()), (KNOWN_CHILD, became_current())]


def test_others_hear_of_a_plan_for_which_child_and_term_it_is() -> None:
    asked = OpenNumberedPlan(plan_id=PLAN_ID, number=1, supersedes=None, opening=open_plan())
    Scenario(PLAN).when(asked).then_announced(
        contracts.EPEPOpened(plan_id=PLAN_ID, child_ref=CHILD, school_year=2026, term="autumn")
    )


def test_the_same_trigger_told_again_and_an_older_one_told_late_open_none() -> None:
    assert with_plan.decided(opening(open_plan(), "v1")) == []
    assert with_plan.decided(opening(open_plan(date(2026, 9, 1)), "v1")) == []


@pytest.mark.scenario("T62")
@pytest.mark.rule("O-13")
def test_a_new_school_opens_a_second_plan_that_takes_the_place_of_the_first() -> None:
    act = opening(open_plan(NEW_SCHOOL, "school_moved"), "v1")
    happened = done.decided(act)
    assert [(stream, type(event)) for stream, event in happened if stream != KNOWN_CHILD] == [
        (NEXT_PLAN_ID, EPEPOpened),
        (PLAN_ID, PEPSuperseded),
    ]
    after = done.after(act)
    assert isinstance(after.state(PLAN_ID), Superseded)
    assert isinstance(after.state(NEXT_PLAN_ID), Draft)
    assert after.state(KNOWN_CHILD).current_plan.plan_id == NEXT_PLAN_ID


@pytest.mark.scenario("T62")
def test_the_meeting_of_the_first_plan_does_not_complete_the_second() -> None:
    second = with_meeting.after(opening(open_plan(NEW_SCHOOL, "school_moved"), "v1"))
    asked = mark_complete(LEICESTERSHIRE).model_copy(update={"plan_id": NEXT_PLAN_ID})
    with pytest.raises(Refusal, match="No PEP meeting"):
        second.decided(resting_on_facts(asked))


@pytest.mark.scenario("T21")
@pytest.mark.rule("L-20")
def test_a_review_of_progress_cannot_complete_a_plan_and_a_pep_meeting_can() -> None:
    reviewed = with_plan.given(KNOWN_CHILD, held(outcome="PROGRESS_REVIEW"))
    with pytest.raises(Refusal, match="a review of progress cannot complete it"):
        reviewed.decided(resting_on_facts(mark_complete(LEICESTERSHIRE)))
    rearranged = reviewed.given(KNOWN_CHILD, held("meeting-2", date(2026, 10, 8)))
    ((_, marked),) = rearranged.decided(resting_on_facts(mark_complete(LEICESTERSHIRE)))
    assert getattr(marked, "meeting_id", None) == "meeting-2"


def test_a_plan_is_approved_while_its_meeting_stands() -> None:
    waiting = with_meeting.given(PLAN_ID, marked_complete())
    assert waiting.decided(resting_on_facts(approve(LEICESTERSHIRE))) == [(PLAN_ID, completed())]
    with pytest.raises(Refusal, match="was no PEP meeting"):
        waiting.after(correction(corrected())).decided(resting_on_facts(approve(LEICESTERSHIRE)))


@pytest.mark.rule("L-20", "L-21")
def test_a_corrected_outcome_withdraws_the_completion_that_rested_on_it() -> None:
    known = MeetingCorrectionKnown(child_ref=CHILD, on=TODAY, meeting_id="meeting-1", outcome="PROGRESS_REVIEW")
    withdrawn = PEPCompletionWithdrawn(plan_version=1, meeting_id="meeting-1", on=TODAY)
    act = correction(corrected())
    assert done.decided(act) == [(KNOWN_CHILD, known), (PLAN_ID, withdrawn)]
    assert done.after(act).state(PLAN_ID).version == 2


def test_after_a_rearranged_meeting_the_plan_is_completed_as_its_next_version() -> None:
    rearranged = done.after(correction(corrected())).given(KNOWN_CHILD, held("meeting-2", TODAY))
    waiting = rearranged.after(resting_on_facts(mark_complete(LEICESTERSHIRE)))
    state = waiting.after(resting_on_facts(approve(LEICESTERSHIRE, version=2, by=OFFICER))).state(PLAN_ID)
    assert isinstance(state, Completed)
    assert (state.version, state.meeting_id) == (2, "meeting-2")


@pytest.mark.parametrize(("outcome", "meeting_id"), [("PEP", "meeting-1"), ("PROGRESS_REVIEW", "meeting-9")])
def test_a_correction_that_concerns_no_completion_withdraws_none(outcome: str, meeting_id: str) -> None:
    after = done.after(correction(corrected(outcome, meeting_id)))
    assert isinstance(after.state(PLAN_ID), Completed)


def test_a_correction_of_a_plan_that_was_not_completed_withdraws_nothing() -> None:
    after = with_meeting.after(correction(corrected()))
    assert isinstance(after.state(PLAN_ID), Draft)
