"""Whoever looked after a child looks after the child no more when the child lives elsewhere, until the list says so."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.scheduling.single_facts import fact
from tests.scheduling.test_absence import works
from tests.scheduling.test_corrections import correct
from tests.scheduling.test_meeting_of_child import Journal
from tests.scheduling.worked_examples import MONDAY, REF, of_kind, spell, told

from pep_kernel.may import Role
from pep_kernel.sealed import ThirdParty
from scheduling.domain.child.care_record import Episode
from scheduling.domain.child.commands import RecordCareFactsOfMany, RecordFact
from scheduling.domain.child.events import PlacementChanged
from scheduling.domain.meeting_of_child import judge_child, judge_children
from scheduling.domain.person.events import CarerLinked, CarerNamed, CarerUnlinked

CARER, OTHER = "carer7" + "a" * 18, "carer8" + "a" * 18
OCTOBER, NOVEMBER, DECEMBER = date(2026, 10, 5), date(2026, 11, 2), date(2026, 12, 7)
YEARS_END = date(2026, 12, 31)


@pytest.fixture
def journal() -> Journal:
    """One carer looks after the child, another one after somebody else."""
    journal = Journal()
    journal.take(judge_child, told())
    for carer, child in ((CARER, REF), (OTHER, "another")):
        named = CarerNamed(person_ref=carer, digest="d", name=ThirdParty(token="n"))
        journal.append(f"person-{carer}", named, CarerLinked(person_ref=carer, child_ref=child))
    journal.append("person-colleague", works("colleague", Role.DELEGATE))
    return journal


def moved(on: date, placement: str = "U4", **more: Any) -> RecordFact:
    return fact("placement", on, today=YEARS_END, placement=placement, **more)


def unlinked(journal: Journal, *commands: Any) -> list[CarerUnlinked]:
    return [each for command in commands for each in of_kind(CarerUnlinked, journal.take(judge_child, command))]


GONE = [CarerUnlinked(person_ref=CARER, child_ref=REF)]


def test_the_link_ends_in_the_append_that_tells_of_the_move(journal: Journal) -> None:
    assert unlinked(journal, moved(OCTOBER)) == GONE
    assert unlinked(journal, moved(NOVEMBER, "K2")) == [], "once"
    journal.append(f"person-{CARER}", CarerLinked(person_ref=CARER, child_ref=REF))
    assert unlinked(journal, moved(DECEMBER)) == GONE


def test_another_home_of_the_same_kind_is_another_home(journal: Journal) -> None:
    assert unlinked(journal, moved(OCTOBER, "U1")) == GONE


def test_the_same_carers_stay_where_the_record_says_so(journal: Journal) -> None:
    assert unlinked(journal, moved(OCTOBER, same_carers=True)) == []
    assert unlinked(journal, moved(NOVEMBER)) == GONE


def test_who_is_away_for_a_while_comes_back_to_the_same_carers_and_else_has_moved(journal: Journal) -> None:
    assert unlinked(journal, moved(OCTOBER, "T1"), moved(NOVEMBER, "U1")) == []
    assert unlinked(journal, moved(DECEMBER, "T2"), moved(date(2026, 12, 14), "U4")) == GONE


def test_a_move_of_before_the_newest_that_is_told_late_ends_nothing(journal: Journal) -> None:
    assert unlinked(journal, moved(NOVEMBER, same_carers=True), moved(OCTOBER, "K2")) == []


def test_a_corrected_day_or_kind_of_placement_ends_nothing(journal: Journal) -> None:
    assert unlinked(journal, moved(NOVEMBER, same_carers=True)) == []
    wrong = correct("placement", NOVEMBER, was="U4", right="U4", right_on=DECEMBER, today=DECEMBER)
    assert unlinked(journal, wrong) == []


@pytest.mark.parametrize(("reason", "stays"), [("T", True), ("U", True), ("P", False), ("B", False)])
def test_the_return_says_whether_the_carers_are_the_same(journal: Journal, reason: Any, stays: bool) -> None:
    first = Episode(began=MONDAY, ended=OCTOBER, reason_new="S", legal_status="C2", placement="U1")
    second = Episode(began=OCTOBER, reason_new=reason, legal_status="C2", placement="U4")
    record = told(spells=(spell(MONDAY, first, second),), today=DECEMBER)
    happened = journal.take(judge_children, RecordCareFactsOfMany(records=(record,)))
    assert [each.same_carers for each in of_kind(PlacementChanged, happened)] == [stays]
    assert of_kind(CarerUnlinked, happened) == ([] if stays else GONE)


def test_whoever_comes_into_care_again_does_not_come_back_to_the_carers_of_before(journal: Journal) -> None:
    over = spell(ended=OCTOBER, reason_ceased="E4A")
    assert unlinked(journal, told(spells=(over,), today=NOVEMBER)) == [], "the record closes by itself"
    again = spell(NOVEMBER)
    assert unlinked(journal, told(spells=(over, again), today=DECEMBER)) == GONE
