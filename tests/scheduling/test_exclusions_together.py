"""Suspensions that follow each other, and suspensions and exclusions that do not stand: what each changes."""

from datetime import date
from typing import Any

import pytest
from tests.scheduling.single_facts import NOVEMBER, fact, left_care_told, school_told
from tests.scheduling.test_concerns import asking, child, excluding, holding, suspending
from tests.scheduling.worked_examples import (
    LEICESTERSHIRE,
    MONDAY,
    NONESUCH,
    OXFORDSHIRE,
    OXFORDSHIRE_SCHOOL,
    REF,
    WORKER,
    judging,
    of_kind,
)

from pep_kernel.contracts import scheduling as said
from pep_kernel.decider import AnyDecider
from pep_kernel.message import Event
from pep_kernel.scenario import Scenario
from pep_kernel.sealed import PlanText
from scheduling.domain.child.decider import CHILD
from scheduling.domain.child.events import PEPApplicable, PEPDueDateSet, PEPDueDateWithdrawn, SchoolMoved
from scheduling.domain.concerns.commands import NotifySuspension, WithdrawPermanentExclusion, WithdrawSuspension
from scheduling.domain.concerns.events import (
    AgendaItemAdded,
    AgendaItemReopened,
    AgendaItemTaken,
    AgendaItemWithdrawn,
    NoApprovalRecorded,
    PermanentExclusionNotified,
    PermanentExclusionWithdrawn,
    SuspensionNotified,
    SuspensionRecounted,
    SuspensionWithdrawn,
    UrgentPEPRequested,
    UrgentPEPWithdrawn,
)
from scheduling.domain.rules import SchedulingRules

BOOK: AnyDecider = CHILD
OCTOBER = date(2026, 10, 12)  # a Monday; half term is the week from the 26th
TUESDAY, THURSDAY, FRIDAY = date(2026, 10, 13), date(2026, 10, 15), date(2026, 10, 16)
SIXTH_DAY = date(2026, 10, 19)
GOVERNORS = date(2026, 11, 9)


def withdrawing(began: date = OCTOBER, served: int = 0, rules: SchedulingRules = OXFORDSHIRE) -> WithdrawSuspension:
    return WithdrawSuspension(
        **judging(rules),
        withdrawn_on=GOVERNORS,
        began=began,
        because="cancelled" if served else "told_by_mistake",
        half_days_served=served,
        reason="…",
        by=WORKER,
    )


def reinstating(back_on: date = GOVERNORS, on: date = OCTOBER, **more: Any) -> WithdrawPermanentExclusion:
    told: dict[str, Any] = {"because": "overturned", "reason": "…", "by": WORKER, "withdrawn_on": GOVERNORS}
    return WithdrawPermanentExclusion(**{**judging(OXFORDSHIRE), **told, "on": on, "back_on": back_on, **more})


def after(known: Scenario, *commands: Any) -> Scenario:
    """The child after all of these."""
    for command in commands:
        known = known.given(*known.when(command).happened)
    return known


def provided(*told: NotifySuspension, known: Scenario | None = None) -> dict[date, date | None]:
    """What was said last of each suspension: from when on the child is taught elsewhere."""
    events = after(known or child(), *told).history
    return {
        each.began: each.provision_from for each in events if isinstance(each, SuspensionNotified | SuspensionRecounted)
    }


# Consecutive suspensions


def test_suspensions_that_follow_each_other_are_one_period_and_the_later_one_says_the_day() -> None:
    """Three days from Monday and three more from Thursday: the sixth school day is the next Monday."""
    assert provided(suspending(OCTOBER, 6), suspending(THURSDAY, 6)) == {OCTOBER: None, THURSDAY: SIXTH_DAY}


