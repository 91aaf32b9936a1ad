"""A term's meeting is asked for in a term that has one, while it can be held, and again where its reason has gone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.scheduling.single_facts import fact, left_care_told, school_told
from tests.scheduling.test_corrections import after, correct, known
from tests.scheduling.test_termly_cycle import BEFORE, held, opening, why_not
from tests.scheduling.test_wrong_endings import then
from tests.scheduling.worked_examples import (
    LEICESTERSHIRE,
    MONDAY,
    NONESUCH,
    OXFORDSHIRE,
    OXFORDSHIRE_SCHOOL,
    REF,
    of_kind,
    spell,
    told,
)

from pep_kernel.authority_policy import SchedulingFile
from pep_kernel.calendars import Term
from pep_kernel.scenario import Scenario
from scheduling.domain.child.care_record import LastPep, Schooling
from scheduling.domain.child.events import PEPDueDateNotCounted, PEPDueDateSet, TermlyMeetingNotDue
from scheduling.domain.rules import SchedulingRules

NURSERY: dict[str, Any] = {
    "date_of_birth": date(2023, 5, 5),
    "spells": (spell(date(2026, 1, 5)),),
    "schooling": (Schooling(school_urn="EY123456", entered=date(2026, 6, 1)),),
}
CUT_OFF = date(2027, 3, 5)


def of_term(scenario: Scenario) -> list[tuple[date, date]]:
    dues = after(scenario).open_dues
    return [(due.trigger_on, due.due) for due in dues if (due.obligation, due.unit) == ("hold", "term")]


@pytest.mark.rule("L-07")
@pytest.mark.scenario("T55", "T64")
@pytest.mark.parametrize("last_pep", [None, LastPep(held=date(2026, 11, 10))])
def test_a_small_child_is_asked_for_no_meeting_in_a_term_that_has_none_when_the_service_goes_live(
    last_pep: LastPep | None,
) -> None:
    live = date(2027, 2, 1)
    history = known(LEICESTERSHIRE, **NURSERY, cut_over=live, last_pep=last_pep, today=live)
    assert [due for _, due in of_term(history)] == [date(2027, 7, 9)]


@pytest.mark.scenario("T64")
def test_a_cut_off_that_had_passed_before_going_live_asks_for_the_next_term() -> None:
    old = (spell(date(2023, 2, 6)),)
    on_the_day, day_after = (
        known(NONESUCH, spells=old, cut_over=live, today=live) for live in (CUT_OFF, date(2027, 3, 6))
    )
    assert [due for _, due in of_term(on_the_day)] == [CUT_OFF]
    (due,) = [due for _, due in of_term(day_after)]
    assert due > date(2027, 4, 1)


def test_term_dates_that_do_not_reach_so_far_are_said_to_be_missing() -> None:
    live = date(2031, 3, 3)
    happened = known(OXFORDSHIRE, spells=(spell(date(2023, 2, 6)),), cut_over=live, today=live).history
    (missing,) = of_kind(PEPDueDateNotCounted, happened)
    assert (missing.trigger, missing.trigger_on) == ("last_pep", live)


@pytest.mark.parametrize(("arrived", "is_due"), [(date(2027, 3, 1), True), (date(2027, 3, 2), False)])
def test_the_last_days_of_a_term_are_those_before_its_cut_off(arrived: date, is_due: bool) -> None:
    """From Monday 1 March five school days are left until Friday 5, and that is enough."""
    outcome = known(NONESUCH, spells=(spell(arrived),), today=arrived).when(
        opening(Term.SPRING, date(2027, 1, 11), NONESUCH)
    )
    if is_due:
        assert [event.due for event in of_kind(PEPDueDateSet, outcome.happened)] == [CUT_OFF]
    else:
        assert why_not(outcome) == "needed_since_the_last_days"


def with_no_last_days() -> SchedulingRules:
    file = NONESUCH.file.model_dump()
    cadence = [{**each, "last_school_days": 0} for each in file["cadence"]]
    return SchedulingRules(SchedulingFile.model_validate({**file, "cadence": cadence}), NONESUCH.calendar_for)


def test_nobody_is_asked_for_a_meeting_by_a_day_before_the_child_came() -> None:
    rules, arrived = with_no_last_days(), date(2027, 3, 8)
    history = known(rules, spells=(spell(arrived),), today=arrived)
    assert why_not(history.when(opening(Term.SPRING, date(2027, 1, 11), rules))) == "needed_since_the_last_days"
    on_the_day = known(rules, spells=(spell(CUT_OFF),), today=CUT_OFF)
    assert of_term(then(on_the_day, opening(Term.SPRING, date(2027, 1, 11), rules))) == [(date(2027, 1, 11), CUT_OFF)]


# Looked at again

SEPTEMBER, TERM_BEGAN = date(2026, 9, 3), date(2026, 9, 2)
SCHOOL = Schooling(school_urn=OXFORDSHIRE_SCHOOL, entered=date(2025, 9, 2))
NO_MOVE: dict[str, Any] = {"was": "999102", "right": OXFORDSHIRE_SCHOOL}


def covered_by_a_move() -> Scenario:
    """In care for years; moved school in September, and that PEP stood for the term's."""
    live = known(OXFORDSHIRE, **BEFORE, last_pep=LastPep(held=date(2026, 6, 16)), schooling=(SCHOOL,))
    met = then(live, held(OXFORDSHIRE, date(2026, 8, 25)), school_told(OXFORDSHIRE, SEPTEMBER, "999102"))
    covered = then(met, opening(Term.AUTUMN, TERM_BEGAN))
    assert [event.because for event in of_kind(TermlyMeetingNotDue, covered.history)] == ["first_pep_due"]
    return covered


