"""On which day a meeting was held: an impossible day is refused, a wrong one is put right with all that rests on it."""

from datetime import date
from typing import Any

import pytest
from msgspec import structs
from tests.scheduling.test_meeting_of_child import HELD_ON, Journal, hold
from tests.scheduling.test_meetings_follow import AGREED, in_leicestershire
from tests.scheduling.test_projections import corrected, folded, held, rearrange, scheduled
from tests.scheduling.test_what_a_record_arranged import CORRECTED_ON, NOBODY, called_off
from tests.scheduling.worked_examples import LEICESTERSHIRE, MONDAY, REF, WORKER, judging, of_kind, spell, told

from pep_kernel.contracts import scheduling as contracts
from pep_kernel.message import Event
from pep_kernel.refusal import Refusal
from scheduling.domain.child.commands import MeetObligation
from scheduling.domain.child.decider import CHILD
from scheduling.domain.child.events import ObligationMet, ObligationReopened, PEPDueDateSet, PEPDueDateWithdrawn
from scheduling.domain.child.states import Child
from scheduling.domain.concerns.commands import AskForUrgentPEP
from scheduling.domain.concerns.events import AgendaItemReopened, AgendaItemTaken
from scheduling.domain.in_one_append import InOneAppend
from scheduling.domain.meeting.announcements import announce
from scheduling.domain.meeting.commands import CorrectMeetingOutcome
from scheduling.domain.meeting.events import MeetingHeld, MeetingMustBeRearranged, MeetingOutcomeCorrected
from scheduling.domain.meeting.states import MEETING_STATES, Held, Meeting
from scheduling.domain.meeting_of_child import (
    CorrectMeetingOfChild,
    correct_meeting,
    is_first,
    judge_child,
    record_meeting,
)
from scheduling.projections.meeting import MEETING_OVERVIEWS, MeetingOverview
from scheduling.projections.peps_held import last_pep, peps_after

A_YEAR_BEFORE = date(2025, 10, 6)
ARRANGED_ON, WRONG, TOMORROW = date(2026, 9, 28), date(2026, 9, 30), date(2026, 10, 9)


def right_day(on: date | None, outcome: str = "PEP", **more: Any) -> CorrectMeetingOfChild:
    asked = {"meeting_id": "m1", "outcome": outcome, "held_on": on, "reason": "…", "on": CORRECTED_ON, "by": WORKER}
    return CorrectMeetingOfChild(**judging(LEICESTERSHIRE), correction=CorrectMeetingOutcome(**{**asked, **more}))


def recorded(on: date, urgent_on: date = ARRANGED_ON, **more: Any) -> tuple[Journal, list[Event]]:
    """An urgent PEP was asked for on this day."""
    journal = in_leicestershire()
    journal.take(judge_child, urgent(urgent_on))
    return journal, journal.take(record_meeting, hold(LEICESTERSHIRE, on=on, **more))


def urgent(on: date) -> AskForUrgentPEP:
    about = {"reason": "behaviour_of_greater_concern", "what": "…", "by": WORKER, "on": on}
    return AskForUrgentPEP(**judging(LEICESTERSHIRE), **about)


def states(journal: Journal) -> tuple[Child, Meeting]:
    found: list[Any] = []

    def look(states: Any, _command: Any) -> list[Any]:
        found[:] = states.of(f"child-{REF}", Child), states.of("meeting-m1", MEETING_STATES)
        return []

    journal.take(look, None)
    return found[0], found[1]


@pytest.mark.rule("L-19", "L-79")
def test_a_meeting_was_held_in_the_childs_time_in_care_and_after_it_was_arranged() -> None:
    with pytest.raises(Refusal, match="on: 06/10/2025 is no day on which the child was in care: 21/09/2026 to now"):
        recorded(A_YEAR_BEFORE)
    with pytest.raises(Refusal, match="on: 27/09/2026 is before the meeting was arranged, on 28/09/2026"):
        recorded(date(2026, 9, 27))
    assert len(of_kind(MeetingHeld, recorded(ARRANGED_ON)[1])) == 1


def test_on_the_day_on_which_care_ended_it_may_still_have_been_held() -> None:
    journal, left_on, today = in_leicestershire(), date(2026, 10, 7), {"recorded_on": date(2026, 10, 12)}
    ended = told(LEICESTERSHIRE, today=CORRECTED_ON, spells=(spell(ended=left_on, reason_ceased="E4A"),))
    journal.take(judge_child, ended)
    with pytest.raises(Refusal, match="on: 08/10/2026 is no day .* in care: 21/09/2026 to 07/10/2026"):
        journal.take(record_meeting, hold(LEICESTERSHIRE, on=CORRECTED_ON, **today))
    assert len(of_kind(MeetingHeld, journal.take(record_meeting, hold(LEICESTERSHIRE, on=left_on, **today)))) == 1


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (A_YEAR_BEFORE, "on: 06/10/2025 is no day on which the child was in care"),
        (date(2026, 9, 27), "on: 27/09/2026 is before the meeting was arranged"),
        (TOMORROW, "has not taken place yet"),
    ],
)
def test_a_wrong_day_is_not_put_right_by_an_impossible_one(day: date, sentence: str) -> None:
    journal, _ = recorded(WRONG)
    with pytest.raises(Refusal, match=sentence):
        journal.take(correct_meeting, right_day(day))