@pytest.mark.parametrize(
    ("first", "second", "day"),
    [
        ((OCTOBER, 6), (FRIDAY, 6), None),  # a day at school between them
        ((OCTOBER, 6), (TUESDAY, 10), SIXTH_DAY),  # sooner: it begins before the first has ended
        ((OCTOBER, 5), (date(2026, 10, 14), 8), SIXTH_DAY),  # half a day, and the other half
        ((OCTOBER, 10), (SIXTH_DAY, 1), SIXTH_DAY),  # Friday to Monday: half of the sixth day is enough
        ((OCTOBER, 10), (date(2026, 10, 20), 1), None),  # back for one day
        ((date(2026, 10, 21), 6), (date(2026, 11, 2), 6), date(2026, 11, 4)),  # over half term
        ((date(2026, 10, 21), 6), (date(2026, 11, 3), 6), None),
        ((OCTOBER, 14), (date(2026, 10, 21), 2), SIXTH_DAY),  # the day lay in the first, and holds for both
        ((OCTOBER, 4), (THURSDAY, 4), None),
        ((date(2030, 1, 7), 6), (date(2030, 1, 8), 6), None),  # no term dates are known
    ],
)
def test_the_next_school_day_or_sooner_joins_and_a_day_at_school_does_not(
    first: tuple[date, int], second: tuple[date, int], day: date | None
) -> None:
    assert provided(suspending(*first), suspending(*second))[second[0]] == day


def test_three_in_a_row_are_one_period() -> None:
    told = suspending(OCTOBER, 4), suspending(date(2026, 10, 14), 4), suspending(FRIDAY, 4)
    assert provided(*told) == {OCTOBER: None, date(2026, 10, 14): None, FRIDAY: SIXTH_DAY}


def test_told_out_of_order_the_later_one_is_counted_again_and_that_is_said() -> None:
    known = after(child(), suspending(THURSDAY, 6))
    outcome = known.when(suspending(OCTOBER, 6, notified_on=SIXTH_DAY))
    first, again, _item = outcome.then_some(SuspensionNotified, SuspensionRecounted, AgendaItemAdded)
    assert isinstance(first, SuspensionNotified)
    assert (first.half_days_in_year, first.provision_from) == (6, None)
    assert again == SuspensionRecounted(
        child_ref=REF,
        on=SIXTH_DAY,
        began=THURSDAY,
        half_days=6,
        half_days_in_year=12,
        most_half_days=90,
        provision_from=SIXTH_DAY,
    )
    assert BOOK.announce(BOOK.fold(known.history), again) == said.SuspensionRecounted(
        child_ref=REF, on=SIXTH_DAY, began=THURSDAY, half_days=6, provision_from=SIXTH_DAY, social_worker_ref=WORKER
    )


def test_a_corrected_length_joins_or_parts_what_comes_after_it() -> None:
    joined = suspending(OCTOBER, 6), suspending(THURSDAY, 6)
    assert provided(*joined, suspending(OCTOBER, 4)) == {OCTOBER: None, THURSDAY: None}
    parted = suspending(OCTOBER, 4), suspending(THURSDAY, 6)
    assert provided(*parted, suspending(OCTOBER, 6)) == {OCTOBER: None, THURSDAY: SIXTH_DAY}


def test_too_many_days_are_said_with_the_suspension_that_makes_them_too_many() -> None:
    """Told late, an earlier one makes the sum of the later one too great."""
    known = after(child(), suspending(date(2027, 2, 1), 41))
    _first, again, _item = known.when(suspending(OCTOBER, 50)).happened
    announced = BOOK.announce(BOOK.fold(known.history), again)
    assert isinstance(announced, said.SuspensionRecounted)
    assert announced.too_many


def test_the_day_is_that_of_the_authoritys_rules() -> None:
    there = {**judging(NONESUCH)}
    told = suspending(OCTOBER, 4, **there), suspending(date(2026, 10, 14), 4, **there)
    assert provided(*told, known=child(NONESUCH)) == {OCTOBER: None, date(2026, 10, 14): THURSDAY}


# A suspension that does not stand


