"""The first day and the last day of an obligation count: each is tried itself, and the day beside it."""

from datetime import date, timedelta

from tests.scheduling.single_facts import BORN, fact
from tests.scheduling.test_due_explained import with_obligation
from tests.scheduling.test_facts_by_themselves import SIBLING, known
from tests.scheduling.worked_examples import MONDAY, OXFORDSHIRE, REF, of_kind, told

from pep_kernel.announcement import Announcement
from pep_kernel.contracts import scheduling as said
from pep_kernel.scenario import Outcome, Scenario
from scheduling.domain.child.commands import EndCareAtEighteen, MeetObligation, NoteMeetingScheduled
from scheduling.domain.child.decider import CHILD
from scheduling.domain.child.events import (
    ChildLeftCare,
    MeetingNoted,
    ObligationMet,
    PEPDueDateSet,
    PEPOverdue,
    ReviewHeld,
)
from scheduling.domain.child.fact_events import SiblingLinked
from scheduling.domain.child.states import Child
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
    in_care.when(scheduled_for(last)).then_some(MeetingNoted, ObligationMet)
    in_care.when(scheduled_for(last + timedelta(days=1))).then_refused(
        f"is due by {last:%d/%m/%Y}. Choose an earlier day"
    )


def test_a_fact_of_the_first_day_in_care_and_of_the_day_of_birth_can_be_told() -> None:
    known().when(fact("review_held", MONDAY)).then_some(ReviewHeld)
    known().when(fact("review_held", MONDAY - timedelta(days=1))).then_refused("is before the child entered care")
    known().when(fact("sibling", BORN, sibling_ref=SIBLING)).then_some(SiblingLinked)
    known().when(fact("sibling", BORN - timedelta(days=1), sibling_ref=SIBLING)).then_refused("before the child was")


def test_whoever_enters_care_on_the_eighteenth_birthday_leaves_it_that_day() -> None:
    grown = known(date_of_birth=date(2008, 9, 21))
    grown.when(EndCareAtEighteen(child_ref=REF, birthday=MONDAY, today=MONDAY, rules=OXFORDSHIRE.file)).then_some(
        ChildLeftCare
    )


def test_an_emergency_on_the_day_of_entering_care_starts_its_clock() -> None:
    placed = known().when(fact("placement", MONDAY, placement="U4", emergency=True))
    assert [each.obligation for each in of_kind(PEPDueDateSet, placed.happened)] == ["convene", "notify"]


def test_what_clears_one_overdue_date_clears_no_other() -> None:
    hold = PEPOverdue(child_ref=REF, obligation="hold", trigger_on=MONDAY, due=due("hold"))
    late = in_care.given(hold)
    late.when(scheduled_for(due("hold"))).then_announced()


def test_a_date_that_rests_on_two_sources_names_both() -> None:
    rules = with_obligation(OXFORDSHIRE, source=("O-13", "our choice"), name="both", days=1, duty="convene")
    announced = [
        each.source for each in _said(child.when(told(rules, today=MONDAY))) if isinstance(each, said.PEPDueDateSet)
    ]
    assert "O-13, our choice" in announced


def _said(outcome: Outcome) -> list[Announcement | None]:
    state: Child = CHILD.fold(outcome.before.history)  # type: ignore[arg-type]
    return [CHILD.announce(state, event) for event in outcome.happened]  # type: ignore[arg-type]
