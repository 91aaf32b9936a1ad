"""By when a PEP is due: worked examples on real bank holidays and term dates, for two authorities that differ."""

from datetime import date
from typing import Any, Literal

import pytest
from tests.scheduling.single_facts import left_care_told, school_told
from tests.scheduling.worked_examples import (
    LEICESTERSHIRE,
    LEICESTERSHIRE_SCHOOL,
    MONDAY,
    OXFORDSHIRE,
    OXFORDSHIRE_SCHOOL,
    REF,
    TODAY,
    episode,
    judging,
    of_kind,
    spell,
    told,
)

from pep_kernel.authority_policy import SchedulingFile
from pep_kernel.calendars import Calendar
from pep_kernel.contracts import scheduling as contracts
from pep_kernel.contracts.scheduling import Obligation
from pep_kernel.scenario import Scenario
from scheduling.domain.child.care_record import LastPep, Schooling
from scheduling.domain.child.commands import (
    FlagOverdue,
    MeetObligation,
    NoteMeetingHeld,
    NoteMeetingScheduled,
    ReopenObligations,
)
from scheduling.domain.child.decider import CHILD
from scheduling.domain.child.events import (
    ChildEvent,
    LegalStatusChanged,
    MeetingNoted,
    ObligationMet,
    ObligationReopened,
    PEPApplicable,
    PEPDueDateNotCounted,
    PEPDueDateSet,
    PEPDueDateWithdrawn,
    PEPMarkedCompleteKnown,
    PEPNotApplicable,
    PEPOverdue,
    SchoolMoved,
)
from scheduling.domain.concerns.events import NoApprovalRecorded
from scheduling.domain.rules import SchedulingRules

child = Scenario(CHILD)
MEETING, PLAN = "meeting-1", "plan-1"


def entering(on: date, rules: SchedulingRules = OXFORDSHIRE, **changes: Any) -> tuple[ChildEvent, ...]:
    return child.when(told(rules, today=on, spells=(spell(on),), **changes)).happened  # type: ignore[return-value]


def applicable(
    on: date, because: Literal["entered_care", "already_in_care", "school_moved"], rules: SchedulingRules = OXFORDSHIRE
) -> PEPApplicable:
    return PEPApplicable(child_ref=REF, on=on, because=because, policy_version=rules.version_on(on))


def dates(events: Any) -> dict[str, date]:
    return {event.obligation: event.due for event in of_kind(PEPDueDateSet, events)}


def at_school(urn: str, entered: date = date(2025, 9, 2)) -> tuple[Schooling, ...]:
    return (Schooling(school_urn=urn, entered=entered, year_group=7),)


@pytest.mark.rule("O-13", "O-31")
@pytest.mark.rule("reg 33")
@pytest.mark.scenario("T01", "T02", "T61")
def test_each_obligation_has_a_date_of_its_own() -> None:
    happened = entering(MONDAY)
    assert dates(happened) == {
        "convene": date(2026, 10, 5),
        "hold": date(2026, 10, 19),
        "available": date(2026, 10, 19),
    }
    hold = next(each for each in of_kind(PEPDueDateSet, happened) if each.obligation == "hold")
    assert (hold.days, hold.unit, hold.source, hold.note) == (20, "school", ("O-31",), None)
    assert hold.policy_version == OXFORDSHIRE.version_on(MONDAY)


@pytest.mark.rule("O-13")
@pytest.mark.scenario("T61")
def test_scheduling_a_meeting_in_time_meets_convene_and_nothing_else() -> None:
    friday = date(2026, 10, 2)
    note = NoteMeetingScheduled(
        child_ref=REF, meeting_id=MEETING, on=friday, for_day=date(2026, 10, 6), after_due_because=None
    )
    arranged = MeetingNoted(child_ref=REF, meeting_id=MEETING, became="arranged", on=friday, for_day=date(2026, 10, 6))
    child.given(*entering(MONDAY)).when(note).then(arranged, met("convene", friday)).when(note).then_nothing()


