"""What the reviewing officer sees before a review."""

from datetime import date
from typing import get_args

import pytest
from tests.scheduling.test_what_is_next import revised
from tests.scheduling.worked_examples import LEICESTERSHIRE, MONDAY, OXFORDSHIRE, REF, journal

from pep_kernel.authority_policy.concerns import ReviewReadiness
from pep_kernel.calendars import Calendar, Unit
from pep_kernel.contracts.scheduling import Obligation
from pep_kernel.message import Event
from pep_kernel.sealed import PlanText
from scheduling.domain.child import events as child
from scheduling.domain.concerns.events import (
    LACReviewScheduled,
    PathwayPlanScheduled,
    PlanBecameAvailable,
    PlanNoLongerAvailable,
)
from scheduling.domain.concerns.readiness import Readiness, readiness, wanted_by
from scheduling.domain.meeting.events import MeetingHeld, MeetingOutcomeCorrected, Present
from scheduling.projections.review_ahead import REVIEWS_AHEAD, ReviewAhead

REVIEW = date(2026, 10, 19)
CALENDAR = OXFORDSHIRE.calendar_for(None, None)


def rule(days: int, unit: Unit) -> ReviewReadiness:
    return ReviewReadiness(effective_from=date(2011, 4, 1), source=("our choice",), days_before=days, unit=unit)


def test_the_plan_is_wanted_some_days_before_the_review() -> None:
    for rules in (OXFORDSHIRE, LEICESTERSHIRE):
        assert wanted_by(REVIEW, rules.file.in_force(REVIEW).review_readiness, CALENDAR) == date(2026, 10, 14)
    assert wanted_by(REVIEW, rule(7, Unit.CALENDAR), CALENDAR) == date(2026, 10, 12)
    after_half_term = wanted_by(date(2026, 11, 3), rule(3, Unit.SCHOOL), CALENDAR)
    assert after_half_term == date(2026, 10, 22)
    assert wanted_by(REVIEW, rule(3, Unit.SCHOOL), Calendar()) == date(2026, 10, 14)


def test_what_came_before_the_last_review_does_not_do_for_the_next() -> None:
    wanted = date(2026, 10, 14)
    nothing = readiness(REVIEW, wanted, last_review_on=None, held_on=None, available_on=None, open_dues=())
    assert nothing.missing == (
        "No PEP meeting has been held since the last review.",
        "No plan has been completed since the last review.",
    )
    old = readiness(REVIEW, wanted, last_review_on=wanted, held_on=MONDAY, available_on=MONDAY, open_dues=())
    assert len(old.missing) == 2
    ready = readiness(
        REVIEW, wanted, last_review_on=date(2026, 6, 1), held_on=MONDAY, available_on=MONDAY, open_dues=()
    )
    assert ready == Readiness(wanted, ())


@pytest.mark.parametrize("obligation", get_args(Obligation))
def test_what_must_be_done_by_the_day_of_the_review_is_said_and_what_is_due_later_is_not(obligation: str) -> None:
    dues = (f"{obligation} 2026-10-19 2026-09-21", f"{obligation} 2026-10-20 2026-09-22")
    (still_open,) = readiness(
        REVIEW, MONDAY, last_review_on=None, held_on=MONDAY, available_on=MONDAY, open_dues=dues
    ).missing
    assert still_open.endswith(" by 19/10/2026.")


def row(*events: Event) -> ReviewAhead | None:
    """What is shown after these events."""
    found: ReviewAhead | None = None
    for recorded in journal(*events):
        for key in REVIEWS_AHEAD.keys(recorded):
            found = REVIEWS_AHEAD.fold(found, recorded, key)
    return found


def due(obligation: str = "available", trigger_on: date = MONDAY) -> child.PEPDueDateSet:
    return child.PEPDueDateSet(
        child_ref=REF,
        obligation=obligation,  # type: ignore[arg-type]  # the four words of the list
        trigger="entered_care",
        trigger_on=trigger_on,
        due=REVIEW,
        unit="working",
        source=("reg 33",),
        policy_version="1",
    )


def held(on: date, outcome: str = "PEP", meeting_id: str = "m1") -> MeetingHeld:
    return MeetingHeld(
        meeting_id=meeting_id,
        child_ref=REF,
        on=on,
        outcome=outcome,  # type: ignore[arg-type]
        chair=Present("designated_teacher", "in_person"),
        attendees=(),
        recorded_by="w",
        minutes=PlanText(token="t"),
        pupil_attended=True,
    )


def corrected(on: date, outcome: str = "PROGRESS_REVIEW", meeting_id: str = "m1") -> MeetingOutcomeCorrected:
    return MeetingOutcomeCorrected(
        meeting_id=meeting_id,
        child_ref=REF,
        on=on,
        outcome=outcome,  # type: ignore[arg-type]
        corrected_on=REVIEW,
        corrected_by="w",
        reason=PlanText(token="t"),
    )


LONG_AGO = date(2026, 6, 16)