@pytest.mark.rule("L-20", "L-78", "L-79")
def test_what_a_meeting_met_and_started_is_counted_from_the_right_day() -> None:
    journal, first = recorded(WRONG)
    assert [due.due for due in of_kind(PEPDueDateSet, first)] == [date(2026, 10, 10)]
    happened = journal.take(correct_meeting, right_day(HELD_ON))
    (correction,) = of_kind(MeetingOutcomeCorrected, happened)
    assert (correction.on, correction.was_on, correction.outcome_stands) == (HELD_ON, WRONG, True)
    assert announce(Held("m1", REF, WRONG, "PEP", ARRANGED_ON), correction) == contracts.MeetingOutcomeCorrected(
        meeting_id="m1", child_ref=REF, on=HELD_ON, outcome="PEP"
    )
    (again,), (met,) = of_kind(ObligationReopened, happened), of_kind(ObligationMet, happened)
    assert (again.obligation, met.obligation, met.on, met.by) == ("hold", "hold", HELD_ON, "m1")
    (gone,), (due,) = of_kind(PEPDueDateWithdrawn, happened), of_kind(PEPDueDateSet, happened)
    assert (gone.trigger_on, gone.because) == (WRONG, "meeting_outcome_corrected")
    assert (due.obligation, due.trigger_on, due.due) == ("complete", HELD_ON, date(2026, 10, 16))
    child, meeting = states(journal)
    assert (child.peps, meeting) == ({"m1": HELD_ON}, Held("m1", REF, HELD_ON, "PEP", ARRANGED_ON))
    assert journal.take(correct_meeting, right_day(HELD_ON)) == []
    assert journal.take(correct_meeting, right_day(None)) == []


def test_a_plan_that_was_completed_stays_completed() -> None:
    journal, _ = recorded(WRONG)
    completed = MeetObligation(child_ref=REF, obligation="complete", on=HELD_ON, by="plan-1")
    child, _meeting = states(journal)
    journal.append(f"child-{REF}", *CHILD.decide(child, completed))
    happened = journal.take(correct_meeting, right_day(date(2026, 10, 1)))
    met = {each.obligation: (each.trigger_on, each.on, each.by) for each in of_kind(ObligationMet, happened)}
    assert met["complete"] == (date(2026, 10, 1), HELD_ON, "plan-1")


def test_what_was_due_only_after_the_right_day_is_due_again() -> None:
    """A meeting meets only what was started by its day."""
    journal, first = recorded(HELD_ON, urgent_on=WRONG)
    assert [each.obligation for each in of_kind(ObligationMet, first)] == ["hold"]
    happened = journal.take(correct_meeting, right_day(ARRANGED_ON))
    assert [each.obligation for each in of_kind(ObligationReopened, happened)] == ["hold"]
    assert of_kind(ObligationMet, happened) == []
    assert states(journal)[0].peps == {"m1": ARRANGED_ON}


@pytest.mark.rule("L-12", "L-21")
def test_where_only_the_day_was_wrong_nothing_else_is_undone() -> None:
    """The day agreed for the next meeting stands, the agenda is taken, and nobody has to arrange it again."""
    journal, first = recorded(WRONG, next_meeting=AGREED)
    assert len(of_kind(AgendaItemTaken, first)) == 1
    happened = journal.take(correct_meeting, right_day(HELD_ON))
    assert (called_off(happened), of_kind(AgendaItemTaken, happened), of_kind(AgendaItemReopened, happened)) == (
        [],
        [],
        [],
    )
    review, _ = recorded(WRONG, **NOBODY)
    moved = review.take(correct_meeting, right_day(HELD_ON, "PROGRESS_REVIEW"))
    assert of_kind(MeetingMustBeRearranged, moved) == []
    assert [(due.obligation, due.trigger_on) for due in of_kind(PEPDueDateSet, moved)] == [("hold", HELD_ON)]


def test_day_and_outcome_may_both_have_been_wrong() -> None:
    journal, _ = recorded(WRONG)
    happened = journal.take(correct_meeting, right_day(HELD_ON, "PROGRESS_REVIEW"))
    (correction,) = of_kind(MeetingOutcomeCorrected, happened)
    assert (correction.was_on, correction.outcome_stands) == (WRONG, False)
    assert len(of_kind(MeetingMustBeRearranged, happened)) == 1
    assert states(journal)[0].peps == {}


def test_a_first_meeting_is_the_first_of_its_spell_by_the_right_day() -> None:
    journal, _ = recorded(WRONG)
    journal.take(correct_meeting, right_day(HELD_ON))
    known: list[bool] = []

    def look(states: Any, _command: Any) -> list[Any]:
        known.append(is_first(InOneAppend(states), REF))
        return []

    journal.take(look, None)
    assert known == [False]


def test_lists_show_the_right_day_and_that_it_was_corrected() -> None:
    moved = structs.replace(corrected, outcome="PROGRESS_REVIEW", on=MONDAY, was_on=HELD_ON, outcome_stands=True)
    (row,) = folded(MEETING_OVERVIEWS, scheduled, held, rearrange, moved)
    assert isinstance(row, MeetingOverview)
    assert (row.held_on, row.outcome, row.corrected, row.must_be_rearranged) == (MONDAY, "PROGRESS_REVIEW", True, True)
    (row,) = folded(MEETING_OVERVIEWS, scheduled, held, rearrange, structs.replace(moved, outcome_stands=False))
    assert isinstance(row, MeetingOverview)
    assert (row.held_on, row.must_be_rearranged) == (MONDAY, False)
    as_pep = structs.replace(moved, outcome="PEP")
    assert last_pep(peps_after((f"{HELD_ON} m1",), as_pep)) == MONDAY
