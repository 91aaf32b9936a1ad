"""In which order we are told changes nothing: what was done meets the duty whose start is told after it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.scheduling.single_facts import fact, left_care_told, school_told
from tests.scheduling.test_concerns import asking
from tests.scheduling.test_corrections import after, correct, known
from tests.scheduling.test_termly_cycle import held
from tests.scheduling.test_wrong_endings import open_dues, then
from tests.scheduling.worked_examples import LEICESTERSHIRE, MONDAY, NONESUCH, OXFORDSHIRE, REF, of_kind

from pep_kernel.scenario import Scenario
from scheduling.domain.child.commands import (
    MeetObligation,
    NoteMeetingCalledOff,
    NoteMeetingScheduled,
    ReopenObligations,
)
from scheduling.domain.child.events import (
    MeetingNoted,
    ObligationMet,
    ObligationReopened,
    PEPDueDateSet,
)
from scheduling.domain.concerns.events import PlanBecameAvailable, PlanNoLongerAvailable
from scheduling.domain.rules import SchedulingRules

MOVED_ON, TOLD_ON = date(2026, 10, 12), date(2026, 11, 2)
ARRANGED_ON, HELD_ON = date(2026, 10, 13), date(2026, 10, 16)
PLAN = "plan-1"


def arranged(on: date, for_day: date, meeting: str = "m1") -> NoteMeetingScheduled:
    return NoteMeetingScheduled(
        child_ref=REF, meeting_id=meeting, on=on, for_day=for_day, after_due_because="Nobody was free before."
    )


def called_off(meeting: str = "m1") -> NoteMeetingCalledOff:
    return NoteMeetingCalledOff(child_ref=REF, meeting_id=meeting, on=date(2026, 10, 14))


def done(obligation: Any, on: date, plan: str = PLAN) -> MeetObligation:
    return MeetObligation(child_ref=REF, obligation=obligation, on=on, by=plan)


def moved(today: date = TOLD_ON) -> Any:
    return school_told(OXFORDSHIRE, MOVED_ON, "999102", today=today)


def in_an_emergency(today: date, rules: SchedulingRules = OXFORDSHIRE) -> Any:
    return fact("placement", MOVED_ON, rules, placement="U4", emergency=True, today=today)


def what_became_of(scenario: Scenario) -> set[tuple[Any, ...]]:
    dues = after(scenario).dues
    return {(due.obligation, due.trigger_on, due.due, due.met_on, due.met_by) for due in dues}


def met(events: Any) -> list[tuple[str, date, date, str]]:
    return sorted((event.obligation, event.trigger_on, event.on, event.by) for event in of_kind(ObligationMet, events))


@pytest.mark.rule("O-13", "O-31")
@pytest.mark.parametrize("start", [moved, in_an_emergency])
def test_what_was_done_between_a_fact_and_the_day_it_is_told_meets_what_the_fact_starts(start: Any) -> None:
    meanwhile = (arranged(ARRANGED_ON, HELD_ON), held(OXFORDSHIRE, HELD_ON, "m1"))
    in_order = then(known(OXFORDSHIRE), start(MOVED_ON), *meanwhile)
    told_late = then(known(OXFORDSHIRE), *meanwhile, start(TOLD_ON))
    assert what_became_of(told_late) == what_became_of(in_order)
    assert not {obligation for obligation, *_ in open_dues(told_late)} & {"convene", "hold"}


def test_a_pep_that_met_nothing_when_it_was_held_meets_what_is_told_after_it() -> None:
    first = then(known(OXFORDSHIRE), held(OXFORDSHIRE, date(2026, 10, 6)), held(OXFORDSHIRE, HELD_ON, "m2"))
    assert ("hold", MOVED_ON, HELD_ON, "m2") in met(first.when(moved()).happened)
    review = held(OXFORDSHIRE, HELD_ON, "m2").model_copy(update={"outcome": "PROGRESS_REVIEW"})
    no_pep = then(first, review)
    assert "hold" not in {obligation for obligation, *_ in met(no_pep.when(moved()).happened)}


def test_a_pep_of_before_the_fact_meets_nothing_that_the_fact_starts() -> None:
    before = then(known(OXFORDSHIRE), held(OXFORDSHIRE, date(2026, 10, 11)))
    assert met(before.when(moved()).happened) == []


@pytest.mark.rule("O-77")
def test_a_meeting_that_is_arranged_already_and_still_to_come_is_the_one_that_is_asked_for() -> None:
    asked_on = date(2026, 10, 12)
    standing = then(known(OXFORDSHIRE), arranged(date(2026, 10, 1), date(2026, 10, 14)))
    happened = standing.when(asking(on=asked_on)).happened
    assert met(happened) == [("convene", asked_on, asked_on, "m1")]
    assert ("hold", asked_on) in {due[:2] for due in open_dues(standing.given(*happened))}
    over = then(known(OXFORDSHIRE), arranged(date(2026, 10, 1), date(2026, 10, 11)))
    assert met(over.when(asking(on=asked_on)).happened) == []
    off = then(standing, called_off())
    assert met(off.when(asking(on=asked_on)).happened) == []


@pytest.mark.rule("O-77")
@pytest.mark.parametrize("outcome", ["PEP", "PROGRESS_REVIEW"])
def test_a_meeting_that_was_over_when_an_urgent_pep_was_asked_for_that_day_is_not_the_one(outcome: Any) -> None:
    asked_on = date(2026, 10, 12)
    over = held(OXFORDSHIRE, asked_on, "m1").model_copy(update={"outcome": outcome})
    in_the_morning = then(known(OXFORDSHIRE), arranged(date(2026, 10, 1), asked_on), over)
    in_the_afternoon = then(in_the_morning, asking(on=asked_on))
    assert {due[:2] for due in open_dues(in_the_afternoon)} >= {("convene", asked_on), ("hold", asked_on)}
    next_day = then(in_the_afternoon, arranged(asked_on, HELD_ON, "m2"), held(OXFORDSHIRE, HELD_ON, "m2"))
    assert not {due[:2] for due in open_dues(next_day)} & {("convene", asked_on), ("hold", asked_on)}
    recorded_after = then(known(OXFORDSHIRE), asking(on=asked_on), held(OXFORDSHIRE, asked_on, "m1"))
    assert ("hold", asked_on) not in {due[:2] for due in open_dues(recorded_after)}


def test_a_meeting_that_was_put_off_was_arranged_for_both_days() -> None:
    asked_on = date(2026, 10, 12)
    put_off = then(known(OXFORDSHIRE), arranged(date(2026, 10, 1), date(2026, 10, 8)), arranged(TOLD_ON, TOLD_ON))
    assert met(put_off.when(asking(on=asked_on)).happened) == [("convene", asked_on, TOLD_ON, "m1")]


def test_where_one_of_two_meetings_is_called_off_the_other_is_the_date() -> None:
    two = then(known(OXFORDSHIRE), arranged(date(2026, 9, 28), HELD_ON), arranged(date(2026, 9, 30), HELD_ON, "m2"))
    happened = two.when(called_off()).happened
    (noted,) = of_kind(MeetingNoted, happened)
    assert (noted.became, noted.meeting_id) == ("called_off", "m1")
    assert met(happened) == [("convene", MONDAY, date(2026, 9, 30), "m2")]
    neither = then(two, called_off())
    assert [event.by for event in of_kind(ObligationReopened, neither.when(called_off("m2")).happened)] == ["m2"]
    neither.when(called_off("m1")).then_nothing()


def test_days_that_were_only_proposed_had_met_nothing() -> None:
    known(OXFORDSHIRE).when(called_off()).then_nothing()


@pytest.mark.rule("reg 33", "L-78")
def test_a_plan_that_was_there_before_its_duty_was_told_meets_it() -> None:
    early = then(known(NONESUCH), done("complete", HELD_ON), done("available", date(2026, 10, 20)))
    late_review = fact("review_held", HELD_ON, NONESUCH, today=TOLD_ON)
    reviewed = early.when(late_review).happened
    (available,) = of_kind(ObligationMet, reviewed)
    assert (available.obligation, available.by) == ("available", PLAN)
    assert (available.on, available.marked_complete_on) == (date(2026, 10, 20), HELD_ON)
    recorded_late = early.when(held(NONESUCH, HELD_ON)).happened
    assert ("complete", HELD_ON, HELD_ON, PLAN) in met(recorded_late)


def test_a_plan_that_no_obligation_waited_for_is_known_until_its_completion_is_withdrawn() -> None:
    met_once = then(known(NONESUCH), done("available", date(2026, 10, 5)))
    later = then(met_once, done("complete", HELD_ON, "plan-2"), done("available", date(2026, 10, 20), "plan-2"))
    assert [event.plan_id for event in of_kind(PlanBecameAvailable, later.history)] == ["plan-2"]
    late_review = fact("review_held", HELD_ON, NONESUCH, today=TOLD_ON)
    assert [by for *_, by in met(later.when(late_review).happened)] == ["plan-2"]
    gone = then(later, ReopenObligations(child_ref=REF, by="plan-2"))
    assert [event.plan_id for event in of_kind(PlanNoLongerAvailable, gone.history)] == ["plan-2"]
    assert met(gone.when(late_review).happened) == []
    assert "complete" not in {obligation for obligation, *_ in met(gone.when(held(NONESUCH, HELD_ON)).happened)}


def test_a_plan_that_met_a_duty_which_never_was_can_be_withdrawn_too() -> None:
    """The duty goes with the wrong fact; that the plan is there no more must be known all the same."""
    entered_later = correct("entered_care", MONDAY, LEICESTERSHIRE, right_on=date(2026, 10, 26), today=TOLD_ON)
    moved_on = then(known(LEICESTERSHIRE), done("available", date(2026, 10, 5)), entered_later)
    withdrawn = moved_on.when(ReopenObligations(child_ref=REF, by=PLAN)).happened
    assert [event.plan_id for event in of_kind(PlanNoLongerAvailable, withdrawn)] == [PLAN]


# A meeting whose child has no PEP any more


@pytest.mark.rule("L-78", "L-21")
@pytest.mark.parametrize("outcome", ["PEP", "PROGRESS_REVIEW"])
def test_a_meeting_after_the_end_of_care_is_on_record_and_starts_nothing(outcome: Any) -> None:
    after_death = left_care_told(date(2026, 10, 5), reason="E2", rules=LEICESTERSHIRE)
    recorded = held(LEICESTERSHIRE, date(2026, 10, 6)).model_copy(update={"outcome": outcome})
    happened = then(known(LEICESTERSHIRE), after_death).when(recorded).happened
    assert len(of_kind(MeetingNoted, happened)) == 1
    assert of_kind(PEPDueDateSet, happened) == []


def test_a_meeting_of_before_this_time_in_care_or_while_no_pep_applies_starts_nothing() -> None:
    before = known(LEICESTERSHIRE).when(held(LEICESTERSHIRE, date(2026, 9, 18))).happened
    assert of_kind(PEPDueDateSet, before) == []
    short_break = fact("legal_status", HELD_ON, LEICESTERSHIRE, legal_status="V4", today=HELD_ON)
    without = then(known(LEICESTERSHIRE), short_break).when(held(LEICESTERSHIRE, HELD_ON)).happened
    assert of_kind(PEPDueDateSet, without) == []


def test_a_meeting_that_is_recorded_after_a_move_starts_what_it_would_have_started_before() -> None:
    recorded_late = then(known(NONESUCH), school_told(NONESUCH, TOLD_ON, "999102"))
    (due,) = of_kind(PEPDueDateSet, recorded_late.when(held(NONESUCH, HELD_ON)).happened)
    assert (due.obligation, due.trigger_on) == ("complete", HELD_ON)
