"""Who works here, as the services know it that were told by scheduling."""

from dataclasses import replace
from datetime import date, datetime
from functools import reduce
from uuid import UUID

import pytest
from msgspec import structs

from pep_kernel.announcement import Announcement, Said
from pep_kernel.colleagues import (
    AT_HOME_POLICIES,
    COLLEAGUE,
    COLLEAGUE_POLICIES,
    COLLEAGUES,
    Colleague,
    ColleagueGone,
    ColleagueKnown,
    NoteColleague,
    NoteColleagueGone,
    NoteGranted,
)
from pep_kernel.contracts.scheduling import (
    CarerNamed,
    PupilAccountClosed,
    PupilAccountOpened,
    RoleEnded,
    RoleGranted,
    StaffMemberAdded,
)
from pep_kernel.decider import Act
from pep_kernel.may import granted_on
from pep_kernel.message import Envelope, Event, Person, Recorded
from pep_kernel.scenario import Scenario

AT = datetime.fromisoformat("2026-09-14T10:00:00+01:00")
ID = UUID("0b6e7c9a-f2d3-4c5d-8f00-a1b2c3d4e5f6")
colleague = Scenario(COLLEAGUE)
teacher = ColleagueKnown(person_ref="person-1", role="designated_teacher", school_urn="900001")
gone = ColleagueGone(person_ref="person-1")
note = NoteColleague(person_ref="person-1", role="designated_teacher", school_urn="900001", approval_limit_pence=0)


def test_a_new_colleague_is_known() -> None:
    colleague.when(note).then(teacher)


def test_hearing_it_again_changes_nothing() -> None:
    colleague.given(teacher).when(note).then_nothing()
    colleague.given(teacher, gone).when(NoteColleagueGone(person_ref="person-1")).then_nothing()


def test_another_role_school_or_limit_is_news() -> None:
    colleague.given(teacher).when(note.model_copy(update={"school_urn": "900002"})).then_some(ColleagueKnown)
    colleague.given(teacher).when(note.model_copy(update={"approval_limit_pence": 1})).then_some(ColleagueKnown)


def test_who_has_left_may_come_back() -> None:
    left = colleague.given(teacher).when(NoteColleagueGone(person_ref="person-1")).then(gone)
    left.when(note).then(teacher)


def test_what_is_granted_is_known_until_the_person_leaves_also_when_the_role_changes() -> None:
    granting = NoteGranted(person_ref="person-1", granted=("auditor until 2026-12-31",))
    holding = colleague.given(teacher).when(granting).then(structs.replace(teacher, granted=granting.granted))
    holding.when(granting).then_nothing()
    (moved,) = holding.when(note.model_copy(update={"school_urn": "900002"})).then_some(ColleagueKnown)
    assert moved == structs.replace(teacher, school_urn="900002", granted=granting.granted)
    back = holding.when(NoteColleagueGone(person_ref="person-1")).then(gone).when(note).then(teacher)
    assert back.history[-1] == teacher
    colleague.when(granting).then_nothing()


def test_what_is_granted_for_some_days_is_known_as_it_was_told_and_holds_on_those_days() -> None:
    told = ("auditor", "stands_in_for:person-2 from 2026-11-02 until 2026-11-13")
    act = act_upon(RoleGranted(person_ref="person-1", granted=told))
    assert act is not None
    (known,) = colleague.given(teacher).when(act.command).then_some(ColleagueKnown)
    row = row_after(teacher, known)
    assert row is not None
    away = {day: granted_on(row.granted, date(2026, 11, day)) for day in (1, 2, 13, 14)}
    assert away == {
        1: {"auditor"},
        2: {"auditor", "stands_in_for:person-2"},
        13: {"auditor", "stands_in_for:person-2"},
        14: {"auditor"},
    }
    back = act_upon(RoleGranted(person_ref="person-1", granted=("auditor",)))
    assert back is not None
    (returned,) = colleague.given(teacher, known).when(back.command).then_some(ColleagueKnown)
    assert row_after(teacher, known, returned) == replace(row, granted=("auditor",))


def test_scheduling_tells_what_is_granted() -> None:
    act = act_upon(RoleGranted(person_ref="person-1", granted=("auditor",)))
    assert act == Act(NoteGranted(person_ref="person-1", granted=("auditor",)), ("colleague-person-1",))


def act_upon(announcement: Announcement) -> Act | None:
    said = Said(announcement, "borsetshire", "scheduling", 1, ID, AT, ID)
    return {**COLLEAGUE_POLICIES, **AT_HOME_POLICIES}[type(announcement)](said, None)


def test_scheduling_tells_who_comes() -> None:
    told = StaffMemberAdded(person_ref="person-1", role="virtual_school_officer", approval_limit_pence=50_000)
    command = NoteColleague(
        person_ref="person-1", role="virtual_school_officer", school_urn=None, approval_limit_pence=50_000
    )
    assert act_upon(told) == Act(command, ("colleague-person-1",))


def test_scheduling_tells_which_carers_and_children_sign_in() -> None:
    carer = NoteColleague(person_ref="carer-1", role="carer")
    assert act_upon(CarerNamed(person_ref="carer-1")) == Act(carer, ("colleague-carer-1",))
    child = NoteColleague(person_ref="child-1", role="pupil")
    assert act_upon(PupilAccountOpened(child_ref="child-1")) == Act(child, ("colleague-child-1",))
    closed = act_upon(PupilAccountClosed(child_ref="child-1"))
    assert closed == Act(NoteColleagueGone(person_ref="child-1"), ("colleague-child-1",))


def test_scheduling_tells_who_goes() -> None:
    expected = Act(NoteColleagueGone(person_ref="person-1"), ("colleague-person-1",))
    assert act_upon(RoleEnded(person_ref="person-1")) == expected


class SomethingElse(Event):
    """Not about colleagues."""


def recorded(event: Event) -> Recorded:
    envelope = Envelope(
        event_id=ID,
        type=type(event).__name__,
        schema_version=1,
        authority="borsetshire",
        stream="colleague-person-1",
        version=1,
        occurred_at=AT,
        actor=Person("person-9", "administrator"),
        correlation=ID,
    )
    return Recorded(event, envelope, 1, AT)


def row_after(*events: Event) -> Colleague | None:
    """The row of person 1, folded as the projector folds it."""

    def fold(row: Colleague | None, event: Event) -> Colleague | None:
        concerned = ("person-1",) in COLLEAGUES.keys(recorded(event))
        return COLLEAGUES.fold(row, recorded(event), ("person-1",)) if concerned else row

    return reduce(fold, events, None)


def test_a_colleague_can_be_looked_up_while_they_work_here() -> None:
    row = Colleague("person-1", "designated_teacher", "900001", 0)
    assert row_after(teacher) == row
    assert row_after(teacher, SomethingElse()) == row
    assert row_after(teacher, gone) is None


@pytest.mark.parametrize("limit_pence", [0, 50_000])
def test_the_limit_last_told_is_the_limit(limit_pence: int) -> None:
    raised = ColleagueKnown(person_ref="person-1", role="virtual_school_officer", approval_limit_pence=limit_pence)
    before = Colleague("person-1", "virtual_school_officer", None, 10_000)
    assert COLLEAGUES.fold(before, recorded(raised), ("person-1",)) == replace(before, approval_limit_pence=limit_pence)
