"""Facts told one by one: always accepted where they can be true, flagged where something lacks, told twice once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from tests.scheduling.single_facts import FACT, LATER, NOVEMBER, fact, school_told
from tests.scheduling.worked_examples import (
    LEICESTERSHIRE,
    MONDAY,
    OXFORDSHIRE,
    OXFORDSHIRE_SCHOOL,
    REF,
    TODAY,
    WORKER,
    episode,
    of_kind,
    rules_of,
    spell,
    told,
)

from pep_kernel.contracts import scheduling as contracts
from pep_kernel.decider import AnyDecider
from pep_kernel.scenario import Scenario
from scheduling.domain.child.about import about
from scheduling.domain.child.care_record import Schooling
from scheduling.domain.child.commands import (
    EndCareAtEighteen,
    FlagMissingNotice,
    FlagOverdue,
    RecordFact,
)
from scheduling.domain.child.correction import history_of
from scheduling.domain.child.decider import CHILD
from scheduling.domain.child.ending import kind_of_end
from scheduling.domain.child.events import (
    ChildLeftCare,
    LegalStatusChanged,
    ObligationMet,
    PEPApplicable,
    PEPDueDateSet,
    PEPDueDateWithdrawn,
    PEPNotApplicable,
    PlacementChanged,
    ReviewHeld,
    SchoolMoved,
    SocialWorkerAllocated,
)
from scheduling.domain.child.fact_events import (
    CareResponsibilityTransferred,
    ChildRemovedFromRoll,
    EHCPIssued,
    EmergencyPlacementMade,
    FactFlagCleared,
    FactFlagged,
    FosteringAllowanceTold,
    PlacementNoticeDue,
    ReviewingOfficerAssigned,
    SchoolMovePlanned,
    SchoolNotified,
    SiblingLinked,
    SiblingUnlinked,
    SpecialEducationalNeedsChanged,
    YearGroupTold,
)
from scheduling.domain.child.told import CareChange
from scheduling.domain.concerns.events import ApprovalNoted, LACReviewScheduled, NoApprovalRecorded
from scheduling.domain.rules import SchedulingRules

child = Scenario(CHILD)
YEAR_10 = date(2011, 11, 5)
SIBLING = "sibling4" + "a" * 18
NONESUCH = rules_of("nonesuch")


def known(rules: SchedulingRules = LEICESTERSHIRE, **changes: Any) -> Scenario:
    return child.given(*child.when(told(rules, **changes)).happened)


@pytest.mark.parametrize(
    ("command", "event"),
    [
        (fact("legal_status", legal_status="C1"), LegalStatusChanged(child_ref=REF, on=NOVEMBER, legal_status="C1")),
        (fact("school", school_urn="999103"), SchoolMoved(child_ref=REF, on=NOVEMBER, school_urn="999103")),
        (
            fact("school_move_planned", date(2027, 1, 4), school_urn="999103"),
            SchoolMovePlanned(child_ref=REF, on=date(2027, 1, 4), school_urn="999103"),
        ),
        (
            fact("social_worker", person_ref=SIBLING),
            SocialWorkerAllocated(child_ref=REF, on=NOVEMBER, social_worker_ref=SIBLING),
        ),
        (
            fact("reviewing_officer", person_ref=SIBLING),
            ReviewingOfficerAssigned(child_ref=REF, on=NOVEMBER, reviewing_officer_ref=SIBLING),
        ),
        (fact("review_held"), ReviewHeld(child_ref=REF, on=NOVEMBER)),
        (fact("review_scheduled", date(2027, 1, 4)), LACReviewScheduled(child_ref=REF, on=date(2027, 1, 4), by=WORKER)),
        (fact("fostering_allowance", paid=True), FosteringAllowanceTold(child_ref=REF, on=NOVEMBER, paid=True)),
        (fact("sibling", sibling_ref=SIBLING), SiblingLinked(child_ref=REF, on=NOVEMBER, sibling_ref=SIBLING)),
        (fact("year_group", year_group=7), YearGroupTold(child_ref=REF, on=NOVEMBER, year_group=7)),
        (fact("special_educational_needs", special_educational_needs="plan"), EHCPIssued(child_ref=REF, on=NOVEMBER)),
        (
            fact("special_educational_needs", special_educational_needs="support"),
            SpecialEducationalNeedsChanged(child_ref=REF, on=NOVEMBER, special_educational_needs="support"),
        ),
        (
            fact("school_notified", placement_on=MONDAY),
            SchoolNotified(child_ref=REF, on=NOVEMBER, placement_on=MONDAY),
        ),
    ],
)
def test_a_fact_is_told_once(command: RecordFact, event: Any) -> None:
    known().when(command).then(event).when(command).then_nothing()


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("social_worker", [{"person_ref": WORKER}, {"person_ref": SIBLING}]),
        ("reviewing_officer", [{"person_ref": WORKER}, {"person_ref": SIBLING}]),
        ("school", [{"school_urn": OXFORDSHIRE_SCHOOL}, {"school_urn": "999103"}]),
        ("legal_status", [{"legal_status": "C2"}, {"legal_status": "C1"}]),
        ("fostering_allowance", [{"paid": True}, {"paid": False}]),
        ("year_group", [{"year_group": 7}, {"year_group": 8}]),
        ("special_educational_needs", [{"special_educational_needs": each} for each in ("plan", "support")]),
    ],
)
def test_what_is_told_of_another_day_again_ends_an_earlier_fact_that_comes_later(kind: str, values: list[Any]) -> None:
    """The order in which facts come changes no answer."""
    first, between = values
    days = {MONDAY: first, date(2026, 10, 5): between, NOVEMBER: first}
    in_order = after(known(), *(fact(kind, on, **value) for on, value in days.items()))
    out_of_order = after(known(), *(fact(kind, on, **days[on]) for on in (MONDAY, NOVEMBER, date(2026, 10, 5))))
    assert known_of(out_of_order, kind) == known_of(in_order, kind)


def known_of(scenario: Scenario, kind: str) -> Any:
    decider: AnyDecider = CHILD
    state = decider.fold(scenario.history)
    of_kind = {
        "fostering_allowance": state.circumstances.allowances,
        "year_group": state.circumstances.year_groups,
        "special_educational_needs": state.circumstances.special_needs,
    }
    return of_kind[kind] if kind in of_kind else history_of(state, kind)


def test_the_same_told_of_another_day_asks_for_nothing() -> None:
    known(OXFORDSHIRE).when(fact("school", NOVEMBER, OXFORDSHIRE, school_urn=OXFORDSHIRE_SCHOOL)).then_some(SchoolMoved)
    known().when(fact("legal_status", legal_status="C2")).then_some(LegalStatusChanged)
    flagged = after(known(), fact("year_group", year_group=8))
    flagged.when(fact("year_group", LATER, year_group=8)).then(YearGroupTold(child_ref=REF, on=LATER, year_group=8))


def test_a_sibling_taken_for_one_by_mistake_is_none_and_nobody_is_their_own() -> None:
    linked = known().given(SiblingLinked(child_ref=REF, on=MONDAY, sibling_ref=SIBLING))
    not_one = fact("sibling", sibling_ref=SIBLING, linked=False)
    linked.when(not_one).then(SiblingUnlinked(child_ref=REF, on=NOVEMBER, sibling_ref=SIBLING)).when(
        not_one
    ).then_nothing()
    own = fact("sibling", sibling_ref=REF)
    known().when(own).then_refused("their own brother or sister")


def test_a_year_group_that_the_age_would_not_give_stands_and_is_flagged() -> None:
    _, flag = known().when(fact("year_group", year_group=8)).then_some(YearGroupTold, FactFlagged)
    assert flag == FactFlagged(
        child_ref=REF, on=NOVEMBER, fact="year_group", lacks="agreement_with_computed_year_group"
    )


@pytest.mark.rule("O-28")
def test_a_child_taken_off_the_roll_is_on_none_from_that_day() -> None:
    gone = (
        known()
        .when(fact("removed_from_roll"))
        .then(
            ChildRemovedFromRoll(child_ref=REF, on=NOVEMBER, school_urn=OXFORDSHIRE_SCHOOL),
            SchoolMoved(child_ref=REF, on=NOVEMBER),
        )
    )
    gone.when(fact("removed_from_roll", LATER)).then_nothing()


def test_a_status_that_is_no_short_break_any_more_asks_for_a_plan() -> None:
    short = known(spells=(spell(MONDAY, episode(MONDAY, legal_status="V4")),))
    _, applies, due = short.when(fact("legal_status", legal_status="C2")).then_some(
        LegalStatusChanged, PEPApplicable, PEPDueDateSet
    )
    assert isinstance(applies, PEPApplicable)
    assert applies.on == NOVEMBER
    assert isinstance(due, PEPDueDateSet)
    assert not due.correction


def test_a_new_school_that_is_told_as_a_fact_asks_for_a_plan_as_one_told_by_its_own_request() -> None:
    happened = known(OXFORDSHIRE).when(fact("school", NOVEMBER, OXFORDSHIRE, school_urn="999102")).happened
    assert {event.trigger_on for event in of_kind(PEPDueDateSet, happened)} == {NOVEMBER}


@pytest.mark.rule("O-91")
@pytest.mark.scenario("T53")
def test_a_change_of_school_without_the_approvals_stands_and_is_flagged_and_alerted() -> None:
    move = school_told(OXFORDSHIRE, NOVEMBER, "999102")
    outcome = known(OXFORDSHIRE).when(move)
    said = NoApprovalRecorded(child_ref=REF, on=NOVEMBER, decision="school_change", school_urn="999102")
    assert of_kind(NoApprovalRecorded, outcome.happened) == [said]
    told_others = contracts.NoApprovalRecorded(child_ref=REF, on=NOVEMBER, decision="school_change")
    assert told_others in [CHILD.announce(CHILD.initial, event) for event in outcome.happened]  # type: ignore[arg-type]


@pytest.mark.rule("O-91")
def test_a_change_of_school_that_was_approved_is_not_flagged() -> None:
    agreed = ApprovalNoted(child_ref=REF, decision="school_change", on=NOVEMBER, request_id="request-1")
    approved = known(OXFORDSHIRE).given(agreed)
    move = school_told(OXFORDSHIRE, NOVEMBER, "999102")
    assert of_kind(NoApprovalRecorded, approved.when(move).happened) == []


def test_a_first_school_a_roll_left_and_no_known_rules_are_no_change_that_needs_approval() -> None:
    no_school = known(OXFORDSHIRE, schooling=())
    first = school_told(OXFORDSHIRE, NOVEMBER, "999102")
    assert of_kind(FactFlagged, no_school.when(first).happened) == []
    left = school_told(OXFORDSHIRE, NOVEMBER, None)
    known(OXFORDSHIRE).when(left).then_some(SchoolMoved)
    before_all_rules = date(2011, 3, 1)
    born, first_setting = date(2010, 8, 2), SchoolMoved(child_ref=REF, on=date(2010, 9, 1), school_urn="999105")
    old = known(OXFORDSHIRE, date_of_birth=born).given(first_setting)
    long_ago = school_told(OXFORDSHIRE, before_all_rules, "999102", today=LATER, born=born)
    old.when(long_ago).then_some(SchoolMoved)


@pytest.mark.rule("O-28")
def test_a_school_that_becomes_an_academy_has_a_new_number_and_nobody_moved() -> None:
    move = school_told(OXFORDSHIRE, NOVEMBER, "999150", predecessors={"999150": OXFORDSHIRE_SCHOOL})
    outcome = known(OXFORDSHIRE).when(move)
    outcome.then(SchoolMoved(child_ref=REF, on=NOVEMBER, school_urn="999150", renumbered=True))
    outcome.then_announced(contracts.SchoolMoved(child_ref=REF, on=NOVEMBER, school_urn="999150", renumbered=True))
    schools = (
        Schooling(school_urn=OXFORDSHIRE_SCHOOL, entered=date(2026, 9, 2)),
        Schooling(school_urn="999150", entered=NOVEMBER),
    )
    record = told(OXFORDSHIRE, schooling=schools, today=LATER).model_copy(
        update={"predecessors": {"999150": OXFORDSHIRE_SCHOOL}}
    )
    known(OXFORDSHIRE).when(record).then(SchoolMoved(child_ref=REF, on=NOVEMBER, school_urn="999150", renumbered=True))


@pytest.mark.rule("O-28", "O-91")
def test_a_new_number_is_known_to_be_one_also_when_nobody_asks_the_school() -> None:
    became = school_told(OXFORDSHIRE, NOVEMBER, "999150", predecessors={"999150": OXFORDSHIRE_SCHOOL})
    academy = after(known(OXFORDSHIRE), became)
    status = fact("legal_status", LATER, OXFORDSHIRE, legal_status="C1")
    academy.when(status).then(LegalStatusChanged(child_ref=REF, on=LATER, legal_status="C1"))


@pytest.mark.scenario("T15")
def test_after_an_emergency_placement_the_school_is_told_within_five_working_days() -> None:
    placed_on = date(2026, 12, 23)
    told_of = fact("placement", placed_on, placement="U4", emergency=True, today=placed_on, fostering_allowance=True)
    placed, emergency, allowance, convene, notice = happened = (
        known()
        .when(told_of)
        .then_some(PlacementChanged, EmergencyPlacementMade, FosteringAllowanceTold, PEPDueDateSet, PEPDueDateSet)
    )
    assert placed == PlacementChanged(child_ref=REF, on=placed_on, placement="U4")
    assert emergency == EmergencyPlacementMade(child_ref=REF, on=placed_on, placement="U4")
    assert allowance == FosteringAllowanceTold(child_ref=REF, on=placed_on, paid=True)
    assert isinstance(convene, PEPDueDateSet)
    assert isinstance(notice, PEPDueDateSet)
    assert (convene.obligation, convene.due) == ("convene", date(2027, 1, 11))
    assert (notice.obligation, notice.trigger_on, notice.due) == ("notify", placed_on, date(2027, 1, 4))
    waiting = known().given(*happened)
    waiting.when(told_of).then_nothing()
    in_time = fact("school_notified", date(2027, 1, 4), placement_on=placed_on, today=date(2027, 1, 4))
    noted = SchoolNotified(child_ref=REF, on=date(2027, 1, 4), placement_on=placed_on)
    waiting.when(in_time).then(noted, notified(placed_on, date(2027, 1, 4)))


@pytest.mark.rule("reg 13")
@pytest.mark.scenario("T15")
def test_a_notice_that_is_missing_after_an_emergency_is_said_once_by_its_obligation() -> None:
    placed_on, day_after = date(2026, 12, 23), date(2027, 1, 5)
    told_of = fact("placement", placed_on, placement="U4", emergency=True, today=placed_on)
    overdue = FlagOverdue(child_ref=REF, obligation="notify", trigger_on=placed_on, today=day_after)
    outcome = after(known(), told_of).when(overdue)
    outcome.then_announced(contracts.PEPOverdue(child_ref=REF, obligation="notify", due=date(2027, 1, 4)))
    missed = after(known(), told_of).given(*outcome.happened)
    missed.when(FlagMissingNotice(child_ref=REF, placement_on=placed_on, today=day_after)).then_nothing()
    late = missed.when(fact("school_notified", day_after, placement_on=placed_on, today=day_after))
    late.then(SchoolNotified(child_ref=REF, on=day_after, placement_on=placed_on), notified(placed_on, day_after))
    cleared = contracts.PEPOverdueCleared(child_ref=REF, obligation="notify", due=date(2027, 1, 4), on=day_after)
    late.then_announced(cleared)


def test_whether_a_placement_was_made_in_an_emergency_is_known_where_somebody_said_so() -> None:
    moved = fact("placement", placement="U4", emergency=True)
    decider: AnyDecider = CHILD
    state = decider.fold(after(known(), moved).history)
    assert [about(state, on, None, moved).emergency for on in (MONDAY, NOVEMBER)] == [None, True]


@pytest.mark.rule("reg 13")
@pytest.mark.scenario("T07", "T15")
def test_an_emergency_at_entering_care_starts_what_any_emergency_starts_and_the_placement_has_its_details() -> None:
    said: dict[str, Any] = {"area": "out_of_area", "provider": "PR4", "fostering_allowance": True}
    at_entry = fact("placement", MONDAY, placement="U1", emergency=True, **said)
    placed, emergency, allowance, *dates = (
        known()
        .when(at_entry)
        .then_some(PlacementChanged, EmergencyPlacementMade, FosteringAllowanceTold, PEPDueDateSet, PEPDueDateSet)
    )
    assert placed == PlacementChanged(child_ref=REF, on=MONDAY, placement="U1", area="out_of_area", provider="PR4")
    assert emergency == EmergencyPlacementMade(child_ref=REF, on=MONDAY, placement="U1")
    assert allowance == FosteringAllowanceTold(child_ref=REF, on=MONDAY, paid=True)
    assert [(each.obligation, each.trigger_on) for each in of_kind(PEPDueDateSet, dates)] == [
        ("convene", MONDAY),
        ("notify", MONDAY),
    ]
    after(known(), at_entry).when(at_entry).then_nothing()


@pytest.mark.rule("reg 11", "reg 13")
def test_what_is_told_of_a_placement_later_is_news_by_itself_and_asks_for_no_second_notice_or_agreement() -> None:
    bare = after(known(), fact("placement", placement="U4"))
    away = fact("placement", placement="U4", area="at_a_distance")
    with_area = bare.when(away)
    with_area.then_some(PlacementChanged, NoApprovalRecorded)
    told_area = after(bare, away)
    told_area.when(fact("placement", placement="U4", changes_school=True)).then(
        PlacementChanged(child_ref=REF, on=NOVEMBER, placement="U4", area="at_a_distance", changes_school=True)
    )
    told_area.when(fact("placement", placement="U4")).then_nothing()
    told_area.when(fact("placement", placement="U4", fostering_allowance=True)).then_some(FosteringAllowanceTold)
    own = after(bare, fact("placement", placement="U4", provider="PR1"))
    own.when(away).then_some(PlacementChanged)


@pytest.mark.rule("reg 13")
def test_an_emergency_that_is_told_after_the_placement_makes_an_obligation_of_the_notice() -> None:
    bare = after(known(), fact("placement", placement="U4"))
    day_after = FlagMissingNotice(child_ref=REF, placement_on=NOVEMBER, today=date(2026, 11, 3))
    flagged = bare.given(*bare.when(day_after).happened)
    urgent = fact("placement", placement="U4", emergency=True)
    outcome = flagged.when(urgent)
    outcome.then_some(EmergencyPlacementMade, FactFlagCleared, PEPDueDateSet, PEPDueDateSet)
    after(flagged, urgent).when(day_after).then_nothing()
    after(flagged, urgent).when(urgent).then_nothing()


@pytest.mark.rule("reg 13")
def test_a_school_that_is_told_after_an_emergency_of_its_day_is_to_be_told_of_it_too() -> None:
    urgent = fact("placement", placement="U4", emergency=True)
    at_no_school = after(known(schooling=()), urgent)
    at_school = at_no_school.when(fact("school", date(2026, 10, 5), school_urn=OXFORDSHIRE_SCHOOL))
    notify = [each for each in of_kind(PEPDueDateSet, at_school.happened) if each.obligation == "notify"]
    assert [each.trigger_on for each in notify] == [NOVEMBER]


def after(scenario: Scenario, *commands: RecordFact) -> Scenario:
    for command in commands:
        scenario = scenario.given(*scenario.when(command).happened)
    return scenario


def notified(placed_on: date, on: date) -> ObligationMet:
    return ObligationMet(child_ref=REF, obligation="notify", trigger_on=placed_on, on=on, by="written_notice")


@pytest.mark.rule("reg 13")
@pytest.mark.scenario("T15")
def test_a_notice_meets_what_is_due_for_its_own_placement_whichever_was_told_first() -> None:
    first, second = (fact("placement", day, placement="U4", emergency=True) for day in (NOVEMBER, date(2026, 11, 9)))
    late = date(2026, 11, 18)
    told_first = fact("school_notified", late, placement_on=NOVEMBER)
    twice = after(known(), first, second)
    twice.when(told_first).then(SchoolNotified(child_ref=REF, on=late, placement_on=NOVEMBER), notified(NOVEMBER, late))
    *_, met = after(known(), told_first).when(first).happened
    assert met == notified(NOVEMBER, late)


@pytest.mark.rule("reg 13")
def test_the_school_is_told_of_an_emergency_also_where_no_pep_applies() -> None:
    moved = fact("placement", placement="U4", emergency=True)
    without_pep = known(spells=(spell(MONDAY, episode(MONDAY, legal_status="V4")),))
    assert [each.obligation for each in of_kind(PEPDueDateSet, without_pep.when(moved).happened)] == ["notify"]
    at_no_school = known(schooling=()).when(moved)
    assert [each.obligation for each in of_kind(PEPDueDateSet, at_no_school.happened)] == ["convene"]
    no_more = after(known(), moved).when(fact("legal_status", NOVEMBER, legal_status="V4"))
    assert "notify" not in {each.obligation for each in of_kind(PEPDueDateWithdrawn, no_more.happened)}
    assert of_kind(PEPNotApplicable, no_more.happened)
    earlier = known(spells=(spell(MONDAY, ended=TODAY, reason_ceased="E4A"), spell(NOVEMBER)), today=LATER)
    late_fact = fact("placement", date(2026, 9, 23), placement="U4", emergency=True)
    earlier.when(late_fact).then_some(PlacementChanged, EmergencyPlacementMade)


def test_before_any_other_placement_the_school_is_told_first_and_late_notice_is_flagged() -> None:
    placed = (
        known()
        .when(fact("placement", placement="U4"))
        .then(
            PlacementChanged(child_ref=REF, on=NOVEMBER, placement="U4"),
            PlacementNoticeDue(child_ref=REF, on=NOVEMBER, due=NOVEMBER),
        )
    )
    late = fact("school_notified", date(2026, 11, 3), placement_on=NOVEMBER)
    placed.when(late).then(
        SchoolNotified(child_ref=REF, on=date(2026, 11, 3), placement_on=NOVEMBER),
        FactFlagged(child_ref=REF, on=NOVEMBER, fact="placement", lacks="notice_in_time"),
    )
    known(schooling=()).when(fact("placement", placement="U4")).then_some(PlacementChanged)


def test_a_move_between_two_homes_of_one_kind_is_a_move() -> None:
    known().when(fact("placement", placement="U1")).then_some(PlacementChanged, PlacementNoticeDue)


@pytest.mark.parametrize(
    ("area", "decision", "other"),
    [
        ("out_of_area", "out_of_area_placement", "placement_at_a_distance"),
        ("at_a_distance", "placement_at_a_distance", "out_of_area_placement"),
    ],
)
@pytest.mark.rule("reg 11")
def test_who_must_have_agreed_to_a_placement_outside_the_area_follows_the_distance(
    area: str, decision: str, other: str
) -> None:
    """Regulation 11: the nominated officer, and at a distance the director of children's services."""
    away = fact("placement", placement="U4", area=area)
    *_, unapproved = known().when(away).then_some(PlacementChanged, PlacementNoticeDue, NoApprovalRecorded)
    assert isinstance(unapproved, NoApprovalRecorded)
    assert (unapproved.decision, unapproved.emergency) == (decision, False)

    def approved(what: str) -> Scenario:
        return known().given(ApprovalNoted(child_ref=REF, on=NOVEMBER, decision=what, request_id="request-1"))

    approved(decision).when(away).then_some(PlacementChanged, PlacementNoticeDue)
    assert of_kind(NoApprovalRecorded, approved(other).when(away).happened) != []


