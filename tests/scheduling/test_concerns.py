"""What cannot wait for the next termly meeting: urgent PEPs, exclusions, absence, notices, reviews."""

from datetime import date
from typing import Any

import pytest
from tests.scheduling.single_facts import fact, left_care_told
from tests.scheduling.worked_examples import (
    LEICESTERSHIRE,
    MONDAY,
    OXFORDSHIRE,
    REF,
    WORKER,
    episode,
    judging,
    of_kind,
    rules_of,
    spell,
    told,
)

from pep_kernel.authority_policy.concerns import UrgentReason
from pep_kernel.contracts import scheduling as said
from pep_kernel.decider import AnyDecider
from pep_kernel.scenario import Scenario
from pep_kernel.sealed import PlanText
from scheduling.domain.child.commands import MeetObligation, NoteMeetingHeld, ReopenObligations
from scheduling.domain.child.decider import CHILD
from scheduling.domain.child.events import ObligationMet, PEPDueDateSet, SchoolMoved
from scheduling.domain.concerns.commands import (
    AskForUrgentPEP,
    JudgeAbsence,
    NotifyPermanentExclusion,
    NotifySuspension,
    RaiseSafeguardingConcern,
    SchedulePathwayPlan,
    ScheduleReview,
    WithdrawPermanentExclusion,
)
from scheduling.domain.concerns.events import (
    AgendaItemAdded,
    AgendaItemReopened,
    AgendaItemTaken,
    LACReviewScheduled,
    PathwayPlanScheduled,
    PermanentExclusionNotified,
    PersistentAbsenceRecovered,
    PersistentAbsenceRiskDetected,
    PlanBecameAvailable,
    PlanNoLongerAvailable,
    SafeguardingConcernRaised,
    SuspensionNotified,
    UrgentPEPRequested,
    UrgentPEPWithdrawn,
)
from scheduling.domain.rules import SchedulingRules

NONESUCH = rules_of("nonesuch")
BOOK: AnyDecider = CHILD
OCTOBER = date(2026, 10, 12)
HEAD = "head"


def child(rules: SchedulingRules = OXFORDSHIRE, **changes: Any) -> Scenario:
    """A child who entered care on Monday 21 September 2026."""
    return Scenario(CHILD).given(*Scenario(CHILD).when(told(rules, **changes)).happened)


def asking(
    reason: UrgentReason = "wrong_provision", rules: SchedulingRules = OXFORDSHIRE, on: date = OCTOBER
) -> AskForUrgentPEP:
    return AskForUrgentPEP(**judging(rules), on=on, reason=reason, what="…", by=WORKER)


def holding(on: date, meeting: str = "m1", outcome: Any = "PEP") -> NoteMeetingHeld:
    return NoteMeetingHeld(**judging(OXFORDSHIRE), meeting_id=meeting, on=on, outcome=outcome)


def suspending(began: date = OCTOBER, half_days: int = 4, **more: Any) -> NotifySuspension:
    asked = {
        "notified_on": began,
        "category": "persistent_disruption",
        "reason": "What the school wrote.",
        "by": "teacher",
    }
    return NotifySuspension(**{**judging(OXFORDSHIRE), **asked, "began": began, "half_days": half_days, **more})


def excluding(on: date = OCTOBER, rules: SchedulingRules = OXFORDSHIRE, **more: Any) -> NotifyPermanentExclusion:
    asked = {"notified_on": on, "on": on, "category": "other", "reason": "…", "by": "teacher"}
    return NotifyPermanentExclusion(**{**judging(rules), **asked, **more})


def absent(missed: int, possible: int = 100, rules: SchedulingRules = OXFORDSHIRE) -> JudgeAbsence:
    return JudgeAbsence(
        **judging(rules), on=date(2026, 11, 20), since=date(2026, 9, 1), possible=possible, missed=missed
    )


