"""A correction keeps what was told, what is right and who says so; edges of what can have been are no clashes."""

from __future__ import annotations

from datetime import date

from tests.scheduling.single_facts import fact
from tests.scheduling.test_corrections import (
    LATER,
    WEEK_BEFORE,
    after,
    correct,
    corrected,
    in_an_emergency,
    known,
    moved_in_november,
)
from tests.scheduling.worked_examples import (
    LEICESTERSHIRE,
    MONDAY,
    OXFORDSHIRE,
    OXFORDSHIRE_SCHOOL,
    REF,
    WORKER,
    episode,
    judging,
    of_kind,
    spell,
    told,
)

from pep_kernel.sealed import PlanText
from scheduling.domain.child.commands import NoteMeetingHeld
from scheduling.domain.child.events import (
    ChildEnteredCare,
    ObligationMet,
    PEPDueDateSet,
    PlacementChanged,
    SchoolMoved,
)
from scheduling.domain.child.fact_events import FactCorrected

TWO = (spell(date(2025, 1, 6), ended=date(2025, 3, 3), reason_ceased="E4A"), spell())


def test_a_persons_correction_keeps_what_was_told_what_is_right_who_says_so_and_why() -> None:
    outcome = known().when(correct("placement", MONDAY, was="U1", right="U4"))
    assert corrected(outcome) == FactCorrected(
        child_ref=REF,
        fact="placement",
        on=MONDAY,
        by=WORKER,
        reason=PlanText.of("The form was read wrong."),
        was="U1",
        right="U4",
    )


def test_a_records_correction_says_that_the_record_says_otherwise() -> None:
    earlier = told(LEICESTERSHIRE, spells=(spell(WEEK_BEFORE, episode(WEEK_BEFORE)),), today=LATER)
    assert corrected(known().when(earlier)) == FactCorrected(
        child_ref=REF,
        fact="entered_care",
        on=MONDAY,
        by="care_record",
        reason=PlanText.of("The authority's care record says otherwise."),
        right_on=WEEK_BEFORE,
    )


def test_a_fact_that_was_wrong_twice_is_corrected_twice_and_the_older_correction_names_its_day() -> None:
    once = known().given(*known().when(correct("placement", MONDAY, was="U1", right="U4")).happened)
    once.when(correct("placement", MONDAY, was="U1", right="U4")).then_nothing()
    once.when(correct("placement", MONDAY, was="U1", right="K2")).then_refused("to U4 of the same day.")
    again = once.when(correct("placement", MONDAY, was="U4", right="K2"))
    again.then_some(FactCorrected, PlacementChanged)
    back = once.given(*again.happened).when(correct("placement", MONDAY, was="K2", right="U4"))
    back.then_some(FactCorrected, PlacementChanged)


def test_of_two_placements_of_one_day_both_are_named() -> None:
    both = known().given(PlacementChanged(child_ref=REF, on=MONDAY, placement="U4"))
    both.when(correct("placement", MONDAY, was="K2", right="U6")).then_refused("was told as U1, U4.")


def test_what_is_right_may_be_of_today() -> None:
    today = date(2026, 9, 22)
    outcome = known().when(correct("entered_care", MONDAY, right_on=today, today=today))
    assert [each.on for each in of_kind(ChildEnteredCare, outcome.happened)] == [today]


def test_a_spell_may_begin_where_another_ended_and_last_a_day() -> None:
    twice = known(spells=TWO)
    touching = twice.when(correct("entered_care", MONDAY, right_on=date(2025, 3, 3))).happened
    assert len(of_kind(ChildEnteredCare, touching)) == 1
    one_day = twice.when(correct("entered_care", date(2025, 1, 6), right_on=date(2025, 3, 3))).happened
    assert len(of_kind(ChildEnteredCare, one_day)) == 1


def test_a_spell_that_begins_on_the_day_on_which_another_ends_is_a_new_one() -> None:
    touching = (spell(date(2025, 1, 6), ended=MONDAY, reason_ceased="E4A"), spell())
    history = known(spells=touching).history
    assert [each.on for each in of_kind(ChildEnteredCare, history)] == [date(2025, 1, 6), MONDAY]
    assert of_kind(FactCorrected, history) == []


def test_what_began_with_the_spell_began_on_its_right_day_and_on_no_other() -> None:
    outcome = known().when(correct("entered_care", MONDAY, right_on=date(2026, 9, 22)))
    now = after(known().given(*outcome.happened))
    assert {day for day, _ in (*now.placements, *now.legal_statuses)} == {date(2026, 9, 22)}


def test_a_first_school_that_was_none_leaves_the_child_on_no_roll() -> None:
    never = correct("school", date(2026, 9, 2), was=OXFORDSHIRE_SCHOOL, never_happened=True)
    nowhere = SchoolMoved(child_ref=REF, on=date(2026, 9, 2), restated=True)
    assert of_kind(SchoolMoved, known().when(never).happened) == [nowhere]


def test_a_pep_that_was_held_on_the_right_first_day_counts() -> None:
    on = date(2026, 10, 6)
    held = NoteMeetingHeld(**judging(OXFORDSHIRE), meeting_id="meeting-1", on=on, outcome="PEP")
    met = known(OXFORDSHIRE).given(*known(OXFORDSHIRE).when(held).happened)
    happened = met.when(correct("entered_care", MONDAY, OXFORDSHIRE, right_on=on)).happened
    assert [(each.trigger_on, each.on) for each in of_kind(ObligationMet, happened)] == [(on, on)]


def test_an_emergency_that_moves_to_another_day_asks_for_a_pep_from_that_day_too() -> None:
    moved = in_an_emergency(date(2026, 11, 3)).when(
        correct("placement", date(2026, 11, 3), was="U4", right_on=date(2026, 11, 2))
    )
    assert {each.obligation for each in of_kind(PEPDueDateSet, moved.happened)} == {"convene", "notify"}


def test_a_move_that_is_corrected_to_the_first_day_in_care_is_no_move_in_care() -> None:
    first = correct("school", date(2026, 11, 2), OXFORDSHIRE, was="999102", right_on=MONDAY)
    assert of_kind(PEPDueDateSet, moved_in_november().when(first).happened) == []


def test_a_placement_keeps_where_it_is_and_whether_the_school_changes_with_it() -> None:
    away = fact("placement", placement="U4", area="out_of_area", changes_school=True)
    (placed,) = of_kind(PlacementChanged, known().when(away).happened)
    assert placed == PlacementChanged(
        child_ref=REF, on=date(2026, 11, 2), placement="U4", area="out_of_area", changes_school=True
    )