def test_a_placement_in_the_area_needs_nobodys_agreement() -> None:
    near = fact("placement", placement="U4", area="in_area")
    known().when(near).then_some(PlacementChanged, PlacementNoticeDue)


@pytest.mark.rule("reg 11")
@pytest.mark.parametrize("area", ["out_of_area", "at_a_distance"])
def test_a_placement_with_relatives_or_friends_outside_the_area_needs_nobodys_agreement_by_law(area: str) -> None:
    """Regulation 11(4); an authority may ask for it all the same, as this one does that names no such kinds."""
    with_aunt = fact("placement", placement="U1", area=area)
    known().when(with_aunt).then_some(PlacementChanged, PlacementNoticeDue)
    asks_always = fact("placement", rules=NONESUCH, placement="U1", area=area)
    missing = {each.decision for each in of_kind(NoApprovalRecorded, known(NONESUCH).when(asks_always).happened)}
    assert missing & {"out_of_area_placement", "placement_at_a_distance"}


@pytest.mark.rule("reg 11")
@pytest.mark.parametrize("area", ["out_of_area", "at_a_distance"])
def test_a_placement_with_foster_parents_of_the_authoritys_own_outside_the_area_needs_nobodys_agreement_by_law(
    area: str,
) -> None:
    """Regulation 11(4)(b). Whose foster parents they are follows from who provides the placement."""
    own = fact("placement", placement="U4", area=area, provider="PR1")
    known().when(own).then_some(PlacementChanged, PlacementNoticeDue)

    def asked(placement: str, provider: str | None, rules: SchedulingRules = LEICESTERSHIRE) -> bool:
        told = fact("placement", rules=rules, placement=placement, area=area, provider=provider)
        return of_kind(NoApprovalRecorded, known(rules).when(told).happened) != []

    assert asked("U4", "PR2")
    assert asked("U4", "PR4")
    assert asked("U4", None)
    assert asked("K2", "PR1")  # its own home for children is none of foster parents
    assert asked("U4", "PR1", NONESUCH)