@pytest.mark.rule("O-82", "O-89", "O-90")
@pytest.mark.parametrize("reason", ["behaviour_of_greater_concern", "placement_change", "wrong_provision"])
def test_a_person_asks_for_a_pep_at_once_and_it_has_a_deadline_of_its_own(reason: UrgentReason) -> None:
    outcome = child().when(asking(reason))
    requested, convene, hold, item = outcome.then_some(
        UrgentPEPRequested, PEPDueDateSet, PEPDueDateSet, AgendaItemAdded
    )
    assert requested == UrgentPEPRequested(child_ref=REF, on=OCTOBER, reason=reason, by=WORKER, what=PlanText.of("…"))
    assert isinstance(convene, PEPDueDateSet)
    assert isinstance(hold, PEPDueDateSet)
    assert (convene.obligation, convene.due) == ("convene", date(2026, 10, 15))
    assert (hold.obligation, hold.due, hold.trigger) == ("hold", date(2026, 10, 26), "urgent_pep_requested")
    assert item == AgendaItemAdded(child_ref=REF, item=f"{reason}-2026-10-12", about=reason, on=OCTOBER)
    outcome.then(*outcome.happened).when(asking(reason)).then_nothing()


@pytest.mark.rule("O-77", "O-82")
def test_a_pep_meeting_meets_the_urgent_one_and_afterwards_it_can_be_asked_for_again() -> None:
    asked = child().given(*child().when(asking()).happened)
    held = asked.when(holding(date(2026, 10, 20)))
    met = [each.trigger_on for each in of_kind(ObligationMet, held.happened) if each.obligation == "hold"]
    assert met == [MONDAY, OCTOBER]
    after = asked.given(*held.happened)
    again = after.when(asking(on=date(2026, 11, 9))).happened
    assert of_kind(UrgentPEPRequested, again) != []


def test_a_review_of_progress_leaves_it_on_the_agenda_and_a_correction_gives_it_back() -> None:
    asked = child().given(*child().when(asking()).happened)
    review = asked.when(holding(date(2026, 10, 20), outcome="PROGRESS_REVIEW"))
    assert of_kind(AgendaItemTaken, review.happened) == []
    taken = asked.given(*asked.when(holding(date(2026, 10, 20))).happened)
    back = taken.when(holding(date(2026, 10, 20), outcome="PROGRESS_REVIEW"))
    item = "wrong_provision-2026-10-12"
    assert of_kind(AgendaItemReopened, back.happened) == [AgendaItemReopened(child_ref=REF, item=item, meeting_id="m1")]
    later = taken.given(*back.happened).when(holding(date(2026, 10, 27), "m2"))
    assert of_kind(AgendaItemTaken, later.happened) == [
        AgendaItemTaken(child_ref=REF, item=item, meeting_id="m2", on=date(2026, 10, 27))
    ]


@pytest.mark.scenario("T51")
def test_a_meeting_that_is_recorded_late_takes_nothing_that_arose_after_it() -> None:
    """Told on the 12th; the meeting of the 6th spoke of none of it, so the next one must."""
    arisen = child().given(*child().when(asking()).happened)
    late = arisen.when(holding(date(2026, 10, 6)))
    assert of_kind(AgendaItemTaken, late.happened) == []
    next_one = arisen.given(*late.happened).when(holding(date(2026, 10, 20), "m2"))
    assert [each.meeting_id for each in of_kind(AgendaItemTaken, next_one.happened)] == ["m2"]
    told_after = child(NONESUCH).when(suspending(MONDAY, **judging(NONESUCH), notified_on=OCTOBER)).happened
    between = child(NONESUCH).given(*told_after).when(holding(date(2026, 10, 6)))
    assert of_kind(AgendaItemTaken, between.happened) == [], "it had begun, and nobody had told of it"