@pytest.mark.rule("O-31")
@pytest.mark.scenario("T02b")
def test_a_school_in_another_county_keeps_its_own_term_dates_and_the_child_a_plain_note() -> None:
    happened = entering(MONDAY, schooling=at_school(LEICESTERSHIRE_SCHOOL))
    hold = next(each for each in of_kind(PEPDueDateSet, happened) if each.obligation == "hold")
    assert hold.due > date(2026, 10, 19)
    assert hold.note == "20 school days end after the statutory date, 19/10/2026."


@pytest.mark.rule("O-31")
@pytest.mark.scenario("T05")
def test_the_christmas_holidays_part_school_days_from_working_days() -> None:
    happened = entering(date(2026, 12, 11))
    assert dates(happened) == {
        "convene": date(2026, 12, 29),
        "hold": date(2027, 1, 22),
        "available": date(2027, 1, 13),
    }


@pytest.mark.rule("O-31")
@pytest.mark.scenario("T08")
def test_in_summer_the_statutory_date_falls_in_the_holidays_and_the_local_one_after_them_and_both_stand() -> None:
    due = dates(entering(date(2026, 7, 17)))
    assert (due["available"], due["hold"]) == (date(2026, 8, 14), date(2026, 9, 28))


def test_a_date_that_no_calendar_reaches_is_said_not_to_be_counted() -> None:
    happened = entering(date(2030, 1, 7), schooling=at_school(OXFORDSHIRE_SCHOOL))
    (not_counted,) = of_kind(PEPDueDateNotCounted, happened)
    assert not_counted.obligation == "hold"
    assert "No term dates" in not_counted.reason
    assert set(dates(happened)) == {"convene", "available"}


@pytest.mark.rule("reg 48")
@pytest.mark.scenario("T54")
def test_a_short_break_has_no_pep_until_the_status_changes() -> None:
    short_break = spell(MONDAY, episode(MONDAY, legal_status="V4"))
    happened = child.when(told(spells=(short_break,))).happened
    assert of_kind(PEPNotApplicable, happened) == [PEPNotApplicable(child_ref=REF, on=MONDAY, reason="short_break")]
    assert dates(happened) == {}
    child.given(*happened).when(told(spells=(short_break,))).then_nothing()
    changed = date(2026, 10, 5)
    ordered = spell(MONDAY, episode(MONDAY, legal_status="V4"), episode(changed, legal_status="C1", reason_new="L"))
    after = child.given(*happened).when(told(LEICESTERSHIRE, spells=(ordered,), today=date(2026, 10, 9)))
    _, applies, due = after.then_some(LegalStatusChanged, PEPApplicable, PEPDueDateSet)
    assert applies == applicable(changed, "entered_care", LEICESTERSHIRE)
    assert isinstance(due, PEPDueDateSet)
    assert due.trigger_on == changed


def test_a_child_too_young_has_none_until_today_says_otherwise() -> None:
    toddler: dict[str, Any] = {"date_of_birth": date(2024, 11, 5), "schooling": at_school("EY123456", date(2026, 9, 1))}
    happened = child.when(told(LEICESTERSHIRE, **toddler)).happened
    assert of_kind(PEPNotApplicable, happened)[0].reason == "too_young"
    birthday = date(2026, 11, 5)
    after = child.given(*happened).when(told(LEICESTERSHIRE, today=birthday, **toddler))
    applies, _ = after.then_some(PEPApplicable, PEPDueDateSet)
    assert isinstance(applies, PEPApplicable)
    assert applies.on == birthday


def test_another_reason_takes_the_place_of_the_first() -> None:
    toddler: dict[str, Any] = {"date_of_birth": date(2024, 11, 5), "schooling": ()}
    happened = child.when(told(LEICESTERSHIRE, **toddler)).happened
    older = date(2026, 11, 5)
    child.given(*happened).when(told(LEICESTERSHIRE, today=older, **toddler)).then(
        PEPNotApplicable(child_ref=REF, on=older, reason="no_early_years_setting")
    )


