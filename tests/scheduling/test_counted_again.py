"""Counting again: a date that a person let be counted again stands, and what had no date gets one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tests.scheduling.single_facts import BORN, fact, left_care_told, school_told, worker_told
from tests.scheduling.test_projections import folded
from tests.scheduling.worked_examples import (
    LEICESTERSHIRE_SCHOOL,
    NONESUCH,
    OXFORDSHIRE,
    REF,
    WORKER,
    judging,
    of_kind,
    spell,
    told,
)

from pep_kernel.authority_policy import SchedulingFile
from pep_kernel.calendars import Calendar, Term
from pep_kernel.scenario import Scenario
from scheduling.domain.child.commands import CorrectFact, NoteMeetingHeld, OpenTermForChild, RecomputeDueDates
from scheduling.domain.child.decider import CHILD
from scheduling.domain.child.events import (
    ObligationMet,
    ObligationReopened,
    PEPDueDateNotCounted,
    PEPDueDateRevised,
    PEPDueDateSet,
    PEPDueDateWithdrawn,
    TermlyMeetingNotDue,
)
from scheduling.domain.child.told import Correction
from scheduling.domain.rules import SchedulingRules
from scheduling.projections.due_date import DUE_DATES

child = Scenario(CHILD)
OTHER = "worker5" + "a" * 19
REVIEWED, TODAY = date(2026, 10, 20), date(2026, 11, 3)


def after(known: Scenario, *commands: Any) -> Scenario:
    for command in commands:
        known = known.given(*known.when(command).happened)
    return known


def with_days(rules: SchedulingRules, trigger: str, days: int) -> SchedulingRules:
    """The authority's rules, but this trigger gives so many days."""
    dumped = rules.file.model_dump()
    changed = [{**each, "days": days} if each["trigger"] == trigger else each for each in dumped["obligations"]]
    return SchedulingRules(SchedulingFile.model_validate({**dumped, "obligations": changed}), rules.calendar_for)


def test_a_revised_date_stands_whatever_is_told_afterwards() -> None:
    longer = with_days(NONESUCH, "review_held", 80)
    known = after(child, told(NONESUCH), fact("review_held", REVIEWED, NONESUCH, today=REVIEWED))
    recomputed = known.when(RecomputeDueDates(**judging(longer), today=TODAY))
    (revised,) = of_kind(PEPDueDateRevised, recomputed.happened)
    assert (revised.trigger, revised.due > revised.was) == ("review_held", True)
    later = known.given(*recomputed.happened).when(worker_told(TODAY, OTHER, NONESUCH)).happened
    assert of_kind(PEPDueDateSet, later) == []


ENTERED, IN_AUTUMN = date(2026, 12, 1), date(2027, 2, 1)
ONLY_AUTUMN = date(2026, 12, 31)


def knowing_terms_until(last: date, rules: SchedulingRules = OXFORDSHIRE) -> SchedulingRules:
    """The authority's rules while no later terms are in the files."""

    def calendar_for(urn: str | None, laestab: str | None) -> Calendar:
        whole = rules.calendar_for(urn, laestab)
        return replace(whole, terms=tuple(each for each in whole.terms if each.last <= last))

    return SchedulingRules(rules.file, calendar_for)


FEW_TERMS = knowing_terms_until(ONLY_AUTUMN)
LATE_IN_TERM: dict[str, Any] = {"spells": (spell(ENTERED),), "today": ENTERED}


def again(rules: SchedulingRules = OXFORDSHIRE, today: date = IN_AUTUMN) -> RecomputeDueDates:
    return RecomputeDueDates(**judging(rules), today=today)


def without_hold() -> Scenario:
    """Entered care near the end of the last known term: the meeting has no date."""
    known = child.when(told(FEW_TERMS, **LATE_IN_TERM))
    assert [each.obligation for each in of_kind(PEPDueDateNotCounted, known.happened)] == ["hold"]
    return child.given(*known.happened)