@pytest.mark.scenario("T51")
def test_an_urgent_pep_whose_meeting_was_none_waits_again_and_can_be_withdrawn() -> None:
    excluded = child().given(*child().when(excluding()).happened)
    held = excluded.given(*excluded.when(holding(date(2026, 10, 20))).happened)
    review = held.given(*held.when(holding(date(2026, 10, 20), outcome="PROGRESS_REVIEW")).happened)
    assert of_kind(UrgentPEPRequested, review.when(asking("permanent_exclusion", NONESUCH)).happened) == []
    overturned = WithdrawPermanentExclusion(
        **judging(OXFORDSHIRE),
        withdrawn_on=date(2026, 11, 9),
        on=OCTOBER,
        back_on=date(2026, 11, 9),
        because="overturned",
        reason="…",
        by=WORKER,
    )
    assert of_kind(UrgentPEPWithdrawn, review.when(overturned).happened) != []
    assert of_kind(UrgentPEPWithdrawn, held.when(overturned).happened) == [], "that one has been held"


@pytest.mark.rule("O-77", "O-82")
@pytest.mark.scenario("T50")
def test_a_child_who_comes_back_into_care_can_have_the_same_urgent_pep_again() -> None:
    absent_much = child().given(*child().when(absent(10)).happened)
    gone = absent_much.given(*absent_much.when(left_care_told(date(2026, 11, 30))).happened)
    again = date(2027, 1, 11)
    spells = (spell(MONDAY, ended=date(2026, 11, 30), reason_ceased="E4A"), spell(again, episode(again)))
    back = gone.given(*gone.when(told(today=date(2027, 1, 12), spells=spells)).happened)
    risk = absent(10).model_copy(update={"on": date(2027, 3, 1)})
    happened = back.when(risk).happened
    assert [each.on for each in of_kind(UrgentPEPRequested, happened)] == [date(2027, 3, 1)]
    assert of_kind(PersistentAbsenceRiskDetected, happened) != []


def test_what_is_due_sooner_from_the_same_day_keeps_its_place() -> None:
    sooner = child().when(asking(on=MONDAY)).happened
    assert [each.obligation for each in of_kind(PEPDueDateSet, sooner)] == ["convene", "hold"]
    known = child(NONESUCH).when(asking("wrong_provision", NONESUCH, MONDAY)).happened
    assert {each.obligation for each in of_kind(PEPDueDateSet, known)} == {"convene", "hold"}
    first = child().given(*sooner)
    assert of_kind(PEPDueDateSet, first.when(asking("suspension", on=MONDAY)).happened) == []


def test_an_urgent_pep_is_not_asked_for_without_a_plan_or_for_a_reason_that_the_authority_does_not_know() -> None:
    short_break = child(spells=(spell(MONDAY, episode(MONDAY, legal_status="V4")),))
    short_break.when(asking()).then_refused("No PEP is made for this child")
    child(NONESUCH).when(asking("suspension", NONESUCH)).then_refused("no urgent PEP is held because of a suspension.")


@pytest.mark.rule("O-77")
def test_too_many_missed_sessions_are_said_once_and_an_urgent_pep_follows_where_the_authority_says_so() -> None:
    at_risk = child().when(absent(10))
    detected, item, urgent, *_ = at_risk.happened
    assert detected == PersistentAbsenceRiskDetected(
        child_ref=REF, on=date(2026, 11, 20), since=date(2026, 9, 1), possible=100, missed=10
    )
    assert isinstance(item, AgendaItemAdded)
    assert urgent == UrgentPEPRequested(child_ref=REF, on=date(2026, 11, 20), reason="persistent_absence")
    known = child().given(*at_risk.happened)
    known.when(absent(30)).then_nothing()
    there = child(LEICESTERSHIRE).when(absent(10, rules=LEICESTERSHIRE)).happened
    assert of_kind(UrgentPEPRequested, there) == []


@pytest.mark.rule("O-77")
def test_it_is_said_again_only_after_the_share_has_fallen_below_the_re_arming_one() -> None:
    known = child().given(*child().when(absent(10)).happened)
    known.when(absent(8)).then_nothing()
    recovered = known.when(absent(7)).then_some(PersistentAbsenceRecovered)
    after = known.given(*recovered)
    after.when(absent(9)).then_nothing()
    again = after.when(absent(10)).happened
    assert of_kind(PersistentAbsenceRiskDetected, again) != []
    assert of_kind(UrgentPEPRequested, again) == []  # the first is still to be held


