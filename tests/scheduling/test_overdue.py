"""What is overdue is told on until it is done, and stays late; a person may let open dates be counted again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.scheduling.worked_examples import (
    LEICESTERSHIRE,
    MONDAY,
    NONESUCH,
    OXFORDSHIRE,
    REF,
    judging,
    of_kind,
    spell,
    told,
)

from pep_kernel.authority_policy import SchedulingFile
from pep_kernel.contracts import scheduling as contracts
from pep_kernel.may import Role
from pep_kernel.scenario import Scenario
from pep_kernel.sealed import PlanText
from scheduling.domain.child.commands import (
    EscalateOverdue,
    FlagOverdue,
    MeetObligation,
    NoteMeetingHeld,
    OpenTermForChild,
    RecomputeDueDates,
    RecordLateReason,
)
from scheduling.domain.child.decider import CHILD
from scheduling.domain.child.events import (
    LateReasonRecorded,
    ObligationMet,
    PEPDueDateRevised,
    PEPDueDateSet,
    PEPMarkedCompleteKnown,
    PEPOverdue,
    PEPOverdueEscalated,
)
from scheduling.domain.rules import SchedulingRules
from scheduling.policies.escalate_what_stays_overdue import escalate, steps_reached

child = Scenario(CHILD)
PLAN = "plan-1"
DUE = date(2026, 10, 19)
FLAG = FlagOverdue(child_ref=REF, obligation="available", trigger_on=MONDAY, today=date(2026, 10, 20))


def in_care(rules: SchedulingRules = LEICESTERSHIRE, **changes: Any) -> Scenario:
    return child.given(*child.when(told(rules, **changes)).happened)


def overdue() -> Scenario:
    known = in_care()
    return known.given(*known.when(FLAG).happened)


def step(number: int, role: Role = Role.PEP_COORDINATOR) -> EscalateOverdue:
    return EscalateOverdue(child_ref=REF, obligation="available", trigger_on=MONDAY, step=number, role=role)


def test_each_step_of_the_ladder_is_said_once_while_it_is_not_done() -> None:
    in_care().when(step(1)).then_nothing()
    known = overdue()
    first = known.when(step(1))
    first.then_announced(
        contracts.PEPOverdueEscalated(child_ref=REF, obligation="available", due=DUE, step=1, role="pep_coordinator")
    )
    (event,) = first.then_some(PEPOverdueEscalated)
    told_once = known.given(event)
    told_once.when(step(1)).then_nothing()
    told_once.when(step(2, Role.VIRTUAL_SCHOOL_HEAD)).then_some(PEPOverdueEscalated)
    done = MeetObligation(child_ref=REF, obligation="available", on=date(2026, 10, 22), by=PLAN)
    outcome = told_once.when(done)
    outcome.then_announced(
        contracts.PEPOverdueCleared(child_ref=REF, obligation="available", due=DUE, on=date(2026, 10, 22))
    )
    told_once.given(*outcome.happened).when(step(2)).then_nothing()


def test_a_step_is_reached_so_many_working_days_after_the_due_date() -> None:
    reached = [(number, each.to) for number, each in steps_reached(LEICESTERSHIRE, DUE, 0, date(2026, 10, 26))]
    assert reached == [(1, Role.PEP_COORDINATOR), (2, Role.VIRTUAL_SCHOOL_HEAD)]
    assert steps_reached(LEICESTERSHIRE, DUE, 0, DUE) == []
    assert [number for number, _ in steps_reached(LEICESTERSHIRE, DUE, 1, date(2026, 10, 26))] == [2]
    assert [each.to for _, each in steps_reached(NONESUCH, DUE, 0, date(2026, 10, 26))] == [
        Role.VIRTUAL_SCHOOL_OFFICER,
        Role.INDEPENDENT_REVIEWING_OFFICER,
    ]
    assert steps_reached(LEICESTERSHIRE, date(2010, 1, 4), 0, date(2026, 10, 26)) == []


def test_a_step_has_one_cause_however_often_it_is_looked_at() -> None:
    (number, reached), *_ = steps_reached(LEICESTERSHIRE, DUE, 0, date(2026, 10, 26))
    act, cause = escalate("shire", REF, "available", MONDAY, DUE, number, reached)
    assert act.command == step(1)
    assert escalate("shire", REF, "available", MONDAY, DUE, number, reached)[1] == cause
    assert escalate("shire", REF, "available", MONDAY, DUE, 2, reached)[1] != cause


def test_why_it_was_late_is_kept_and_only_of_what_was_late() -> None:
    reason = RecordLateReason(
        child_ref=REF, obligation="available", trigger_on=MONDAY, because="school_holiday", details="Half term."
    )
    in_care().when(reason).then_refused("Nothing of this kind is or was late")
    recorded = LateReasonRecorded(
        child_ref=REF,
        obligation="available",
        trigger_on=MONDAY,
        because="school_holiday",
        details=PlanText.of("Half term."),
    )
    overdue().when(reason).then(recorded)
    met_late = ObligationMet(child_ref=REF, obligation="available", trigger_on=MONDAY, on=date(2026, 10, 22), by=PLAN)
    in_care().given(met_late).when(reason).then(recorded)
    met_in_time = ObligationMet(child_ref=REF, obligation="available", trigger_on=MONDAY, on=DUE, by=PLAN)
    in_care().given(met_in_time).when(reason).then_refused("Nothing of this kind")


@pytest.mark.rule("L-79", "L-80")
def test_the_days_in_the_quality_queue_are_kept_apart_from_the_schools() -> None:
    marked_on, completed_on = date(2026, 10, 15), date(2026, 10, 22)
    known = in_care()
    marked = known.when(MeetObligation(child_ref=REF, obligation="complete", on=marked_on, by=PLAN))
    waiting = marked.then(PEPMarkedCompleteKnown(child_ref=REF, plan_id=PLAN, on=marked_on))
    done = waiting.when(MeetObligation(child_ref=REF, obligation="available", on=completed_on, by=PLAN))
    (met,) = done.then_some(ObligationMet)
    assert isinstance(met, ObligationMet)
    assert met.marked_complete_on == marked_on


def test_a_review_starts_a_clock_where_the_rules_say_so() -> None:
    reviewed = date(2026, 10, 12)
    known = in_care(NONESUCH)
    record = told(NONESUCH, reviews=(date(2026, 9, 1), reviewed), today=date(2026, 10, 13))
    due = [event for event in of_kind(PEPDueDateSet, known.when(record).happened) if event.trigger == "review_held"]
    assert [(event.obligation, event.trigger_on) for event in due] == [("available", reviewed)]
    known.given(*known.when(record).happened).when(record).then_nothing()


def changed(rules: SchedulingRules, since: date, **change: Any) -> SchedulingRules:
    """The same rules, until another number of days holds for the last obligation after entering care."""
    told_ = rules.file.model_dump()
    first = next(each for each in told_["obligations"] if (each["trigger"], each["duty"]) == _AVAILABLE)
    later = {**first, "effective_from": since, "effective_until": None, **change}
    file = SchedulingFile.model_validate({**told_, "obligations": [*told_["obligations"], later]})
    return SchedulingRules(file, rules.calendar_for)


_AVAILABLE = ("entered_care", "available")


def test_a_rule_that_changes_later_changes_an_open_date_only_when_a_person_says_so() -> None:
    today = date(2026, 10, 1)
    longer = changed(LEICESTERSHIRE, today, days=25)
    known = in_care()
    known.when(told(longer, today=today)).then_nothing()
    known.when(RecomputeDueDates(**judging(LEICESTERSHIRE), today=today)).then_nothing()
    again = RecomputeDueDates(**judging(longer), today=today)
    outcome = known.when(again)
    (revised,) = outcome.then_some(PEPDueDateRevised)
    assert isinstance(revised, PEPDueDateRevised)
    assert (revised.was, revised.due, revised.days) == (DUE, date(2026, 10, 26), 25)
    assert revised.policy_version == longer.version_on(today)
    outcome.then_announced(
        contracts.PEPDueDateRevised(
            child_ref=REF, obligation="available", due=date(2026, 10, 26), was=DUE, source="reg 33"
        )
    )
    known.given(revised).when(again).then_nothing()
    done = ObligationMet(child_ref=REF, obligation="available", trigger_on=MONDAY, on=date(2026, 9, 30), by=PLAN)
    known.given(done).when(again).then_nothing()


def test_a_revised_date_is_overdue_by_its_own_day() -> None:
    today = date(2026, 10, 20)
    again = RecomputeDueDates(**judging(changed(LEICESTERSHIRE, today, days=25)), today=today)
    known = overdue()
    revised = known.given(*known.when(again).happened)
    revised.when(FLAG).then_nothing()
    revised.when(FLAG.model_copy(update={"today": date(2026, 10, 27)})).then_some(PEPOverdue)


def test_a_termly_date_follows_a_new_cut_off_and_what_no_rule_names_any_more_stays() -> None:
    opened = date(2027, 1, 4)
    known = in_care(OXFORDSHIRE)
    held = NoteMeetingHeld(**judging(OXFORDSHIRE), meeting_id="m1", on=date(2026, 10, 6), outcome="PEP")
    known = known.given(*known.when(held).happened)
    opening = OpenTermForChild(**judging(OXFORDSHIRE), school_year=2026, term="spring", opened_on=opened)
    known = known.given(*known.when(opening).happened)
    told_ = OXFORDSHIRE.file.model_dump()
    cut_off = {"school_year": 2026, "term": "spring", "on": date(2027, 3, 12)}
    cadence = [{**each, "cut_offs": [cut_off]} for each in told_["cadence"]]
    without = [each for each in told_["obligations"] if each["trigger"] != "entered_care"]
    file = SchedulingFile.model_validate({**told_, "cadence": cadence, "obligations": without})
    again = RecomputeDueDates(**judging(SchedulingRules(file, OXFORDSHIRE.calendar_for)), today=date(2027, 1, 11))
    (revised,) = known.when(again).then_some(PEPDueDateRevised)
    assert isinstance(revised, PEPDueDateRevised)
    assert (revised.obligation, revised.due, revised.unit) == ("hold", date(2027, 3, 12), "term")


def test_what_no_calendar_or_rule_of_today_can_count_stays_as_it_is() -> None:
    last = PEPDueDateSet(
        child_ref=REF,
        obligation="hold",
        trigger="term_opened",
        trigger_on=date(2020, 1, 6),
        due=date(2020, 3, 27),
        unit="term",
        source=("L-01",),
        policy_version="v",
    )
    older = PEPDueDateSet(
        child_ref=REF,
        obligation="convene",
        trigger="a trigger of another release",
        trigger_on=date(2026, 9, 22),
        due=date(2026, 10, 6),
        unit="working",
        source=("our choice",),
        policy_version="v",
    )
    again = RecomputeDueDates(**judging(LEICESTERSHIRE), today=date(2026, 10, 1))
    in_care().given(last, older).when(again).then_nothing()


@given(st.dates(date(2025, 9, 1), date(2026, 11, 30)))
def test_a_date_never_moves_on_replay(entered: date) -> None:
    record = told(OXFORDSHIRE, spells=(spell(entered),), today=entered)
    happened: Any = child.when(record).happened
    again = child.given(*happened)
    again.when(record).then_nothing()
    later = CHILD.fold(happened)
    assert later == CHILD.fold(happened)
    kept = {(due.obligation, due.due) for due in later.dues}
    assert kept == {(event.obligation, event.due) for event in of_kind(PEPDueDateSet, happened)}


def test_a_reason_changes_nothing_of_what_is_due() -> None:
    known = overdue()
    reason = RecordLateReason(child_ref=REF, obligation="available", trigger_on=MONDAY, because="other")
    known.given(*known.when(reason).happened).when(FLAG).then_nothing()
