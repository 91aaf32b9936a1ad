"""The date of birth was told wrong: what rests on the child's age is judged again."""

from datetime import date
from typing import Any

import pytest
from tests.scheduling.single_facts import fact
from tests.scheduling.worked_examples import (
    LEICESTERSHIRE,
    LEICESTERSHIRE_SCHOOL,
    MONDAY,
    NONESUCH,
    OXFORDSHIRE,
    OXFORDSHIRE_SCHOOL,
    REF,
    TODAY,
    journal,
    of_kind,
    spell,
    told,
)

from pep_kernel.contracts import scheduling as contracts
from pep_kernel.scenario import Scenario
from scheduling.domain.child.care_record import Schooling
from scheduling.domain.child.decider import CHILD
from scheduling.domain.child.events import (
    ChildIdentified,
    PEPApplicable,
    PEPDueDateNotCounted,
    PEPDueDateSet,
    PEPDueDateWithdrawn,
    PEPNotApplicable,
    SchoolYearOfBirthCorrected,
)
from scheduling.domain.child.fact_events import FactFlagCleared
from scheduling.domain.concerns.events import NoApprovalRecorded
from scheduling.projections.child_overview import ChildOverview, overview

child = Scenario(CHILD)
LATER = date(2026, 12, 1)
BORN_2012 = date(2012, 11, 5)
NO_YEAR = Schooling(school_urn=OXFORDSHIRE_SCHOOL, entered=date(2026, 9, 2))


def known(*args: Any, **changes: Any) -> Scenario:
    return child.given(*child.when(told(*args, **changes)).happened)


def test_another_school_year_of_birth_is_told_to_all_and_nothing_else_where_no_date_rests_on_it() -> None:
    right = told(LEICESTERSHIRE, date_of_birth=BORN_2012, schooling=(NO_YEAR,))
    outcome = known(LEICESTERSHIRE, schooling=(NO_YEAR,)).when(right)
    _identified, corrected = outcome.then_some(ChildIdentified, SchoolYearOfBirthCorrected)
    assert corrected == SchoolYearOfBirthCorrected(child_ref=REF, on=TODAY, born_in_school_year=2012)
    outcome.then_announced(
        contracts.ChildEnteredCare(child_ref=REF, on=MONDAY, born_in_school_year=2012, school_urn=OXFORDSHIRE_SCHOOL)
    )
    after = known(LEICESTERSHIRE, schooling=(NO_YEAR,)).given(*outcome.happened)
    after.when(right).then_nothing()
    row = ChildOverview(REF)
    for recorded in journal(*after.history):
        row = overview(row, recorded)
    assert row.born_in_school_year == CHILD.fold(after.history).born_in_school_year == 2012  # type: ignore[arg-type]


def test_a_day_in_the_same_school_year_is_told_as_who_the_child_is() -> None:
    known().when(told(date_of_birth=date(2014, 11, 6))).then_some(ChildIdentified)


def test_of_a_child_who_left_care_nobody_else_is_told() -> None:
    gone: dict[str, Any] = {"spells": (spell(ended=date(2026, 9, 23), reason_ceased="E4A"),)}
    known(**gone).when(told(**gone, date_of_birth=BORN_2012)).then_announced()


def test_a_child_who_was_believed_to_be_too_young_has_a_pep_and_one_believed_older_none() -> None:
    too_young, school_age = date(2025, 11, 5), date(2014, 11, 5)
    happened = known(LEICESTERSHIRE, date_of_birth=too_young).when(told(LEICESTERSHIRE)).happened
    assert [each.on for each in of_kind(PEPApplicable, happened)] == [MONDAY]
    assert [each.obligation for each in of_kind(PEPDueDateSet, happened)] == ["available"]
    younger = told(LEICESTERSHIRE, date_of_birth=too_young)
    happened = known(LEICESTERSHIRE, date_of_birth=school_age).when(younger).happened
    assert [each.reason for each in of_kind(PEPNotApplicable, happened)] == ["too_young"]
    assert [each.because for each in of_kind(PEPDueDateWithdrawn, happened)] == ["no_longer_applicable"]


def test_what_is_due_by_the_true_year_group_takes_the_place_of_what_was_due() -> None:
    """Nonesuch holds the first meeting of a Year 11 pupil at a school elsewhere within 10 school days."""
    elsewhere: dict[str, Any] = {"schooling": (Schooling(school_urn=LEICESTERSHIRE_SCHOOL, entered=date(2026, 9, 2)),)}
    believed = known(NONESUCH, **elsewhere)
    before = {each.obligation: each.due for each in of_kind(PEPDueDateSet, believed.history)}
    year_11 = told(NONESUCH, **elsewhere, date_of_birth=date(2010, 11, 5))
    outcome = believed.when(year_11)
    (held,) = of_kind(PEPDueDateSet, outcome.happened)
    assert (held.obligation, held.trigger_on, held.correction) == ("hold", MONDAY, True)
    assert held.due < before["hold"]
    assert [each.obligation for each in of_kind(PEPDueDateWithdrawn, outcome.happened)] == ["hold"]
    believed.given(*outcome.happened).when(year_11).then_nothing()


