"""A flag ends when what the fact lacked is there, or when the fact was corrected away; each end is said once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.scheduling.single_facts import NOVEMBER, fact, left_care_told, school_told
from tests.scheduling.test_corrections import correct
from tests.scheduling.test_facts_by_themselves import SIBLING, after, known
from tests.scheduling.worked_examples import (
    LEICESTERSHIRE,
    MONDAY,
    OTHER_WORKER,
    OXFORDSHIRE,
    OXFORDSHIRE_SCHOOL,
    REF,
    WORKER,
    episode,
    of_kind,
    spell,
    told,
)

from pep_kernel.contracts import scheduling as contracts
from pep_kernel.message import Event
from pep_kernel.scenario import Scenario
from pep_kernel.sealed import PlanText
from scheduling.domain.child.care_record import Schooling, SocialWorkerSpell
from scheduling.domain.child.commands import FlagMissingNotice, LetFlagBe, RecordFact
from scheduling.domain.child.events import ObligationMet, SocialWorkerAllocated
from scheduling.domain.child.fact_events import (
    FactFlagCleared,
    FactFlagged,
    FlagLetBe,
    PlacementNoticeDue,
    SchoolNotified,
)
from scheduling.domain.concerns.commands import NoteApproval
from scheduling.domain.concerns.events import ApprovalNoted, NoApprovalRecorded

TUESDAY, WEDNESDAY, AFTERWARDS = date(2026, 11, 3), date(2026, 11, 4), date(2026, 11, 9)
DECEMBER = date(2026, 12, 1)
NEW_SCHOOL = "999102"


def ended(lacks: Any, because: Any, on: date, fact: Any = "placement", of: date = NOVEMBER) -> FactFlagCleared:
    return FactFlagCleared(child_ref=REF, on=of, fact=fact, lacks=lacks, because=because, cleared_on=on)


def flagged(lacks: Any, on: date = NOVEMBER) -> FactFlagged:
    return FactFlagged(child_ref=REF, on=on, fact="placement", lacks=lacks)


def ends(*events: Event) -> list[FactFlagCleared]:
    return of_kind(FactFlagCleared, events)


# A notice to the school

PLACED = fact("placement", placement="U4")
LOOK = FlagMissingNotice(child_ref=REF, placement_on=NOVEMBER, today=TUESDAY)


def unnoticed() -> Scenario:
    placed = after(known(), PLACED)
    return placed.given(*placed.when(LOOK).then(flagged("notice")).history[len(placed.history) :])


@pytest.mark.rule("reg 13")
def test_a_notice_that_is_noted_after_it_was_missed_ends_the_flag_and_stays_late() -> None:
    outcome = unnoticed().when(fact("school_notified", WEDNESDAY, placement_on=NOVEMBER))
    noted = SchoolNotified(child_ref=REF, on=WEDNESDAY, placement_on=NOVEMBER)
    late = flagged("notice_in_time")
    told_once = outcome.then(noted, ended("notice", "notice_given", WEDNESDAY), late)
    outcome.then_announced(
        contracts.FactFlagCleared(
            child_ref=REF,
            fact="placement",
            on=NOVEMBER,
            lacks="notice",
            because="notice_given",
            cleared_on=WEDNESDAY,
        ),
        contracts.FactFlagged(child_ref=REF, fact="placement", on=NOVEMBER, lacks="notice_in_time"),
    )
    told_once.when(LOOK).then_nothing()


@pytest.mark.rule("reg 13")
def test_a_notice_is_in_time_on_the_very_day_of_the_placement_and_not_missed_before_its_end() -> None:
    placed = after(known(), PLACED)
    placed.when(FlagMissingNotice(child_ref=REF, placement_on=NOVEMBER, today=NOVEMBER)).then_nothing()
    placed.when(fact("school_notified", NOVEMBER, placement_on=NOVEMBER)).then_some(SchoolNotified)


def test_a_notice_of_another_placement_ends_nothing() -> None:
    unnoticed().when(fact("school_notified", WEDNESDAY, placement_on=MONDAY)).then_some(SchoolNotified)


def test_a_placement_that_never_was_lacks_nothing_and_nobody_need_be_told_of_it() -> None:
    never = correct("placement", NOVEMBER, was="U4", never_happened=True)
    assert ends(*unnoticed().when(never).happened) == [ended("notice", "fact_corrected", DECEMBER)]
    not_yet_missed = after(known(), PLACED)
    gone = not_yet_missed.given(*not_yet_missed.when(never).happened)
    gone.when(LOOK).then_nothing()
    again = unnoticed().given(*unnoticed().when(never).happened)
    retold = again.given(*again.when(PLACED).happened)
    retold.when(LOOK).then(flagged("notice"))


def test_a_notice_goes_with_its_placement_to_the_right_day() -> None:
    placed = after(known(), PLACED, fact("school_notified", NOVEMBER, placement_on=NOVEMBER))
    moved = placed.when(correct("placement", NOVEMBER, was="U4", right_on=WEDNESDAY)).happened
    assert of_kind(PlacementNoticeDue, moved) == [PlacementNoticeDue(child_ref=REF, on=WEDNESDAY, due=WEDNESDAY)]
    assert of_kind(SchoolNotified, moved) == [SchoolNotified(child_ref=REF, on=NOVEMBER, placement_on=WEDNESDAY)]
    earlier = placed.when(correct("placement", NOVEMBER, was="U4", right_on=date(2026, 10, 30))).happened
    assert of_kind(FactFlagged, earlier) == [flagged("notice_in_time", date(2026, 10, 30))]


def test_a_late_notice_is_late_no_more_when_the_placement_was_later() -> None:
    late = fact("school_notified", TUESDAY, placement_on=NOVEMBER)
    placed = after(known(), PLACED, late)
    happened = placed.when(correct("placement", NOVEMBER, was="U4", right_on=WEDNESDAY)).happened
    assert ends(*happened) == [ended("notice_in_time", "fact_corrected", DECEMBER)]
    assert of_kind(FactFlagged, happened) == []


def test_a_placement_of_the_same_day_with_another_code_lacks_what_it_lacked() -> None:
    other = correct("placement", NOVEMBER, was="U4", right="K2")
    assert ends(*unnoticed().when(other).happened) == []
    looked_for = unnoticed().given(left_out("placement"))
    assert [each.lacks for each in ends(*looked_for.when(other).happened)] == ["place_in_the_care_record"]
    of_two = after(unnoticed(), fact("placement", placement="K2"))
    one_wrong = correct("placement", NOVEMBER, was="U4", right_on=WEDNESDAY)
    assert ends(*of_two.when(one_wrong).happened) == []


def test_what_was_due_in_a_spell_that_never_was_is_due_no_more() -> None:
    never = correct("entered_care", MONDAY, never_happened=True)
    assert ends(*unnoticed().when(never).happened) == [ended("notice", "fact_corrected", DECEMBER)]


@pytest.mark.rule("reg 13")
def test_a_notice_told_for_the_right_day_of_an_emergency_meets_its_obligation() -> None:
    placed = after(known(), fact("placement", placement="U4", emergency=True))
    told_early = after(placed, fact("school_notified", NOVEMBER, placement_on=NOVEMBER))
    happened = told_early.when(correct("placement", NOVEMBER, was="U4", right_on=WEDNESDAY)).happened
    met = [each for each in of_kind(ObligationMet, happened) if each.obligation == "notify"]
    assert [(each.trigger_on, each.on) for each in met] == [(WEDNESDAY, NOVEMBER)]
    assert of_kind(PlacementNoticeDue, happened) == []


def test_nothing_is_awaited_of_a_placement_in_a_spell_that_never_was() -> None:
    placed = after(known(), PLACED)
    never = placed.given(*placed.when(correct("entered_care", MONDAY, never_happened=True)).happened)
    never.when(LOOK).then(ended("notice", "fact_corrected", TUESDAY))


# Agreement with the record, and with the age


def test_a_year_group_that_the_age_gives_ends_the_flag_of_the_other() -> None:
    other = after(known(), fact("year_group", year_group=8))
    agrees = ended("agreement_with_computed_year_group", "year_group_agrees", WEDNESDAY, "year_group")
    assert ends(*other.when(fact("year_group", WEDNESDAY, year_group=7)).happened) == [agrees]
    assert ends(*other.when(fact("year_group", WEDNESDAY, year_group=9)).happened) == []
    corrected = correct("placement", MONDAY, was="U1", right="U4")
    assert ends(*other.when(corrected).happened) == []


def left_out(kind: Any) -> FactFlagged:
    return FactFlagged(child_ref=REF, on=NOVEMBER, fact=kind, lacks="place_in_the_care_record")


def test_a_fact_that_a_later_record_holds_ends_its_flag() -> None:
    told_by_hand = known().given(SocialWorkerAllocated(child_ref=REF, on=NOVEMBER, social_worker_ref=OTHER_WORKER))
    flag = told_by_hand.given(left_out("social_worker"))
    worked = [SocialWorkerSpell(staff_id="3", began=MONDAY), SocialWorkerSpell(staff_id="4", began=NOVEMBER)]
    holds = told(LEICESTERSHIRE, today=DECEMBER, social_workers=tuple(worked))
    agrees = ended("place_in_the_care_record", "record_agrees", DECEMBER, "social_worker")
    assert ends(*flag.when(holds).happened) == [agrees]
    silent = told(LEICESTERSHIRE, today=DECEMBER)
    assert ends(*flag.when(silent).happened) == []
    nobody = told(LEICESTERSHIRE, today=DECEMBER, social_workers=())
    assert ends(*flag.when(nobody).happened) == []


@pytest.mark.parametrize(("kind", "was"), [("placement", "U1"), ("legal_status", "C2"), ("school", OXFORDSHIRE_SCHOOL)])
def test_each_kind_of_fact_is_found_again(kind: str, was: str) -> None:
    day = date(2026, 9, 2) if kind == "school" else MONDAY
    flag = FactFlagged(child_ref=REF, on=day, fact=kind, lacks="place_in_the_care_record")  # type: ignore[arg-type]
    happened = known().given(flag).when(told(LEICESTERSHIRE, today=DECEMBER)).happened
    assert [(each.fact, each.because) for each in ends(*happened)] == [(kind, "record_agrees")]
    never = correct(kind, day, was=was, never_happened=True)
    assert [each.because for each in ends(*known().given(flag).when(never).happened)] == ["fact_corrected"]


def test_a_first_day_in_care_that_the_record_holds_or_that_was_corrected_is_flagged_no_more() -> None:
    flag = FactFlagged(child_ref=REF, on=MONDAY, fact="entered_care", lacks="place_in_the_care_record")
    flagged_spell = known().given(flag)
    assert [each.because for each in ends(*flagged_spell.when(told(LEICESTERSHIRE, today=DECEMBER)).happened)] == [
        "record_agrees"
    ]
    another_day = correct("entered_care", MONDAY, right_on=date(2026, 9, 14))
    assert [each.because for each in ends(*flagged_spell.when(another_day).happened)] == ["fact_corrected"]


def test_a_record_that_corrects_another_fact_leaves_the_flags_of_the_others() -> None:
    corrects = told(LEICESTERSHIRE, today=DECEMBER, spells=(spell(MONDAY, episode(MONDAY, placement="U4")),))
    assert ends(*unnoticed().when(corrects).happened) == []


# An agreement that a move lacked


def move(on: date = NOVEMBER, urn: str = NEW_SCHOOL) -> RecordFact:
    return school_told(OXFORDSHIRE, on, urn)


def agreed(on: date, for_day: date = NOVEMBER, urn: str | None = NEW_SCHOOL, decision: str = "school_change") -> Any:
    return NoteApproval(child_ref=REF, request_id="r1", decision=decision, on=on, for_day=for_day, school_urn=urn)


def approved(on: date, of: date = NOVEMBER) -> FactFlagCleared:
    return FactFlagCleared(
        child_ref=REF,
        on=of,
        fact="school",
        lacks="approval",
        because="approval_given",
        cleared_on=on,
        decision="school_change",
    )


def doing(scenario: Scenario, *commands: Any) -> Scenario:
    for command in commands:
        scenario = scenario.given(*scenario.when(command).happened)
    return scenario


@pytest.mark.rule("O-91")
@pytest.mark.scenario("T53")
def test_an_agreement_that_comes_after_the_move_ends_its_flag_and_covers_no_other_move() -> None:
    moved = doing(known(OXFORDSHIRE), move())
    outcome = moved.when(agreed(AFTERWARDS))
    settled = outcome.then(
        ApprovalNoted(
            child_ref=REF,
            request_id="r1",
            decision="school_change",
            on=AFTERWARDS,
            school_urn=NEW_SCHOOL,
            for_day=NOVEMBER,
        ),
        approved(AFTERWARDS),
    )
    outcome.then_announced(
        contracts.FactFlagCleared(
            child_ref=REF,
            fact="school",
            on=NOVEMBER,
            lacks="approval",
            because="approval_given",
            cleared_on=AFTERWARDS,
            decision="school_change",
        )
    )
    settled.when(move()).then_nothing()
    back = doing(settled, move(date(2026, 11, 16), "999101")).when(move(date(2026, 11, 30))).happened
    assert [each.on for each in of_kind(NoApprovalRecorded, back)] == [date(2026, 11, 30)]


@pytest.mark.parametrize(
    ("note", "count"),
    [
        (agreed(AFTERWARDS, for_day=date(2026, 11, 20)), 1),  # asked for a later day, and the child is there already
        (agreed(AFTERWARDS, urn="999103"), 0),
        (agreed(AFTERWARDS, decision="key_stage_4_move"), 0),
        (agreed(NOVEMBER), 1),  # later on the very day of the move
        (agreed(date(2026, 10, 30), for_day=AFTERWARDS), 1),  # before its day, of a move that was told in advance
    ],
)
def test_an_agreement_ends_the_flag_of_the_move_that_it_was_asked_for(note: NoteApproval, count: int) -> None:
    assert len(ends(*doing(known(OXFORDSHIRE), move()).when(note).happened)) == count


def test_an_agreement_that_came_in_time_is_used_up_by_the_move_to_that_school() -> None:
    noted = doing(known(OXFORDSHIRE), agreed(date(2026, 10, 20)))
    assert of_kind(NoApprovalRecorded, noted.when(move()).happened) == []
    moved = doing(noted, move(), move(WEDNESDAY, "999103"))
    (again,) = of_kind(NoApprovalRecorded, moved.when(move(AFTERWARDS)).happened)
    assert again.on == AFTERWARDS


def test_two_agreements_end_a_flag_once() -> None:
    noted = doing(known(OXFORDSHIRE), agreed(AFTERWARDS), agreed(date(2026, 11, 10)))
    assert ends(*noted.when(move()).happened) == [approved(AFTERWARDS)]


def test_a_move_without_its_agreement_uses_up_no_agreement_to_another_move() -> None:
    moved = doing(known(OXFORDSHIRE), move(), agreed(WEDNESDAY, for_day=AFTERWARDS, urn="999103"))
    assert of_kind(NoApprovalRecorded, moved.when(move(AFTERWARDS, "999103")).happened) == []


def test_an_agreement_to_go_back_later_says_nothing_of_a_move_that_was_left() -> None:
    left = doing(known(OXFORDSHIRE), move(), move(WEDNESDAY, "999103"))
    assert ends(*left.when(agreed(AFTERWARDS, for_day=date(2026, 11, 20))).happened) == []
    assert ends(*left.when(agreed(AFTERWARDS)).happened) == [approved(AFTERWARDS)]


def test_a_move_that_is_told_after_its_late_agreement_lacks_nothing_now() -> None:
    noted = doing(known(OXFORDSHIRE), agreed(AFTERWARDS))
    happened = noted.when(move()).happened
    assert len(of_kind(NoApprovalRecorded, happened)) == 1
    assert ends(*happened) == [approved(AFTERWARDS)]


def placed_away(on: date = NOVEMBER) -> Any:
    return fact("placement", on, placement="U4", area="out_of_area", emergency=True)


def test_an_agreement_covers_one_placement_whenever_it_was_given() -> None:
    away = "out_of_area_placement"
    noted = doing(known(), agreed(date(2026, 10, 20), urn=None, decision=away))
    first = noted.when(placed_away())
    assert of_kind(NoApprovalRecorded, first.happened) == []
    second = doing(noted, placed_away()).when(placed_away(AFTERWARDS)).happened
    assert [each.on for each in of_kind(NoApprovalRecorded, second)] == [AFTERWARDS]
    late = doing(known(), placed_away()).when(agreed(AFTERWARDS, urn=None, decision=away)).happened
    assert [(each.fact, each.because) for each in ends(*late)] == [("placement", "approval_given")]
    other_day = agreed(AFTERWARDS, for_day=WEDNESDAY, urn=None, decision=away)
    assert ends(*doing(known(), placed_away()).when(other_day).happened) == []


def test_a_move_that_never_was_lacks_no_agreement_and_the_right_one_may() -> None:
    moved = doing(known(OXFORDSHIRE), move())
    never = moved.when(correct("school", NOVEMBER, OXFORDSHIRE, was=NEW_SCHOOL, never_happened=True))
    assert [(each.lacks, each.because) for each in ends(*never.happened)] == [("approval", "fact_corrected")]
    gone = moved.given(*never.happened)
    assert len(of_kind(NoApprovalRecorded, gone.when(move()).happened)) == 1
    later = moved.when(correct("school", NOVEMBER, OXFORDSHIRE, was=NEW_SCHOOL, right_on=AFTERWARDS)).happened
    assert [each.on for each in of_kind(NoApprovalRecorded, later)] == [AFTERWARDS]
    settled = doing(moved, agreed(AFTERWARDS))
    gone_too = settled.when(correct("school", NOVEMBER, OXFORDSHIRE, was=NEW_SCHOOL, never_happened=True))
    assert ends(*gone_too.happened) == []


def test_a_move_to_where_the_child_was_all_the_time_is_none() -> None:
    moved = doing(known(OXFORDSHIRE), move())
    there_before = {"was": OXFORDSHIRE_SCHOOL, "right": NEW_SCHOOL}
    outcome = moved.when(correct("school", date(2026, 9, 2), OXFORDSHIRE, **there_before))
    assert [(each.on, each.because) for each in ends(*outcome.happened)] == [(NOVEMBER, "fact_corrected")]
    schools = (Schooling(school_urn=NEW_SCHOOL, entered=date(2026, 9, 2)),)
    by_record = moved.when(told(OXFORDSHIRE, today=DECEMBER, schooling=schools)).happened
    assert [(each.on, each.because) for each in ends(*by_record)] == [(NOVEMBER, "fact_corrected")]
    settled = doing(moved, agreed(AFTERWARDS))
    assert ends(*settled.when(correct("school", date(2026, 9, 2), OXFORDSHIRE, **there_before)).happened) == []


def test_of_a_child_who_left_care_the_moves_stay_as_they_were_said() -> None:
    left = doing(known(OXFORDSHIRE), move(), left_care_told(WEDNESDAY))
    reason = correct("left_care", WEDNESDAY, OXFORDSHIRE, right="E11")
    assert ends(*left.when(reason).happened) == []


def test_a_placement_outside_the_area_lacks_its_agreement_on_the_right_day_too() -> None:
    away = doing(known(), placed_away())
    moved = away.when(correct("placement", NOVEMBER, was="U4", right_on=WEDNESDAY)).happened
    said = [(each.on, each.emergency) for each in of_kind(NoApprovalRecorded, moved)]
    assert said == [(WEDNESDAY, True)]
    noted = doing(away, agreed(TUESDAY, for_day=WEDNESDAY, urn=None, decision="out_of_area_placement"))
    in_time = noted.when(correct("placement", NOVEMBER, was="U4", right_on=WEDNESDAY)).happened
    assert of_kind(NoApprovalRecorded, in_time) == []
    never = away.when(correct("placement", NOVEMBER, was="U4", never_happened=True)).happened
    assert of_kind(NoApprovalRecorded, never) == []
    same_day = away.when(correct("placement", NOVEMBER, was="U4", right="U1")).happened
    assert (of_kind(NoApprovalRecorded, same_day), ends(*same_day)) == ([], [])


def test_other_corrections_leave_the_flags() -> None:
    worker = correct("social_worker", MONDAY, was=WORKER, right=SIBLING)
    assert ends(*unnoticed().when(worker).happened) == []


# What a person lets be


def let_be(lacks: Any = "notice", fact: Any = "placement", decision: Any = None, on: date = NOVEMBER) -> LetFlagBe:
    return LetFlagBe(
        child_ref=REF,
        fact=fact,
        on=on,
        lacks=lacks,
        decision=decision,
        let_be_on=AFTERWARDS,
        by="a-head",
        reason="The school closed that week.",
    )


def test_who_lets_a_flag_be_says_why_and_it_is_announced_as_ended() -> None:
    outcome = unnoticed().when(let_be())
    outcome.then(
        FlagLetBe(
            child_ref=REF,
            on=NOVEMBER,
            fact="placement",
            lacks="notice",
            decision=None,
            let_be_on=AFTERWARDS,
            by="a-head",
            reason=PlanText.of("The school closed that week."),
        )
    )
    outcome.then_announced(
        contracts.FactFlagCleared(
            child_ref=REF, fact="placement", on=NOVEMBER, lacks="notice", because="let_be", cleared_on=AFTERWARDS
        )
    )


def test_what_was_let_be_is_not_flagged_again_by_the_next_look_and_not_let_be_twice() -> None:
    left = doing(unnoticed(), let_be())
    left.when(LOOK).then_nothing()
    left.when(let_be()).then_nothing()


def test_a_notice_that_comes_all_the_same_is_noted_and_ends_what_was_let_be() -> None:
    happened = doing(unnoticed(), let_be()).when(fact("school_notified", WEDNESDAY, placement_on=NOVEMBER)).happened
    assert ends(*happened) == [ended("notice", "notice_given", WEDNESDAY)]
    assert flagged("notice_in_time") in happened


def test_that_a_notice_came_late_can_be_let_be() -> None:
    late = doing(unnoticed(), fact("school_notified", WEDNESDAY, placement_on=NOVEMBER))
    late.when(let_be("notice_in_time")).then_some(FlagLetBe)


def test_what_was_let_be_of_a_fact_that_was_wrong_is_forgotten_with_it() -> None:
    never = correct("placement", NOVEMBER, was="U4", never_happened=True)
    told_anew = doing(unnoticed(), let_be(), never, PLACED)
    assert of_kind(FactFlagged, told_anew.when(LOOK).happened) == [flagged("notice")]
    doing(told_anew, LOOK).when(let_be()).then_some(FlagLetBe)


def test_a_move_without_agreement_is_let_be_once_and_a_later_agreement_changes_nothing_of_it() -> None:
    moved = doing(known(OXFORDSHIRE), move())
    left = doing(moved, let_be("approval", "school", "school_change"))
    left.when(let_be("approval", "school", "school_change")).then_nothing()
    assert ends(*left.when(agreed(AFTERWARDS)).happened) == []
    left.when(move()).then_nothing()


def test_a_move_that_was_corrected_after_it_was_agreed_to_can_be_let_be() -> None:
    """The agreement was for the school that was told by mistake: the right one has none."""
    agreed_to = doing(known(OXFORDSHIRE), move(), agreed(AFTERWARDS))
    right = correct("school", NOVEMBER, OXFORDSHIRE, was=NEW_SCHOOL, right="999103")
    corrected = doing(agreed_to, right)
    assert [each.school_urn for each in of_kind(NoApprovalRecorded, corrected.history)] == [NEW_SCHOOL, "999103"]
    left = doing(corrected, let_be("approval", "school", "school_change"))
    assert of_kind(FlagLetBe, left.history) != []
    left.when(let_be("approval", "school", "school_change")).then_nothing()


def test_a_placement_without_agreement_can_be_let_be() -> None:
    flags = doing(known(), placed_away())
    flags.when(let_be("approval", decision="out_of_area_placement")).then_some(FlagLetBe)
    left = doing(flags, let_be("approval", decision="out_of_area_placement"))
    left.when(let_be("approval", decision="out_of_area_placement")).then_nothing()


@pytest.mark.parametrize(
    "other",
    [
        let_be("notice_in_time"),
        let_be(on=WEDNESDAY),
        let_be(fact="school"),
        let_be("approval", "school", "key_stage_4_move"),
        let_be("approval", "placement", "school_change"),
        let_be("approval", "school", "school_change", on=WEDNESDAY),
        let_be("notice", "school", "school_change"),
    ],
)
def test_what_is_not_flagged_cannot_be_let_be(other: LetFlagBe) -> None:
    flags = doing(unnoticed(), move())
    flags.when(other).then_refused("That this fact lacks such a thing is not flagged.")