def test_with_few_possible_sessions_nothing_is_said() -> None:
    child().when(absent(20, possible=39)).then_nothing()
    assert child().when(absent(4, possible=40)).happened != ()


@pytest.mark.rule("O-78", "O-79")
@pytest.mark.scenario("T51")
def test_a_suspension_is_told_the_same_day_and_the_next_pep_speaks_of_it() -> None:
    outcome = child().when(suspending())
    suspended, item = outcome.then_some(SuspensionNotified, AgendaItemAdded)
    assert suspended == SuspensionNotified(
        child_ref=REF,
        notified_on=OCTOBER,
        began=OCTOBER,
        half_days=4,
        category=PlanText.of("persistent_disruption"),
        reason=PlanText.of("What the school wrote."),
        by="teacher",
        half_days_in_year=4,
        most_half_days=90,
    )
    outcome.then_announced(
        said.SuspensionNotified(child_ref=REF, on=OCTOBER, began=OCTOBER, half_days=4, social_worker_ref=WORKER),
        said.AgendaItemAdded(child_ref=REF, item="suspension-2026-10-12", about="suspension", on=OCTOBER),
    )
    known = child().given(suspended, item)
    known.when(suspending()).then_nothing()
    taken = known.when(holding(date(2026, 10, 20)))
    assert [each.item for each in of_kind(AgendaItemTaken, taken.happened)] == ["suspension-2026-10-12"]


def test_the_days_of_a_school_year_are_summed_a_correction_counts_once_and_too_many_are_said() -> None:
    known = child().given(*child().when(suspending(half_days=60)).happened)
    (corrected,) = known.when(suspending(half_days=50)).then_some(SuspensionNotified)
    assert isinstance(corrected, SuspensionNotified)
    assert corrected.half_days_in_year == 50
    later = known.given(corrected).when(suspending(date(2027, 2, 1), 41)).happened
    assert [each.half_days_in_year for each in of_kind(SuspensionNotified, later)] == [91]
    state = BOOK.fold((*known.history, corrected, *later))
    told_of = BOOK.announce(state, later[0])
    assert isinstance(told_of, said.SuspensionNotified)
    assert told_of.too_many
    next_year = known.when(suspending(date(2027, 9, 6), 2)).happened
    assert [each.half_days_in_year for each in of_kind(SuspensionNotified, next_year)] == [2]


@pytest.mark.parametrize(
    ("half_days", "began", "provision_from"),
    [
        (10, OCTOBER, None),
        (11, OCTOBER, date(2026, 10, 19)),
        (12, date(2026, 10, 21), date(2026, 11, 4)),  # three school days, a week without school, three more
        (12, date(2030, 1, 7), None),  # no term dates are known
    ],
)
def test_from_the_sixth_school_day_the_child_is_taught_elsewhere(
    half_days: int, began: date, provision_from: date | None
) -> None:
    happened = child().when(suspending(began, half_days)).happened
    assert [each.provision_from for each in of_kind(SuspensionNotified, happened)] == [provision_from]


def test_a_suspension_asks_for_an_urgent_pep_where_the_authority_says_so() -> None:
    happened = child(NONESUCH).when(suspending(**judging(NONESUCH))).happened
    assert [each.reason for each in of_kind(UrgentPEPRequested, happened)] == ["suspension"]