def test_a_move_that_never_was_stands_for_no_terms_meeting() -> None:
    no_move = correct("school", SEPTEMBER, OXFORDSHIRE, **NO_MOVE, today=date(2026, 10, 12))
    right = then(covered_by_a_move(), no_move)
    assert of_term(right) == [(TERM_BEGAN, date(2026, 12, 18))]
    right.when(opening(Term.AUTUMN, TERM_BEGAN)).then_nothing()
    by_record = told(
        **{**BEFORE, "today": date(2026, 10, 12)},
        last_pep=LastPep(held=date(2026, 6, 16)),
        schooling=(SCHOOL, SCHOOL.model_copy(update={"entered": SEPTEMBER})),
    )
    assert of_term(then(covered_by_a_move(), by_record)) == of_term(right)


def test_a_term_whose_cut_off_has_passed_is_not_asked_for_any_more() -> None:
    january = correct("school", SEPTEMBER, OXFORDSHIRE, **NO_MOVE, today=date(2027, 1, 12))
    assert of_term(then(covered_by_a_move(), january)) == []


def test_a_correction_that_takes_nothing_away_says_nothing_of_the_term() -> None:
    other = correct("placement", date(2023, 2, 6), OXFORDSHIRE, was="U1", right="U4", today=date(2026, 10, 12))
    happened = covered_by_a_move().when(other).happened
    assert of_kind(TermlyMeetingNotDue, happened) == []
    assert of_kind(PEPDueDateSet, happened) == []


def test_a_term_that_no_calendar_knows_any_more_is_left_as_it_is() -> None:
    unknown = TermlyMeetingNotDue(
        child_ref=REF,
        school_year=2019,
        term="autumn",
        opened_on=date(2019, 9, 3),
        because="first_pep_due",
        policy_version="v",
    )
    other = correct("placement", MONDAY, OXFORDSHIRE, was="U1", right="U4")
    happened = known(OXFORDSHIRE).given(unknown).when(other).happened
    assert of_kind(TermlyMeetingNotDue, happened) == []


def owing_the_spring_meeting() -> Scenario:
    met = then(known(NONESUCH), held(NONESUCH, date(2026, 10, 6)))
    return then(met, opening(Term.SPRING, date(2027, 1, 11), NONESUCH))


def test_a_child_who_has_a_pep_again_in_the_same_term_owes_its_meeting_again() -> None:
    owing = owing_the_spring_meeting()
    assert of_term(owing) == [(date(2027, 1, 11), CUT_OFF)]
    short_break = fact("legal_status", date(2027, 1, 18), NONESUCH, legal_status="V4", today=date(2027, 1, 18))
    without = then(owing, short_break)
    assert of_term(without) == []
    again = fact("legal_status", date(2027, 2, 1), NONESUCH, legal_status="C2", today=date(2027, 2, 1))
    assert of_term(then(without, again)) == [(date(2027, 1, 11), CUT_OFF)]
    too_late = fact("legal_status", date(2027, 3, 8), NONESUCH, legal_status="C2", today=date(2027, 3, 8))
    assert why_not(without.when(too_late)) == "needed_since_the_last_days"


def test_a_term_that_was_withdrawn_is_looked_at_whenever_somebody_asks() -> None:
    left = then(owing_the_spring_meeting(), left_care_told(date(2027, 1, 18), rules=NONESUCH))
    left.when(opening(Term.SPRING, date(2027, 1, 11), NONESUCH)).then_nothing()
    wrong = correct("left_care", date(2027, 1, 18), NONESUCH, never_happened=True, today=date(2027, 1, 20))
    back = then(left, wrong)
    assert of_term(back) == [(date(2027, 1, 11), CUT_OFF)]
    back.when(opening(Term.SPRING, date(2027, 1, 11), NONESUCH)).then_nothing()