def test_where_the_rules_say_nothing_of_distance_it_is_a_placement_outside_the_area() -> None:
    """Until January 2014 the nominated officer agreed to all of them."""
    entered, moved = date(2013, 9, 2), date(2013, 11, 4)
    old: dict[str, Any] = {
        "date_of_birth": date(2009, 11, 5),
        "spells": (spell(entered, episode(entered)),),
        "schooling": (Schooling(school_urn=OXFORDSHIRE_SCHOOL, entered=entered),),
    }
    distant = fact("placement", moved, born=date(2009, 11, 5), placement="R5", area="at_a_distance")
    (unapproved,) = of_kind(NoApprovalRecorded, known(**old).when(distant).happened)
    assert unapproved.decision == "out_of_area_placement"


@pytest.mark.parametrize("area", ["out_of_area", "at_a_distance"])
def test_a_placement_outside_the_area_in_an_emergency_is_said_to_be_one(area: str) -> None:
    away = fact("placement", placement="U4", area=area, emergency=True)
    (said,) = of_kind(NoApprovalRecorded, known().when(away).happened)
    assert said.emergency


AFTER_CARE = timedelta(days=60)


@pytest.mark.rule("O-28")
def test_responsibility_is_one_authoritys_at_an_instant() -> None:
    transfer = fact("responsibility_transferred", to_authority="leicestershire")
    outcome = known().when(transfer)
    outcome.then(
        CareResponsibilityTransferred(child_ref=REF, on=NOVEMBER, to_authority="leicestershire", by=WORKER),
        ChildLeftCare(child_ref=REF, on=NOVEMBER, reason="E3", closes_on=NOVEMBER),
        PEPDueDateWithdrawn(child_ref=REF, obligation="available", trigger_on=MONDAY, because="left_care"),
    ).when(transfer).then_nothing()
    outcome.then_announced(
        contracts.CareResponsibilityTransferred(child_ref=REF, on=NOVEMBER),
        contracts.ChildLeftCare(child_ref=REF, on=NOVEMBER, ended="moved_authority", closes_on=NOVEMBER),
    )


