"""What is known of a child: always accepted, in whatever order it comes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.pep_record.worked_examples import (
    CHILD,
    ENTERED_CARE,
    MEETING_DAY,
    NEXT_PLAN_ID,
    PLAN_ID,
    TODAY,
    became_current,
    held,
)

from pep_kernel.scenario import Scenario
from pep_record.domain.known.commands import (
    NoteCurrentPlan,
    NoteEnteredCare,
    NoteLeftCare,
    NoteMeetingHeld,
    NoteNoPlanNeeded,
    NoteSchool,
    NoteSocialWorker,
)
from pep_record.domain.known.decider import KNOWN
from pep_record.domain.known.events import (
    KnownEvent,
    KnownInCare,
    KnownToHaveLeftCare,
    MeetingCorrectionKnown,
    NoPlanNeeded,
    SchoolKnown,
    SocialWorkerKnown,
)
from pep_record.domain.names import child_of, plan_of

known = Scenario(KNOWN)
in_care = KnownInCare(child_ref=CHILD, on=ENTERED_CARE, born_in_school_year=2015)
school = SchoolKnown(child_ref=CHILD, on=ENTERED_CARE, school_urn="900001")
left = KnownToHaveLeftCare(child_ref=CHILD, on=TODAY)
worker = SocialWorkerKnown(child_ref=CHILD, on=ENTERED_CARE, social_worker_ref="worker-1")
no_plan = NoPlanNeeded(child_ref=CHILD, on=ENTERED_CARE, reason="short_break")


def test_a_plan_is_named_after_its_child() -> None:
    assert plan_of(CHILD, 1) == PLAN_ID
    assert child_of(PLAN_ID) == CHILD


def test_a_child_enters_care_with_or_without_a_school() -> None:
    asked = NoteEnteredCare(child_ref=CHILD, on=ENTERED_CARE, born_in_school_year=2015)
    known.when(asked).then(in_care)
    known.when(asked.model_copy(update={"school_urn": "900001"})).then(in_care, school)


def test_every_fact_is_accepted_before_it_is_known_that_the_child_is_in_care() -> None:
    known.when(NoteLeftCare(child_ref=CHILD, on=TODAY, closes_on=TODAY)).then(
        KnownToHaveLeftCare(child_ref=CHILD, on=TODAY, closes_on=TODAY)
    )
    known.when(NoteSchool(child_ref=CHILD, on=ENTERED_CARE, school_urn="900001")).then(school)
    known.when(NoteSocialWorker(child_ref=CHILD, on=ENTERED_CARE, social_worker_ref="worker-1")).then(worker)
    known.when(NoteNoPlanNeeded(child_ref=CHILD, on=ENTERED_CARE, reason="short_break")).then(no_plan)
    known.when(NoteMeetingHeld(child_ref=CHILD, on=MEETING_DAY, meeting_id="meeting-1", outcome="PEP")).then(held())
    note = NoteCurrentPlan(child_ref=CHILD, on=ENTERED_CARE, plan_id=PLAN_ID, number=1)
    known.when(note).then(became_current())


def test_an_older_school_told_late_does_not_take_the_place_of_the_newer() -> None:
    older = SchoolKnown(child_ref=CHILD, on=date(2024, 9, 2), school_urn="900009")
    assert KNOWN.fold([school, older]).roll.school_urn == "900001"
    assert KNOWN.fold([older, school]).roll.school_urn == "900001"


def test_a_child_of_whom_little_is_known_has_no_plan_and_no_meetings() -> None:
    state = KNOWN.fold([left, worker, no_plan])
    assert state.current_plan is None
    assert state.pep_meetings_of(PLAN_ID) == ()


@pytest.mark.scenario("T62")
def test_a_meeting_belongs_to_the_plan_that_was_current_on_its_day_however_late_it_is_told() -> None:
    plans = [became_current(), became_current(NEXT_PLAN_ID, 2, date(2026, 11, 2))]
    state = KNOWN.fold(
        [in_care, *plans, held("meeting-2", date(2026, 11, 2)), held(), held("meeting-0", date(2026, 9, 1))]
    )
    assert state.pep_meetings_of(PLAN_ID) == ("meeting-1",)
    assert state.pep_meetings_of(NEXT_PLAN_ID) == ("meeting-2",)


MEETING_DAY_CORRECTED = MEETING_DAY + timedelta(days=1)
CORRECTION = MeetingCorrectionKnown(
    child_ref=CHILD, on=MEETING_DAY_CORRECTED, meeting_id="meeting-1", outcome="PROGRESS_REVIEW"
)


@given(st.permutations([held(), held("meeting-2", TODAY), CORRECTION, became_current(), held()]))
def test_a_correction_holds_in_whatever_order_facts_come(facts: list[KnownEvent]) -> None:
    state = KNOWN.fold(facts)
    assert state.pep_meetings_of(PLAN_ID) == ("meeting-2",)
    days = {meeting.meeting_id: meeting.on for meeting in state.meetings}
    assert days == {"meeting-1": MEETING_DAY_CORRECTED, "meeting-2": TODAY}
