"""A record is kept until the law lets it go, and then until two people agree."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.scheduling.single_facts import left_care_told, worker_told
from tests.scheduling.worked_examples import OXFORDSHIRE, REF, TODAY, journal, told

from pep_kernel.authority_policy.record_keeping import RecordKeeping
from pep_kernel.contracts import scheduling as contracts
from pep_kernel.read_model import ReadModel
from pep_kernel.scenario import Scenario
from scheduling.domain.child.decider import CHILD
from scheduling.domain.keeping.commands import (
    ApproveForgetting,
    AskOfTheRecord,
    ConfirmForgotten,
    DeclineForgetting,
    LiftLegalHold,
    PlaceLegalHold,
    RequestForgetting,
    RequestForgettingOfEntries,
)
from scheduling.domain.keeping.decider import evolve
from scheduling.domain.keeping.events import (
    ChildForgotten,
    Entries,
    EntriesForgotten,
    ForgettingApproved,
    ForgettingDeclined,
    ForgettingRequested,
    LegalHoldLifted,
    LegalHoldPlaced,
)
from scheduling.domain.keeping.states import Keeping
from scheduling.projections.record_keeping import LEGAL_HOLDS, RECORD_KEEPING, LegalHold, RecordStanding

BORN = date(2012, 2, 29)
LATE = date(2087, 2, 28)
ASKER, AGREER = "asker" + "a" * 21, "agreer" + "a" * 20
HELD = LegalHoldPlaced(child_ref=REF, on=TODAY, case_ref="FAM-1", by=ASKER)
LIFTED = LegalHoldLifted(child_ref=REF, on=TODAY, case_ref="FAM-1", by=ASKER)
MEETING = "meeting-5b0f3c1d"
ENTRIES = Entries(stream=MEETING, first=1, last=3)
RULE = OXFORDSHIRE.file.in_force(TODAY).record_keeping
FORGOTTEN = ChildForgotten(child_ref=REF, on=LATE, reason="retention_period_ended")

child = Scenario(CHILD)
grown_up = child.given(*child.when(told(date_of_birth=BORN)).happened)
grown_up = grown_up.given(*grown_up.when(left_care_told(date(2030, 2, 28), "E11", born=BORN)).happened)


def request(on: date = LATE, born: date | None = BORN, rule: RecordKeeping = RULE, **more: Any) -> RequestForgetting:
    asked = {"child_ref": REF, "on": on, "by": ASKER, "rule": rule, "date_of_birth": born}
    return RequestForgetting(**{**asked, "basis": "retention_period_ended", **more})


def request_entries(**more: Any) -> RequestForgettingOfEntries:
    asked = {"child_ref": REF, "on": TODAY, "by": ASKER, "basis": "recorded_for_the_wrong_child"}
    return RequestForgettingOfEntries(**{**asked, "stream": MEETING, "first": 1, "last": 3, **more})


def approve(by: str = AGREER, on: date = LATE, born: date | None = BORN) -> ApproveForgetting:
    return ApproveForgetting(child_ref=REF, on=on, by=by, rule=RULE, date_of_birth=born)


def requested(entries: Entries | None = None) -> ForgettingRequested:
    if entries:
        basis = "recorded_for_the_wrong_child"
        return ForgettingRequested(child_ref=REF, on=TODAY, basis=basis, by=ASKER, entries=entries)
    return ForgettingRequested(child_ref=REF, on=LATE, basis="retention_period_ended", by=ASKER, kept_until=LATE)


APPROVED = ForgettingApproved(child_ref=REF, on=LATE, by=AGREER)
asked = grown_up.given(requested())


@pytest.mark.scenario("T59")
@pytest.mark.parametrize(
    ("born", "died_on", "leap_day", "until"),
    [
        (BORN, None, "28_february", LATE),
        (BORN, None, "1_march", date(2087, 3, 1)),
        (date(2012, 3, 1), None, "28_february", date(2087, 3, 1)),
        (date(2012, 2, 28), None, "1_march", date(2087, 2, 28)),
        (BORN, date(2024, 2, 29), "28_february", date(2039, 2, 28)),
        (BORN, date(2024, 2, 29), "1_march", date(2039, 3, 1)),
        (BORN, date(2030, 2, 28), "28_february", date(2045, 2, 28)),
        (BORN, date(2030, 3, 1), "28_february", LATE),  # grown up
    ],
)
@pytest.mark.rule("reg 50")
def test_a_record_is_kept_until_an_anniversary(born: date, died_on: date | None, leap_day: Any, until: date) -> None:
    rule = RULE.model_copy(update={"leap_day_anniversary": leap_day})
    assert rule.kept_until(born, died_on) == until


@pytest.mark.scenario("T59")
def test_a_child_born_on_a_leap_day_is_not_forgotten_a_day_too_early() -> None:
    grown_up.when(request(on=date(2087, 2, 27))).then_refused("must be kept until 28/02/2087", "reg 50")
    grown_up.when(request()).then(requested())


@pytest.mark.rule("reg 50")
def test_a_child_who_died_in_care_is_forgotten_fifteen_years_later() -> None:
    died = child.given(*child.when(told(date_of_birth=BORN)).happened)
    died = died.given(*died.when(left_care_told(date(2028, 6, 1), "E2", born=BORN)).happened)
    died.when(request(on=date(2043, 5, 31))).then_refused("until 01/06/2043")
    (asked_for,) = died.when(request(on=date(2043, 6, 1))).then_some(ForgettingRequested)
    assert isinstance(asked_for, ForgettingRequested)
    assert asked_for.kept_until == date(2043, 6, 1)


def test_a_child_in_care_or_without_a_date_of_birth_is_not_forgotten() -> None:
    in_care = child.given(*child.when(told(date_of_birth=BORN)).happened)
    in_care.when(request()).then_refused("The child is in care.", "reg 50")
    in_care.given(requested()).when(approve()).then_refused("The child is in care.", "reg 50")
    grown_up.when(request(born=None)).then_refused("there is no date of birth", "reg 50")


def test_entries_of_a_child_in_care_may_be_forgotten_and_one_alone_too() -> None:
    in_care = child.given(*child.when(told(date_of_birth=BORN)).happened)
    one = in_care.when(request_entries(first=2, last=2))
    one.then_some(ForgettingRequested)
    in_care.given(*one.happened).when(approve()).then_some(ForgettingApproved)


def test_a_record_that_several_cases_held_is_held_until_the_last_of_them_is_lifted() -> None:
    placing = [PlaceLegalHold(child_ref=REF, on=TODAY, by=ASKER, case_ref=case) for case in ("A-1", "B-2")]
    held = grown_up.given(*grown_up.when(placing[0]).happened)
    held = held.given(*held.when(placing[1]).happened)
    held.when(request()).then_refused("The record is held for A-1, B-2: nothing of it may be forgotten.")
    lifted = held.given(*held.when(LiftLegalHold(child_ref=REF, on=TODAY, by=ASKER, case_ref="A-1")).happened)
    lifted.when(request()).then_refused("held for B-2:")


def test_nobody_approves_what_they_asked_for_themselves() -> None:
    asked.when(approve(by=ASKER)).then_refused("a second person decides")
    asked.when(approve()).then(APPROVED)


def test_nothing_is_approved_or_declined_that_nobody_asked_for() -> None:
    grown_up.when(approve()).then_refused("Nobody has asked")
    grown_up.when(DeclineForgetting(child_ref=REF, on=LATE, by=AGREER)).then_refused("Nobody has asked")
    asked.when(request()).then_refused("has asked for this already")
    asked.when(request_entries()).then_refused("has asked for this already")


def test_what_was_asked_may_be_declined_and_asked_again() -> None:
    declined = ForgettingDeclined(child_ref=REF, on=LATE, by=AGREER)
    asked.when(DeclineForgetting(child_ref=REF, on=LATE, by=AGREER)).then(declined)
    asked.given(declined).when(request()).then(requested())


def test_nothing_of_a_record_that_a_case_holds_is_forgotten() -> None:
    grown_up.when(PlaceLegalHold(child_ref=REF, on=TODAY, case_ref="FAM-1", by=ASKER)).then(HELD)
    held = grown_up.given(HELD)
    held.when(PlaceLegalHold(child_ref=REF, on=TODAY, case_ref="FAM-1", by=AGREER)).then_nothing()
    held.when(request()).then_refused("held for FAM-1")
    held.when(request_entries()).then_refused("held for FAM-1")
    asked.given(HELD).when(approve()).then_refused("held for FAM-1")
    grown_up.given(requested(ENTRIES), HELD).when(approve()).then_refused("held for FAM-1")


def test_a_case_that_is_over_holds_nothing_any_more() -> None:
    lift = LiftLegalHold(child_ref=REF, on=TODAY, case_ref="FAM-1", by=ASKER)
    grown_up.when(lift).then_refused("not held for case FAM-1")
    grown_up.given(HELD).when(lift).then(LIFTED)
    grown_up.given(HELD, LIFTED).when(request()).then(requested())


def test_what_was_corrected_since_somebody_asked_is_looked_at_again() -> None:
    asked.when(approve(born=date(2013, 1, 1))).then_refused("until 01/01/2088")


def test_a_child_is_forgotten_when_the_keys_are_destroyed_and_all_may_know() -> None:
    approved = asked.given(APPROVED)
    done = approved.when(ConfirmForgotten(child_ref=REF, on=LATE))
    done.then(FORGOTTEN)
    done.then_announced(contracts.ChildForgotten(child_ref=REF, on=LATE, reason="retention_period_ended"))
    approved.given(FORGOTTEN).when(ConfirmForgotten(child_ref=REF, on=LATE)).then_nothing()
    asked.when(ConfirmForgotten(child_ref=REF, on=LATE)).then_nothing()


@pytest.mark.parametrize("command", [request(), approve(), DeclineForgetting(child_ref=REF, on=LATE, by=ASKER)])
def test_between_the_decision_and_the_deed_nothing_is_asked(command: AskOfTheRecord) -> None:
    asked.given(APPROVED).when(command).then_refused("Two people have decided")


def test_nothing_new_is_recorded_of_a_forgotten_child() -> None:
    gone = asked.given(APPROVED, FORGOTTEN)
    for command in (told(), request(), worker_told(LATE, ASKER)):
        gone.when(command).then_refused("removed on 28/02/2087: retention period ended", "reg 50")


def test_entries_of_the_wrong_child_are_forgotten_long_before() -> None:
    grown_up.when(request_entries()).then(requested(ENTRIES))
    asked_for = grown_up.given(requested(ENTRIES))
    asked_for.when(approve(by=ASKER, on=TODAY)).then_refused("a second person decides")
    approved = ForgettingApproved(child_ref=REF, on=TODAY, by=AGREER)
    asked_for.when(approve(on=TODAY)).then(approved)
    reason = "recorded_for_the_wrong_child"
    gone = EntriesForgotten(child_ref=REF, on=TODAY, reason=reason, entries=ENTRIES)
    done = asked_for.given(approved).when(ConfirmForgotten(child_ref=REF, on=TODAY))
    done.then(gone)
    done.then_announced()
    asked_for.given(approved, gone).when(request()).then(requested())


def test_entries_are_counted_from_one_and_forwards() -> None:
    grown_up.when(request_entries(first=3, last=2)).then_refused("the first is not after the last")


def test_an_approval_without_a_request_cannot_stand_in_a_journal() -> None:
    with pytest.raises(TypeError, match="ForgettingApproved of Kept"):
        evolve(Keeping(), APPROVED)


def folded(model: ReadModel[Any], *events: Any) -> Any:
    """What the read model makes of these events of one child."""
    row = None
    for recorded in journal(*events):
        for key in model.keys(recorded):
            row = model.fold(row, recorded, key)
    return row


def test_the_standing_of_a_record_says_who_decided_what() -> None:
    standing = RecordStanding(REF, "asked", "retention_period_ended", ASKER, LATE)
    assert folded(RECORD_KEEPING, requested()) == standing
    gone = folded(RECORD_KEEPING, requested(), APPROVED, FORGOTTEN)
    assert (gone.stage, gone.approved_by, gone.forgotten_on) == ("forgotten", AGREER, LATE)
    some = folded(RECORD_KEEPING, requested(ENTRIES), APPROVED)
    assert (some.stage, some.stream, some.first, some.last) == ("approved", MEETING, 1, 3)
    entries_gone = EntriesForgotten(child_ref=REF, on=LATE, reason="court_order", entries=ENTRIES)
    assert folded(RECORD_KEEPING, requested(ENTRIES), APPROVED, entries_gone) is None
    assert folded(RECORD_KEEPING, requested(), ForgettingDeclined(child_ref=REF, on=LATE, by=AGREER)) is None
    assert folded(RECORD_KEEPING, HELD) is None


def test_the_cases_that_hold_a_record_are_listed_until_they_are_over() -> None:
    assert folded(LEGAL_HOLDS, HELD) == LegalHold(REF, "FAM-1", TODAY, ASKER)
    assert folded(LEGAL_HOLDS, HELD, LIFTED) is None
    assert folded(LEGAL_HOLDS, requested()) is None