def test_a_first_setting_gives_a_small_child_a_first_pep() -> None:
    toddler: dict[str, Any] = {"date_of_birth": date(2023, 11, 5), "schooling": ()}
    known = child.given(*child.when(told(LEICESTERSHIRE, **toddler)).happened)
    move = school_told(LEICESTERSHIRE, TODAY, "EY123456", born=toddler["date_of_birth"])
    _, applies, due = known.when(move).then_some(SchoolMoved, PEPApplicable, PEPDueDateSet)
    assert isinstance(applies, PEPApplicable)
    assert (applies.because, applies.on) == ("entered_care", TODAY)
    assert isinstance(due, PEPDueDateSet)
    assert due.trigger == "entered_care"


def test_when_no_pep_applies_any_more_what_was_open_is_withdrawn() -> None:
    nearly: dict[str, Any] = {"date_of_birth": date(2008, 11, 5)}
    known = child.given(*child.when(told(LEICESTERSHIRE, **nearly)).happened)
    birthday = date(2026, 11, 5)
    known.when(told(LEICESTERSHIRE, today=birthday, **nearly)).then(
        PEPNotApplicable(child_ref=REF, on=birthday, reason="grown_up"),
        PEPDueDateWithdrawn(child_ref=REF, obligation="available", trigger_on=MONDAY, because="no_longer_applicable"),
    )


@pytest.mark.rule("O-13", "O-31")
@pytest.mark.scenario("T13", "T62")
def test_a_new_school_asks_for_a_pep_again_where_the_rules_say_so() -> None:
    moved_on = date(2026, 11, 2)
    move = school_told(OXFORDSHIRE, moved_on, "999102")
    held = NoteMeetingHeld(**judging(OXFORDSHIRE), meeting_id=MEETING, on=date(2026, 10, 6), outcome="PEP")
    known = child.given(*entering(MONDAY)).when(held).then(noted(date(2026, 10, 6)), met("hold", date(2026, 10, 6)))
    kinds = (SchoolMoved, PEPApplicable, PEPDueDateSet, PEPDueDateSet, NoApprovalRecorded)
    _, applies, *due, _nobody_agreed = known.when(move).then_some(*kinds)
    assert applies == applicable(moved_on, "school_moved")
    assert dates(due) == {"convene": date(2026, 11, 16), "hold": date(2026, 11, 30)}
    child.given(*entering(MONDAY, LEICESTERSHIRE)).when(school_told(LEICESTERSHIRE, moved_on, "999102")).then_some(
        SchoolMoved
    )


def test_an_imported_school_move_counts_like_one_told_by_itself_and_leaving_a_school_does_not() -> None:
    moved_on, left = date(2026, 11, 2), date(2026, 11, 20)
    schools = (*at_school(OXFORDSHIRE_SCHOOL), Schooling(school_urn="999102", entered=moved_on, left=left))
    after = child.given(*entering(MONDAY)).when(told(schooling=schools, today=date(2026, 12, 1)))
    assert len(of_kind(SchoolMoved, after.happened)) == 3
    assert [event.on for event in of_kind(PEPApplicable, after.happened)] == [moved_on]


def test_a_roll_left_for_the_summer_and_entered_again_is_no_move() -> None:
    left, again = date(2027, 7, 21), date(2027, 9, 2)
    known = child.given(*entering(MONDAY), SchoolMoved(child_ref=REF, on=left))
    known.when(school_told(OXFORDSHIRE, again, OXFORDSHIRE_SCHOOL)).then_some(SchoolMoved)


def test_a_school_move_that_is_told_after_the_child_left_care_asks_for_nothing() -> None:
    known = child.given(*entering(MONDAY))
    gone = known.given(*known.when(left_care_told(TODAY)).happened)
    move = school_told(LEICESTERSHIRE, TODAY, "999102")
    gone.when(move).then_some(SchoolMoved)


