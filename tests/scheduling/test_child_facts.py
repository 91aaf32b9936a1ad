"""The facts of a child's care: told once, told again, told late, and told by themselves."""

from datetime import date, timedelta
from typing import Any

import pytest
from tests.scheduling.single_facts import left_care_told, school_told, worker_told
from tests.scheduling.worked_examples import (
    LEICESTERSHIRE,
    LEICESTERSHIRE_SCHOOL,
    MONDAY,
    OTHER_WORKER,
    OXFORDSHIRE_SCHOOL,
    REF,
    TODAY,
    WORKER,
    episode,
    of_kind,
    spell,
    told,
)

from pep_kernel.contracts import scheduling as contracts
from pep_kernel.decider import AnyDecider
from pep_kernel.scenario import Scenario
from scheduling.domain.child.care_record import ChildName, LastPep, Schooling, SocialWorkerSpell, Unaccompanied
from scheduling.domain.child.decider import CHILD
from scheduling.domain.child.events import (
    ChildEnteredCare,
    ChildIdentified,
    ChildLeftCare,
    LastPEPNoted,
    LegalStatusChanged,
    PEPApplicable,
    PEPDueDateSet,
    PEPDueDateWithdrawn,
    PEPNotApplicable,
    PlacementChanged,
    ReviewHeld,
    SchoolMoved,
    SocialWorkerAllocated,
)
from scheduling.domain.child.history import inserted, news, value_on

child = Scenario(CHILD)
LATER = date(2026, 12, 1)


def known(**changes: Any) -> Scenario:
    """The child as the first record told of it."""
    return child.given(*child.when(told(**changes)).happened)


def test_a_first_record_says_who_the_child_is_then_the_facts_then_what_follows() -> None:
    outcome = child.when(told(rules=LEICESTERSHIRE))
    identified, _entered, _moved, _allocated, _applies, due = outcome.then_some(
        ChildIdentified, ChildEnteredCare, SchoolMoved, SocialWorkerAllocated, PEPApplicable, PEPDueDateSet
    )
    assert isinstance(identified, ChildIdentified)
    assert identified.given_name
    assert identified.upn is None
    assert isinstance(due, PEPDueDateSet)
    outcome.then_announced(
        contracts.ChildEnteredCare(child_ref=REF, on=MONDAY, born_in_school_year=2014, school_urn=OXFORDSHIRE_SCHOOL),
        contracts.SchoolMoved(child_ref=REF, on=date(2026, 9, 2), school_urn=OXFORDSHIRE_SCHOOL),
        contracts.SocialWorkerAllocated(child_ref=REF, social_worker_ref=WORKER, on=MONDAY),
        contracts.PEPApplicable(child_ref=REF, on=MONDAY, because="entered_care"),
        contracts.PEPDueDateSet(child_ref=REF, obligation="available", due=date(2026, 10, 19), source="reg 33"),
    )


def test_the_same_record_again_changes_nothing() -> None:
    known().when(told()).then_nothing()
    known().when(told(today=LATER)).then_nothing()


def test_a_return_alone_is_enough() -> None:
    record: dict[str, Any] = {"name": None, "schooling": (), "social_workers": ()}
    told_of = child.when(told(rules=LEICESTERSHIRE, **record)).happened
    assert of_kind(ChildEnteredCare, told_of)[0].school_urn is None
    assert of_kind(ChildIdentified, told_of)[0].given_name is None
    known(rules=LEICESTERSHIRE, **record).when(told(rules=LEICESTERSHIRE, social_workers=())).then_some(
        ChildIdentified, SchoolMoved
    )


def test_a_new_name_or_status_is_told_as_who_the_child_is() -> None:
    changed = told(name=ChildName(given="Robin", family="Sample"), unaccompanied=Unaccompanied())
    (identified,) = known().when(changed).then_some(ChildIdentified)
    assert isinstance(identified, ChildIdentified)
    assert identified.unaccompanied
    assert identified.unaccompanied.plain == "until now"


def test_later_episodes_of_a_spell_are_placements_and_statuses_not_new_spells() -> None:
    moved_on, ordered = date(2026, 10, 12), date(2026, 11, 2)
    grown = spell(
        MONDAY,
        episode(MONDAY, "U1", "V2"),
        episode(moved_on, "U4", "V2", reason_new="P"),
        episode(ordered, "U4", "C1", reason_new="L"),
    )
    first = known(spells=(spell(MONDAY, episode(MONDAY, "U1", "V2")),))
    first.when(told(spells=(grown,), today=LATER)).then(
        PlacementChanged(child_ref=REF, on=moved_on, placement="U4"),
        LegalStatusChanged(child_ref=REF, on=ordered, legal_status="C1"),
    )


def test_next_years_return_shows_only_the_later_part_of_a_running_spell() -> None:
    later_part = spell(date(2027, 4, 1), began_earlier=True)
    known().when(told(spells=(later_part,), today=date(2027, 5, 1))).then_nothing()