@pytest.mark.parametrize(
    ("reason", "ended"),
    [("E11", "adopted"), ("E2", "died"), ("E45", "special_guardianship"), ("E17", "grown_up"), ("not_given", "other")],
)
def test_leaving_care_says_what_kind_of_end_it_was(reason: str, ended: str) -> None:
    left = ChildLeftCare(child_ref=REF, on=TODAY, reason=reason)
    heard = contracts.ChildLeftCare(child_ref=REF, on=TODAY, ended=kind_of_end(reason), closes_on=TODAY)
    assert CHILD.announce(CHILD.initial, left) == heard
    assert kind_of_end(reason) == ended


@pytest.mark.parametrize(
    ("reason", "days"), [("E11", 0), ("E12", 0), ("E2", 0), ("E3", 0), ("E4A", 60), ("E45", 60), ("E8", 60)]
)
def test_the_record_closes_at_once_where_nobody_has_anything_to_finish_else_some_days_after(
    reason: str, days: int
) -> None:
    (left,) = of_kind(ChildLeftCare, known().when(fact("left_care", reason=reason)).happened)
    assert left.closes_on == NOVEMBER + timedelta(days=days)
    there = fact("left_care", rules=NONESUCH, reason=reason)
    (left,) = of_kind(ChildLeftCare, known().when(there).happened)
    assert left.closes_on == NOVEMBER + timedelta(days=days / 2)


