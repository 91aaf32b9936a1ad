"""A leaving or a status that was told by mistake interrupts nothing: what was due is due as it was."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.scheduling.single_facts import fact, left_care_told, school_told
from tests.scheduling.test_concerns import asking
from tests.scheduling.test_corrections import after, correct, in_an_emergency, known
from tests.scheduling.test_termly_cycle import BEFORE, SPRING, held, opening
from tests.scheduling.worked_examples import (
    LEICESTERSHIRE,
    MONDAY,
    NONESUCH,
    OXFORDSHIRE,
    OXFORDSHIRE_SCHOOL,
    REF,
    episode,
    journal,
    of_kind,
    spell,
    told,
)

from pep_kernel.calendars import Term
from pep_kernel.contracts.scheduling import Obligation
from pep_kernel.may import Role
from pep_kernel.scenario import Scenario
from scheduling.domain.child.care_record import LastPep, Schooling
from scheduling.domain.child.commands import EscalateOverdue, FlagOverdue, NoteMeetingScheduled
from scheduling.domain.child.events import (
    ObligationReopened,
    PEPApplicable,
    PEPDueDateRestored,
    PEPDueDateSet,
    PEPOverdueEscalated,
)
from scheduling.domain.concerns.events import UrgentPEPRequested
from scheduling.domain.rules import SchedulingRules
from scheduling.projections.due_date import DUE_DATES

LEFT, NOTICED = date(2027, 1, 15), date(2027, 1, 18)
OPEN = tuple[Obligation, date, date, bool, int]


def then(scenario: Scenario, *commands: Any) -> Scenario:
    for command in commands:
        scenario = scenario.given(*scenario.when(command).happened)
    return scenario


def open_dues(scenario: Scenario) -> list[OPEN]:
    dues = after(scenario).open_dues
    return sorted((due.obligation, due.trigger_on, due.due, due.overdue, due.escalated) for due in dues)


def gone(scenario: Scenario, rules: SchedulingRules) -> Scenario:
    """Care was said to have ended, by mistake."""
    left = then(scenario, left_care_told(LEFT, rules=rules, today=NOTICED))
    assert open_dues(left) == []
    return left


def never_left(rules: SchedulingRules) -> Any:
    return correct("left_care", LEFT, rules, never_happened=True, today=NOTICED)


def short_break(rules: SchedulingRules) -> Any:
    return fact("legal_status", LEFT, rules, legal_status="V4", today=NOTICED)


def no_short_break(rules: SchedulingRules) -> Any:
    return correct("legal_status", LEFT, rules, was="V4", never_happened=True, today=NOTICED)


def owing_a_termly_meeting() -> Scenario:
    return then(known(OXFORDSHIRE), held(OXFORDSHIRE, date(2026, 10, 6)), opening(Term.SPRING, SPRING))


def owing_a_completed_plan() -> Scenario:
    return then(known(LEICESTERSHIRE), held(LEICESTERSHIRE, date(2027, 1, 12)))


def owing_an_urgent_pep() -> Scenario:
    urgent = asking("behaviour_of_greater_concern", on=date(2027, 1, 11))
    return then(known(OXFORDSHIRE), held(OXFORDSHIRE, date(2026, 10, 6)), urgent)


def owing_a_meeting_after_a_review_of_progress() -> Scenario:
    review = held(LEICESTERSHIRE, date(2027, 1, 12)).model_copy(update={"outcome": "PROGRESS_REVIEW"})
    return then(known(LEICESTERSHIRE), review)


def owing_a_plan_for_a_review() -> Scenario:
    return then(known(NONESUCH), fact("review_held", date(2027, 1, 12), NONESUCH, today=date(2027, 1, 12)))


@pytest.mark.rule("L-21", "L-78", "reg 33")
@pytest.mark.parametrize(
    ("owing", "rules", "obligations"),
    [
        (owing_a_termly_meeting(), OXFORDSHIRE, {"available", "convene", "hold"}),
        (owing_a_completed_plan(), LEICESTERSHIRE, {"available", "complete"}),
        (owing_an_urgent_pep(), OXFORDSHIRE, {"available", "convene", "hold"}),
        (owing_a_meeting_after_a_review_of_progress(), LEICESTERSHIRE, {"available", "hold"}),
        (owing_a_plan_for_a_review(), NONESUCH, {"available", "convene", "hold"}),
        (in_an_emergency(date(2027, 1, 12)), LEICESTERSHIRE, {"available", "convene", "notify"}),
    ],
)
def test_whatever_was_due_before_a_leaving_or_a_status_told_by_mistake_is_due_as_it_was(
    owing: Scenario, rules: SchedulingRules, obligations: set[str]
) -> None:
    before = open_dues(owing)
    assert {obligation for obligation, *_ in before} == obligations
    assert open_dues(then(gone(owing, rules), never_left(rules))) == before
    without = then(owing, short_break(rules))
    assert {obligation for obligation, *_ in open_dues(without)} <= {"notify"}
    assert open_dues(then(without, no_short_break(rules))) == before
    twice = then(gone(without, rules), never_left(rules), no_short_break(rules))
    assert open_dues(twice) == before


def test_an_urgent_pep_that_was_asked_for_is_asked_for_still() -> None:
    owing = owing_an_urgent_pep()
    left = then(gone(owing, OXFORDSHIRE), never_left(OXFORDSHIRE))
    broken = then(owing, short_break(OXFORDSHIRE), no_short_break(OXFORDSHIRE))
    twice = then(gone(then(owing, short_break(OXFORDSHIRE)), OXFORDSHIRE), never_left(OXFORDSHIRE))
    for back in (left, broken, then(twice, no_short_break(OXFORDSHIRE))):
        assert after(back).concerns.urgent == after(owing).concerns.urgent
        asked = back.when(asking("behaviour_of_greater_concern", on=NOTICED)).happened
        assert of_kind(UrgentPEPRequested, asked) == []


def overdue_and_told() -> Scenario:
    flag = FlagOverdue(child_ref=REF, obligation="hold", trigger_on=MONDAY, today=date(2026, 10, 20))
    return then(known(OXFORDSHIRE), flag, escalating(1))


def escalating(step: int) -> EscalateOverdue:
    return EscalateOverdue(child_ref=REF, obligation="hold", trigger_on=MONDAY, step=step, role=Role.TEAM_MANAGER)


def test_what_was_overdue_and_told_of_is_so_still_and_the_next_is_told_in_turn() -> None:
    back = then(gone(overdue_and_told(), OXFORDSHIRE), never_left(OXFORDSHIRE))
    assert ("hold", MONDAY, date(2026, 10, 19), True, 1) in open_dues(back)
    (hold,) = (event for event in of_kind(PEPDueDateRestored, back.history) if event.obligation == "hold")
    assert (hold.overdue, hold.escalated) == (True, 1)
    back.when(escalating(2)).then_some(PEPOverdueEscalated)
    key, row = (REF, "hold", MONDAY), None
    for recorded in journal(*back.history):
        row = DUE_DATES.fold(row, recorded, key) if key in DUE_DATES.keys(recorded) else row
    assert row is not None
    assert (row.state, row.overdue, row.escalated) == ("overdue", True, 1)


def test_a_date_that_a_second_correction_finds_again_is_overdue_as_it_was_said_to_be() -> None:
    earlier, before = date(2026, 9, 14), overdue_and_told()
    moved = then(before, correct("entered_care", MONDAY, OXFORDSHIRE, right_on=earlier, today=NOTICED))
    assert {trigger_on for _, trigger_on, *_ in open_dues(moved)} == {earlier}
    back = then(moved, correct("entered_care", earlier, OXFORDSHIRE, right_on=MONDAY, today=NOTICED))
    assert open_dues(back) == open_dues(before)


def test_a_care_record_that_says_otherwise_of_the_status_gives_back_what_was_due_too() -> None:
    wrong = (spell(MONDAY, episode(MONDAY), episode(LEFT, legal_status="V4")),)
    right = (spell(MONDAY, episode(MONDAY), episode(LEFT, legal_status="E1")),)
    before = overdue_and_told()
    back = then(before, told(spells=wrong, today=NOTICED), told(spells=right, today=NOTICED))
    assert open_dues(back) == open_dues(before)


def test_a_real_break_ends_what_was_due_and_what_follows_it_counts_from_its_end() -> None:
    again = date(2027, 2, 1)
    broken = then(known(LEICESTERSHIRE), short_break(LEICESTERSHIRE))
    in_care = fact("legal_status", again, LEICESTERSHIRE, legal_status="C2", today=again)
    applies = of_kind(PEPApplicable, broken.when(in_care).happened)
    assert [event.on for event in applies] == [again]
    anew = then(broken, in_care)
    assert open_dues(anew) == [("available", again, date(2027, 3, 1), False, 0)]
    worker = correct("placement", MONDAY, LEICESTERSHIRE, was="U1", right="U4", today=again)
    assert open_dues(then(anew, worker)) == open_dues(anew)


def test_a_last_day_that_is_corrected_gives_nothing_back_until_there_was_none() -> None:
    other = date(2027, 1, 18)
    owing = owing_a_completed_plan()
    moved = then(gone(owing, LEICESTERSHIRE), correct("left_care", LEFT, right_on=other, today=NOTICED))
    assert open_dues(moved) == []
    back = then(moved, correct("left_care", other, never_happened=True, today=NOTICED))
    assert open_dues(back) == open_dues(owing)


def test_a_move_still_asks_for_its_pep_and_is_the_last_that_did() -> None:
    moved_on = date(2026, 11, 2)
    moved = then(known(OXFORDSHIRE), school_told(OXFORDSHIRE, moved_on, "999102"))
    outcome = gone(moved, OXFORDSHIRE).when(never_left(OXFORDSHIRE))
    said = [(event.on, event.because, event.resumed) for event in of_kind(PEPApplicable, outcome.happened)]
    assert said == [(MONDAY, "entered_care", True), (moved_on, "school_moved", True)]
    assert open_dues(then(moved, left_care_told(LEFT, today=NOTICED), never_left(OXFORDSHIRE))) == open_dues(moved)
    in_care = fact("legal_status", LEFT, OXFORDSHIRE, legal_status="C2", today=NOTICED)
    told_again = then(moved, short_break(OXFORDSHIRE)).when(in_care).happened
    said = [(event.on, event.because, event.resumed) for event in of_kind(PEPApplicable, told_again)]
    assert said == [(MONDAY, "entered_care", False), (moved_on, "school_moved", True)]


def test_what_was_taken_back_meanwhile_does_not_come_back() -> None:
    moved_on = date(2026, 11, 2)
    moved = then(known(OXFORDSHIRE), school_told(OXFORDSHIRE, moved_on, "999102"))
    no_move = correct("school", moved_on, OXFORDSHIRE, was="999102", right=OXFORDSHIRE_SCHOOL, today=NOTICED)
    back = then(gone(moved, OXFORDSHIRE), no_move, never_left(OXFORDSHIRE))
    assert open_dues(back) == open_dues(known(OXFORDSHIRE))
    entered = correct("entered_care", MONDAY, OXFORDSHIRE, right_on=date(2026, 9, 14), today=NOTICED)
    earlier = then(gone(known(OXFORDSHIRE), OXFORDSHIRE), entered, never_left(OXFORDSHIRE))
    assert {trigger_on for _, trigger_on, *_ in open_dues(earlier)} == {date(2026, 9, 14)}


def test_a_pep_that_was_held_while_care_was_said_to_have_ended_is_completed_in_its_time() -> None:
    recorded = then(gone(known(LEICESTERSHIRE), LEICESTERSHIRE), held(LEICESTERSHIRE, LEFT))
    assert open_dues(recorded) == []
    back = then(recorded, never_left(LEICESTERSHIRE))
    assert ("complete", LEFT, date(2027, 1, 25), False, 0) in open_dues(back)


def test_a_meeting_that_was_called_off_with_the_leaving_must_be_arranged_again() -> None:
    arranged = NoteMeetingScheduled(
        child_ref=REF, meeting_id="m1", on=date(2026, 9, 28), for_day=date(2027, 1, 20), after_due_because="…"
    )
    owing = then(known(OXFORDSHIRE), arranged)
    assert "convene" not in {obligation for obligation, *_ in open_dues(owing)}
    back = gone(owing, OXFORDSHIRE).when(never_left(OXFORDSHIRE)).happened
    assert [event.obligation for event in of_kind(ObligationReopened, back)] == ["convene"]
    no_break = then(owing, short_break(OXFORDSHIRE)).when(no_short_break(OXFORDSHIRE)).happened
    assert [event.obligation for event in of_kind(ObligationReopened, no_break)] == ["convene"]


# When a PEP applies again

NURSERY = (Schooling(school_urn="EY123456", entered=date(2026, 1, 5), left=date(2026, 1, 19)),)
SMALL: dict[str, Any] = {"date_of_birth": date(2023, 5, 5), "spells": (spell(date(2026, 1, 5)),), "schooling": NURSERY}


def again_at_a_nursery(on: date) -> Any:
    return school_told(OXFORDSHIRE, on, "EY123457", born=SMALL["date_of_birth"])


def test_a_small_child_at_a_setting_again_is_owed_a_first_pep_from_that_day() -> None:
    known_since = known(OXFORDSHIRE, **SMALL, today=date(2026, 1, 6))
    off_roll = then(known_since, told(**SMALL, today=date(2026, 1, 21)))
    assert open_dues(off_roll) == []
    back = then(off_roll, again_at_a_nursery(date(2026, 10, 5)))
    assert {trigger_on for _, trigger_on, *_ in open_dues(back)} == {date(2026, 10, 5)}


def test_a_small_child_who_was_in_care_before_going_live_is_owed_nothing_of_before_the_break() -> None:
    before: dict[str, Any] = {**SMALL, "cut_over": date(2026, 1, 12), "last_pep": LastPep(held=date(2026, 1, 7))}
    live = known(LEICESTERSHIRE, **before, today=date(2026, 1, 12))
    met = then(live, held(LEICESTERSHIRE, date(2026, 1, 14)))
    off_roll = then(met, told(LEICESTERSHIRE, **before, today=date(2026, 1, 21)))
    back = off_roll.when(again_at_a_nursery(date(2026, 10, 5))).happened
    assert [event.on for event in of_kind(PEPApplicable, back)] == [date(2026, 10, 5)]
    assert {event.trigger_on for event in of_kind(PEPDueDateSet, back)} == {date(2026, 10, 5)}


def test_a_termly_meeting_that_was_held_is_not_due_again_after_a_status_told_by_mistake() -> None:
    live = known(OXFORDSHIRE, **{**BEFORE, "last_pep": LastPep(held=date(2026, 6, 16))})
    met = then(live, held(OXFORDSHIRE, date(2026, 10, 6)))
    back = then(met, short_break(OXFORDSHIRE), no_short_break(OXFORDSHIRE))
    assert open_dues(back) == open_dues(met) == []