def test_a_spell_that_ended_and_another_that_began_are_two() -> None:
    ended = spell(date(2025, 1, 6), ended=date(2025, 3, 3), reason_ceased="E4A")
    happened = child.when(told(spells=(ended, spell()))).happened
    assert [event.on for event in of_kind(ChildEnteredCare, happened)] == [date(2025, 1, 6), MONDAY]
    assert of_kind(ChildLeftCare, happened) == [
        ChildLeftCare(child_ref=REF, on=date(2025, 3, 3), reason="E4A", closes_on=date(2025, 5, 2))
    ]


LONG_AGO = date(2025, 1, 6)


@pytest.mark.parametrize("ended", [date(2025, 3, 3), MONDAY], ids=["a year before", "on the day of the next"])
def test_a_spell_of_before_that_is_told_late_ends_and_the_running_one_goes_on(ended: date) -> None:
    older = spell(LONG_AGO, ended=ended, reason_ceased="E4A")
    late = told(spells=(older, spell()), today=LATER)
    outcome = known().when(late)
    entered, left = [each for each in outcome.happened if isinstance(each, ChildEnteredCare | ChildLeftCare)]
    closes_on = ended + timedelta(days=60)
    assert left == ChildLeftCare(child_ref=REF, on=ended, reason="E4A", earlier=True, closes_on=closes_on)
    assert entered.on == LONG_AGO
    outcome.then_announced()
    after = known().given(*outcome.happened)
    after.when(late).then_nothing()
    state = CHILD.fold(after.history)  # type: ignore[arg-type]
    assert [(each.began, each.ended) for each in state.spells] == [(LONG_AGO, ended), (MONDAY, None)]
    assert state.open_dues, "what is due for the running spell stays due"


def test_a_spell_of_one_day_is_told_once() -> None:
    one_day = told(spells=(spell(ended=MONDAY, reason_ceased="E4A"),), today=LATER)
    happened = child.when(one_day).happened
    assert [type(each) for each in happened if isinstance(each, ChildEnteredCare | ChildLeftCare)] == [
        ChildEnteredCare, ChildLeftCare,
    ]  # fmt: skip
    child.given(*happened).when(one_day).then_nothing()


def test_a_child_who_left_care_owes_nothing_any_more() -> None:
    left = told(rules=LEICESTERSHIRE, spells=(spell(ended=date(2026, 10, 2)),), today=LATER)
    outcome = known(rules=LEICESTERSHIRE).when(left)
    outcome.then(
        ChildLeftCare(child_ref=REF, on=date(2026, 10, 2), reason="not_given", closes_on=date(2026, 12, 1)),
        PEPDueDateWithdrawn(child_ref=REF, obligation="available", trigger_on=MONDAY, because="left_care"),
    )
    outcome.then_announced(
        contracts.ChildLeftCare(child_ref=REF, on=date(2026, 10, 2), ended="other", closes_on=date(2026, 12, 1))
    )
    known(rules=LEICESTERSHIRE).given(*outcome.happened).when(left).then_nothing()


def test_days_still_to_come_are_left_to_a_later_record() -> None:
    ending = (spell(ended=date(2026, 10, 2)),)
    known().when(told(spells=ending, reviews=(date(2026, 10, 16),))).then_nothing()
    child.when(told(spells=(spell(LATER),))).then_refused("still to come")


def test_reviews_and_the_last_plan_meeting_are_noted_once() -> None:
    reviews = (date(2026, 9, 23), date(2026, 9, 22))
    last = LastPep(held=date(2026, 6, 16), next_agreed=date(2026, 10, 6))
    again = known().when(told(reviews=reviews, last_pep=last))
    again.then(
        ReviewHeld(child_ref=REF, on=date(2026, 9, 22)),
        ReviewHeld(child_ref=REF, on=date(2026, 9, 23)),
        LastPEPNoted(child_ref=REF, on=date(2026, 6, 16), next_agreed=date(2026, 10, 6)),
    ).when(told(reviews=reviews, last_pep=last)).then_nothing()


def test_a_last_plan_meeting_that_is_still_to_come_is_refused() -> None:
    last = LastPep(held=date(2062, 6, 16))
    child.when(told(last_pep=last)).then_refused("last_pep.held: 16/06/2062 is still to come.")


def test_a_school_that_was_left_with_none_after_it_leaves_the_child_on_no_roll() -> None:
    left = (Schooling(school_urn=OXFORDSHIRE_SCHOOL, entered=date(2026, 9, 2), left=date(2026, 9, 23)),)
    known().when(told(schooling=left)).then(SchoolMoved(child_ref=REF, on=date(2026, 9, 24)))


def test_a_changed_worker_is_told_from_the_day_of_the_change() -> None:
    both = (
        SocialWorkerSpell(staff_id="3", began=MONDAY, ended=date(2026, 9, 23)),
        SocialWorkerSpell(staff_id="4", began=date(2026, 9, 23)),
    )
    known().when(told(social_workers=both)).then(
        SocialWorkerAllocated(child_ref=REF, on=date(2026, 9, 23), social_worker_ref=OTHER_WORKER)
    )


UNDATED: dict[str, Any] = {"social_workers": (), "social_worker": "3"}


