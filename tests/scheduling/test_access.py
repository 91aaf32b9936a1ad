"""Who comes near a child's record: delegates, restricted records, broken glass, and what is granted to people."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from pydantic import ValidationError
from tests.scheduling.test_meeting import arrange, nurse
from tests.scheduling.test_people_and_schools import linking
from tests.scheduling.test_projections import folded
from tests.scheduling.worked_examples import MONDAY, OXFORDSHIRE, REF, TODAY, WORKER, journal

from pep_kernel.authority_policy.meetings import Capacity
from pep_kernel.contracts import scheduling as contracts
from pep_kernel.may import NOT_STAFF, Permission, Role
from pep_kernel.scenario import Scenario
from scheduling.domain.access.commands import BreakGlass, EndDelegate, NameDelegate, RestrictRecord, UnrestrictRecord
from scheduling.domain.access.events import (
    DelegateEnded,
    DelegateNamed,
    GlassBroken,
    RecordRestricted,
    RecordUnrestricted,
)
from scheduling.domain.child.care_record import StaffRecord
from scheduling.domain.child.decider import CHILD
from scheduling.domain.child.events import ChildEnteredCare, SocialWorkerAllocated
from scheduling.domain.meeting.decider import MEETING
from scheduling.domain.meeting.events import MeetingDetailsSent, MeetingScheduled
from scheduling.domain.meeting.invitation import withheld
from scheduling.domain.meeting.invitation_events import InviteeListed
from scheduling.domain.meeting.people import GuestInvitee
from scheduling.domain.person.commands import AddStaffMember, EndGrant, GrantRole
from scheduling.domain.person.decider import PERSON
from scheduling.domain.person.events import (
    CarerLinked,
    CarerUnlinked,
    GrantEnded,
    RoleEnded,
    RoleGranted,
    StaffMemberAdded,
)
from scheduling.projections.broken_glass import BROKEN_GLASS
from scheduling.projections.child_overview import CHILD_OVERVIEWS
from scheduling.projections.colleague import COLLEAGUES

TEACHER, DELEGATE = "teacher5" + "a" * 18, "delegate6" + "a" * 17
NOON = datetime.fromisoformat("2026-09-25T12:00:00+01:00")
entered = ChildEnteredCare(
    child_ref=REF, on=MONDAY, born_in_school_year=2014, legal_status="C2", placement="U1", school_urn="999101"
)
child = Scenario(CHILD).given(entered)
naming = NameDelegate(child_ref=REF, on=TODAY, person_ref=DELEGATE, by=TEACHER)
ending = EndDelegate(child_ref=REF, on=TODAY, person_ref=DELEGATE, by=TEACHER)
restricting = RestrictRecord(child_ref=REF, on=TODAY, by="head", reason="Somebody at school knows the family.")
opening = UnrestrictRecord(child_ref=REF, on=TODAY, by="head", reason="That person has left.")
breaking = BreakGlass(child_ref=REF, by="duty", role="social_worker", reason="A call from the police.", at=NOON)


@pytest.mark.rule("O-21")
def test_a_delegate_is_named_once_and_ends_once() -> None:
    outcome = child.when(naming)
    outcome.then_announced(contracts.DelegateNamed(child_ref=REF, on=TODAY, person_ref=DELEGATE))
    named = outcome.then(DelegateNamed(child_ref=REF, on=TODAY, person_ref=DELEGATE, by=TEACHER))
    named.when(naming).then_nothing()
    over = named.when(ending)
    over.then_announced(contracts.DelegateEnded(child_ref=REF, on=TODAY, person_ref=DELEGATE))
    over.then(DelegateEnded(child_ref=REF, on=TODAY, person_ref=DELEGATE, by=TEACHER)).when(ending).then_nothing()


def test_a_record_is_restricted_and_opened_again_and_others_hear_no_reason() -> None:
    child.when(opening).then_nothing()
    outcome = child.when(restricting)
    outcome.then_announced(contracts.RecordRestricted(child_ref=REF, on=TODAY))
    (event,) = outcome.then_some(RecordRestricted)
    restricted = child.given(event)
    restricted.when(restricting).then_nothing()
    opened = restricted.when(opening)
    (again,) = opened.then_some(RecordUnrestricted)
    opened.then_announced(contracts.RecordUnrestricted(child_ref=REF, on=TODAY))
    assert isinstance(event, RecordRestricted)
    assert isinstance(again, RecordUnrestricted)
    assert (event.reason.plain, again.reason.plain) == (restricting.reason, opening.reason)
    restricted.given(again).when(opening).then_nothing()
    restricted.given(again).when(restricting).then_some(RecordRestricted)


def test_broken_glass_stays_broken_for_three_hours_and_the_allocated_worker_is_named_for_the_alert() -> None:
    (event,) = child.when(breaking).then_some(GlassBroken)
    assert isinstance(event, GlassBroken)
    assert (event.until - event.at, event.reason.plain) == (timedelta(hours=3), "A call from the police.")
    told = contracts.GlassBroken(child_ref=REF, person_ref="duty", until=event.until)
    child.when(breaking).then_announced(told)
    allocated = child.given(SocialWorkerAllocated(child_ref=REF, on=MONDAY, social_worker_ref=WORKER))
    allocated.when(breaking).then_announced(told.model_copy(update={"social_worker_ref": WORKER}))
    allocated.given(event).when(breaking).then_some(GlassBroken)


def test_of_a_child_of_whom_nothing_is_known_no_glass_is_broken() -> None:
    Scenario(CHILD).when(breaking).then_refused("Nothing is known")


record = StaffRecord(staff_id="3", name="Alex Sample", email="alex@example.org", role=Role.SOCIAL_WORKER)
added = AddStaffMember(person_ref=WORKER, record=record, digest="d1")
works_here = Scenario(PERSON).given(*Scenario(PERSON).when(added).happened)
granting = GrantRole(
    person_ref=WORKER, what=Permission.RESTRICTED_RECORDS, on=TODAY, until=date(2026, 12, 31), by="admin"
)
taking = EndGrant(person_ref=WORKER, what=Permission.RESTRICTED_RECORDS, on=TODAY, by="admin")


def granted(what: str, until: date | None) -> RoleGranted:
    return RoleGranted(person_ref=WORKER, what=what, on=TODAY, by="admin", until=until)


def test_a_grant_may_be_for_one_day_and_for_none_before_it() -> None:
    works_here.when(granting.model_copy(update={"until": TODAY})).then_some(RoleGranted)
    yesterday = granting.model_copy(update={"until": TODAY - timedelta(days=1)})
    works_here.when(yesterday).then_refused("cannot end before it begins")


def test_what_is_granted_is_told_whole_each_time() -> None:
    outcome = works_here.when(granting)
    outcome.then_announced(contracts.RoleGranted(person_ref=WORKER, granted=("restricted_records until 2026-12-31",)))
    first = outcome.then(granted("restricted_records", date(2026, 12, 31)))
    first.when(granting).then_nothing()
    auditing = first.when(granting.model_copy(update={"what": Role.AUDITOR, "until": None}))
    auditing.then_announced(
        contracts.RoleGranted(person_ref=WORKER, granted=("restricted_records until 2026-12-31", "auditor"))
    )
    both = auditing.then(granted("auditor", None))
    taken = both.when(taking)
    taken.then_announced(contracts.RoleGranted(person_ref=WORKER, granted=("auditor",)))
    left = taken.then(GrantEnded(person_ref=WORKER, what="restricted_records", on=TODAY, by="admin"))
    left.when(taking).then_nothing()


def test_a_grant_outlives_a_change_of_the_record_and_not_the_day_before_it_begins() -> None:
    holding = works_here.given(granted("auditor", None))
    changed = holding.when(added.model_copy(update={"digest": "d2"}))
    (again,) = changed.then_some(StaffMemberAdded)
    same = GrantRole(person_ref=WORKER, what=Role.AUDITOR, on=TODAY, until=None, by="admin")
    holding.given(again).when(same).then_nothing()
    early = granting.model_copy(update={"until": date(2026, 9, 24)})
    works_here.when(early).then_refused("A grant cannot end before it begins.")


@pytest.mark.parametrize("command", [granting, taking])
def test_to_whoever_does_not_work_here_nothing_is_granted(command: GrantRole | EndGrant) -> None:
    Scenario(PERSON).when(command).then_refused("not at all")


@pytest.mark.parametrize("role", sorted(NOT_STAFF))
def test_nobody_is_a_carer_or_a_service_by_the_list_of_staff(role: Role) -> None:
    with pytest.raises(ValidationError, match="is no role of staff"):
        StaffRecord(staff_id="3", name="Alex Sample", email="alex@example.org", role=role)


carer = GuestInvitee(name="Jo Sample", email="jo@example.org", capacity=Capacity.CARER)


@pytest.mark.rule("L-37")
@pytest.mark.scenario("T26")
def test_how_a_carer_is_reached_is_not_kept_when_a_school_writes_it_and_the_log_says_so_without_it() -> None:
    command = arrange(rules=OXFORDSHIRE, first=False, invitees=(carer, nurse), by_role="designated_teacher")
    outcome = Scenario(MEETING).when(command)
    _, listed, other, _ = outcome.then_some(MeetingScheduled, InviteeListed, InviteeListed, MeetingDetailsSent)
    assert isinstance(listed, InviteeListed)
    assert isinstance(other, InviteeListed)
    assert (listed.email, listed.address_withheld) == (None, True)
    assert "jo@example.org" not in repr(listed)
    assert other.email is not None
    assert withheld(command) == ["guest-1"]


@pytest.mark.rule("L-37")
@pytest.mark.parametrize("role", ["social_worker", "pep_coordinator"])
def test_the_authority_may_write_how_a_carer_is_reached(role: str) -> None:
    assert withheld(arrange(invitees=(carer,), by_role=role)) == []


def test_a_carers_grant_is_refused_since_a_carer_is_no_staff() -> None:
    caring = Scenario(PERSON).given(*Scenario(PERSON).when(linking).happened)
    caring.when(granting).then_refused("in another capacity")


def test_a_childs_row_says_who_may_come_near_it() -> None:
    (glass,) = child.when(breaking).then_some(GlassBroken)
    (restricted,) = child.when(restricting).then_some(RecordRestricted)
    named = DelegateNamed(child_ref=REF, on=TODAY, person_ref=DELEGATE, by=TEACHER)
    cared_for = CarerLinked(person_ref="carer", child_ref=REF)
    (row,) = folded(CHILD_OVERVIEWS, entered, named, cared_for, restricted, glass)
    assert (row.delegates, row.carers, row.restricted) == ((DELEGATE,), ("carer",), True)
    assert row.glass == ("duty 2026-09-25T15:00:00+01:00",)
    (opened,) = child.given(restricted).when(opening).then_some(RecordUnrestricted)
    over = DelegateEnded(child_ref=REF, on=TODAY, person_ref=DELEGATE, by=TEACHER)
    left = CarerUnlinked(person_ref="carer", child_ref=REF)
    (row,) = folded(CHILD_OVERVIEWS, entered, named, cared_for, restricted, over, left, opened)
    assert (row.delegates, row.carers, row.restricted, row.glass) == ((), (), False, ())


def test_each_time_that_glass_is_broken_stands_in_the_list() -> None:
    (glass,) = child.when(breaking).then_some(GlassBroken)
    (later,) = child.when(breaking.model_copy(update={"at": NOON + timedelta(hours=1)})).then_some(GlassBroken)
    assert [row.until.hour for row in folded(BROKEN_GLASS, entered, glass, later)] == [15, 16]
    (told,) = journal(entered)
    assert BROKEN_GLASS.fold(None, told, ()) is None


def test_a_colleagues_row_says_what_is_granted() -> None:
    (works,) = Scenario(PERSON).when(added).then_some(StaffMemberAdded)
    auditing, until = granted("auditor", None), granted("restricted_records", date(2026, 12, 31))
    (row,) = folded(COLLEAGUES, works, auditing, until, works)
    assert row.granted == ("auditor", "restricted_records until 2026-12-31")
    taken = GrantEnded(person_ref=WORKER, what="auditor", on=TODAY, by="admin")
    (row,) = folded(COLLEAGUES, works, auditing, until, taken)
    assert row.granted == ("restricted_records until 2026-12-31",)
    assert folded(COLLEAGUES, works, auditing, RoleEnded(person_ref=WORKER, on=TODAY)) == []