def test_leaving_care_ends_what_is_due() -> None:
    leaving = fact("left_care", reason="E4A")
    left = (
        known()
        .when(leaving)
        .then(
            ChildLeftCare(child_ref=REF, on=NOVEMBER, reason="E4A", closes_on=NOVEMBER + AFTER_CARE),
            PEPDueDateWithdrawn(child_ref=REF, obligation="available", trigger_on=MONDAY, because="left_care"),
        )
    )
    left.when(leaving).then_nothing()


def test_on_the_eighteenth_birthday_care_ends_by_law_once() -> None:
    birthday = date(2026, 11, 5)
    turning = EndCareAtEighteen(child_ref=REF, birthday=birthday, today=birthday, rules=OXFORDSHIRE.file)
    nearly = known(date_of_birth=date(2008, 11, 5))
    outcome = nearly.when(turning)
    over = outcome.then(
        ChildLeftCare(child_ref=REF, on=birthday, reason="turned_18", closes_on=birthday + AFTER_CARE),
        PEPDueDateWithdrawn(child_ref=REF, obligation="available", trigger_on=MONDAY, because="left_care"),
    )
    over.when(turning).then_nothing()
    outcome.then_announced(
        contracts.ChildLeftCare(child_ref=REF, on=birthday, ended="grown_up", closes_on=birthday + AFTER_CARE)
    )
    known().when(turning.model_copy(update={"birthday": date(2026, 9, 1)})).then_nothing()


