"""What people look at of single facts, their flags and corrections, and of the register of designated teachers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.scheduling.test_people_and_schools import added
from tests.scheduling.test_projections import LATER, entered, folded
from tests.scheduling.test_what_is_next import due as due_set
from tests.scheduling.worked_examples import MONDAY, REF, WORKER, journal

from pep_kernel.may import Role
from pep_kernel.scenario import Scenario
from pep_kernel.sealed import Contact, Identity, PlanText, ThirdParty
from scheduling.domain.child import events as child
from scheduling.domain.child import fact_events as facts
from scheduling.domain.child.care_record import SchoolRecord
from scheduling.domain.concerns.events import LACReviewScheduled, NoApprovalRecorded
from scheduling.domain.person import events as person
from scheduling.domain.person.commands import VerifyDesignatedTeacher
from scheduling.domain.person.decider import PERSON
from scheduling.projections.child_overview import CHILD_OVERVIEWS
from scheduling.projections.circumstances import CIRCUMSTANCES
from scheduling.projections.designated_teacher import DESIGNATED_TEACHERS, DesignatedTeacher, was_trained
from scheduling.projections.fact_flag import FACT_FLAGS
from scheduling.projections.likeness import CHILD_LIKENESSES

EARLIER = date(2026, 9, 1)


def wrong(fact: Any, on: date, **right: Any) -> facts.FactCorrected:
    return facts.FactCorrected(child_ref=REF, fact=fact, on=on, by=WORKER, reason=PlanText(token="sealed"), **right)


def of(kind: Any, on: date, **more: Any) -> Any:
    return kind(child_ref=REF, on=on, **more)


def test_circumstances_are_shown_by_the_newest_facts() -> None:
    (row,) = folded(
        CIRCUMSTANCES,
        entered(),
        *(
            of(child.PlacementChanged, on, placement="U4", area=area)
            for on, area in ((LATER, "in_area"), (MONDAY, None))
        ),
        *(of(facts.FosteringAllowanceTold, on, paid=paid) for on, paid in ((LATER, True), (MONDAY, False))),
        *(
            of(facts.ReviewingOfficerAssigned, on, reviewing_officer_ref=ref)
            for on, ref in ((LATER, WORKER), (MONDAY, "else"))
        ),
        of(facts.EHCPIssued, LATER),
        of(facts.SpecialEducationalNeedsChanged, MONDAY, special_educational_needs="support"),
        *(of(facts.YearGroupTold, on, year_group=group) for on, group in ((LATER, 8), (MONDAY, 7))),
        of(facts.SchoolMovePlanned, LATER, school_urn="999102"),
        of(LACReviewScheduled, LATER, by="worker-1"),
        *(of(facts.SiblingLinked, MONDAY, sibling_ref=ref) for ref in ("b", "a")),
        of(facts.SiblingUnlinked, LATER, sibling_ref="b"),
    )
    assert (row.placement_area, row.fostering_allowance, row.reviewing_officer_ref) == ("in_area", True, WORKER)
    assert (row.special_educational_needs, row.year_group_told, row.siblings) == ("plan", 8, ("a",))
    assert (row.planned_school_urn, row.planned_school_on, row.review_planned_on) == ("999102", LATER, LATER)


def test_a_planned_school_is_planned_no_more_when_the_child_is_there() -> None:
    planned = of(facts.SchoolMovePlanned, LATER, school_urn="999102")
    elsewhere = of(child.SchoolMoved, LATER, school_urn="999103", special_educational_needs="support")
    (row,) = folded(CIRCUMSTANCES, planned, elsewhere)
    assert (row.planned_school_urn, row.special_educational_needs) == ("999102", "support")
    (row,) = folded(CIRCUMSTANCES, planned, of(child.SchoolMoved, LATER, school_urn="999102"))
    assert (row.planned_school_urn, row.special_educational_needs) == (None, None)


def test_how_care_ended_is_shown_until_the_child_is_in_care_again_or_it_was_not_so() -> None:
    left = of(child.ChildLeftCare, LATER, reason="E2")
    (row,) = folded(CIRCUMSTANCES, entered(), left, of(child.ChildLeftCare, EARLIER, reason="E4A"))
    assert (row.ended, row.ended_on) == ("died", LATER)
    (row,) = folded(CIRCUMSTANCES, left, entered(on=date(2026, 12, 1)))
    assert row.ended is None
    (row,) = folded(CIRCUMSTANCES, left, entered())
    assert row.ended == "died"
    (row,) = folded(CIRCUMSTANCES, left, wrong("left_care", LATER, never_happened=True))
    assert row.ended is None


def test_a_corrected_officer_or_placement_is_not_shown_and_other_corrections_change_nothing_here() -> None:
    officer = of(facts.ReviewingOfficerAssigned, MONDAY, reviewing_officer_ref=WORKER)
    placed = of(child.PlacementChanged, MONDAY, placement="U4", area="in_area")
    (row,) = folded(
        CIRCUMSTANCES,
        officer,
        placed,
        wrong("reviewing_officer", MONDAY, was=WORKER, never_happened=True),
        wrong("placement", MONDAY, was="U4", never_happened=True),
        wrong("school", MONDAY, was="999101", never_happened=True),
    )
    assert (row.reviewing_officer_ref, row.placement_area) == (None, None)


def flag(lacks: Any = "notice", on: date = MONDAY, fact: Any = "placement") -> facts.FactFlagged:
    return of(facts.FactFlagged, on, fact=fact, lacks=lacks)  # type: ignore[no-any-return]


def cleared(lacks: Any = "notice", because: Any = "fact_corrected", **more: Any) -> facts.FactFlagCleared:
    told = {"fact": "placement", "lacks": lacks, "because": because, "cleared_on": LATER, **more}
    return of(facts.FactFlagCleared, MONDAY, **told)  # type: ignore[no-any-return]


def states(*events: Any) -> list[tuple[str, str]]:
    return [(row.lacks, row.state) for row in folded(FACT_FLAGS, *events)]


def test_a_notice_is_awaited_then_given_or_flagged_and_what_was_flagged_ends() -> None:
    due = of(facts.PlacementNoticeDue, MONDAY, due=LATER)
    noted = of(facts.SchoolNotified, LATER, placement_on=MONDAY)
    assert [(row.state, row.due, row.flagged_at) for row in folded(FACT_FLAGS, due)] == [("awaited", LATER, None)]
    (missed,) = folded(FACT_FLAGS, due, flag())
    assert (missed.state, missed.due, missed.decision, missed.flagged_at is None) == ("flagged", LATER, "", False)
    assert states(due, flag(), due) == [("notice", "flagged")]
    (given,) = folded(FACT_FLAGS, due, flag(), noted, cleared(because="notice_given"), flag("notice_in_time"))[:1]
    assert (given.state, given.because, given.ended_on) == ("ended", "notice_given", LATER)
    assert states(due, noted, due) == [("notice", "awaited")]
    assert states(due, flag(), noted, flag("notice_in_time")) == [("notice", "ended"), ("notice_in_time", "late")]
    assert [states(noted), states(cleared()), states(entered())] == [[], [], []]
    assert [(row.due, row.because) for row in folded(FACT_FLAGS, flag(), cleared(), flag())] == [(None, None)]


def test_a_notice_after_an_emergency_is_awaited_by_its_obligation_alone() -> None:
    due = of(facts.PlacementNoticeDue, MONDAY, due=MONDAY)
    assert states(due_set("notify", LATER)) == []
    assert states(due, due_set("notify", LATER)) == []
    assert states(due, flag(), due_set("notify", LATER)) == [("notice", "flagged")]
    assert states(due, due_set("hold", LATER)) == [("notice", "awaited")]


def test_no_notice_is_awaited_of_a_placement_that_was_corrected_away() -> None:
    due = of(facts.PlacementNoticeDue, MONDAY, due=MONDAY)
    assert states(due, wrong("placement", MONDAY, was="U4", never_happened=True)) == []
    assert states(due, wrong("placement", MONDAY, was="U4", right_on=LATER)) == []
    assert states(due, wrong("placement", MONDAY, was="U4", right="U1")) == [("notice", "awaited")]
    assert states(due, wrong("school", MONDAY, was="999101", never_happened=True)) == [("notice", "awaited")]


def test_an_approval_that_is_missing_is_flagged_by_its_decision_until_it_is_given() -> None:
    moved = of(NoApprovalRecorded, MONDAY, decision="school_change", school_urn="999102", emergency=True)
    placed = of(NoApprovalRecorded, MONDAY, decision="out_of_area_placement")
    school, placement = folded(FACT_FLAGS, moved, placed)
    assert (school.fact, school.lacks, school.decision, school.school_urn, school.emergency) == (
        "school",
        "approval",
        "school_change",
        "999102",
        True,
    )
    assert (placement.fact, placement.decision, placement.state) == ("placement", "out_of_area_placement", "flagged")
    given = cleared("approval", "approval_given", fact="school", decision="school_change")
    assert [(row.state, row.because) for row in folded(FACT_FLAGS, moved, given)] == [("ended", "approval_given")]
    (recorded,) = journal(entered())
    assert FACT_FLAGS.fold(None, recorded, (REF, "placement", MONDAY, "notice", "")) is None


@pytest.mark.parametrize(
    ("fact", "told", "column"),
    [
        ("placement", of(child.PlacementChanged, LATER, placement="U4"), "placement"),
        ("legal_status", of(child.LegalStatusChanged, LATER, legal_status="C1"), "legal_status"),
        ("school", of(child.SchoolMoved, LATER, school_urn="999102"), "school_urn"),
        ("social_worker", of(child.SocialWorkerAllocated, LATER, social_worker_ref=WORKER), "social_worker_ref"),
        ("review_held", of(child.ReviewHeld, LATER), "last_review_on"),
    ],
)
def test_a_fact_that_was_wrong_is_not_shown(fact: str, told: Any, column: str) -> None:
    (row,) = folded(CHILD_OVERVIEWS, entered(), told, wrong(fact, LATER))
    assert getattr(row, column) is None
    (row,) = folded(CHILD_OVERVIEWS, entered(), told, wrong(fact, EARLIER))
    assert getattr(row, column) is not None


def test_a_spell_with_another_first_day_keeps_its_verdict() -> None:
    applies = of(child.PEPApplicable, MONDAY, because="entered_care")
    moved = wrong("entered_care", MONDAY, right_on=EARLIER)
    (row,) = folded(CHILD_OVERVIEWS, entered(), applies, moved, entered(on=EARLIER))
    assert (row.in_care_since, row.placement_since, row.legal_status_since) == (EARLIER, EARLIER, EARLIER)
    assert row.pep_applies is True
    placed, ordered = (
        of(child.PlacementChanged, LATER, placement="U4"),
        of(child.LegalStatusChanged, LATER, legal_status="C1"),
    )
    (row,) = folded(CHILD_OVERVIEWS, entered(), placed, ordered, moved)
    assert (row.placement_since, row.legal_status_since) == (LATER, LATER)


def test_a_spell_that_never_was_and_a_leaving_that_never_was_are_not_shown() -> None:
    (row,) = folded(CHILD_OVERVIEWS, entered(), wrong("entered_care", MONDAY, never_happened=True))
    assert (row.in_care_since, row.why_not) == (None, "never_in_care")
    left = of(child.ChildLeftCare, LATER, reason="E4A")
    (row,) = folded(CHILD_OVERVIEWS, entered(), left, wrong("left_care", LATER, never_happened=True))
    assert (row.left_care_on, row.why_not) == (None, None)


def test_what_two_records_of_one_child_share_is_a_row_each() -> None:
    who = child.ChildIdentified(
        child_ref=REF, digests=(("sex", "s"), ("upn", "h1"), ("name and date of birth", "h2")), sex=Identity(token="s")
    )
    assert [(row.likeness, row.child_ref) for row in folded(CHILD_LIKENESSES, who)] == [("h1", REF), ("h2", REF)]


def teacher(urn: str = "999101", **more: Any) -> person.StaffMemberAdded:
    told = {"person_ref": "t", "digest": "d", "role": Role.DESIGNATED_TEACHER.value, "school_urn": urn, **more}
    return person.StaffMemberAdded(name=ThirdParty(token="n"), email=Contact(token="e"), **told)


def test_the_register_holds_designated_teachers_with_deputy_and_training_until_they_leave() -> None:
    verified = person.DesignatedTeacherVerified(
        person_ref="t", on=MONDAY, by="lead", deputy_ref="d", trained_on=EARLIER
    )
    (row,) = folded(DESIGNATED_TEACHERS, teacher(), verified, teacher(digest="d2"))
    assert (row.deputy_ref, row.trained_on, row.verified_on) == ("d", EARLIER, MONDAY)
    (row,) = folded(DESIGNATED_TEACHERS, teacher(), verified, teacher("999102"))
    assert (row.school_urn, row.verified_on) == ("999102", None)
    assert folded(DESIGNATED_TEACHERS, teacher(), person.RoleEnded(person_ref="t", on=LATER)) == []
    assert folded(DESIGNATED_TEACHERS, teacher(role="auditor")) == []
    assert folded(DESIGNATED_TEACHERS, verified) == []


def test_only_a_designated_teacher_is_verified_as_one() -> None:
    verifying = VerifyDesignatedTeacher(person_ref="t", on=MONDAY, by="lead", deputy_ref="d", trained_on=EARLIER)
    works = Scenario(PERSON).given(teacher())
    said = person.DesignatedTeacherVerified(person_ref="t", on=MONDAY, by="lead", deputy_ref="d", trained_on=EARLIER)
    works.when(verifying).then(said).when(verifying).then(said)
    works.when(verifying.model_copy(update={"trained_on": LATER})).then_refused(
        "trained_on: 02/11/2026 is still to come"
    )
    other = Scenario(PERSON).given(*Scenario(PERSON).when(added).happened)
    other.when(verifying).then_refused("not a designated teacher")


def test_a_number_before_and_the_day_of_the_new_one_go_together() -> None:
    with pytest.raises(ValueError, match="go together"):
        SchoolRecord(
            urn="999150",
            name="Elm Sample Academy",
            phase="secondary",
            authority="Oxfordshire",
            predecessor_urn="999101",
        )


@pytest.mark.rule("O-23")
def test_whether_a_leader_was_trained_is_seen_in_the_register() -> None:
    trained = DesignatedTeacher(WORKER, "999101", trained_on=MONDAY)
    assert was_trained([trained], MONDAY) is True
    assert was_trained([trained], EARLIER) is False
    assert was_trained([DesignatedTeacher(WORKER, "999101")], MONDAY) is False
    assert was_trained([], MONDAY) is None
    assert was_trained([trained, trained], MONDAY) is None