@pytest.mark.rule("O-14", "O-15", "O-79")
def test_after_an_exclusion_for_good_the_child_is_at_no_school_and_a_pep_is_held_at_once() -> None:
    outcome = child().when(excluding())
    excluded, moved, item, urgent, *_ = outcome.happened
    assert isinstance(excluded, PermanentExclusionNotified)
    assert excluded.provision_from == date(2026, 10, 19)
    assert moved == SchoolMoved(child_ref=REF, on=OCTOBER)
    assert isinstance(item, AgendaItemAdded)
    assert urgent == UrgentPEPRequested(child_ref=REF, on=OCTOBER, reason="permanent_exclusion")
    state = BOOK.fold((*outcome.before.history, excluded))
    assert BOOK.announce(state, excluded) == said.PermanentExclusionNotified(
        child_ref=REF, on=OCTOBER, began=OCTOBER, provision_from=date(2026, 10, 19), social_worker_ref=WORKER
    )
    child().given(*outcome.happened).when(excluding()).then_nothing()
    child().when(excluding(notified_on=MONDAY)).then_refused("has not begun")


def test_an_exclusion_from_no_school_and_before_all_rules_moves_nobody() -> None:
    nowhere = child(schooling=()).when(excluding()).happened
    assert of_kind(SchoolMoved, nowhere) == []


@pytest.mark.rule("O-77")
def test_nothing_urgent_is_asked_by_itself_for_a_child_without_a_plan() -> None:
    short_break = child(spells=(spell(MONDAY, episode(MONDAY, legal_status="V4")),))
    happened = short_break.when(absent(10)).happened
    assert of_kind(UrgentPEPRequested, happened) == []
    assert of_kind(PersistentAbsenceRiskDetected, happened) != []


@pytest.mark.rule("O-75")
def test_a_safeguarding_concern_is_told_to_the_social_worker_at_once_and_its_words_are_sealed() -> None:
    raising = RaiseSafeguardingConcern(child_ref=REF, on=OCTOBER, what="No coat again.", by="teacher")
    outcome = child().when(raising)
    outcome.then_announced(said.SafeguardingConcernRaised(child_ref=REF, on=OCTOBER, social_worker_ref=WORKER))
    again = outcome.then(
        SafeguardingConcernRaised(child_ref=REF, on=OCTOBER, by="teacher", what=PlanText.of("No coat again."))
    )
    again.when(raising).then_some(SafeguardingConcernRaised)


@pytest.mark.rule("O-10", "O-11")
def test_the_school_hears_of_a_review_in_advance_and_is_not_expected_at_all_of_them() -> None:
    review = ScheduleReview(child_ref=REF, on=date(2026, 12, 1), today=OCTOBER, school_expected=False, by=WORKER)
    outcome = child().when(review)
    outcome.then_announced(said.LACReviewScheduled(child_ref=REF, on=date(2026, 12, 1), school_expected=False))
    child().given(*outcome.then_some(LACReviewScheduled)).when(review).then_nothing()
    child().when(review.model_copy(update={"on": MONDAY})).then_refused("has passed")


@pytest.mark.rule("O-10")
def test_a_review_is_put_off_and_back_by_name_and_never_takes_the_place_of_another_unsaid() -> None:
    first, second = date(2026, 11, 2), date(2026, 11, 9)
    review = ScheduleReview(child_ref=REF, on=first, today=OCTOBER, school_expected=False, by=WORKER)

    def moved(on: date, instead_of: date | None = None) -> ScheduleReview:
        return review.model_copy(update={"on": on, "instead_of": instead_of})

    planned = child().given(*child().when(review).happened)
    planned.when(moved(second)).then_refused("02/11/2026. Where it was put off, name that day in instead_of")
    planned.when(moved(second, OCTOBER)).then_refused("02/11/2026")
    put_off = planned.given(*planned.when(moved(second, first)).then_some(LACReviewScheduled))
    (back,) = put_off.when(moved(first, second)).then_some(LACReviewScheduled)
    assert isinstance(back, LACReviewScheduled)
    assert back.on == first
    passed = review.model_copy(update={"on": date(2027, 4, 12), "today": date(2026, 11, 3)})
    planned.when(passed).then_some(LACReviewScheduled)