def test_what_had_no_date_gets_one_when_its_terms_are_known() -> None:
    expected = of_kind(PEPDueDateSet, child.when(told(**LATE_IN_TERM)).happened)
    (hold,) = (each for each in expected if each.obligation == "hold")
    without_hold().when(again(FEW_TERMS)).then_nothing()
    without_hold().when(again()).then(hold).when(again()).then_nothing()


def test_what_has_no_date_is_said_once() -> None:
    after(without_hold()).when(told(FEW_TERMS, **LATE_IN_TERM)).then_nothing()
    reviewed = fact("review_held", date(2026, 12, 9), FEW_TERMS, today=date(2026, 12, 9))
    assert of_kind(PEPDueDateNotCounted, without_hold().when(reviewed).happened) == []


def test_a_meeting_meets_what_had_no_date_and_its_correction_opens_it_again() -> None:
    meeting = {"meeting_id": "m1", "on": date(2026, 12, 15)}
    held = without_hold().when(NoteMeetingHeld(**judging(FEW_TERMS), **meeting, outcome="PEP"))
    met = [(each.obligation, each.by) for each in of_kind(ObligationMet, held.happened)]
    assert met == [("hold", "m1")]
    known = without_hold().given(*held.happened)
    known.when(again()).then_nothing()
    no_pep = known.when(NoteMeetingHeld(**judging(FEW_TERMS), **meeting, outcome="PROGRESS_REVIEW"))
    assert [each.obligation for each in of_kind(ObligationReopened, no_pep.happened)] == ["hold"]
    assert [
        each.obligation for each in of_kind(PEPDueDateSet, known.given(*no_pep.happened).when(again()).happened)
    ] == ["hold"]


@pytest.mark.parametrize(
    ("told_", "because"),
    [
        (left_care_told(date(2026, 12, 9), rules=FEW_TERMS), "left_care"),
        (
            fact("legal_status", date(2026, 12, 9), FEW_TERMS, legal_status="V4", today=date(2026, 12, 9)),
            "no_longer_applicable",
        ),
    ],
)
def test_what_has_no_date_is_withdrawn_with_the_rest(told_: Any, because: str) -> None:
    happened = without_hold().when(told_).happened
    withdrawn = [(each.obligation, each.because) for each in of_kind(PEPDueDateWithdrawn, happened)]
    assert ("hold", because) in withdrawn
    after(without_hold(), told_).when(again()).then_nothing()


def test_what_a_meeting_started_without_a_date_ends_with_a_correction_of_its_outcome() -> None:
    nonesuch = knowing_terms_until(ONLY_AUTUMN, NONESUCH)
    known = after(child, told(nonesuch, **LATE_IN_TERM))
    meeting = {"meeting_id": "m1", "on": date(2026, 12, 16)}
    held = known.when(NoteMeetingHeld(**judging(nonesuch), **meeting, outcome="PEP"))
    assert [each.obligation for each in of_kind(PEPDueDateNotCounted, held.happened)] == ["complete"]
    known = known.given(*held.happened)
    no_pep = known.when(NoteMeetingHeld(**judging(nonesuch), **meeting, outcome="PROGRESS_REVIEW")).happened
    assert ("complete", "meeting_outcome_corrected") in [
        (each.obligation, each.because) for each in of_kind(PEPDueDateWithdrawn, no_pep)
    ]
    counted = known.when(again(NONESUCH)).happened
    assert "complete" in [each.obligation for each in of_kind(PEPDueDateSet, counted)]


