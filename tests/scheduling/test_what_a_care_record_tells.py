"""A record tells who the child is, sealed; where the child learns, and what the school knows; how a spell began."""

from datetime import date

from tests.scheduling.worked_examples import MONDAY, OXFORDSHIRE_SCHOOL, REF, TODAY, episode, of_kind, spell, told

from pep_kernel.scenario import Scenario
from pep_kernel.sealed import Identity
from scheduling.domain.child.care_record import ChildName, Schooling, Unaccompanied
from scheduling.domain.child.decider import CHILD
from scheduling.domain.child.events import ChildEnteredCare, ChildIdentified, ChildLeftCare, SchoolMoved

child = Scenario(CHILD)


def test_who_the_child_is_is_told_whole_and_sealed() -> None:
    name = ChildName(given="Robin", family="Example", preferred="Rob", language="cy")
    command = told(name=name, upn="P207000016049", unaccompanied=Unaccompanied(until=date(2026, 9, 30)))
    (identified,) = of_kind(ChildIdentified, child.when(command).happened)
    assert identified == ChildIdentified(
        child_ref=REF,
        digest=command.digest,
        date_of_birth=Identity.of("2014-11-05"),
        sex=Identity.of("F"),
        given_name=Identity.of("Robin"),
        family_name=Identity.of("Example"),
        preferred_name=Identity.of("Rob"),
        language=Identity.of("cy"),
        upn=Identity.of("P207000016049"),
        unaccompanied=Identity.of("until 2026-09-30"),
    )


def test_a_school_is_told_with_the_year_group_and_the_needs_that_it_knows() -> None:
    entered = date(2026, 9, 2)
    schooling = Schooling(
        school_urn=OXFORDSHIRE_SCHOOL, entered=entered, year_group=7, special_educational_needs="support"
    )
    (moved,) = of_kind(SchoolMoved, child.when(told(schooling=(schooling,))).happened)
    assert moved == SchoolMoved(
        child_ref=REF,
        on=entered,
        school_urn=OXFORDSHIRE_SCHOOL,
        year_group=7,
        special_educational_needs="support",
    )


def test_a_spell_that_had_begun_before_the_return_says_so_with_the_first_that_is_known_of_it() -> None:
    (entered,) = of_kind(ChildEnteredCare, child.when(told(spells=(spell(began_earlier=True),))).happened)
    assert entered == ChildEnteredCare(
        child_ref=REF,
        on=MONDAY,
        born_in_school_year=2014,
        legal_status="C2",
        placement="U1",
        began_earlier=True,
        school_urn=OXFORDSHIRE_SCHOOL,
    )


def test_a_spell_that_ends_today_has_ended_and_one_that_ends_tomorrow_has_not() -> None:
    for ended, ends in ((TODAY, [TODAY]), (date(2026, 9, 26), [])):
        told_of = told(spells=(spell(MONDAY, episode(MONDAY), ended=ended, reason_ceased="E4A"),))
        assert [each.on for each in of_kind(ChildLeftCare, child.when(told_of).happened)] == ends