def test_the_daily_file_may_move_a_review_and_move_it_back() -> None:
    """Its word is the care system's: the day that it names last is the one that is planned."""
    first, second = date(2026, 11, 2), date(2026, 11, 9)
    known = child()
    for on in (first, second, first):
        told_on = fact("review_scheduled", on, today=OCTOBER)
        known = known.given(*known.when(told_on).then_some(LACReviewScheduled))
    known.when(fact("review_scheduled", first, today=OCTOBER)).then_nothing()


def test_a_pathway_plan_is_for_those_of_16_and_more() -> None:
    plan = SchedulePathwayPlan(child_ref=REF, on=date(2026, 12, 1), today=OCTOBER, by=WORKER)
    child().when(plan).then_refused("16 and more")
    grown = child(date_of_birth=date(2010, 11, 5))
    outcome = grown.when(plan)
    outcome.then_announced(said.PathwayPlanScheduled(child_ref=REF, on=date(2026, 12, 1)))
    grown.given(*outcome.then_some(PathwayPlanScheduled)).when(plan).then_nothing()
    grown.when(plan.model_copy(update={"on": MONDAY})).then_refused("has passed")


def test_a_plan_that_owed_no_date_is_said_to_be_there_and_not_any_more() -> None:
    done = MeetObligation(child_ref=REF, obligation="available", on=OCTOBER, by="plan-2")
    child().when(done).then_some(ObligationMet)
    later = child().given(*child().when(done).happened)
    later.when(done).then_nothing()
    second = done.model_copy(update={"by": "plan-3", "on": date(2027, 2, 1)})
    available = later.when(second)
    available.then(PlanBecameAvailable(child_ref=REF, plan_id="plan-3", on=date(2027, 2, 1)))
    known = later.given(*available.happened)
    known.when(second).then_nothing()
    gone = known.when(ReopenObligations(child_ref=REF, by="plan-3"))
    gone.then(PlanNoLongerAvailable(child_ref=REF, plan_id="plan-3"))
    known.given(*gone.happened).when(second).then_some(PlanBecameAvailable)


def test_what_the_others_need_not_know_is_not_announced() -> None:
    state = BOOK.fold(child().history)
    recovered = PersistentAbsenceRecovered(child_ref=REF, on=OCTOBER, since=MONDAY, possible=50, missed=1)
    assert BOOK.announce(state, recovered) == said.PersistentAbsenceRecovered(child_ref=REF, on=OCTOBER)
    detected = PersistentAbsenceRiskDetected(child_ref=REF, on=OCTOBER, since=MONDAY, possible=50, missed=10)
    assert BOOK.announce(state, detected) == said.PersistentAbsenceRiskDetected(
        child_ref=REF, on=OCTOBER, social_worker_ref=WORKER
    )
    urgent = UrgentPEPRequested(child_ref=REF, on=OCTOBER, reason="wrong_provision")
    assert BOOK.announce(state, urgent) == said.UrgentPEPRequested(
        child_ref=REF, on=OCTOBER, reason="wrong_provision", social_worker_ref=WORKER
    )
    item = {"child_ref": REF, "item": "suspension-2026-10-12"}
    assert BOOK.announce(state, AgendaItemTaken(**item, meeting_id="m1", on=OCTOBER)) == said.AgendaItemTaken(
        **item, meeting_id="m1", on=OCTOBER
    )
    assert BOOK.announce(state, AgendaItemReopened(**item, meeting_id="m1")) == said.AgendaItemReopened(**item)
    assert BOOK.announce(state, PlanBecameAvailable(child_ref=REF, plan_id="p", on=OCTOBER)) is None


def test_after_care_a_suspension_is_a_fact_still_and_nothing_urgent_follows() -> None:
    left = child(NONESUCH)
    gone = left.given(*left.when(left_care_told(OCTOBER, "E11", NONESUCH)).happened)
    happened = gone.when(suspending(date(2026, 11, 2), **judging(NONESUCH))).happened
    assert of_kind(SuspensionNotified, happened) != []
    assert of_kind(UrgentPEPRequested, happened) == []
