"""Who works here in which role, at which school."""

from datetime import date

from msgspec import structs

from notifications.domain.roster import ROSTER, Roster
from pep_kernel.colleagues import ColleagueGone, ColleagueKnown, NoteColleague, NoteColleagueGone, NoteGranted
from pep_kernel.scenario import Scenario

MONDAY = date(2026, 11, 2)
roster = Scenario(ROSTER)
teacher = ColleagueKnown(person_ref="teacher-1", role="designated_teacher", school_urn="100001")
teacher_elsewhere = ColleagueKnown(person_ref="teacher-2", role="designated_teacher", school_urn="100002")
officer = ColleagueKnown(person_ref="officer-1", role="virtual_school_officer")
STAFF: Roster = ROSTER.fold((teacher, teacher_elsewhere, officer))


def note(known: ColleagueKnown) -> NoteColleague:
    return NoteColleague(
        person_ref=known.person_ref, role=known.role, school_urn=known.school_urn, approval_limit_pence=0
    )


def test_somebody_new_is_listed_once() -> None:
    roster.when(note(teacher)).then(teacher).when(note(teacher)).then_nothing()


def test_a_changed_role_is_listed_anew() -> None:
    promoted = ColleagueKnown(person_ref="officer-1", role="senior_virtual_school_officer")
    roster.given(officer).when(note(promoted)).then(promoted)


def test_somebody_who_left_is_listed_no_more() -> None:
    after = roster.given(teacher, officer).when(NoteColleagueGone(person_ref="teacher-1"))
    after.then(ColleagueGone(person_ref="teacher-1")).when(NoteColleagueGone(person_ref="teacher-1")).then_nothing()
    assert ROSTER.fold((teacher, officer, ColleagueGone(person_ref="teacher-1"))).people == {"officer-1": officer}


def test_what_is_granted_stands_beside_the_role() -> None:
    granting = NoteGranted(person_ref="officer-1", granted=("auditor",))
    roster.given(officer).when(granting).then(structs.replace(officer, granted=("auditor",)))
    roster.when(granting).then_nothing()


def test_people_are_found_by_role_and_teachers_by_school() -> None:
    assert STAFF.in_roles({"designated_teacher"}, MONDAY) == ("teacher-1", "teacher-2")
    assert STAFF.designated_teachers("100002", MONDAY) == ("teacher-2",)
    assert STAFF.designated_teachers("100003", MONDAY) == ()


def test_a_deputy_is_found_in_the_absent_persons_role_on_those_days_only() -> None:
    days = " from 2026-11-02 until 2026-11-13"
    head = ColleagueKnown(person_ref="head-1", role="virtual_school_head")
    granted = structs.replace(officer, granted=(f"stands_in_for:head-1{days}", f"stands_in_for:worker-1{days}"))
    cover = ColleagueKnown(
        person_ref="cover", role="delegate", school_urn="100009", granted=(f"stands_in_for:teacher-1{days}",)
    )
    roster: Roster = ROSTER.fold((teacher, granted, cover, head))
    found = {
        day: (
            roster.in_roles({"virtual_school_head"}, day),
            roster.deputies("worker-1", day),
            roster.designated_teachers("100001", day),
        )
        for day in (date(2026, 11, 1), MONDAY, date(2026, 11, 14))
    }
    nobody: tuple[str, ...] = ()
    alone = (("head-1",), nobody, ("teacher-1",))
    both = (("head-1", "officer-1"), ("officer-1",), ("cover", "teacher-1"))
    assert list(found.values()) == [alone, both, alone]
    assert roster.designated_teachers("100009", MONDAY) == (), "the deputy is none at the own school"