LAST_PEP = LastPep(held=date(2026, 6, 16), next_agreed=date(2026, 10, 6), next_review=date(2026, 12, 1))
GOING_LIVE = date(2026, 8, 31)
SINCE_2023: dict[str, Any] = {
    "spells": (spell(date(2023, 2, 6)),),
    "cut_over": GOING_LIVE,
    "schooling": at_school(OXFORDSHIRE_SCHOOL),
}


@pytest.mark.rule("L-01")
@pytest.mark.scenario("T64")
@pytest.mark.parametrize("rules", [OXFORDSHIRE, LEICESTERSHIRE])
def test_a_spell_that_ran_before_going_live_owes_the_next_termly_meeting_only(rules: SchedulingRules) -> None:
    happened = child.when(told(rules, last_pep=LAST_PEP, **SINCE_2023)).happened
    assert of_kind(PEPApplicable, happened) == [applicable(GOING_LIVE, "already_in_care", rules)]
    (due,) = of_kind(PEPDueDateSet, happened)
    assert (due.obligation, due.due, due.unit, due.days) == ("hold", date(2026, 12, 18), "term", None)
    child.given(*happened).when(told(rules, last_pep=LAST_PEP, **SINCE_2023)).then_nothing()


@pytest.mark.scenario("T64")
@pytest.mark.parametrize("last_pep", [None, LastPep(held=date(2025, 10, 7))])
def test_nobody_is_overdue_on_the_first_day(last_pep: LastPep | None) -> None:
    happened = child.when(told(last_pep=last_pep, **SINCE_2023)).happened
    assert dates(happened) == {"hold": date(2026, 12, 18)}


def test_going_live_beyond_the_known_terms_is_said_not_to_be_counted() -> None:
    late: dict[str, Any] = {**SINCE_2023, "cut_over": date(2030, 1, 7)}
    happened = child.when(told(today=date(2030, 1, 8), **late)).happened
    assert [each.trigger for each in of_kind(PEPDueDateNotCounted, happened)] == ["last_pep"]


def test_a_spell_older_than_all_rules_is_judged_by_the_first_day_that_has_some_and_asks_for_a_pep() -> None:
    old: dict[str, Any] = {"spells": (spell(date(2010, 5, 3)),), "date_of_birth": date(2009, 5, 5), "schooling": ()}
    happened = child.when(told(LEICESTERSHIRE, **old)).happened
    (applies,) = of_kind(PEPApplicable, happened)
    assert applies.on == date(2013, 9, 1)  # in Reception; at no nursery before


def test_before_the_first_rule_nothing_applies_and_a_school_move_starts_nothing() -> None:
    first: dict[str, Any] = {"spells": (spell(date(2010, 5, 3)),), "date_of_birth": date(2003, 5, 5), "schooling": ()}
    happened = child.when(told(today=date(2010, 5, 4), **first)).happened
    assert of_kind(PEPNotApplicable, happened)[0].reason == "no_rules_yet"
    live = child.given(*happened, PEPApplicable(child_ref=REF, on=date(2010, 5, 5), because="entered_care"))
    told_late = {"born": first["date_of_birth"], "today": date(2012, 1, 9)}
    move = school_told(OXFORDSHIRE, date(2010, 9, 1), "999102", **told_late)
    live.when(move).then_some(SchoolMoved)


def met(obligation: Obligation, on: date, by: str = MEETING, trigger_on: date = MONDAY) -> ObligationMet:
    return ObligationMet(child_ref=REF, obligation=obligation, trigger_on=trigger_on, on=on, by=by)


def noted(on: date, became: Any = "held_as_pep") -> MeetingNoted:
    return MeetingNoted(child_ref=REF, meeting_id=MEETING, became=became, on=on)