def test_what_a_wrong_fact_started_without_a_date_is_withdrawn_with_the_fact() -> None:
    moved = date(2026, 12, 10)
    move = after(child, told(FEW_TERMS)).when(school_told(FEW_TERMS, moved, LEICESTERSHIRE_SCHOOL))
    assert [each.trigger_on for each in of_kind(PEPDueDateNotCounted, move.happened)] == [moved]
    known = after(child, told(FEW_TERMS)).given(*move.happened)
    wrong = Correction.model_validate(
        {"fact": "school", "on": moved, "was": LEICESTERSHIRE_SCHOOL, "never_happened": True, "reason": "Mixed up."}
    )
    today = date(2026, 12, 11)
    right = CorrectFact(**judging(FEW_TERMS), date_of_birth=BORN, today=today, by=WORKER, correction=wrong)
    happened = known.when(right).happened
    assert ("hold", moved) in [(each.obligation, each.trigger_on) for each in of_kind(PEPDueDateWithdrawn, happened)]
    assert of_kind(PEPDueDateSet, known.given(*happened).when(again()).happened) == []


SPRING = date(2027, 1, 4)
BEFORE: dict[str, Any] = {
    "spells": (spell(date(2023, 2, 6)),),
    "cut_over": date(2026, 7, 31),
    "today": date(2026, 8, 20),
}


def with_unknown_spring(known: Scenario) -> Scenario:
    opened = OpenTermForChild(**judging(FEW_TERMS), school_year=2026, term=Term.SPRING, opened_on=SPRING)
    return after(known, opened)


def test_a_term_that_could_not_be_counted_is_looked_at_again() -> None:
    known = with_unknown_spring(after(child, told(FEW_TERMS, **BEFORE)))
    known.when(again(FEW_TERMS)).then_nothing()
    (due,) = of_kind(PEPDueDateSet, known.when(again()).happened)
    assert (due.trigger, due.due) == ("term_opened", date(2027, 3, 25))


def test_a_term_that_owes_no_meeting_after_all_says_why() -> None:
    known = with_unknown_spring(without_hold())
    happened = known.when(again()).happened
    (none,) = of_kind(TermlyMeetingNotDue, happened)
    assert none.because in ("first_pep_due", "needed_since_the_last_days")
    assert (SPRING, "no_longer_applicable") in [
        (each.trigger_on, each.because) for each in of_kind(PEPDueDateWithdrawn, happened)
    ]
    assert of_kind(TermlyMeetingNotDue, known.given(*happened).when(again()).happened) == []


def test_the_next_termly_meeting_after_going_live_is_counted_when_its_term_is_known() -> None:
    nothing_known = knowing_terms_until(date(2026, 7, 1))
    known = after(child, told(nothing_known, **BEFORE))
    known.when(again(nothing_known)).then_nothing()
    (due,) = of_kind(PEPDueDateSet, known.when(again()).happened)
    assert (due.trigger, due.obligation) == ("last_pep", "hold")


def uncounted(trigger: str, on: date = ENTERED) -> PEPDueDateNotCounted:
    return PEPDueDateNotCounted(child_ref=REF, obligation="hold", trigger=trigger, trigger_on=on, reason="No terms.")


@pytest.mark.parametrize("trigger", ["review_held", "last_pep", "a trigger of another release"])
def test_what_nothing_starts_any_more_gets_no_date(trigger: str) -> None:
    known = after(child, told(**LATE_IN_TERM)).given(uncounted(trigger, date(2026, 12, 2)))
    known.when(again()).then_nothing()


def test_a_note_about_the_new_date_stands_with_it() -> None:
    longer = with_days(OXFORDSHIRE, "entered_care", 60)
    known = after(child, told())
    revised = of_kind(PEPDueDateRevised, known.when(again(longer, TODAY)).happened)
    notes = {each.obligation: each.note for each in revised}
    assert "end after the statutory date" in (notes["hold"] or "")


def test_a_row_without_a_date_is_without_one_again_when_it_is_opened_again() -> None:
    met = ObligationMet(child_ref=REF, obligation="hold", trigger_on=ENTERED, on=TODAY, by="m1")
    opened = ObligationReopened(child_ref=REF, obligation="hold", trigger_on=ENTERED, by="m1")
    (row,) = folded(DUE_DATES, uncounted("entered_care"), met)
    assert (row.state, row.days_late) == ("met", None)
    (row,) = folded(DUE_DATES, uncounted("entered_care"), met, opened)
    assert row.state == "not_counted"
