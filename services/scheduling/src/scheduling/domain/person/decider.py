"""Staff come, change roles and go; carers look after children; a child may sign in. Permissions rest on this."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from pep_kernel.announcement import Announcement
from pep_kernel.contracts import scheduling as said
from pep_kernel.decider import Decider
from pep_kernel.may import Role, as_granted
from pep_kernel.refusal import Refusal
from pep_kernel.sealed import Contact, ThirdParty
from scheduling.domain.child.care_record import StaffRecord
from scheduling.domain.person.commands import (
    AddStaffMember,
    EndAbsence,
    EndGrant,
    EndRole,
    GrantRole,
    LetPupilSignIn,
    LinkCarer,
    PersonCommand,
    RecordAbsence,
    UnlinkCarer,
    VerifyDesignatedTeacher,
)
from scheduling.domain.person.events import (
    CarerLinked,
    CarerNamed,
    CarerUnlinked,
    DesignatedTeacherVerified,
    GrantEnded,
    PersonEvent,
    PupilAccountClosed,
    PupilAccountOpened,
    RoleEnded,
    RoleGranted,
    StaffAbsent,
    StaffMemberAdded,
    StaffReturned,
)
from scheduling.domain.person.states import Absence, Carer, Gone, NotKnown, Person, Pupil, Staff

LONGEST_ABSENCE = timedelta(days=366)


def decide(person: Person, command: PersonCommand) -> Sequence[PersonEvent]:
    match person, command:
        case Staff(digest=known), AddStaffMember(digest=digest) if digest == known:
            return []
        case Staff() as staff, AddStaffMember(person_ref=ref, by=by) if ref == by and _tells_of_another_job(
            staff, command.record
        ):
            raise Refusal(
                "Nobody grants anything to themselves: another administrator tells your role, school and limit."
            )
        case NotKnown() | Staff() | Gone(), AddStaffMember():
            return [_staff(command)]
        case Staff(), EndRole(person_ref=ref, by=by) if ref == by:
            raise Refusal("Nobody ends their own work here: another administrator tells that you have left.")
        case Staff(), EndRole(person_ref=ref, on=on):
            return [RoleEnded(person_ref=ref, on=on)]
        case NotKnown() | Gone(), EndRole():
            return []
        case Staff(), GrantRole(until=until, on=on) if until is not None and until < on:
            raise Refusal("A grant cannot end before it begins.")
        case Staff(granted=granted), GrantRole(what=what, until=until, since=since) if (what, until, since) in granted:
            return []
        case Staff(), GrantRole():
            return [RoleGranted(**command.model_dump())]
        case Staff() as staff, EndGrant(what=what, since=since) if staff.without_grant(what, since) == staff:
            return []
        case Staff(), EndGrant():
            return [GrantEnded(**command.model_dump())]
        case Staff() as staff, RecordAbsence():
            return _absent(staff, command)
        case Staff() as staff, EndAbsence():
            return _returned(staff, command)
        case Staff(role=Role.DESIGNATED_TEACHER), VerifyDesignatedTeacher(trained_on=day, on=on) if day and day > on:
            raise Refusal(f"trained_on: {day:%d/%m/%Y} is still to come.")
        case Staff(role=Role.DESIGNATED_TEACHER), VerifyDesignatedTeacher():
            return [DesignatedTeacherVerified(**command.model_dump())]
        case Staff(), VerifyDesignatedTeacher():
            raise Refusal("This person is not a designated teacher.")
        case NotKnown(), LinkCarer():
            return [_carer(command), *_linked(command, frozenset())]
        case Carer(digest=known, child_refs=linked), LinkCarer():
            return [*([_carer(command)] if command.digest != known else []), *_linked(command, linked)]
        case Carer(child_refs=linked), UnlinkCarer(person_ref=ref, child_ref=child):
            return [CarerUnlinked(person_ref=ref, child_ref=child)] if child in linked else []
        case NotKnown(), LetPupilSignIn(child_ref=ref, may_sign_in=True):
            return [PupilAccountOpened(child_ref=ref)]
        case Pupil(), LetPupilSignIn(child_ref=ref, may_sign_in=False):
            return [PupilAccountClosed(child_ref=ref)]
        case NotKnown() | Pupil(), LetPupilSignIn():
            return []
        case _:
            raise Refusal("This person is known in another capacity, or not at all.")


def _absent(staff: Staff, command: RecordAbsence) -> list[PersonEvent]:
    told = Absence(command.on, command.until, command.deputy_ref)
    if told in staff.absences:
        return []
    if command.until < command.on:
        raise Refusal("until: an absence cannot end before it begins.")
    if command.until > command.on + LONGEST_ABSENCE:
        raise Refusal("until: an absence is recorded for a year at most. One that goes on is recorded again.")
    if command.deputy_ref == command.person_ref:
        raise Refusal("deputy_ref: nobody stands in for themselves.")
    clash = next((each for each in staff.absences if each.on <= told.until and told.on <= each.until), None)
    if clash is not None:
        raise Refusal(
            f"on: an absence from {clash.on:%d/%m/%Y} to {clash.until:%d/%m/%Y} is known. End that one first."
        )
    return [StaffAbsent(**command.model_dump())]


def _returned(staff: Staff, command: EndAbsence) -> list[PersonEvent]:
    away = staff.absence(command.on, command.absent_on)
    if away is not None:
        return [StaffReturned(person_ref=command.person_ref, on=command.on, absent_on=away.on, by=command.by)]
    if command.absent_on is not None:
        raise Refusal(f"absent_on: no absence from {command.absent_on:%d/%m/%Y} is known that is not over.")
    return []


def _tells_of_another_job(staff: Staff, record: StaffRecord) -> bool:
    """Or of another limit. Name, address and team allow nothing."""
    told = (record.role.value, record.school_urn, record.approval_limit_pence or 0)
    return told != (*staff.job, staff.approval_limit_pence)


def _staff(command: AddStaffMember) -> StaffMemberAdded:
    record = command.record
    return StaffMemberAdded(
        person_ref=command.person_ref,
        digest=command.digest,
        role=record.role.value,
        name=ThirdParty.of(record.name),
        email=Contact.of(record.email),
        school_urn=record.school_urn,
        team=record.team,
        approval_limit_pence=record.approval_limit_pence or 0,
    )


def _carer(command: LinkCarer) -> CarerNamed:
    record = command.record
    return CarerNamed(
        person_ref=command.person_ref,
        digest=command.digest,
        name=ThirdParty.of(record.name),
        email=Contact.optional(record.email),
        telephone=Contact.optional(record.telephone),
    )


def _linked(command: LinkCarer, known: frozenset[str]) -> list[PersonEvent]:
    ref = command.person_ref
    new = [CarerLinked(person_ref=ref, child_ref=child) for child in sorted(command.child_refs - known)]
    return [*new, *(CarerUnlinked(person_ref=ref, child_ref=child) for child in sorted(known - command.child_refs))]


def evolve(person: Person, event: PersonEvent) -> Person:
    match person, event:
        case Staff(), StaffMemberAdded(digest=digest, role=role, school_urn=urn, approval_limit_pence=limit_pence):
            return replace(person, digest=digest, role=role, school_urn=urn, approval_limit_pence=limit_pence)
        case _, StaffMemberAdded(digest=digest, role=role, school_urn=urn, approval_limit_pence=limit_pence):
            return Staff(digest, role, urn, approval_limit_pence=limit_pence)
        case Staff(), RoleGranted(what=what, until=until, since=since):
            return person.with_grant((what, until, since))
        case Staff(absences=absences), StaffAbsent(on=on, until=until, deputy_ref=deputy):
            return replace(person, absences=(*absences, Absence(on, until, deputy)))
        case Staff(absences=absences), StaffReturned(absent_on=first):
            return replace(person, absences=tuple(each for each in absences if each.on != first))
        case Staff(), GrantEnded(what=what, since=since):
            return person.without_grant(what, since)
        case Staff(), DesignatedTeacherVerified():
            return person
        case _, RoleEnded():
            return Gone()
        case Carer(), CarerNamed(digest=digest):
            return replace(person, digest=digest)
        case _, CarerNamed(digest=digest):
            return Carer(digest)
        case Carer(child_refs=linked), CarerLinked(child_ref=child):
            return replace(person, child_refs=linked | {child})
        case Carer(child_refs=linked), CarerUnlinked(child_ref=child):
            return replace(person, child_refs=linked - {child})
        case NotKnown(), PupilAccountOpened():
            return Pupil()
        case Pupil(), PupilAccountClosed():
            return NotKnown()
        case _:
            raise TypeError(f"{type(event).__name__} of {type(person).__name__}")


def announce(person: Person, event: PersonEvent) -> Announcement | None:
    match person, event:
        case Staff(granted=granted), RoleGranted(person_ref=ref) | GrantEnded(person_ref=ref):
            return said.RoleGranted(person_ref=ref, granted=tuple(as_granted(*each) for each in granted))
        case _, StaffMemberAdded(person_ref=ref, role=role, school_urn=urn, approval_limit_pence=limit_pence):
            return said.StaffMemberAdded(person_ref=ref, role=role, school_urn=urn, approval_limit_pence=limit_pence)
        case _, StaffAbsent(person_ref=ref, on=on, until=until, deputy_ref=deputy):
            return said.StaffAbsent(person_ref=ref, on=on, until=until, deputy_ref=deputy)
        case _, StaffReturned(person_ref=ref, on=on):
            return said.StaffReturned(person_ref=ref, on=on)
        case _, RoleEnded(person_ref=ref):
            return said.RoleEnded(person_ref=ref)
        case _, CarerNamed(person_ref=ref):
            return said.CarerNamed(person_ref=ref)
        case _, CarerLinked(person_ref=ref, child_ref=child):
            return said.CarerLinked(person_ref=ref, child_ref=child)
        case _, CarerUnlinked(person_ref=ref, child_ref=child):
            return said.CarerUnlinked(person_ref=ref, child_ref=child)
        case _, PupilAccountOpened(child_ref=child):
            return said.PupilAccountOpened(child_ref=child)
        case _, PupilAccountClosed(child_ref=child):
            return said.PupilAccountClosed(child_ref=child)
        case _:
            return None


PERSON: Decider[Person, PersonCommand, PersonEvent] = Decider(NotKnown(), decide, evolve, announce)