def reopened(obligation: Obligation, by: str, trigger_on: date = MONDAY) -> ObligationReopened:
    return ObligationReopened(child_ref=REF, obligation=obligation, trigger_on=trigger_on, by=by)


def test_a_meeting_after_the_due_day_needs_a_reason() -> None:
    late = NoteMeetingScheduled(
        child_ref=REF, meeting_id=MEETING, on=TODAY, for_day=date(2026, 10, 20), after_due_because=None
    )
    known = child.given(*entering(MONDAY))
    known.when(late).then_refused("due by 19/10/2026")
    known.when(late.model_copy(update={"after_due_because": "…"})).then_some(MeetingNoted, ObligationMet)


@pytest.mark.rule("L-20", "L-21", "L-78")
@pytest.mark.scenario("T20", "T28")
def test_only_a_meeting_held_as_a_pep_starts_the_time_for_completing() -> None:
    held_on = date(2026, 11, 9)
    review = NoteMeetingHeld(**judging(rearranging()), meeting_id=MEETING, on=held_on, outcome="PROGRESS_REVIEW")
    known = child.given(*entering(MONDAY, LEICESTERSHIRE))
    rearranged = known.when(review)
    assert dates(rearranged.happened) == {"hold": date(2026, 11, 30)}
    as_pep = review.model_copy(update={"outcome": "PEP"})
    outcome = known.when(as_pep)
    assert dates(outcome.happened) == {"complete": date(2026, 11, 19)}
    completing = known.given(*outcome.happened)
    corrected = completing.when(review)
    noted_again, *due = rearranged.happened
    assert corrected.happened == (noted_again, withdrawn("complete", held_on), *due)
    back = known.given(*rearranged.happened).when(as_pep)
    noted_as_pep, *to_complete = outcome.happened
    assert back.happened == (noted_as_pep, withdrawn("hold", held_on), *to_complete)
    marked = MeetObligation(child_ref=REF, obligation="complete", on=date(2026, 11, 16), by=PLAN)
    waiting = PEPMarkedCompleteKnown(child_ref=REF, plan_id=PLAN, on=date(2026, 11, 16))
    done = completing.when(marked).then(waiting, met("complete", date(2026, 11, 16), PLAN, held_on))
    done.when(marked).then_nothing()


def rearranging() -> SchedulingRules:
    """The county's rules, with fifteen school days for the meeting that takes the place of a review of progress."""
    told_ = LEICESTERSHIRE.file.model_dump()
    rule = {"trigger": "progress_review_held", "duty": "hold", "days": 15, "unit": "school", "met_by": "MeetingHeld"}
    dated = {"effective_from": date(2011, 4, 1), "source": ("L-21", "our choice")}
    others = [each for each in told_["obligations"] if each["trigger"] != "progress_review_held"]
    file = SchedulingFile.model_validate({**told_, "obligations": [*others, {**rule, **dated}]})
    return SchedulingRules(file, LEICESTERSHIRE.calendar_for)


def withdrawn(obligation: Obligation, trigger_on: date) -> PEPDueDateWithdrawn:
    return PEPDueDateWithdrawn(
        child_ref=REF, obligation=obligation, trigger_on=trigger_on, because="meeting_outcome_corrected"
    )


@pytest.mark.rule("L-20")
def test_a_corrected_outcome_opens_again_what_the_meeting_had_met() -> None:
    on = date(2026, 10, 6)
    held = NoteMeetingHeld(**judging(OXFORDSHIRE), meeting_id=MEETING, on=on, outcome="PEP")
    known = child.given(*entering(MONDAY)).when(held).then(noted(on), met("hold", on))
    corrected = held.model_copy(update={"outcome": "PROGRESS_REVIEW"})
    review = noted(on, "held_as_progress_review")
    known.when(corrected).then(review, reopened("hold", MEETING)).when(held).then(noted(on), met("hold", on))


