"""The termly cycle: when a term opens each child who has a PEP owes its meeting once, or something covers it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.scheduling.worked_examples import (
    LEICESTERSHIRE,
    LEICESTERSHIRE_SCHOOL,
    MONDAY,
    NONESUCH,
    OXFORDSHIRE,
    OXFORDSHIRE_SCHOOL,
    REF,
    episode,
    judging,
    of_kind,
    spell,
    told,
)

from pep_kernel.authority_policy import SchedulingFile
from pep_kernel.calendars import Calendar, SchoolTerm, Term
from pep_kernel.contracts import scheduling as contracts
from pep_kernel.scenario import Outcome, Scenario
from scheduling.domain.child.care_record import LastPep, Schooling
from scheduling.domain.child.commands import NoteMeetingHeld, OpenTermForChild
from scheduling.domain.child.decider import CHILD
from scheduling.domain.child.events import (
    ChildLeftCare,
    ObligationMet,
    PEPDueDateNotCounted,
    PEPDueDateSet,
    TermlyMeetingNotDue,
)
from scheduling.domain.rules import SchedulingRules
from scheduling.domain.term.decider import TERM, OpenTerm, TermOpened
from scheduling.policies.open_term_when_its_day_comes import open_for_child, open_term, term_of

child = Scenario(CHILD)
SPRING, SUMMER = date(2027, 1, 4), date(2027, 4, 12)
YEAR = ((Term.AUTUMN, date(2026, 8, 27)), (Term.SPRING, SPRING), (Term.SUMMER, SUMMER))
OF_YEAR_7 = date(2014, 11, 5)
BEFORE: dict[str, Any] = {
    "spells": (spell(date(2023, 2, 6)),),
    "cut_over": date(2026, 7, 31),
    "today": date(2026, 8, 20),
}


def known(rules: SchedulingRules = OXFORDSHIRE, **changes: Any) -> Scenario:
    return child.given(*child.when(told(rules, **changes)).happened)


def opening(term: Term, on: date, rules: SchedulingRules = OXFORDSHIRE, year: int = 2026) -> OpenTermForChild:
    return OpenTermForChild(**judging(rules), school_year=year, term=term, opened_on=on)


def why_not(outcome: Outcome) -> str:
    (event,) = of_kind(TermlyMeetingNotDue, outcome.happened)
    return event.because


def due(outcome: Outcome) -> date:
    (event,) = of_kind(PEPDueDateSet, outcome.happened)
    assert (event.obligation, event.trigger, event.unit) == ("hold", "term_opened", "term")
    return event.due


def held(rules: SchedulingRules, on: date, meeting: str = "meeting-1") -> NoteMeetingHeld:
    return NoteMeetingHeld(**judging(rules), meeting_id=meeting, on=on, outcome="PEP")


def having_met(before: Scenario, rules: SchedulingRules, on: date) -> Scenario:
    return before.given(*before.when(held(rules, on)).happened)


@pytest.mark.rule("L-01")
def test_a_term_that_opens_asks_for_its_meeting_once_by_the_end_of_term() -> None:
    met_in_autumn = having_met(known(), OXFORDSHIRE, date(2026, 10, 6))
    opened = met_in_autumn.when(opening(Term.SPRING, SPRING))
    assert due(opened) == date(2027, 3, 25)
    met_in_autumn.given(*opened.happened).when(opening(Term.SPRING, SPRING)).then_nothing()


@pytest.mark.rule("L-07")
@pytest.mark.scenario("T55")
def test_a_child_in_a_nursery_all_year_has_exactly_two_meetings_in_one_county() -> None:
    nursery = (Schooling(school_urn="EY123456", entered=date(2026, 6, 1)),)
    small: dict[str, Any] = {**BEFORE, "date_of_birth": date(2023, 5, 5), "schooling": nursery}
    history = known(LEICESTERSHIRE, **{**small, "spells": (spell(date(2026, 1, 5)),), "cut_over": date(2026, 5, 1)})
    history = having_met(history, LEICESTERSHIRE, date(2026, 6, 16))
    asked, none = [], []
    for term, on in YEAR:
        outcome = history.when(opening(term, on, LEICESTERSHIRE))
        asked += [event.due for event in of_kind(PEPDueDateSet, outcome.happened)]
        none += [event.because for event in of_kind(TermlyMeetingNotDue, outcome.happened)]
        history = history.given(*outcome.happened)
    assert asked == [date(2026, 12, 18), date(2027, 7, 9)]
    assert none == ["no_meeting_this_term"]


@pytest.mark.rule("L-01", "O-12")
@pytest.mark.parametrize(("born", "meetings"), [(OF_YEAR_7, 3), (date(2009, 11, 5), 3)])
def test_a_pupil_and_a_young_person_after_sixteen_have_one_each_term(born: date, meetings: int) -> None:
    history, asked = having_met(known(LEICESTERSHIRE, **BEFORE, date_of_birth=born), LEICESTERSHIRE, MONDAY), 0
    for year, (term, on) in ((2026, YEAR[1]), (2026, YEAR[2])):
        outcome = history.when(opening(term, on, LEICESTERSHIRE, year))
        asked += len(of_kind(PEPDueDateSet, outcome.happened))
        history = history.given(*outcome.happened)
    assert asked == meetings - 1


@pytest.mark.scenario("T54")
def test_a_short_break_has_no_termly_meeting_nor_has_a_child_who_left() -> None:
    short_break = known(spells=(spell(MONDAY, episode(MONDAY, legal_status="V4")),))
    short_break.when(opening(Term.SPRING, SPRING)).then_nothing()
    gone = known().given(ChildLeftCare(child_ref=REF, on=date(2026, 11, 2), reason="E4A"))
    gone.when(opening(Term.SPRING, SPRING)).then_nothing()


@pytest.mark.scenario("T64")
def test_going_live_and_the_next_term_do_not_ask_twice() -> None:
    last = LastPep(held=date(2026, 6, 16))
    history = known(**BEFORE, last_pep=last, schooling=())
    assert why_not(history.when(opening(Term.AUTUMN, date(2026, 9, 2)))) == "first_pep_due"


@pytest.mark.rule("O-31")
def test_whoever_arrives_in_the_last_days_of_a_term_has_the_first_pep_and_nothing_beside_it() -> None:
    arrived = date(2026, 12, 11)
    history = known(spells=(spell(arrived),), today=arrived)
    assert why_not(history.when(opening(Term.AUTUMN, date(2026, 9, 2)))) == "first_pep_due"
    assert why_not(history.when(opening(Term.SPRING, SPRING))) == "first_pep_due"
    met = having_met(history, OXFORDSHIRE, date(2026, 12, 17))
    assert due(met.when(opening(Term.SPRING, SPRING))) == date(2027, 3, 25)
    in_january = having_met(history, OXFORDSHIRE, date(2027, 1, 14))
    assert why_not(in_january.when(opening(Term.SPRING, SPRING))) == "pep_held"


def test_where_a_first_pep_does_not_cover_the_last_days_of_a_term_do() -> None:
    arrived = date(2026, 12, 18)
    history = known(NONESUCH, spells=(spell(arrived),), today=arrived)
    assert why_not(history.when(opening(Term.AUTUMN, date(2026, 10, 1), NONESUCH))) == "needed_since_the_last_days"
    assert due(history.when(opening(Term.SPRING, date(2027, 1, 11), NONESUCH))) == date(2027, 3, 5)


def test_a_recent_pep_stands_for_the_next_term_where_policy_says_so() -> None:
    history = having_met(known(NONESUCH), NONESUCH, date(2026, 12, 21))
    assert why_not(history.when(opening(Term.SPRING, date(2027, 1, 11), NONESUCH))) == "pep_held"


def test_a_first_pep_that_started_on_the_first_day_of_term_is_not_doubled() -> None:
    entered = date(2026, 10, 1)
    history = known(NONESUCH, spells=(spell(entered),), today=entered)
    assert why_not(history.when(opening(Term.AUTUMN, entered, NONESUCH))) == "first_pep_due"


@pytest.mark.scenario("T02b")
def test_the_cut_off_is_that_of_the_childs_own_school() -> None:
    elsewhere = (Schooling(school_urn=LEICESTERSHIRE_SCHOOL, entered=date(2025, 9, 2)),)
    history = having_met(known(schooling=elsewhere), OXFORDSHIRE, date(2026, 10, 6))
    assert due(history.when(opening(Term.SUMMER, SUMMER))) == date(2027, 7, 9)


def test_a_term_without_known_dates_is_said_not_to_be_counted_once() -> None:
    history = known()
    late = opening(Term.AUTUMN, date(2030, 9, 2), year=2030)
    outcome = history.when(late)
    (unknown,) = of_kind(PEPDueDateNotCounted, outcome.happened)
    assert unknown.trigger == "term_opened"
    history.given(*outcome.happened).when(late).then_nothing()


def test_before_the_first_rule_no_term_asks_for_anything() -> None:
    later = {**OXFORDSHIRE.file.model_dump(), "cadence": [_later(each) for each in OXFORDSHIRE.file.cadence]}
    rules = SchedulingRules(SchedulingFile.model_validate(later), OXFORDSHIRE.calendar_for)
    known(spells=(spell(date(2027, 1, 5)),), today=date(2027, 1, 5)).when(
        opening(Term.SPRING, SPRING, rules)
    ).then_nothing()


def _later(cadence: Any) -> dict[str, Any]:
    return {**cadence.model_dump(), "effective_from": date(2027, 1, 5)}


def test_a_term_opens_once_and_the_others_hear_of_it() -> None:
    term = Scenario(TERM)
    command = OpenTerm(school_year=2026, term=Term.AUTUMN, on=date(2026, 9, 2))
    opened = term.when(command)
    opened.then_announced(contracts.TermOpened(school_year=2026, term="autumn", on=date(2026, 9, 2)))
    opened.then(TermOpened(school_year=2026, term="autumn", on=date(2026, 9, 2))).when(command).then_nothing()


def test_the_term_that_runs_opens_by_one_cause_and_each_child_by_another() -> None:
    autumn = term_of(OXFORDSHIRE, date(2026, 10, 28))
    assert autumn == SchoolTerm(2026, Term.AUTUMN, date(2026, 9, 2), date(2026, 12, 18))
    assert term_of(OXFORDSHIRE, date(2026, 12, 28)) is None
    act, cause = open_term("shire", autumn)
    assert (act.streams, act.command) == (
        ("term-2026-autumn",),
        OpenTerm(school_year=2026, term=Term.AUTUMN, on=date(2026, 9, 2)),
    )
    assert open_term("shire", autumn)[1] == cause != open_term("elsewhere", autumn)[1]
    act, cause = open_for_child("shire", autumn, REF, OXFORDSHIRE_SCHOOL, OXFORDSHIRE)
    assert act.streams == (f"child-{REF}", f"school-{OXFORDSHIRE_SCHOOL}")
    assert open_for_child("shire", autumn, REF, None, OXFORDSHIRE)[0].streams == (f"child-{REF}",)
    assert open_for_child("shire", autumn, REF, OXFORDSHIRE_SCHOOL, OXFORDSHIRE)[1] == cause


def test_a_calendar_names_a_term_by_its_year() -> None:
    calendar: Calendar = OXFORDSHIRE.calendar_for(None, None)
    assert calendar.whole_term(2026, Term.SPRING) == SchoolTerm(2026, Term.SPRING, SPRING, date(2027, 3, 25))
    assert calendar.whole_term(2031, Term.SPRING) is None


def test_what_met_hold_outside_a_due_date_is_known_too() -> None:
    history = known(LEICESTERSHIRE)
    outcome = history.when(held(LEICESTERSHIRE, date(2026, 10, 6)))
    assert of_kind(ObligationMet, outcome.happened) == []
    assert why_not(history.given(*outcome.happened).when(opening(Term.AUTUMN, date(2026, 8, 27), LEICESTERSHIRE))) == (
        "pep_held"
    )


@pytest.mark.rule("L-20")
def test_a_meeting_that_was_corrected_to_no_pep_stands_for_nothing() -> None:
    history = having_met(known(LEICESTERSHIRE), LEICESTERSHIRE, date(2026, 10, 6))
    wrong = held(LEICESTERSHIRE, date(2026, 10, 6)).model_copy(update={"outcome": "PROGRESS_REVIEW"})
    corrected = history.given(*history.when(wrong).happened)
    assert why_not(corrected.when(opening(Term.AUTUMN, date(2026, 8, 27), LEICESTERSHIRE))) == "first_pep_due"


@pytest.mark.rule("O-44")
def test_the_second_meeting_follows_the_same_rule_as_all_later_ones() -> None:
    history, rules = having_met(known(), OXFORDSHIRE, date(2026, 10, 6)), set()
    for (term, on), day in zip(YEAR[1:], (date(2027, 2, 2), date(2027, 5, 4)), strict=True):
        outcome = history.when(opening(term, on))
        rules |= {
            (each.trigger, each.source, each.days, each.unit) for each in of_kind(PEPDueDateSet, outcome.happened)
        }
        history = having_met(history.given(*outcome.happened), OXFORDSHIRE, day)
    assert len(rules) == 1