def test_a_child_whom_nobody_in_a_school_teaches_any_more_may_have_no_plan() -> None:
    small = known(date_of_birth=date(2023, 11, 5))
    outcome = small.when(fact("removed_from_roll", born=date(2023, 11, 5)))
    outcome.then_some(ChildRemovedFromRoll, SchoolMoved, PEPNotApplicable, PEPDueDateWithdrawn)


def gone() -> Scenario:
    return known().given(ChildLeftCare(child_ref=REF, on=TODAY, reason="E4A"))


TWICE = (spell(date(2025, 1, 6), ended=date(2025, 3, 3), reason_ceased="E4A"), spell())


@pytest.mark.parametrize(
    ("scenario", "command", "sentence"),
    [
        (
            known(),
            fact("school", date(2014, 11, 4), school_urn="999101"),
            "04/11/2014 is before the child was born",
        ),
        (known(), fact("review_held", date(2026, 12, 2)), "on: 02/12/2026 is still to come."),
        (
            known(),
            fact("placement", MONDAY.replace(day=20), placement="U4"),
            "the child entered care, on 21/09/2026",
        ),
        (gone(), fact("placement", placement="U4"), "on: 02/11/2026 is after the child left care, on 25/09/2026."),
        (gone(), fact("school", school_urn="999102"), "on: 02/11/2026 is after the child left care, on 25/09/2026."),
        (gone(), fact("review_scheduled", LATER), "25/09/2026 was the day on which the child left care"),
        (
            known(spells=TWICE),
            fact("review_held", date(2025, 6, 2)),
            "two spells in care: 06/01/2025 to 03/03/2025",
        ),
        (
            known(spells=TWICE),
            fact("left_care", date(2025, 2, 3), reason="E4A"),
            "on: 03/02/2025 is before the spell in care that runs, from 21/09/2026.",
        ),
        (
            known(spells=TWICE),
            fact("responsibility_transferred", date(2025, 2, 3), to_authority="leicestershire"),
            "on: 03/02/2025 is before the spell in care that runs",
        ),
        (child, fact("review_held"), "Nothing is known of this child's care yet."),
    ],
)
def test_what_cannot_be_true_is_refused_with_its_field_and_the_earlier_fact(
    scenario: Scenario, command: RecordFact, sentence: str
) -> None:
    scenario.when(command).then_refused(sentence)