@pytest.mark.rule("L-79", "L-80")
def test_a_withdrawn_completion_opens_again_what_the_plan_had_met() -> None:
    completed = MeetObligation(child_ref=REF, obligation="available", on=date(2026, 10, 16), by=PLAN)
    known = (
        child.given(*entering(MONDAY, LEICESTERSHIRE)).when(completed).then(met("available", date(2026, 10, 16), PLAN))
    )
    withdrawn = ReopenObligations(child_ref=REF, by=PLAN)
    known.when(withdrawn).then(reopened("available", PLAN)).when(withdrawn).then_nothing()


def test_what_passes_its_day_is_overdue_once_and_stays_met_late() -> None:
    known = child.given(*entering(MONDAY, LEICESTERSHIRE))
    next_day = FlagOverdue(child_ref=REF, obligation="available", trigger_on=MONDAY, today=date(2026, 10, 20))
    known.when(next_day.model_copy(update={"today": date(2026, 10, 19)})).then_nothing()
    known.when(next_day.model_copy(update={"obligation": "hold"})).then_nothing()
    overdue = PEPOverdue(child_ref=REF, obligation="available", trigger_on=MONDAY, due=date(2026, 10, 19))
    outcome = known.when(next_day)
    outcome.then_announced(contracts.PEPOverdue(child_ref=REF, obligation="available", due=date(2026, 10, 19)))
    late = outcome.then(overdue)
    late.when(next_day).then_nothing()
    done = MeetObligation(child_ref=REF, obligation="available", on=date(2026, 10, 22), by=PLAN)
    late.when(done).then(met("available", date(2026, 10, 22), PLAN))


def test_a_policy_version_is_the_one_in_force_on_the_day_that_started_the_obligation() -> None:
    longer = {"effective_from": date(2026, 9, 22), "days": 30}
    first = OXFORDSHIRE.file.obligations[2]
    changed = (*OXFORDSHIRE.file.obligations[:2], first, first.model_copy(update=longer))
    file = SchedulingFile.model_validate(
        {**OXFORDSHIRE.file.model_dump(), "obligations": [each.model_dump() for each in changed]}
    )
    rules = SchedulingRules(file, OXFORDSHIRE.calendar_for)
    assert dates(entering(MONDAY, rules))["available"] == date(2026, 10, 19)
    assert dates(entering(date(2026, 9, 22), rules))["available"] == date(2026, 11, 3)
    for entered in (MONDAY, date(2026, 9, 22)):
        happened = child.when(told(rules, today=TODAY, spells=(spell(entered),))).happened
        (applies,), dues = of_kind(PEPApplicable, happened), of_kind(PEPDueDateSet, happened)
        assert {applies.policy_version, *(due.policy_version for due in dues)} == {rules.version_on(entered)}
    assert rules.version_on(MONDAY) != rules.version_on(TODAY)


def test_a_date_that_cannot_be_counted_names_the_rules_that_ask_for_it() -> None:
    no_terms = SchedulingRules(OXFORDSHIRE.file, lambda _urn, _laestab: Calendar())
    (not_counted,) = of_kind(PEPDueDateNotCounted, entering(MONDAY, no_terms))
    assert not_counted.policy_version == OXFORDSHIRE.version_on(MONDAY)


def test_the_calendar_asked_for_is_that_of_the_childs_school() -> None:
    asked: list[tuple[str | None, str | None]] = []

    def calendar_for(urn: str | None, laestab: str | None) -> Calendar:
        asked.append((urn, laestab))
        return OXFORDSHIRE.calendar_for(urn, laestab)

    entering(MONDAY, SchedulingRules(OXFORDSHIRE.file, calendar_for), schooling=at_school(LEICESTERSHIRE_SCHOOL))
    entering(MONDAY, SchedulingRules(OXFORDSHIRE.file, calendar_for), schooling=())
    assert asked == [(LEICESTERSHIRE_SCHOOL, "8559201"), (None, None)]
