"""`contact` and `carer_of_child`: how people are reached, and who looks after whom. Names and addresses stay sealed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from pep_kernel.sealed import Contact, ThirdParty
from scheduling.domain.person.events import CarerLinked, CarerNamed, CarerUnlinked, RoleEnded, StaffMemberAdded


@dataclass(frozen=True, slots=True)
class PersonContact:
    """One person who can be reached. A carer has the role `carer`."""

    person_ref: str
    role: str
    school_urn: str | None
    name: ThirdParty
    email: Contact | None
    telephone: Contact | None


def _keys(recorded: Recorded) -> Iterable[Key]:
    match recorded.event:
        case StaffMemberAdded(person_ref=ref) | RoleEnded(person_ref=ref) | CarerNamed(person_ref=ref):
            return ((ref,),)
        case _:
            return ()


def _fold(_row: PersonContact | None, recorded: Recorded, _key: Key) -> PersonContact | None:
    match recorded.event:
        case StaffMemberAdded() as staff:
            return PersonContact(staff.person_ref, staff.role, staff.school_urn, staff.name, staff.email, None)
        case CarerNamed() as carer:
            return PersonContact(carer.person_ref, "carer", None, carer.name, carer.email, carer.telephone)
        case _:
            return None


CONTACTS = ReadModel("contact", PersonContact, ("person_ref",), _keys, _fold)


@dataclass(frozen=True, slots=True)
class CarerOfChild:
    """This person looks after this child."""

    child_ref: str
    person_ref: str


def _link_keys(recorded: Recorded) -> Iterable[Key]:
    match recorded.event:
        case CarerLinked() | CarerUnlinked() as link:
            return ((link.child_ref, link.person_ref),)
        case _:
            return ()


def _link(_row: CarerOfChild | None, recorded: Recorded, key: Key) -> CarerOfChild | None:
    return CarerOfChild(*key) if isinstance(recorded.event, CarerLinked) else None


CARERS_OF_CHILDREN = ReadModel("carer_of_child", CarerOfChild, ("child_ref", "person_ref"), _link_keys, _link)
