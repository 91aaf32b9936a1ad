"""Staff, carers and schools: who works here, who looks after whom, where children learn."""

from datetime import date
from typing import Any

import pytest
from tests.scheduling.worked_examples import TODAY, WORKER

from pep_kernel.contracts import scheduling as contracts
from pep_kernel.may import Role
from pep_kernel.scenario import Scenario
from pep_kernel.sealed import ThirdParty
from scheduling.domain.child.care_record import CarerRecord, SchoolRecord, StaffRecord
from scheduling.domain.person.commands import (
    AddStaffMember,
    EndRole,
    LetPupilSignIn,
    LinkCarer,
    UnlinkCarer,
    VerifyDesignatedTeacher,
)
from scheduling.domain.person.decider import PERSON, evolve
from scheduling.domain.person.events import (
    CarerLinked,
    CarerNamed,
    CarerUnlinked,
    DesignatedTeacherVerified,
    GrantEnded,
    PupilAccountClosed,
    PupilAccountOpened,
    RoleEnded,
    StaffMemberAdded,
)
from scheduling.domain.person.states import Carer, Gone, NotKnown, Staff
from scheduling.domain.school.decider import SCHOOL, ListSchool, SchoolListed

person = Scenario(PERSON)
record = StaffRecord(staff_id="3", name="Alex Sample", email="alex@example.org", role=Role.SOCIAL_WORKER, team="North")
added = AddStaffMember(person_ref=WORKER, record=record, digest="d1")
ending = EndRole(person_ref=WORKER, on=date(2026, 12, 1), by="admin")
carer = CarerRecord(carer_id="c1", name="Jo Sample", email="jo@example.org", telephone="01632 960001", child_ids=("7",))
linking = LinkCarer(person_ref="carer", record=carer, child_refs=frozenset({"a", "b"}), digest="d1")


def test_somebody_works_here_in_a_role_and_others_hear_it_without_name_or_address() -> None:
    outcome = person.when(added)
    (told,) = outcome.then_some(StaffMemberAdded)
    assert isinstance(told, StaffMemberAdded)
    assert (told.name.plain, told.email.plain, told.team) == ("Alex Sample", "alex@example.org", "North")
    assert told.approval_limit_pence == 0
    outcome.then_announced(contracts.StaffMemberAdded(person_ref=WORKER, role="social_worker"))


def test_the_same_record_again_says_nothing_and_a_changed_one_says_all_of_it() -> None:
    works_here = person.given(*person.when(added).happened)
    works_here.when(added).then_nothing()
    limited = record.model_copy(update={"approval_limit_pence": 30_000})
    changed = AddStaffMember(person_ref=WORKER, record=limited, digest="d2")
    works_here.when(changed).then_announced(
        contracts.StaffMemberAdded(person_ref=WORKER, role="social_worker", approval_limit_pence=30_000)
    )


def test_others_hear_at_which_school_somebody_works() -> None:
    teacher = record.model_copy(update={"role": Role.DESIGNATED_TEACHER, "school_urn": "999101", "team": None})
    outcome = person.when(AddStaffMember(person_ref=WORKER, record=teacher, digest="d1"))
    outcome.then_announced(
        contracts.StaffMemberAdded(person_ref=WORKER, role="designated_teacher", school_urn="999101")
    )


def test_a_changed_record_is_known_from_then_on() -> None:
    works_here = person.given(*person.when(added).happened)
    changed = AddStaffMember(person_ref=WORKER, record=record, digest="d2")
    changed_once = works_here.given(*works_here.when(changed).happened)
    changed_once.when(changed).then_nothing()
    changed_once.when(added).then_some(StaffMemberAdded)