def test_a_child_who_came_of_age_for_a_pep_only_after_entering_care_owes_it_from_then() -> None:
    three = date(2023, 9, 23)
    believed = known(NONESUCH, date_of_birth=date(2021, 9, 23), schooling=(NO_YEAR,))
    happened = believed.when(told(NONESUCH, date_of_birth=three, schooling=(NO_YEAR,))).happened
    assert {each.trigger_on for each in of_kind(PEPDueDateWithdrawn, happened)} == {MONDAY}
    assert {each.trigger_on for each in of_kind(PEPDueDateSet, happened)} == {date(2026, 9, 23)}


def test_what_a_day_before_a_pep_applied_had_started_is_withdrawn() -> None:
    review = date(2026, 9, 22)
    believed = known(NONESUCH, date_of_birth=date(2021, 9, 23), schooling=(NO_YEAR,), reviews=(review,))
    assert review in {each.trigger_on for each in of_kind(PEPDueDateSet, believed.history)}
    three = told(NONESUCH, date_of_birth=date(2023, 9, 23), schooling=(NO_YEAR,), reviews=(review,))
    happened = believed.when(three).happened
    assert review in {each.trigger_on for each in of_kind(PEPDueDateWithdrawn, happened)}
    assert review not in {each.trigger_on for each in of_kind(PEPDueDateSet, happened)}


def test_an_emergency_is_counted_again_too_and_found_the_same() -> None:
    urgent = fact("placement", TODAY, NONESUCH, placement="U4", emergency=True, today=TODAY)
    placed = known(NONESUCH).given(*known(NONESUCH).when(urgent).happened)
    episodes = told(NONESUCH, date_of_birth=date(2014, 10, 5))
    happened = placed.when(episodes).happened
    assert [*of_kind(PEPDueDateSet, happened), *of_kind(PEPDueDateWithdrawn, happened)] == []


def test_a_date_that_cannot_be_counted_is_owed_at_any_age_and_said_once() -> None:
    """Beyond the known term dates nothing is counted, whatever the age."""
    far = date(2029, 1, 8)
    believed = known(NONESUCH, spells=(spell(far),), today=far)
    happened = believed.when(told(NONESUCH, spells=(spell(far),), today=far, date_of_birth=date(2014, 10, 5))).happened
    assert of_kind(PEPDueDateNotCounted, believed.history) != []
    assert [*of_kind(PEPDueDateNotCounted, happened), *of_kind(PEPDueDateWithdrawn, happened)] == []


@pytest.mark.rule("O-91")
def test_a_move_in_a_year_that_turns_out_to_be_year_10_lacks_its_agreement_and_the_other_way_round() -> None:
    moved = (NO_YEAR, Schooling(school_urn="999102", entered=date(2026, 11, 2)))
    year_10, year_7 = date(2011, 11, 5), date(2014, 11, 5)

    def of_key_stage_4(events: Any) -> list[Any]:
        flags: list[Any] = [*of_kind(NoApprovalRecorded, events), *of_kind(FactFlagCleared, events)]
        return [type(each) for each in flags if each.decision == "key_stage_4_move"]

    for believed, right, what in ((year_7, year_10, NoApprovalRecorded), (year_10, year_7, FactFlagCleared)):
        before = known(OXFORDSHIRE, schooling=moved, today=LATER, date_of_birth=believed)
        happened = before.when(told(OXFORDSHIRE, schooling=moved, today=LATER, date_of_birth=right)).happened
        assert of_key_stage_4(happened) == [what]


def test_a_year_group_that_the_true_age_gives_is_flagged_no_more() -> None:
    year_9 = (NO_YEAR.model_copy(update={"year_group": 9}),)
    flagged = known(schooling=year_9)
    outcome = flagged.when(told(schooling=year_9, date_of_birth=BORN_2012))
    (cleared,) = of_kind(FactFlagCleared, outcome.happened)
    assert (cleared.because, cleared.fact) == ("year_group_agrees", "year_group")
    wrong_still = flagged.when(told(schooling=year_9, date_of_birth=date(2013, 11, 5)))
    assert of_kind(FactFlagCleared, wrong_still.happened) == []