def noted(on: date) -> child.LastPEPNoted:
    return child.LastPEPNoted(child_ref=REF, on=on)


def test_the_next_review_is_the_newest_that_was_told_until_it_was_held() -> None:
    first = child.LastPEPNoted(child_ref=REF, on=date(2026, 6, 16), next_review=date(2026, 9, 30))
    known = row(first)
    assert known == ReviewAhead(
        REF, review_on=date(2026, 9, 30), pep_held_on=date(2026, 6, 16), peps=("2026-06-16 noted",)
    )
    set_again = LACReviewScheduled(child_ref=REF, on=REVIEW, by="w")
    told = row(first, set_again, child.ReviewHeld(child_ref=REF, on=date(2026, 9, 30)))
    assert told is not None
    assert (told.review_on, told.last_review_on) == (REVIEW, date(2026, 9, 30))
    done = row(set_again, child.ReviewHeld(child_ref=REF, on=REVIEW))
    assert done is not None
    assert done.review_on is None
    pathway = row(PathwayPlanScheduled(child_ref=REF, on=REVIEW, by="w"))
    assert pathway == ReviewAhead(REF, pathway_plan_on=REVIEW)
    assert row(set_again, child.ChildLeftCare(child_ref=REF, on=REVIEW, reason="E11")) == ReviewAhead(REF)


def test_what_is_due_is_open_until_it_is_met_and_open_again_when_that_does_not_count() -> None:
    met = child.ObligationMet(child_ref=REF, obligation="hold", trigger_on=MONDAY, on=REVIEW, by="m1")
    again = child.ObligationReopened(child_ref=REF, obligation="hold", trigger_on=MONDAY, by="m1")
    other = due("hold", date(2026, 10, 1))
    both = ("hold 2026-10-19 2026-09-21", "hold 2026-10-19 2026-10-01")
    known = row(due("hold"), due("hold"), other)
    assert known is not None
    assert known.open_dues == both
    after = row(due("hold"), other, met)
    assert after is not None
    assert (after.open_dues, after.met_dues) == (both[1:], both[:1])
    reopened = row(due("hold"), other, met, again)
    assert reopened is not None
    assert (reopened.open_dues, reopened.met_dues) == (both, ())
    gone = child.PEPDueDateWithdrawn(child_ref=REF, obligation="hold", trigger_on=MONDAY, because="left_care")
    left = row(due("hold"), other, gone)
    assert left is not None
    assert left.open_dues == both[1:]
    back = child.PEPDueDateRestored(
        child_ref=REF, obligation="hold", trigger="entered_care", trigger_on=MONDAY, due=REVIEW
    )
    never_left = row(due("hold"), other, gone, back)
    assert never_left is not None
    assert never_left.open_dues == both
    never = row(due("hold"), other, met, gone)
    assert never is not None
    assert (never.open_dues, never.met_dues) == (both[1:], ()), "what was met may be withdrawn too"


def test_a_date_that_was_counted_again_takes_the_place_of_the_one_before() -> None:
    known = row(due("hold"), revised("hold", date(2026, 11, 2), was=REVIEW))
    assert known is not None
    assert known.open_dues == ("hold 2026-11-02 2026-09-21",)


def test_a_plan_is_there_from_its_completion_until_that_is_withdrawn() -> None:
    met = child.ObligationMet(child_ref=REF, obligation="available", trigger_on=MONDAY, on=REVIEW, by="p1")
    reopened = child.ObligationReopened(child_ref=REF, obligation="available", trigger_on=MONDAY, by="p1")
    later = PlanBecameAvailable(child_ref=REF, plan_id="p2", on=date(2027, 2, 1))
    for events, plan in (
        ((due(), met), "p1"),
        ((due(), met, reopened), None),
        ((due(), met, later), "p2"),
        ((due(), met, later, reopened), "p2"),
        ((later, PlanNoLongerAvailable(child_ref=REF, plan_id="p2")), None),
    ):
        known = row(*events)
        assert known is not None
        assert known.plan_id == plan


@pytest.mark.parametrize(
    ("events", "on"),
    [
        ((held(MONDAY),), MONDAY),
        ((held(MONDAY, "PROGRESS_REVIEW"),), None),
        ((held(REVIEW), held(MONDAY, meeting_id="m2")), REVIEW),
        ((noted(LONG_AGO), held(MONDAY)), MONDAY),
        ((noted(LONG_AGO), held(MONDAY), corrected(MONDAY)), LONG_AGO),
        ((held(MONDAY), held(REVIEW, meeting_id="m2"), corrected(REVIEW, meeting_id="m2")), MONDAY),
        ((held(MONDAY, "PROGRESS_REVIEW"), corrected(MONDAY, "PEP")), MONDAY),
    ],
)
def test_the_newest_pep_meeting_counts(events: tuple[Event, ...], on: date | None) -> None:
    known = row(*events)
    assert known is not None
    assert known.pep_held_on == on