def test_who_changes_role_or_school_has_the_new_one_from_then_on() -> None:
    works_here = person.given(*person.when(added).happened)
    verify = VerifyDesignatedTeacher(person_ref=WORKER, trained_on=TODAY, on=TODAY, by="head", deputy_ref=None)
    works_here.when(verify).then_refused("is not a designated teacher")
    teacher = record.model_copy(update={"role": Role.DESIGNATED_TEACHER, "school_urn": "999101", "team": None})
    changed = works_here.when(AddStaffMember(person_ref=WORKER, record=teacher, digest="d2"))
    teaches = works_here.given(*changed.happened)
    teaches.when(verify).then_some(DesignatedTeacherVerified)
    teaches.when(verify.model_copy(update={"trained_on": date(2026, 9, 26)})).then_refused("26/09/2026 is still")
    now = PERSON.fold(teaches.history)  # type: ignore[arg-type]
    assert now == Staff("d2", "designated_teacher", "999101")


@pytest.mark.parametrize(
    "other",
    [{"role": Role.VIRTUAL_SCHOOL_HEAD}, {"school_urn": "999101"}, {"approval_limit_pence": 99_999_999}],
)
def test_nobody_gives_themselves_a_role_a_school_or_a_limit_by_the_list_of_staff(other: dict[str, Any]) -> None:
    works_here = person.given(*person.when(added).happened)
    told = AddStaffMember(person_ref=WORKER, record=record.model_copy(update=other), digest="d2", by=WORKER)
    works_here.when(told).then_refused("Nobody grants anything to themselves")
    works_here.when(told.model_copy(update={"by": "admin"})).then_some(StaffMemberAdded)
    works_here.when(told.model_copy(update={"digest": "d1"})).then_nothing()


def test_a_new_name_address_or_team_may_be_ones_own() -> None:
    limited = record.model_copy(update={"approval_limit_pence": 30_000})
    works_here = person.given(*person.when(added.model_copy(update={"record": limited})).happened)
    married = limited.model_copy(update={"name": "Alex Example", "email": "example@example.org", "team": "South"})
    works_here.when(added.model_copy(update={"record": married, "digest": "d2", "by": WORKER})).then_some(
        StaffMemberAdded
    )


def test_who_has_left_may_come_back() -> None:
    works_here = person.given(*person.when(added).happened)
    outcome = works_here.when(ending)
    outcome.then_announced(contracts.RoleEnded(person_ref=WORKER))
    gone = outcome.then(RoleEnded(person_ref=WORKER, on=date(2026, 12, 1)))
    gone.when(ending).then_nothing()
    gone.when(added).then_some(StaffMemberAdded)


@pytest.mark.rule("L-37")
def test_a_carer_is_linked_to_the_children_and_nobody_hears_how_to_reach_them() -> None:
    outcome = person.when(linking)
    named, *links = outcome.then_some(CarerNamed, CarerLinked, CarerLinked)
    assert isinstance(named, CarerNamed)
    assert named.telephone
    assert named.email
    told = (named.name.plain, named.email.plain, named.telephone.plain)
    assert told == ("Jo Sample", "jo@example.org", "01632 960001")
    assert links == [CarerLinked(person_ref="carer", child_ref=ref) for ref in ("a", "b")]
    outcome.then_announced(
        contracts.CarerNamed(person_ref="carer"),
        *(contracts.CarerLinked(person_ref="carer", child_ref=ref) for ref in ("a", "b")),
    )


def test_a_carers_later_record_links_and_unlinks_only_what_is_new() -> None:
    known = person.given(*person.when(linking).happened)
    known.when(linking).then_nothing()
    moved = linking.model_copy(update={"child_refs": frozenset({"b", "c"}), "digest": "d2"})
    happened = known.when(moved)
    happened.then_some(CarerNamed, CarerLinked, CarerUnlinked)
    happened.then_announced(
        contracts.CarerNamed(person_ref="carer"),
        contracts.CarerLinked(person_ref="carer", child_ref="c"),
        contracts.CarerUnlinked(person_ref="carer", child_ref="a"),
    )
    known.given(*happened.happened).when(moved).then_nothing()


def test_a_carer_of_no_child_any_more_is_told_with_an_empty_list() -> None:
    known = person.given(*person.when(linking).happened)
    none = linking.model_copy(update={"child_refs": frozenset(), "record": carer.model_copy(update={"child_ids": ()})})
    gone = known.when(none).then(*(CarerUnlinked(person_ref="carer", child_ref=ref) for ref in ("a", "b")))
    gone.when(none).then_nothing()
    gone.when(linking).then_some(CarerLinked, CarerLinked)


