"""What goes with a child to another authority, and what does not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.scheduling.single_facts import fact
from tests.scheduling.test_facts_by_themselves import known
from tests.scheduling.worked_examples import (
    LEICESTERSHIRE,
    OXFORDSHIRE,
    OXFORDSHIRE_SCHOOL,
    REF,
    TODAY,
    WORKER,
    digests_of,
    judging,
    told,
)

from pep_kernel.refusal import Refusal
from pep_kernel.scenario import Scenario
from scheduling.domain.child.care_record import CareRecord, ChildName, Schooling
from scheduling.domain.child.commands import AcceptResponsibility, NoteMeetingHeld, NoteMeetingScheduled
from scheduling.domain.child.decider import CHILD
from scheduling.domain.child.events import ChildEnteredCare, ChildIdentified, ReviewHeld, SchoolMoved
from scheduling.domain.child.fact_events import CareResponsibilityAccepted, EHCPIssued
from scheduling.domain.child.states import Child
from scheduling.domain.hand_over import HELD_BACK, Acceptance, HandOverPack, as_record, packed, sha256_of

OPENED = {
    "given_name": "Robin",
    "family_name": "Example",
    "preferred_name": None,
    "language": "cy",
    "date_of_birth": "2014-11-05",
    "upn": None,
}
NOVEMBER = date(2026, 11, 2)


def state(scenario: Scenario) -> Child:
    found: Child = CHILD.fold(scenario.history)  # type: ignore[arg-type]
    return found


def transferred(*before: Any) -> Child:
    here = known(OXFORDSHIRE).given(*before)
    return state(here.given(*here.when(fact("responsibility_transferred", to_authority="leicestershire")).happened))


def accepted(pack: HandOverPack, **changes: Any) -> Acceptance:
    own = {"child_id": "99", "sex": "F", "legal_status": "C2", "placement": "U1"}
    return Acceptance(**{"pack": pack, "sha256": sha256_of(pack), **own, **changes})


@pytest.mark.parametrize("rules", [LEICESTERSHIRE, OXFORDSHIRE], ids=["no day to hold it by", "held in time"])
def test_the_last_pep_goes_with_the_child_whatever_was_due(rules: Any) -> None:
    meeting = NoteMeetingHeld(**judging(rules), meeting_id="meeting-1", on=date(2026, 10, 6), outcome="PEP")
    held = known(rules).when(meeting)
    assert packed(transferred(*held.happened), "oxfordshire", OPENED).last_pep == date(2026, 10, 6)


@pytest.mark.rule("O-28")
def test_the_pack_holds_who_the_child_is_and_what_was_learned_where_and_nobody_else() -> None:
    held = known(OXFORDSHIRE).when(
        NoteMeetingHeld(**judging(OXFORDSHIRE), meeting_id="meeting-1", on=date(2026, 10, 6), outcome="PEP")
    )
    plan = EHCPIssued(child_ref=REF, on=TODAY)
    pack = packed(transferred(*held.happened, ReviewHeld(child_ref=REF, on=TODAY), plan), "oxfordshire", OPENED)
    assert (pack.from_authority, pack.to_authority, pack.on) == ("oxfordshire", "leicestershire", NOVEMBER)
    assert [each.school_urn for each in pack.schools] == [OXFORDSHIRE_SCHOOL]
    assert (pack.last_pep, pack.reviews, pack.special_educational_needs) == (date(2026, 10, 6), (TODAY,), "plan")
    assert pack.held_back == HELD_BACK
    assert WORKER not in pack.model_dump_json()


def test_the_name_the_number_and_every_review_come_to_the_other_authority_as_they_were() -> None:
    opened = {**OPENED, "preferred_name": "Rob", "upn": "P207000016049"}
    before = ReviewHeld(child_ref=REF, on=date(2026, 9, 24))
    pack = packed(transferred(ReviewHeld(child_ref=REF, on=TODAY), before), "oxfordshire", opened)
    robin = ChildName(given="Robin", family="Example", preferred="Rob", language="cy")
    assert (pack.name, pack.date_of_birth, pack.upn) == (robin, date(2014, 11, 5), "P207000016049")
    record = as_record(accepted(pack), "leicestershire")
    assert (record.name, record.date_of_birth, record.upn, record.sex) == (robin, pack.date_of_birth, pack.upn, "F")
    assert record.reviews == (date(2026, 9, 24), TODAY)
    assert packed(transferred(), "oxfordshire", {**opened, "given_name": None}).name is None


def test_a_meeting_that_was_only_arranged_is_no_last_pep() -> None:
    """What meets another obligation than "hold" is no meeting that was held."""
    arranged = known(OXFORDSHIRE).when(
        NoteMeetingScheduled(
            child_ref=REF, meeting_id="m1", on=TODAY, for_day=date(2026, 10, 6), after_due_because=None
        )
    )
    assert packed(transferred(*arranged.happened), "oxfordshire", OPENED).last_pep is None


def test_before_the_transfer_is_recorded_there_is_no_pack() -> None:
    with pytest.raises(Refusal, match="only once the transfer"):
        packed(state(known()), "oxfordshire", OPENED)


def test_a_child_without_a_name_or_needs_has_a_pack_too() -> None:
    pack = packed(transferred(), "oxfordshire", {**OPENED, "family_name": None})
    assert (pack.name, pack.special_educational_needs, pack.last_pep) == (None, None, None)
    assert as_record(accepted(pack), "leicestershire").last_pep is None


def test_the_other_authority_makes_its_own_record_from_that_day() -> None:
    moved = SchoolMoved(child_ref=REF, on=date(2026, 10, 12), school_urn=None)
    pack = packed(transferred(moved), "oxfordshire", OPENED).model_copy(update={"last_pep": TODAY})
    record = as_record(accepted(pack), "leicestershire")
    (schooling,) = record.schooling
    assert (schooling.entered, schooling.left) == (date(2026, 9, 2), date(2026, 10, 11)), "the last day at the school"
    assert [spell.began for spell in record.spells] == [NOVEMBER]
    assert record.last_pep is not None
    assert (record.child_id, record.last_pep.held) == ("99", TODAY)


def test_the_help_that_a_record_told_of_goes_with_the_child() -> None:
    helped = Schooling(school_urn=OXFORDSHIRE_SCHOOL, entered=date(2026, 9, 2), special_educational_needs="plan")
    recorded = known(OXFORDSHIRE).when(told(OXFORDSHIRE, schooling=(helped,)))
    pack = packed(transferred(*recorded.happened), "oxfordshire", OPENED)
    assert pack.special_educational_needs == "plan"
    (schooling,) = as_record(accepted(pack), "leicestershire").schooling
    assert schooling.special_educational_needs == "plan"


def test_a_pack_for_another_authority_or_an_altered_one_is_not_accepted() -> None:
    pack = packed(transferred(), "oxfordshire", OPENED)
    with pytest.raises(Refusal, match="made for another authority"):
        as_record(accepted(pack), "nonesuch")
    altered = pack.model_copy(update={"upn": "P207000016049"})
    with pytest.raises(Refusal, match="not the one that was sent"):
        as_record(accepted(altered, sha256=sha256_of(pack)), "leicestershire")


def accepting(record: CareRecord) -> AcceptResponsibility:
    given = told(LEICESTERSHIRE, today=date(2026, 12, 1))
    judged = {name: getattr(given, name) for name in ("child_ref", "rules", "calendar_for", "workers", "today")}
    return AcceptResponsibility(
        **judged,
        record=record,
        digests=digests_of(record),
        from_authority="oxfordshire",
        pack_sha256="a" * 64,
        by=WORKER,
    )


def test_accepting_opens_the_childs_own_stream_here_once() -> None:
    record = as_record(accepted(packed(transferred(), "oxfordshire", OPENED)), "leicestershire")
    outcome = Scenario(CHILD).when(accepting(record))
    kinds = [type(event) for event in outcome.happened[:4]]
    assert kinds == [CareResponsibilityAccepted, ChildIdentified, ChildEnteredCare, SchoolMoved]
    there = Scenario(CHILD).given(*outcome.happened)
    there.when(accepting(record)).then_refused("in this authority's care already, since 02/11/2026")
    known().when(accepting(record)).then_refused("correct that spell first")