def test_a_suspension_told_by_mistake_leaves_agenda_and_sums_as_if_it_had_not_been_told() -> None:
    known = after(child(), suspending(OCTOBER, 6), suspending(THURSDAY, 6))
    outcome = known.when(withdrawing())
    withdrawn, again, item = outcome.then_some(SuspensionWithdrawn, SuspensionRecounted, AgendaItemWithdrawn)
    assert withdrawn == SuspensionWithdrawn(
        child_ref=REF,
        withdrawn_on=GOVERNORS,
        began=OCTOBER,
        because="told_by_mistake",
        reason=PlanText.of("…"),
        by=WORKER,
    )
    assert isinstance(again, SuspensionRecounted)
    assert (again.began, again.half_days_in_year, again.provision_from) == (THURSDAY, 6, None)
    assert item == AgendaItemWithdrawn(child_ref=REF, item="suspension-2026-10-12")
    outcome.then_announced(
        said.SuspensionWithdrawn(
            child_ref=REF, on=GOVERNORS, began=OCTOBER, because="told_by_mistake", social_worker_ref=WORKER
        ),
        said.SuspensionRecounted(child_ref=REF, on=GOVERNORS, began=THURSDAY, half_days=6, social_worker_ref=WORKER),
        said.AgendaItemWithdrawn(child_ref=REF, item="suspension-2026-10-12"),
    )
    known.given(*outcome.happened).when(withdrawing()).then_nothing()


def test_what_was_served_before_it_was_cancelled_counts_and_joins_all_the_same() -> None:
    """Nine school days from Monday, cancelled after three; the next begins on the Thursday."""
    known = after(child(), suspending(OCTOBER, 18), withdrawing(served=6))
    (later, _item) = known.when(suspending(THURSDAY, 6)).happened
    assert isinstance(later, SuspensionNotified)
    assert (later.half_days_in_year, later.provision_from) == (12, SIXTH_DAY)


def test_no_more_is_served_than_there_was_and_what_nobody_told_is_not_withdrawn() -> None:
    known = after(child(), suspending(OCTOBER, 5))
    known.when(withdrawing(served=6)).then_refused("The suspension was one of 2.5 days")
    known.when(withdrawing(served=5)).then_some(SuspensionWithdrawn, AgendaItemWithdrawn)
    known.when(withdrawing(THURSDAY)).then_refused("No suspension from 15/10/2026 is on record.")


def test_a_suspension_that_was_withdrawn_may_be_told_again_and_is_spoken_of() -> None:
    known = after(child(), suspending(OCTOBER, 4), withdrawing())
    told, _item = known.when(suspending(OCTOBER, 4)).then_some(SuspensionNotified, AgendaItemAdded)
    assert isinstance(told, SuspensionNotified)
    assert told.half_days_in_year == 4


def test_a_meeting_that_spoke_of_it_gives_nothing_back_when_it_turns_out_to_be_a_review() -> None:
    known = after(child(), suspending(), holding(date(2026, 10, 20)), withdrawing())
    again = known.when(holding(date(2026, 10, 20), outcome="PROGRESS_REVIEW"))
    assert of_kind(AgendaItemReopened, again.happened) == []


# The urgent PEP that rested on it


def in_nonesuch(began: date = OCTOBER, **more: Any) -> NotifySuspension:
    return suspending(began, **{**judging(NONESUCH), **more})


def test_an_urgent_pep_that_rested_on_it_alone_is_asked_for_no_more_and_nothing_is_due_for_it() -> None:
    known = after(child(NONESUCH), in_nonesuch())
    happened = known.when(withdrawing(rules=NONESUCH)).happened
    (urgent,) = of_kind(UrgentPEPWithdrawn, happened)
    assert urgent == UrgentPEPWithdrawn(child_ref=REF, on=GOVERNORS, requested_on=OCTOBER, reason="suspension")
    gone = of_kind(PEPDueDateWithdrawn, happened)
    assert [(each.obligation, each.trigger_on) for each in gone] == [("convene", OCTOBER), ("hold", OCTOBER)]
    assert {each.because for each in gone} == {"fact_corrected"}
    assert BOOK.announce(BOOK.fold(known.history), urgent) == said.UrgentPEPWithdrawn(
        child_ref=REF, on=GOVERNORS, requested_on=OCTOBER, reason="suspension", social_worker_ref=WORKER
    )
    again = known.given(*happened).when(in_nonesuch(date(2026, 11, 16)))
    assert of_kind(UrgentPEPRequested, again.happened) != []


