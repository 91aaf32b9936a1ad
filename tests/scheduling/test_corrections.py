"""Facts that were told wrong: the right one is told after it, what follows is found anew, and nothing is rewritten."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec import structs
from pydantic import ValidationError
from tests.scheduling.single_facts import fact, left_care_told, school_told
from tests.scheduling.worked_examples import (
    LEICESTERSHIRE,
    LEICESTERSHIRE_SCHOOL,
    MONDAY,
    OTHER_WORKER,
    OXFORDSHIRE,
    OXFORDSHIRE_SCHOOL,
    REF,
    TODAY,
    WORKER,
    episode,
    judging,
    of_kind,
    spell,
    told,
)

from pep_kernel.contracts import scheduling as contracts
from pep_kernel.decider import AnyDecider
from pep_kernel.scenario import Outcome, Scenario
from scheduling.domain.child.care_record import LastPep, Schooling, SocialWorkerSpell
from scheduling.domain.child.commands import CorrectFact, NoteMeetingHeld
from scheduling.domain.child.decider import CHILD
from scheduling.domain.child.events import (
    ChildEnteredCare,
    ChildIdentified,
    ChildLeftCare,
    LegalStatusChanged,
    ObligationMet,
    PEPApplicable,
    PEPDueDateRestored,
    PEPDueDateSet,
    PEPDueDateWithdrawn,
    PEPNotApplicable,
    PlacementChanged,
    ReviewHeld,
    SchoolMoved,
    SocialWorkerAllocated,
)
from scheduling.domain.child.fact_events import FactCorrected, FactFlagCleared, FactFlagged, ReviewingOfficerAssigned
from scheduling.domain.child.states import Child
from scheduling.domain.child.told import Correction
from scheduling.domain.concerns.events import NoApprovalRecorded
from scheduling.domain.rules import SchedulingRules

child = Scenario(CHILD)
BORN = date(2014, 11, 5)
WEEK_BEFORE = date(2026, 9, 14)
LATER = date(2026, 12, 1)


def known(rules: SchedulingRules = LEICESTERSHIRE, **changes: Any) -> Scenario:
    return child.given(*child.when(told(rules, **changes)).happened)


def correct(fact: str, on: date, rules: SchedulingRules = LEICESTERSHIRE, **right: Any) -> CorrectFact:
    today = right.pop("today", LATER)
    correction = Correction(fact=fact, on=on, reason="The form was read wrong.", **right)
    return CorrectFact(**judging(rules), date_of_birth=BORN, today=today, by=WORKER, correction=correction)


def after(scenario: Scenario) -> Child:
    decider: AnyDecider = CHILD
    state: Child = decider.fold(scenario.history)
    return state


def corrected(outcome: Outcome) -> FactCorrected:
    (event,) = of_kind(FactCorrected, outcome.happened)
    return event


def test_a_wrong_first_day_moves_what_is_due_and_what_was_believed_before_stays_told() -> None:
    before = known()
    outcome = before.when(correct("entered_care", MONDAY, right_on=WEEK_BEFORE))
    event, entered, withdrawn, due, applies = outcome.then_some(
        FactCorrected, ChildEnteredCare, PEPDueDateWithdrawn, PEPDueDateSet, PEPApplicable
    )
    assert isinstance(applies, PEPApplicable)
    assert (applies.on, applies.resumed) == (WEEK_BEFORE, True)
    assert isinstance(event, FactCorrected)
    assert event.reason.plain == "The form was read wrong."
    assert structs.replace(entered, school_urn=None) == ChildEnteredCare(
        child_ref=REF, on=WEEK_BEFORE, born_in_school_year=2014, legal_status="C2", placement="U1"
    )
    assert withdrawn == PEPDueDateWithdrawn(
        child_ref=REF, obligation="available", trigger_on=MONDAY, because="fact_corrected"
    )
    assert isinstance(due, PEPDueDateSet)
    assert (due.trigger_on, due.due, due.correction) == (WEEK_BEFORE, date(2026, 10, 12), True)
    assert after(before).open_dues[0].due == date(2026, 10, 19)
    assert [each.due for each in after(before.given(*outcome.happened)).open_dues] == [date(2026, 10, 12)]
    outcome.then_announced(
        contracts.FactCorrected(child_ref=REF, fact="entered_care", on=MONDAY, right_on=WEEK_BEFORE),
        contracts.ChildEnteredCare(
            child_ref=REF, on=WEEK_BEFORE, born_in_school_year=2014, school_urn=OXFORDSHIRE_SCHOOL
        ),
        contracts.PEPDueDateSet(child_ref=REF, obligation="available", due=date(2026, 10, 12), source="reg 33"),
    )


def test_a_correction_that_is_told_twice_is_made_once_and_another_of_the_same_fact_names_the_first() -> None:
    command = correct("entered_care", MONDAY, right_on=WEEK_BEFORE)
    made = known().given(*known().when(command).happened)
    made.when(command).then_nothing()
    made.when(correct("entered_care", MONDAY, right_on=date(2026, 9, 7))).then_refused(
        "entered care of 21/09/2026 was corrected before, to the same of 14/09/2026"
    )


def test_what_was_done_counts_after_a_correction_too() -> None:
    held = NoteMeetingHeld(**judging(OXFORDSHIRE), meeting_id="meeting-1", on=date(2026, 10, 6), outcome="PEP")
    met = known(OXFORDSHIRE)
    met = met.given(*met.when(held).happened)
    happened = met.when(correct("entered_care", MONDAY, OXFORDSHIRE, right_on=WEEK_BEFORE)).happened
    assert of_kind(ObligationMet, happened) == [
        ObligationMet(child_ref=REF, obligation="hold", trigger_on=WEEK_BEFORE, on=date(2026, 10, 6), by="meeting-1")
    ]
    late = met.when(correct("entered_care", MONDAY, OXFORDSHIRE, right_on=date(2026, 10, 12))).happened
    assert of_kind(ObligationMet, late) == []


def test_a_status_that_was_a_short_break_by_mistake_gives_a_plan_after_all() -> None:
    short = (spell(MONDAY, episode(MONDAY, legal_status="V4")),)
    outcome = known(spells=short).when(correct("legal_status", MONDAY, was="V4", right="C2"))
    outcome.then_some(FactCorrected, LegalStatusChanged, PEPApplicable, PEPDueDateSet)
    assert contracts.PEPApplicable(child_ref=REF, on=MONDAY, because="entered_care") in announced(outcome)


def announced(outcome: Outcome) -> list[Any]:
    decider: AnyDecider = CHILD
    state, said = decider.fold(outcome.before.history), []
    for event in outcome.happened:
        state = decider.evolve(state, event)
        said.append(decider.announce(state, event))
    return said


def test_a_status_that_was_a_short_break_all_along_takes_back_what_is_due() -> None:
    outcome = known().when(correct("legal_status", MONDAY, was="C2", right="V4"))
    outcome.then_some(FactCorrected, LegalStatusChanged, PEPNotApplicable, PEPDueDateWithdrawn)
    again = known().given(*outcome.happened)
    again.when(correct("legal_status", MONDAY, was="V4", right="V3")).then_some(FactCorrected, LegalStatusChanged)


def still_at_the_first_school(on: date) -> SchoolMoved:
    return SchoolMoved(child_ref=REF, on=on, school_urn=OXFORDSHIRE_SCHOOL, restated=True)


def moved_in_november() -> Scenario:
    move = school_told(OXFORDSHIRE, date(2026, 11, 2), "999102")
    start = known(OXFORDSHIRE)
    return start.given(*start.when(move).happened)


def test_a_move_that_never_happened_leaves_nothing_due_and_others_hear_where_the_child_is() -> None:
    never = correct("school", date(2026, 11, 2), OXFORDSHIRE, was="999102", never_happened=True)
    outcome = moved_in_november().when(never)
    _, _, stayed, *gone = outcome.then_some(
        FactCorrected, FactFlagCleared, SchoolMoved, PEPDueDateWithdrawn, PEPDueDateWithdrawn
    )
    assert stayed == still_at_the_first_school(date(2026, 11, 2))
    assert {event.trigger_on for event in of_kind(PEPDueDateWithdrawn, gone)} == {date(2026, 11, 2)}


def test_a_move_on_another_day_is_due_from_that_day() -> None:
    later = correct("school", date(2026, 11, 2), OXFORDSHIRE, was="999102", right_on=date(2026, 11, 9))
    happened = moved_in_november().when(later).happened
    assert of_kind(SchoolMoved, happened) == [
        SchoolMoved(child_ref=REF, on=date(2026, 11, 9), school_urn="999102"),
        still_at_the_first_school(date(2026, 11, 2)),
    ]
    assert {event.trigger_on for event in of_kind(PEPDueDateSet, happened)} == {date(2026, 11, 9)}
    assert of_kind(PEPApplicable, happened) == []


def test_a_move_to_another_school_of_the_same_area_keeps_the_dates_as_they_stand() -> None:
    other = correct("school", date(2026, 11, 2), OXFORDSHIRE, was="999102", right="999103")
    outcome = moved_in_november().when(other)
    outcome.then_some(FactCorrected, FactFlagCleared, SchoolMoved, NoApprovalRecorded)


def test_a_first_school_in_another_county_has_that_countys_school_days() -> None:
    entered = correct("school", date(2026, 9, 2), OXFORDSHIRE, was=OXFORDSHIRE_SCHOOL, right=LEICESTERSHIRE_SCHOOL)
    happened = known(OXFORDSHIRE).when(entered).happened
    (hold,) = of_kind(PEPDueDateSet, happened)
    assert (hold.obligation, hold.due > date(2026, 10, 19), hold.correction) == ("hold", True, True)


def test_a_child_who_had_never_left_care_owes_again_what_was_due_and_no_second_plan_is_opened() -> None:
    gone = known().given(*known().when(left_care_told(TODAY, rules=LEICESTERSHIRE)).happened)
    outcome = gone.when(correct("left_care", TODAY, never_happened=True))
    _, applies, due = outcome.then_some(FactCorrected, PEPApplicable, PEPDueDateRestored)
    assert isinstance(applies, PEPApplicable)
    assert isinstance(due, PEPDueDateRestored)
    assert (applies.resumed, due.due) == (True, date(2026, 10, 19))
    assert announced(outcome)[:2] == [
        contracts.ChildEnteredCare(child_ref=REF, on=TODAY, born_in_school_year=2014, school_urn=OXFORDSHIRE_SCHOOL),
        None,
    ]


def test_a_child_who_was_in_care_before_going_live_owes_the_next_termly_plan_again() -> None:
    since: dict[str, Any] = {"spells": (spell(date(2023, 2, 6)),), "cut_over": date(2026, 8, 31)}
    live = known(**since, last_pep=LastPep(held=date(2026, 6, 16)))
    gone = live.given(*live.when(left_care_told(TODAY, rules=LEICESTERSHIRE)).happened)
    happened = gone.when(correct("left_care", TODAY, never_happened=True)).happened
    assert [(event.trigger, event.due) for event in of_kind(PEPDueDateRestored, happened)] == [
        ("last_pep", date(2026, 12, 18))
    ]
    moved = live.when(correct("entered_care", date(2023, 2, 6), right_on=date(2023, 2, 13)))
    moved.then_some(FactCorrected, ChildEnteredCare)


def test_a_wrong_last_day_or_reason_is_told_anew() -> None:
    gone = known().given(*known().when(left_care_told(TODAY, rules=LEICESTERSHIRE)).happened)
    outcome = gone.when(correct("left_care", TODAY, right_on=date(2026, 10, 2), right="E11"))
    outcome.then_some(FactCorrected, ChildLeftCare)
    at_once = {"on": date(2026, 10, 2), "closes_on": date(2026, 10, 2)}
    assert contracts.ChildLeftCare(child_ref=REF, ended="adopted", **at_once) in announced(outcome)
    same_reason = gone.when(correct("left_care", TODAY, right_on=date(2026, 10, 2))).happened
    assert of_kind(ChildLeftCare, same_reason)[0].reason == "E4A"


def test_a_spell_that_never_was_is_no_spell_and_nothing_is_due() -> None:
    outcome = known().when(correct("entered_care", MONDAY, never_happened=True))
    outcome.then_some(FactCorrected, PEPDueDateWithdrawn)
    never = contracts.ChildLeftCare(child_ref=REF, on=MONDAY, ended="never_in_care", closes_on=MONDAY)
    assert never in announced(outcome)
    known().given(*outcome.happened).when(correct("school", MONDAY, was="999101", right="999102")).then_refused(
        "Nothing is known"
    )


def in_an_emergency(day: date) -> Scenario:
    placed = fact("placement", day, placement="U4", emergency=True, today=max(day, LATER))
    return known().given(*known().when(placed).happened)


@pytest.mark.rule("reg 13")
def test_what_an_emergency_started_goes_or_moves_with_its_placement() -> None:
    day, day_before = date(2026, 11, 3), date(2026, 11, 2)
    placed = in_an_emergency(day)
    _, *gone = placed.when(correct("placement", day, was="U4", never_happened=True)).then_some(
        FactCorrected, PlacementChanged, PEPDueDateWithdrawn, PEPDueDateWithdrawn
    )
    assert {each.obligation for each in of_kind(PEPDueDateWithdrawn, gone)} == {"convene", "notify"}
    moved = placed.when(correct("placement", day, was="U4", right_on=day_before)).happened
    fresh = {each.obligation: each for each in of_kind(PEPDueDateSet, moved)}
    assert {each.trigger_on for each in fresh.values()} == {day_before}
    assert fresh["notify"].due == date(2026, 11, 9)
    assert fresh["notify"].correction
    assert of_kind(PEPDueDateSet, placed.when(correct("placement", day, was="U4", right="U1")).happened) == []


@pytest.mark.rule("reg 13")
def test_of_two_placements_of_one_day_a_wrong_one_leaves_the_emergency() -> None:
    day = date(2026, 11, 3)
    placed = in_an_emergency(day).given(PlacementChanged(child_ref=REF, on=day, placement="U1"))
    placed.when(correct("placement", day, was="U1", never_happened=True)).then_some(FactCorrected, PlacementChanged)


def test_workers_officers_placements_and_reviews_are_corrected_likewise() -> None:
    worker = correct("social_worker", MONDAY, was=WORKER, right=OTHER_WORKER)
    known().when(worker).then_some(FactCorrected, SocialWorkerAllocated)
    never = correct("social_worker", MONDAY, was=WORKER, never_happened=True)
    known().when(never).then_some(FactCorrected)
    placement = correct("placement", MONDAY, was="U1", right="U4")
    known().when(placement).then_some(FactCorrected, PlacementChanged)
    officer = known().given(ReviewingOfficerAssigned(child_ref=REF, on=MONDAY, reviewing_officer_ref=WORKER))
    (event, _) = officer.when(correct("reviewing_officer", MONDAY, was=WORKER, right=OTHER_WORKER)).then_some(
        FactCorrected, ReviewingOfficerAssigned
    )
    assert after(officer.given(event)).circumstances.reviewing_officers == ()
    reviewed = known().given(ReviewHeld(child_ref=REF, on=TODAY))
    reviewed.when(correct("review_held", TODAY, right_on=MONDAY)).then_some(FactCorrected, ReviewHeld)
    reviewed.when(correct("review_held", TODAY, never_happened=True)).then_some(FactCorrected)


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (correct("placement", TODAY, was="U1", right="U4"), "on: no placement was told of 25/09/2026."),
        (correct("placement", MONDAY, was="K2", right="U4"), "was: placement of 21/09/2026 was told as U1."),
        (correct("entered_care", MONDAY, right_on=date(2014, 11, 4)), "on: 04/11/2014 is before the child was born."),
        (correct("entered_care", MONDAY, right_on=date(2026, 12, 2)), "right_on: 02/12/2026 is still to come."),
        (correct("left_care", TODAY, never_happened=True), "on: no left care was told of 25/09/2026."),
    ],
)
def test_a_correction_of_what_was_not_told_or_cannot_be_is_refused_by_its_field(
    command: CorrectFact, sentence: str
) -> None:
    known().when(command).then_refused(sentence)


def test_corrections_that_clash_with_other_facts_name_them() -> None:
    two = (spell(date(2025, 1, 6), ended=date(2025, 3, 3), reason_ceased="E4A"), spell())
    twice = known(spells=two)
    overlap = correct("entered_care", MONDAY, right_on=date(2025, 2, 3))
    twice.when(overlap).then_refused("the spells in care would overlap: 06/01/2025 to 03/03/2025, 03/02/2025 to now")
    twice.when(correct("left_care", date(2025, 3, 3), never_happened=True)).then_refused("would overlap")
    early = correct("entered_care", date(2025, 1, 6), right_on=date(2025, 4, 7))
    twice.when(early).then_refused("would end before it begins, on 07/04/2025")
    moved = moved_in_november()
    there = correct("school", date(2026, 9, 2), was=OXFORDSHIRE_SCHOOL, right_on=date(2026, 11, 2))
    moved.when(there).then_refused("another school was told of 02/11/2026: 999102. Correct that one first.")
    never = correct("school", date(2026, 11, 2), was="999102", never_happened=True)
    again = moved.given(*moved.when(never).happened)
    again.when(correct("school", date(2026, 11, 2), was="999102", right="999103")).then_refused(
        "was corrected before, to: it never happened"
    )


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"fact": "placement", "was": "U1"}, "say either what is right"),
        ({"fact": "placement", "was": "U1", "right": "U4", "never_happened": True}, "say either what is right"),
        ({"fact": "placement", "was": "U1", "right": "P2"}, "right is no value of placement"),
        ({"fact": "legal_status", "was": "C2", "right": "C9"}, "right is no value of legal_status"),
        ({"fact": "left_care", "right": "X1"}, "right is no value of left_care"),
        ({"fact": "entered_care", "right": "C2"}, "right is no value of entered_care"),
        ({"fact": "review_held", "was": "x", "never_happened": True}, "was must be left out"),
        ({"fact": "social_worker", "was": WORKER, "right": "Jane Sample"}, "right is no value of social_worker"),
        ({"fact": "social_worker", "was": "Jane Sample", "right": OTHER_WORKER}, "was is no value of social_worker"),
        ({"fact": "reviewing_officer", "was": WORKER, "right": f"{WORKER}\n"}, "right is no value of reviewing"),
        ({"fact": "school", "was": "999101", "right": "Elm Sample School"}, "right is no value of school"),
        ({"fact": "school", "was": "our old school", "never_happened": True}, "was is no value of school"),
    ],
)
def test_what_is_no_correction_is_not_understood(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Correction(on=MONDAY, reason="wrong", **wrong)


def test_what_was_not_understood_itself_is_the_only_fault() -> None:
    """What is right is judged by the fact and its day: where these are wrong, nothing is said of it."""
    for wrong in ({"fact": "tooth_fairy", "on": MONDAY}, {"fact": "placement", "on": "never"}):
        with pytest.raises(ValidationError) as found:
            Correction.model_validate({"was": "U1", "right": "Q9", "reason": "wrong", **wrong})
        assert len(found.value.errors()) == 1


def test_a_status_that_nobody_had_judged_yet_is_corrected_without_moving_a_date() -> None:
    short_break = LegalStatusChanged(child_ref=REF, on=TODAY, legal_status="V4")
    never = correct("legal_status", TODAY, was="V4", never_happened=True)
    known().given(short_break).when(never).then_some(FactCorrected, LegalStatusChanged)


def test_a_record_that_names_another_value_of_the_same_day_corrects_it() -> None:
    changed = told(LEICESTERSHIRE, spells=(spell(MONDAY, episode(MONDAY, "U4", "V4")),), today=LATER)
    outcome = known().when(changed)
    outcome.then_some(
        FactCorrected, PlacementChanged, FactCorrected, LegalStatusChanged, PEPNotApplicable, PEPDueDateWithdrawn
    )
    (first, _) = of_kind(FactCorrected, outcome.happened)
    assert (first.by, first.was, first.right) == ("care_record", "U1", "U4")
    known().given(*outcome.happened).when(changed).then_nothing()


def test_a_record_that_names_another_first_day_corrects_it_and_what_is_due() -> None:
    earlier = told(LEICESTERSHIRE, spells=(spell(WEEK_BEFORE, episode(WEEK_BEFORE)),), today=LATER)
    outcome = known().when(earlier)
    outcome.then_some(FactCorrected, ChildEnteredCare, PEPDueDateWithdrawn, PEPDueDateSet)
    known().given(*outcome.happened).when(earlier).then_nothing()


def test_a_record_never_makes_one_spell_of_two_it_is_flagged_for_a_person() -> None:
    two = (spell(date(2025, 1, 6), ended=date(2025, 3, 3), reason_ceased="E4A"), spell())
    one = told(LEICESTERSHIRE, spells=(spell(date(2025, 2, 3), episode(date(2025, 2, 3))),))
    known(spells=two).when(one).then_some(FactFlagged)


def test_another_school_or_worker_of_the_same_day_corrects_it_too() -> None:
    other: dict[str, Any] = {
        "schooling": (Schooling(school_urn="999103", entered=date(2026, 9, 2), year_group=7),),
        "social_workers": (SocialWorkerSpell(staff_id="4", began=MONDAY),),
    }
    outcome = known().when(told(LEICESTERSHIRE, **other))
    outcome.then_some(FactCorrected, SchoolMoved, FactCorrected, SocialWorkerAllocated)


def test_a_fact_that_the_record_no_longer_holds_is_flagged_once_and_not_taken_back() -> None:
    three = (episode(MONDAY), episode(date(2026, 9, 23), "U4"), episode(TODAY, "K2"))
    two = (spell(MONDAY, episode(MONDAY), episode(TODAY, "K2")),)
    full = known(spells=(spell(MONDAY, *three),))
    outcome = full.when(told(LEICESTERSHIRE, spells=two))
    outcome.then(
        FactFlagged(child_ref=REF, on=date(2026, 9, 23), fact="placement", lacks="place_in_the_care_record")
    ).when(told(LEICESTERSHIRE, spells=two)).then_nothing()
    outcome.then_announced(
        contracts.FactFlagged(child_ref=REF, on=date(2026, 9, 23), fact="placement", lacks="place_in_the_care_record")
    )


def test_who_the_child_is_is_told_with_what_two_records_of_one_child_would_share() -> None:
    command = told(upn="P207000016049")
    digests = dict(of_kind(ChildIdentified, child.when(command).happened)[0].digests)
    assert command.likeness == (digests["upn"], digests["name and date of birth"])