def test_one_link_of_a_carer_ends_and_the_others_stay() -> None:
    known = person.given(*person.when(linking).happened)
    unlinking = UnlinkCarer(person_ref="carer", child_ref="a")
    gone = known.when(unlinking).then(CarerUnlinked(person_ref="carer", child_ref="a"))
    gone.when(unlinking).then_nothing()
    gone.when(linking).then(CarerLinked(person_ref="carer", child_ref="a"))
    person.when(unlinking).then_refused("not at all")


def test_a_child_may_sign_in_from_being_let_to_being_stopped_and_others_hear_it() -> None:
    let = LetPupilSignIn(child_ref="a", may_sign_in=True)
    stopped = let.model_copy(update={"may_sign_in": False})
    person.when(stopped).then_nothing()
    outcome = person.when(let)
    outcome.then_announced(contracts.PupilAccountOpened(child_ref="a"))
    signs_in = outcome.then(PupilAccountOpened(child_ref="a"))
    signs_in.when(let).then_nothing()
    signs_in.when(added).then_refused("another capacity")
    outcome = signs_in.when(stopped)
    outcome.then_announced(contracts.PupilAccountClosed(child_ref="a"))
    outcome.then(PupilAccountClosed(child_ref="a")).when(let).then_some(PupilAccountOpened)


def test_a_carer_is_not_staff_and_who_left_before_anybody_knew_them_is_nobody() -> None:
    caring = person.given(*person.when(linking).happened)
    caring.when(added).then_refused("another capacity")
    caring.when(ending).then_refused("another capacity")
    person.when(ending).then_nothing()


def test_nobody_tells_of_themselves_that_they_left_so_that_an_administrator_stays() -> None:
    works_here = person.given(*person.when(added).happened)
    works_here.when(ending.model_copy(update={"by": WORKER})).then_refused("Nobody ends their own work here")


def test_history_that_cannot_be_is_a_fault() -> None:
    with pytest.raises(TypeError, match="CarerLinked of Staff"):
        evolve(Staff("d", "auditor"), CarerLinked(person_ref="p", child_ref="a"))
    assert evolve(NotKnown(), CarerNamed(person_ref="p", digest="d", name=ThirdParty.of("Jo Sample"))) == Carer("d")


def test_what_was_granted_to_somebody_who_has_left_is_not_announced() -> None:
    ended = GrantEnded(person_ref="p", what="auditor", on=date(2026, 12, 1), by="admin")
    assert PERSON.announce(Gone(), ended) is None


def test_a_school_is_listed_once_and_again_when_something_changes() -> None:
    school = Scenario(SCHOOL)
    listed = SchoolRecord(
        urn="999101",
        ukprn="10099101",
        laestab="9319101",
        name="Elm Sample School",
        phase="secondary",
        authority="Oxfordshire",
    )
    outcome = school.when(ListSchool(record=listed))
    outcome.then_announced(contracts.SchoolListed(urn="999101", ukprn="10099101", laestab="9319101"))
    known = school.given(*outcome.happened)
    known.when(ListSchool(record=listed)).then_nothing()
    academy = listed.model_copy(update={"ukprn": "10099102"})
    known.when(ListSchool(record=academy)).then_some(SchoolListed)


def test_an_academy_keeps_the_number_that_the_school_had_before_and_the_day_it_opened() -> None:
    academy = SchoolRecord(
        urn="999103",
        ukprn="10099103",
        laestab="9319103",
        name="Elm Sample Academy",
        phase="secondary",
        authority="Oxfordshire",
        predecessor_urn="999101",
        opened_on=date(2026, 9, 1),
    )
    Scenario(SCHOOL).when(ListSchool(record=academy)).then(
        SchoolListed(
            urn="999103",
            ukprn="10099103",
            laestab="9319103",
            name="Elm Sample Academy",
            phase="secondary",
            area="Oxfordshire",
            predecessor_urn="999101",
            opened_on=date(2026, 9, 1),
        )
    ).when(ListSchool(record=academy)).then_nothing()