def test_the_end_of_an_earlier_spell_is_told_again_and_changes_nothing() -> None:
    twice, on = known(spells=TWICE), date(2025, 3, 3)
    twice.when(fact("left_care", on, reason="E4A")).then_nothing()
    transfer = fact("responsibility_transferred", on, to_authority="leicestershire")
    twice.when(transfer).then_refused("on: it is known that care ended on 03/03/2025, for the reason E4A.")


def test_a_school_before_care_is_history_and_taken() -> None:
    known().when(fact("school", date(2025, 9, 2), school_urn="999103")).then_some(SchoolMoved)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"kind": "placement", "placement": "P2"}, "placement is not a code of the return of that year"),
        ({"kind": "legal_status", "legal_status": "C9"}, "legal_status is not a code of the return"),
        ({"kind": "left_care", "reason": "X1"}, "reason is not a code of the return for leaving care"),
        ({"kind": "social_worker"}, "give either person_ref or staff_id"),
        ({"kind": "sibling"}, "give either sibling_ref or sibling_child_id"),
        ({"kind": "school", "school_urn": "12"}, "school_urn"),
    ],
)
def test_unknown_codes_and_half_facts_are_not_understood(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        FACT.validate_python({"on": NOVEMBER, **wrong})


def test_a_row_of_changes_is_one_fact_or_one_entry() -> None:
    with pytest.raises(ValidationError, match="give either a fact or an entry into care"):
        CareChange(child_id="7")
    reviewed = fact("review_held").fact
    assert CareChange(child_id="7", fact=reviewed).told == reviewed


def test_a_record_of_days_before_birth_or_of_unknown_codes_is_not_understood() -> None:
    with pytest.raises(ValidationError, match="spells: 21/09/2026 is before the child was born"):
        told(date_of_birth=date(2026, 9, 22), schooling=())
    with pytest.raises(ValidationError, match="is not a legal status of the return"):
        episode(MONDAY, legal_status="Q1")


def test_a_daily_row_of_entering_care_corrects_no_spell_that_is_known() -> None:
    row = told(LEICESTERSHIRE, spells=(spell(NOVEMBER),), today=LATER).model_copy(update={"whole": False})
    known().when(row).then_refused("on: the child is in care since 21/09/2026")
