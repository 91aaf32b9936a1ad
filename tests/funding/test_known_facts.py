"""What funding knows of children and schools, and numbers: facts with a day, the last word on a day holds."""

from datetime import date

import pytest
from tests.funding.history import CHILD, ENTERED_ON, ROUTES, SCHOOL

from funding.domain.financial_year import financial_year_of_delivery
from funding.domain.known_child import (
    KNOWN,
    ChildInCareKnown,
    ChildOutOfCareKnown,
    KnownChild,
    NoteCareEnded,
    NoteEntry,
    NoteSchool,
    SchoolKnown,
)
from funding.domain.ledger import LEDGER, LinesNumbered, NumberLines
from funding.domain.payee import PAYEE, NotePayee, PayeeKnown, payment_route
from pep_kernel.calendars import Term
from pep_kernel.scenario import Scenario

MOVED_ON = date(2026, 11, 30)
entered = ChildInCareKnown(child_ref=CHILD, on=ENTERED_ON)
at_school = SchoolKnown(child_ref=CHILD, school_urn=SCHOOL, on=ENTERED_ON)
moved = SchoolKnown(child_ref=CHILD, school_urn="900002", on=MOVED_ON)
left = ChildOutOfCareKnown(child_ref=CHILD, on=MOVED_ON)
ENTRY = NoteEntry(child_ref=CHILD, school_urn=SCHOOL, on=ENTERED_ON)
known = Scenario(KNOWN)


def test_entering_care_tells_of_care_and_of_a_school_where_there_is_one() -> None:
    known.when(ENTRY).then(entered, at_school).when(ENTRY).then_nothing()
    known.when(NoteEntry(child_ref=CHILD, school_urn=None, on=ENTERED_ON)).then(entered)


def test_a_move_and_the_end_of_care_are_noted_once() -> None:
    move = NoteSchool(child_ref=CHILD, school_urn="900002", on=MOVED_ON)
    end = NoteCareEnded(child_ref=CHILD, on=MOVED_ON)
    after = known.given(entered, at_school).when(move).then(moved).when(end).then(left)
    after.when(move).then_nothing()
    after.when(end).then_nothing()


def test_each_fact_counts_from_its_day_in_whatever_order_it_is_told() -> None:
    for told in ((entered, at_school, moved), (moved, at_school, entered)):
        child: KnownChild = KNOWN.fold(told)
        assert child.school_on(ENTERED_ON) == SCHOOL
        assert child.school_on(date(2026, 11, 29)) == SCHOOL
        assert child.school_on(MOVED_ON) == "900002"
        assert child.school_on(date(2026, 9, 20)) is None


def test_a_child_is_in_care_from_the_day_of_entry_until_the_day_of_leaving() -> None:
    child: KnownChild = KNOWN.fold((left, entered))
    assert not child.in_care_on(date(2026, 9, 20))
    assert child.in_care_on(ENTERED_ON)
    assert not child.in_care_on(MOVED_ON)


def test_the_last_word_on_a_day_holds() -> None:
    corrected = SchoolKnown(child_ref=CHILD, school_urn=None, on=ENTERED_ON)
    assert KNOWN.fold((at_school, corrected)).school_on(MOVED_ON) is None


def test_a_move_is_seen_whether_made_or_coming() -> None:
    child: KnownChild = KNOWN.fold((at_school, moved))
    assert child.has_moved_after(date(2026, 11, 6))
    assert not child.has_moved_after(MOVED_ON)
    assert not KNOWN.fold((at_school, SchoolKnown(child_ref=CHILD, school_urn=SCHOOL, on=MOVED_ON))).has_moved_after(
        ENTERED_ON
    )


RENUMBERED = NoteSchool(child_ref=CHILD, school_urn="900005", on=MOVED_ON, renumbered=True)
renumbered = SchoolKnown(child_ref=CHILD, school_urn="900005", on=MOVED_ON, renumbered=True)


def child_after(told: Scenario) -> KnownChild:
    known: KnownChild = KNOWN.fold(told.history)
    return known


def test_a_school_with_a_new_number_is_no_move() -> None:
    after = known.given(entered, at_school).when(RENUMBERED).then(renumbered)
    child = child_after(after)
    assert not child.has_moved_after(ENTERED_ON)
    assert (child.school_on(date(2026, 11, 29)), child.school_on(MOVED_ON)) == (SCHOOL, "900005")
    after.when(RENUMBERED).then_nothing()