def test_what_was_due_because_of_a_cancelled_one_was_due_until_then() -> None:
    happened = after(child(NONESUCH), in_nonesuch()).when(withdrawing(served=2, rules=NONESUCH)).happened
    assert {each.because for each in of_kind(PEPDueDateWithdrawn, happened)} == {"cause_withdrawn"}


def test_an_urgent_pep_stands_while_another_suspension_asks_for_it_too() -> None:
    known = after(child(NONESUCH), in_nonesuch(), in_nonesuch(date(2026, 11, 2)))
    first = known.when(withdrawing(rules=NONESUCH))
    assert of_kind(UrgentPEPWithdrawn, first.happened) == []
    both = known.given(*first.happened).when(withdrawing(date(2026, 11, 2), rules=NONESUCH))
    assert [each.requested_on for each in of_kind(UrgentPEPWithdrawn, both.happened)] == [OCTOBER]


def test_what_a_person_asked_for_stands_and_stays_on_the_agenda() -> None:
    """Leicestershire asks for none by itself after a suspension; a person may."""
    asked = asking("suspension", LEICESTERSHIRE, OCTOBER)
    known = after(child(LEICESTERSHIRE), asked, suspending(**judging(LEICESTERSHIRE)))
    happened = known.when(withdrawing(rules=LEICESTERSHIRE)).happened
    assert [type(each) for each in happened] == [SuspensionWithdrawn]


def test_two_urgent_peps_of_one_day_share_their_dates_and_one_that_is_withdrawn_leaves_them() -> None:
    known = after(child(NONESUCH), in_nonesuch(), asking("wrong_provision", NONESUCH, OCTOBER))
    happened = known.when(withdrawing(rules=NONESUCH)).happened
    assert of_kind(UrgentPEPWithdrawn, happened) != []
    assert of_kind(PEPDueDateWithdrawn, happened) == []


def test_what_had_given_way_to_the_sooner_date_is_due_again_as_it_was() -> None:
    """Suspended on the day of entering care: the first PEP is due by its own date again."""
    entered = child(NONESUCH)
    first = {each.obligation: each.due for each in of_kind(PEPDueDateSet, entered.history)}
    known = after(entered, in_nonesuch(MONDAY))
    happened = known.when(withdrawing(MONDAY, rules=NONESUCH)).happened
    again = {each.obligation: each.due for each in of_kind(PEPDueDateSet, happened)}
    assert again == {"convene": first["convene"], "hold": first["hold"]}
    state = BOOK.fold((*known.history, *happened))
    assert {due.obligation: due.due for due in state.open_dues} == first


def test_only_the_date_that_gave_way_is_due_again() -> None:
    """Placed in an emergency and excluded on one day: arranging the meeting had a later date, holding it none."""
    placed = after(child(), fact("placement", NOVEMBER, OXFORDSHIRE, placement="U4", emergency=True))
    known = after(placed, excluding(NOVEMBER))
    happened = known.when(reinstating(on=NOVEMBER)).happened
    gone = of_kind(PEPDueDateWithdrawn, happened)
    assert [each.obligation for each in gone] == ["convene", "hold"]
    again = of_kind(PEPDueDateSet, happened)
    assert [(each.obligation, each.trigger) for each in again] == [("convene", "emergency_placement_made")]


# A permanent exclusion that does not stand


def schools(events: Any) -> list[tuple[date, str | None]]:
    return [(each.on, each.school_urn) for each in of_kind(SchoolMoved, events)]


