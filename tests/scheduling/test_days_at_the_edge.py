"""The first day and the last day of an obligation count: each is tried itself, and the day beside it."""

from datetime import date, timedelta

from tests.scheduling.worked_examples import MONDAY, REF, told

from pep_kernel.scenario import Scenario
from scheduling.domain.child.commands import MeetObligation, NoteMeetingScheduled
from scheduling.domain.child.decider import CHILD
from scheduling.domain.child.events import ObligationMet, PEPDueDateSet
from scheduling.domain.concerns.events import PlanBecameAvailable

child = Scenario(CHILD)
in_care = child.given(*child.when(told(today=MONDAY)).happened)


def due(obligation: str) -> date:
    (found,) = (
        event.due for event in in_care.history if isinstance(event, PEPDueDateSet) and event.obligation == obligation
    )
    return found


def scheduled_for(day: date) -> NoteMeetingScheduled:
    return NoteMeetingScheduled(child_ref=REF, meeting_id="m1", on=MONDAY, for_day=day, after_due_because=None)


def test_what_is_done_on_the_day_that_started_it_meets_it_and_what_was_done_before_does_not() -> None:
    in_care.when(MeetObligation(child_ref=REF, obligation="available", on=MONDAY, by="p1")).then_some(ObligationMet)
    earlier = MONDAY - timedelta(days=1)
    in_care.when(MeetObligation(child_ref=REF, obligation="available", on=earlier, by="p1")).then_some(
        PlanBecameAvailable
    )


def test_a_meeting_on_the_last_day_needs_no_reason_and_one_on_the_next_day_does() -> None:
    last = due("hold")
    in_care.when(scheduled_for(last)).then_some(ObligationMet)
    in_care.when(scheduled_for(last + timedelta(days=1))).then_refused(
        f"is due by {last:%d/%m/%Y}. Choose an earlier day"
    )
