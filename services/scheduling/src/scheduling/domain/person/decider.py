"""Staff come, change roles and go; carers look after children; a child may sign in. Permissions rest on this."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pep_kernel.announcement import Announcement
from pep_kernel.contracts import scheduling as said
from pep_kernel.decider import Decider
from pep_kernel.may import as_granted
from pep_kernel.refusal import Refusal
from pep_kernel.sealed import Contact, ThirdParty
from scheduling.domain.person.commands import (
    AddStaffMember,
    EndGrant,
    EndRole,
    GrantRole,
    LetPupilSignIn,
    LinkCarer,
    PersonCommand,
)
from scheduling.domain.person.events import (
    CarerLinked,
    CarerNamed,
    CarerUnlinked,
    GrantEnded,
    PersonEvent,
    PupilAccountClosed,
    PupilAccountOpened,
    RoleEnded,
    RoleGranted,
    StaffMemberAdded,
)
from scheduling.domain.person.states import Carer, Gone, NotKnown, Person, Pupil, Staff


def decide(person: Person, command: PersonCommand) -> Sequence[PersonEvent]:
    match person, command:
        case Staff(digest=known), AddStaffMember(digest=digest) if digest == known:
            return []
        case NotKnown() | Staff() | Gone(), AddStaffMember():
            return [_staff(command)]
        case Staff(), EndRole(person_ref=ref, on=on):
            return [RoleEnded(person_ref=ref, on=on)]
        case Gone(), EndRole():
            return []
        case Staff(), GrantRole(until=until, on=on) if until is not None and until < on:
            raise Refusal("A grant cannot end before it begins.")
        case Staff(granted=granted), GrantRole(what=what, until=until) if (what, until) in granted:
            return []
        case Staff(), GrantRole():
            return [RoleGranted(**command.model_dump())]
        case Staff(granted=granted), EndGrant(what=what) if what not in dict(granted):
            return []
        case Staff(), EndGrant():
            return [GrantEnded(**command.model_dump())]
        case NotKnown(), LinkCarer():
            return [_carer(command), *_linked(command, frozenset())]
        case Carer(digest=known, child_refs=linked), LinkCarer():
            return [*([_carer(command)] if command.digest != known else []), *_linked(command, linked)]
        case NotKnown(), LetPupilSignIn(child_ref=ref, may_sign_in=True):
            return [PupilAccountOpened(child_ref=ref)]
        case Pupil(), LetPupilSignIn(child_ref=ref, may_sign_in=False):
            return [PupilAccountClosed(child_ref=ref)]
        case NotKnown() | Pupil(), LetPupilSignIn():
            return []
        case _:
            raise Refusal("This person is known in another capacity, or not at all.")


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
        case Staff(), StaffMemberAdded(digest=digest):
            return replace(person, digest=digest)
        case _, StaffMemberAdded(digest=digest):
            return Staff(digest)
        case Staff(), RoleGranted(what=what, until=until):
            return person.with_grant(what, until)
        case Staff(), GrantEnded(what=what):
            return person.without_grant(what)
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