def test_after_an_exclusion_was_overturned_the_child_is_at_the_school_again_from_the_told_day() -> None:
    known = after(child(), excluding())
    outcome = known.when(reinstating())
    withdrawn, moved, item, urgent, *gone = outcome.happened
    assert withdrawn == PermanentExclusionWithdrawn(
        child_ref=REF,
        withdrawn_on=GOVERNORS,
        on=OCTOBER,
        back_on=GOVERNORS,
        because="overturned",
        reason=PlanText.of("…"),
        by=WORKER,
    )
    assert moved == SchoolMoved(child_ref=REF, on=GOVERNORS, school_urn=OXFORDSHIRE_SCHOOL)
    assert item == AgendaItemWithdrawn(child_ref=REF, item="permanent_exclusion-2026-10-12")
    assert isinstance(urgent, UrgentPEPWithdrawn)
    assert [each.obligation for each in of_kind(PEPDueDateWithdrawn, gone)] == ["convene", "hold"]
    assert BOOK.announce(BOOK.fold(known.history), withdrawn) == said.PermanentExclusionWithdrawn(
        child_ref=REF,
        on=GOVERNORS,
        began=OCTOBER,
        back_on=GOVERNORS,
        because="overturned",
        social_worker_ref=WORKER,
    )
    known.given(*outcome.happened).when(reinstating()).then_nothing()


def test_to_come_back_to_the_same_school_is_no_move_that_asks_for_a_pep_or_for_approval() -> None:
    happened = after(child(), excluding()).when(reinstating()).happened
    assert of_kind(PEPApplicable, happened) == []
    assert of_kind(NoApprovalRecorded, happened) == []
    known = after(child(), excluding(), reinstating())
    told = known.when(school_told(OXFORDSHIRE, GOVERNORS, OXFORDSHIRE_SCHOOL))
    told.then_nothing()


def test_an_exclusion_told_by_mistake_never_took_the_child_off_the_roll() -> None:
    known = after(child(), excluding(), reinstating(OCTOBER, because="told_by_mistake"))
    state = BOOK.fold(known.history)
    assert [urn for day, urn in state.schools if day == OCTOBER][-1] == OXFORDSHIRE_SCHOOL
    again = known.when(excluding()).happened
    assert of_kind(PermanentExclusionNotified, again) != []
    after(known, excluding()).when(reinstating()).then_some(
        PermanentExclusionWithdrawn,
        SchoolMoved,
        AgendaItemWithdrawn,
        UrgentPEPWithdrawn,
        PEPDueDateWithdrawn,
        PEPDueDateWithdrawn,
    )


def test_a_child_whom_another_school_has_taken_in_stays_there() -> None:
    taken_in = school_told(OXFORDSHIRE, date(2026, 11, 2), "999102")
    happened = after(child(), excluding(), taken_in).when(reinstating()).happened
    assert schools(happened) == []
    later = after(child(), excluding(), school_told(OXFORDSHIRE, date(2026, 11, 16), "999102"))
    assert schools(later.when(reinstating()).happened) == [(GOVERNORS, OXFORDSHIRE_SCHOOL)]


def test_the_school_is_the_one_whose_roll_the_child_was_on_until_the_exclusion() -> None:
    the_day_before = school_told(OXFORDSHIRE, date(2026, 10, 11), "999102")
    happened = after(child(), the_day_before, excluding()).when(reinstating()).happened
    assert schools(happened) == [(GOVERNORS, "999102")]


def test_nobody_comes_back_to_no_school_or_out_of_care() -> None:
    assert schools(after(child(schooling=()), excluding()).when(reinstating()).happened) == []
    left = after(child(), excluding(), left_care_told(date(2026, 11, 2), "E11"))
    assert schools(left.when(reinstating()).happened) == []


def test_only_an_exclusion_on_record_is_withdrawn_and_nobody_is_back_before_it() -> None:
    child().when(reinstating()).then_refused("No permanent exclusion from 12/10/2026 is on record.")
    after(child(), excluding()).when(reinstating(MONDAY)).then_refused("before the exclusion began")


def test_what_was_held_is_not_undone() -> None:
    """The urgent PEP meeting took place before the governors met."""
    known = after(child(), excluding(), holding(date(2026, 10, 20)))
    happened: list[Event] = list(known.when(reinstating()).happened)
    assert of_kind(AgendaItemTaken, known.history) != []
    assert of_kind(UrgentPEPWithdrawn, happened) == []
    state = BOOK.fold((*known.history, *happened))
    assert state.concerns.agenda == ()