@pytest.mark.parametrize("urn", [None, "900002"])
@pytest.mark.parametrize("on", [date(2026, 11, 2), date(2026, 12, 7)])
def test_a_move_before_or_after_a_new_number_is_one(on: date, urn: str | None) -> None:
    gone = SchoolKnown(child_ref=CHILD, school_urn=urn, on=on)
    assert KNOWN.fold((at_school, renumbered, gone)).has_moved_after(ENTERED_ON)


def test_what_was_told_as_a_move_and_was_a_new_number_is_no_move_any_more() -> None:
    as_a_move = SchoolKnown(child_ref=CHILD, school_urn="900005", on=MOVED_ON)
    corrected = known.given(at_school, as_a_move).when(RENUMBERED).then(renumbered)
    assert not child_after(corrected).has_moved_after(ENTERED_ON)


def test_a_leaving_that_never_was_leaves_the_child_in_care_and_at_the_school() -> None:
    in_care = ChildInCareKnown(child_ref=CHILD, on=MOVED_ON)
    still_there = SchoolKnown(child_ref=CHILD, school_urn=SCHOOL, on=MOVED_ON)
    again = NoteEntry(child_ref=CHILD, school_urn=SCHOOL, on=MOVED_ON)
    child = child_after(known.given(entered, at_school, left).when(again).then(in_care, still_there))
    assert (child.in_care_on(MOVED_ON), child.has_moved_after(ENTERED_ON)) == (True, False)


def test_a_spell_that_never_was_leaves_the_child_out_of_care() -> None:
    out = ChildOutOfCareKnown(child_ref=CHILD, on=ENTERED_ON)
    never = known.given(entered, at_school).when(NoteCareEnded(child_ref=CHILD, on=ENTERED_ON)).then(out)
    assert not child_after(never).in_care_on(MOVED_ON)


def test_an_entry_told_again_of_an_earlier_day_is_no_move() -> None:
    earlier = date(2026, 9, 14)
    told = known.given(entered, at_school).when(ENTRY.model_copy(update={"on": earlier}))
    child: KnownChild = KNOWN.fold((entered, at_school, *told.then_some(ChildInCareKnown, SchoolKnown)))
    assert (child.in_care_on(earlier), child.has_moved_after(earlier)) == (True, False)


def test_a_schools_numbers_are_noted_again_only_when_they_change() -> None:
    note = NotePayee(urn=SCHOOL, ukprn=None, laestab="8559901")
    listed = Scenario(PAYEE).when(note).then(PayeeKnown(urn=SCHOOL, laestab="8559901"))
    listed.when(note).then_nothing()
    with_ukprn = note.model_copy(update={"ukprn": "10090001"})
    listed.when(with_ukprn).then(PayeeKnown(urn=SCHOOL, ukprn="10090001", laestab="8559901"))


@pytest.mark.parametrize(("laestab", "route"), [("8559901", "journal"), ("9319901", "bacs"), (None, "bacs")])
def test_a_ledger_journal_reaches_only_schools_of_the_authoritys_own_area(laestab: str | None, route: str) -> None:
    school = PayeeKnown(urn=SCHOOL, ukprn="10090001", laestab=laestab)
    assert payment_route(school, "855", ROUTES) == route


def test_lines_are_numbered_without_a_gap_over_all_runs() -> None:
    first = LinesNumbered(run_id="run-1", first_number=1, last_number=3)
    after = Scenario(LEDGER).when(NumberLines(run_id="run-1", line_count=3)).then(first)
    after.when(NumberLines(run_id="run-2", line_count=1)).then(
        LinesNumbered(run_id="run-2", first_number=4, last_number=4)
    )


@pytest.mark.parametrize(
    ("term", "year"), [(Term.AUTUMN, "2026-27"), (Term.SPRING, "2026-27"), (Term.SUMMER, "2027-28")]
)
def test_a_terms_money_belongs_to_the_financial_year_in_which_it_is_delivered(term: Term, year: str) -> None:
    assert financial_year_of_delivery(2026, term) == year


def test_the_last_financial_year_of_a_century_is_written_with_two_figures() -> None:
    assert financial_year_of_delivery(2099, Term.AUTUMN) == "2099-00"
