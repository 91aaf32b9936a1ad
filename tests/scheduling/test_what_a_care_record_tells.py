"""A record tells who the child is, sealed; where the child learns, and what the school knows; how a spell began."""

from datetime import date

import pytest
from pydantic import ValidationError
from tests.scheduling.worked_examples import (
    MONDAY,
    OXFORDSHIRE_SCHOOL,
    REF,
    TODAY,
    care_record,
    episode,
    of_kind,
    spell,
    told,
)

from pep_kernel.may import Role
from pep_kernel.scenario import Scenario
from pep_kernel.sealed import Identity
from scheduling.domain.child.care_record import ChildName, LastPep, Schooling, StaffRecord, Unaccompanied
from scheduling.domain.child.decider import CHILD
from scheduling.domain.child.events import ChildEnteredCare, ChildIdentified, ChildLeftCare, LastPEPNoted, SchoolMoved

child = Scenario(CHILD)


def test_who_the_child_is_is_told_whole_and_sealed() -> None:
    name = ChildName(given="Robin", family="Example", preferred="Rob", language="cy")
    command = told(name=name, upn="P207000016049", unaccompanied=Unaccompanied(until=date(2026, 9, 30)))
    (identified,) = of_kind(ChildIdentified, child.when(command).happened)
    assert identified == ChildIdentified(
        child_ref=REF,
        digests=tuple(command.digests.items()),
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


def test_what_was_agreed_before_going_live_is_told_with_the_next_days() -> None:
    last = LastPep(held=date(2026, 6, 16), next_agreed=date(2026, 10, 6), next_review=date(2026, 11, 3))
    assert of_kind(LastPEPNoted, child.when(told(last_pep=last)).happened) == [
        LastPEPNoted(child_ref=REF, on=date(2026, 6, 16), next_agreed=date(2026, 10, 6), next_review=date(2026, 11, 3))
    ]


def test_a_child_is_on_the_roll_on_the_last_day_at_school_and_on_none_from_the_next() -> None:
    for left, rolls in ((TODAY, [OXFORDSHIRE_SCHOOL]), (date(2026, 9, 24), [OXFORDSHIRE_SCHOOL, None])):
        schooling = Schooling(school_urn=OXFORDSHIRE_SCHOOL, entered=date(2026, 9, 2), left=left)
        happened = child.when(told(schooling=(schooling,))).happened
        assert [each.school_urn for each in of_kind(SchoolMoved, happened)] == rolls


def test_what_a_record_or_a_member_of_staff_cannot_be_is_said_in_these_words() -> None:
    twice = (spell(MONDAY), spell(TODAY))
    with pytest.raises(ValidationError) as wrong:
        care_record(spells=twice)
    assert wrong.value.errors()[0]["msg"] == "Value error, spells overlap"
    with pytest.raises(ValidationError) as wrong:
        StaffRecord(staff_id="3", name="Alex Sample", email="alex@example.org", role=Role.CARER)
    assert wrong.value.errors()[0]["msg"] == (
        "Value error, is no role of staff: carers and pupils are known by the child, and services sign for themselves"
    )