def test_a_worker_without_a_day_counts_from_the_first_day_of_the_spell_and_the_next_one_from_today() -> None:
    december = date(2026, 12, 1)
    first = child.when(told(**UNDATED))
    (allocated,) = of_kind(SocialWorkerAllocated, first.happened)
    assert (allocated.on, allocated.social_worker_ref) == (MONDAY, WORKER)
    after = child.given(*first.happened)
    after.when(told(**UNDATED, today=december)).then_nothing()
    another = told(**(UNDATED | {"social_worker": "4"}), today=december)
    changed = SocialWorkerAllocated(child_ref=REF, on=december, social_worker_ref=OTHER_WORKER)
    after.when(another).then(changed).when(another).then_nothing()


def test_a_worker_without_a_day_takes_the_place_of_one_who_was_told_since() -> None:
    daily = SocialWorkerAllocated(child_ref=REF, on=date(2026, 11, 2), social_worker_ref=OTHER_WORKER)
    told_since = known().given(daily)
    told_since.when(told(**UNDATED, today=LATER)).then(
        SocialWorkerAllocated(child_ref=REF, on=LATER, social_worker_ref=WORKER)
    )


def test_a_worker_without_a_day_of_a_second_spell_counts_from_its_first_day_and_none_after_the_last() -> None:
    left, came_back = date(2026, 10, 2), date(2026, 11, 9)
    ended = (spell(ended=left, reason_ceased="E4A"),)
    gone = known(spells=ended, today=LATER)
    other = UNDATED | {"social_worker": "4"}
    gone.when(told(spells=ended, **other, today=LATER)).then_nothing()
    happened = gone.when(told(spells=(*ended, spell(came_back)), **other, today=LATER)).happened
    assert [each.on for each in of_kind(SocialWorkerAllocated, happened)] == [came_back]


def test_facts_are_also_told_one_by_one() -> None:
    allocation = worker_told(TODAY, OTHER_WORKER)
    allocated = SocialWorkerAllocated(child_ref=REF, on=TODAY, social_worker_ref=OTHER_WORKER)
    known().when(allocation).then(allocated).when(allocation).then_nothing()
    move = school_told(LEICESTERSHIRE, TODAY, LEICESTERSHIRE_SCHOOL)
    moved = SchoolMoved(child_ref=REF, on=TODAY, school_urn=LEICESTERSHIRE_SCHOOL)
    known().when(move).then(moved).when(move).then_nothing()
    leaving = left_care_told(TODAY)
    after = known(rules=LEICESTERSHIRE).when(leaving)
    after.then_some(ChildLeftCare, PEPDueDateWithdrawn)
    known(rules=LEICESTERSHIRE).given(*after.happened).when(leaving).then_nothing()


def test_what_cannot_be_true_is_refused() -> None:
    leaving = left_care_told(date(2026, 9, 1))
    known().when(leaving).then_refused("on: 01/09/2026 is before the child entered care, on 21/09/2026.")
    child.when(leaving).then_refused("Nothing is known of this child")


def test_a_child_who_left_and_came_back_is_judged_anew() -> None:
    came_back = date(2026, 11, 9)
    gone = known().given(ChildLeftCare(child_ref=REF, on=date(2026, 10, 2), reason="E4A"))
    spells = (spell(ended=date(2026, 10, 2)), spell(came_back))
    happened = gone.when(told(spells=spells, today=LATER)).happened
    assert [event.on for event in of_kind(ChildEnteredCare, happened)] == [came_back]
    assert [event.on for event in of_kind(PEPApplicable, happened)] == [came_back]


def test_a_late_fact_takes_its_place_by_its_own_day() -> None:
    autumn, spring = date(2026, 9, 2), date(2027, 1, 4)
    history = inserted(((spring, "B"),), autumn, "A")
    assert [value_on(history, day) for day in (date(2026, 9, 1), autumn, spring)] == [None, "A", "B"]
    assert news(history, [(spring, "B"), (date(2026, 10, 1), "C"), (autumn, "A")]) == [(date(2026, 10, 1), "C")]


def test_nothing_personal_is_announced() -> None:
    decider: AnyDecider = CHILD
    announced = [decider.announce(decider.initial, event) for event in child.when(told()).happened]
    text = " ".join(each.model_dump_json() for each in announced if each)
    assert "Robin" not in text
    assert "2014-11-05" not in text


def test_a_child_no_plan_applies_to_is_told_of_with_the_reason() -> None:
    record: dict[str, Any] = {"schooling": (), "social_workers": (), "date_of_birth": date(2008, 9, 1)}
    outcome = child.when(told(LEICESTERSHIRE, **record))
    outcome.then_announced(
        contracts.ChildEnteredCare(child_ref=REF, on=MONDAY, born_in_school_year=2008),
        contracts.PEPNotApplicable(child_ref=REF, on=MONDAY, reason="grown_up"),
    )
    assert of_kind(PEPNotApplicable, outcome.happened) == [
        PEPNotApplicable(child_ref=REF, on=MONDAY, reason="grown_up")
    ]
