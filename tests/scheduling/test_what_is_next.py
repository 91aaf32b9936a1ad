"""What is next for a child: the earliest open obligation, and the earliest meeting that was not held."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.scheduling.test_projections import folded
from tests.scheduling.worked_examples import MONDAY, REF

from pep_kernel.contracts.scheduling import Obligation
from pep_kernel.message import Event
from pep_kernel.sealed import PlanText
from scheduling.domain.child.events import (
    ObligationMet,
    ObligationReopened,
    PEPDueDateRevised,
    PEPDueDateSet,
    PEPDueDateWithdrawn,
)
from scheduling.domain.meeting.events import (
    MeetingCancelled,
    MeetingHeld,
    MeetingRescheduled,
    MeetingScheduled,
    Present,
)
from scheduling.projections.child_overview import CHILD_OVERVIEWS, ChildOverview

HOLD_BY, COMPLETE_BY = date(2026, 10, 19), date(2026, 10, 26)
TWO_O_CLOCK = datetime.fromisoformat("2026-10-06T14:00:00+01:00")


def due(obligation: Obligation, by: date, since: date = MONDAY) -> PEPDueDateSet:
    return PEPDueDateSet(
        child_ref=REF,
        obligation=obligation,
        trigger="entered_care",
        trigger_on=since,
        due=by,
        unit="school",
        source=("O-31",),
        policy_version="v1",
    )


def of(obligation: Obligation, since: date = MONDAY) -> dict[str, Any]:
    return {"child_ref": REF, "obligation": obligation, "trigger_on": since}


def meeting(name: str, at: datetime) -> MeetingScheduled:
    return MeetingScheduled(meeting_id=name, child_ref=REF, on=MONDAY, at=at, invitees=(), by="somebody")


def revised(obligation: Obligation, by: date, was: date) -> PEPDueDateRevised:
    return PEPDueDateRevised(
        **of(obligation),
        trigger="entered_care",
        due=by,
        was=was,
        unit="school",
        source=("O-31",),
        policy_version="v2",
    )


def rescheduled(name: str, at: datetime, **more: Any) -> MeetingRescheduled:
    return MeetingRescheduled(
        meeting_id=name,
        child_ref=REF,
        on=MONDAY,
        was_at=TWO_O_CLOCK,
        at=at,
        invitees=(),
        by="somebody",
        reason=PlanText.of("Words."),
        **more,
    )


def cancelled(name: str) -> MeetingCancelled:
    return MeetingCancelled(meeting_id=name, child_ref=REF, on=MONDAY, because="decided")


def held(name: str) -> MeetingHeld:
    return MeetingHeld(
        meeting_id=name,
        child_ref=REF,
        on=MONDAY,
        outcome="PEP",
        chair=Present("designated_teacher", "in_person"),
        attendees=(),
        recorded_by="somebody",
        minutes=PlanText.of("Words."),
        pupil_attended=True,
    )


def after(*events: Event) -> ChildOverview:
    (row,) = folded(CHILD_OVERVIEWS, *events)
    assert isinstance(row, ChildOverview)
    return row


def next_due(*events: Event) -> tuple[date | None, str | None]:
    row = after(due("complete", COMPLETE_BY), due("hold", HOLD_BY), *events)
    return row.next_due, row.next_obligation


def test_the_earliest_open_obligation_is_next() -> None:
    assert next_due() == (HOLD_BY, "hold")
    assert next_due(due("hold", date(2026, 11, 2))) == (COMPLETE_BY, "complete"), "the same obligation, dated anew"
    assert next_due(due("hold", date(2026, 10, 1), since=date(2026, 9, 1))) == (date(2026, 10, 1), "hold")


def test_what_is_met_or_withdrawn_is_not_next_and_what_is_open_again_is() -> None:
    met = ObligationMet(**of("hold"), on=MONDAY, by="m1")
    assert next_due(met) == (COMPLETE_BY, "complete")
    assert next_due(met, ObligationReopened(**of("hold"), by="m1")) == (HOLD_BY, "hold")
    withdrawn = PEPDueDateWithdrawn(**of("hold"), because="left_care")
    assert next_due(withdrawn) == (COMPLETE_BY, "complete")
    assert next_due(withdrawn, PEPDueDateWithdrawn(**of("complete"), because="left_care")) == (None, None)


def test_a_date_that_was_counted_again_takes_the_place_of_the_one_before() -> None:
    assert next_due(revised("hold", date(2026, 11, 2), was=HOLD_BY)) == (COMPLETE_BY, "complete")


def test_what_was_never_dated_changes_nothing() -> None:
    unknown = of("available")
    assert next_due(ObligationMet(**unknown, on=MONDAY, by="p1"), ObligationReopened(**unknown, by="p1"))[1] == "hold"


def test_the_earliest_meeting_that_was_not_held_is_next() -> None:
    later = TWO_O_CLOCK + timedelta(days=100)  # in winter, when the clock shows another distance from Greenwich
    row = after(meeting("m2", later), meeting("m1", TWO_O_CLOCK))
    assert (row.next_meeting_at, row.next_meeting_id) == (TWO_O_CLOCK, "m1")
    assert row.next_meeting_at is not None
    assert row.next_meeting_at.tzinfo is UTC
    row = after(meeting("m2", later), meeting("m1", TWO_O_CLOCK), held("m1"))
    assert (row.next_meeting_at, row.next_meeting_id) == (later, "m2")
    row = after(meeting("m1", TWO_O_CLOCK), meeting("m1", later))
    assert (row.next_meeting_at, row.meetings[1:]) == (later, ()), "a meeting has one date"
    assert after(meeting("m1", TWO_O_CLOCK), held("m1")).next_meeting_at is None


def test_a_meeting_that_was_put_off_is_next_on_its_new_day_and_one_that_was_cancelled_is_not() -> None:
    later = TWO_O_CLOCK + timedelta(days=7)
    row = after(meeting("m1", TWO_O_CLOCK), meeting("m2", later), rescheduled("m1", later + timedelta(days=1)))
    assert (row.next_meeting_id, len(row.meetings)) == ("m2", 2)
    assert after(meeting("m1", TWO_O_CLOCK), rescheduled("m1", later)).next_meeting_at == later
    row = after(meeting("m1", TWO_O_CLOCK), meeting("m2", later), cancelled("m1"))
    assert (row.next_meeting_id, len(row.meetings)) == ("m2", 1)
