"""Who may do what: one pure function that every route asks, with the reason for its answer.

Roles and relationships come from facts in the log, never from a claim in a token.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The jobs of the people around a child's education, and of OpenPEP's own services."""

    SOCIAL_WORKER = "social_worker"
    TEAM_MANAGER = "team_manager"
    DESIGNATED_TEACHER = "designated_teacher"
    PEP_COORDINATOR = "pep_coordinator"
    VIRTUAL_SCHOOL_OFFICER = "virtual_school_officer"
    SENIOR_VIRTUAL_SCHOOL_OFFICER = "senior_virtual_school_officer"
    VIRTUAL_SCHOOL_HEAD = "virtual_school_head"
    INDEPENDENT_REVIEWING_OFFICER = "independent_reviewing_officer"
    SCHOOL_FINANCE = "school_finance"
    AUTHORITY_FINANCE = "authority_finance"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Signed:
    """Somebody who signed in, as the facts in the log know them."""

    authority: str
    person_ref: str
    role: Role
    school_urn: str | None = None
    approval_limit_pence: int = 0


@dataclass(frozen=True, slots=True)
class Resource:
    """What is acted upon: as much of it as permission depends on."""

    child_ref: str | None = None
    school_urn: str | None = None
    social_worker_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes or no, and why, in a sentence fit for the person who asked."""

    allowed: bool
    reason: str


Relation = Callable[[Signed, Resource], bool]


def anyone(_signed: Signed, _resource: Resource) -> bool:
    return True


def their_school(signed: Signed, resource: Resource) -> bool:
    return signed.school_urn is not None and signed.school_urn == resource.school_urn


def allocated(signed: Signed, resource: Resource) -> bool:
    return signed.person_ref == resource.social_worker_ref


_NEEDS: dict[Relation, str] = {
    their_school: "needs a child who is on the roll of this person's school",
    allocated: "needs a child who is allocated to this social worker",
}

_VIRTUAL_SCHOOL: dict[Role, Relation] = {
    Role.PEP_COORDINATOR: anyone,
    Role.VIRTUAL_SCHOOL_OFFICER: anyone,
    Role.SENIOR_VIRTUAL_SCHOOL_OFFICER: anyone,
    Role.VIRTUAL_SCHOOL_HEAD: anyone,
}
_QUALITY_ASSURERS: dict[Role, Relation] = {
    Role.VIRTUAL_SCHOOL_OFFICER: anyone,
    Role.SENIOR_VIRTUAL_SCHOOL_OFFICER: anyone,
    Role.VIRTUAL_SCHOOL_HEAD: anyone,
}
_AROUND_THE_CHILD: dict[Role, Relation] = {Role.SOCIAL_WORKER: allocated, Role.DESIGNATED_TEACHER: their_school}

GRANTS: dict[str, dict[Role, Relation]] = {
    "import care records": {Role.ADMINISTRATOR: anyone},
    "ask for contacts": {Role.SERVICE: anyone},
    "read progress of services": {Role.SERVICE: anyone, Role.AUDITOR: anyone, Role.ADMINISTRATOR: anyone},
    "read child": {**_AROUND_THE_CHILD, **_VIRTUAL_SCHOOL, Role.AUDITOR: anyone},
    "list children": {**dict.fromkeys(_AROUND_THE_CHILD, anyone), **_VIRTUAL_SCHOOL, Role.AUDITOR: anyone},
    "list due dates": {**_VIRTUAL_SCHOOL, Role.AUDITOR: anyone},
    "schedule meeting": {Role.PEP_COORDINATOR: anyone, **_AROUND_THE_CHILD},
    "record meeting": {**_VIRTUAL_SCHOOL, **_AROUND_THE_CHILD},
    "read minutes": {**_AROUND_THE_CHILD, **_VIRTUAL_SCHOOL},
    "correct meeting": {Role.PEP_COORDINATOR: anyone, Role.VIRTUAL_SCHOOL_HEAD: anyone},
    "record school move": {Role.PEP_COORDINATOR: anyone, Role.ADMINISTRATOR: anyone, Role.SOCIAL_WORKER: allocated},
    "record care facts": {Role.ADMINISTRATOR: anyone, Role.SOCIAL_WORKER: allocated, Role.TEAM_MANAGER: anyone},
    "contribute to plan": {**_AROUND_THE_CHILD, **_VIRTUAL_SCHOOL},
    "read plan": {**_AROUND_THE_CHILD, **_VIRTUAL_SCHOOL, Role.AUDITOR: anyone},
    "mark plan complete": {Role.DESIGNATED_TEACHER: their_school, Role.VIRTUAL_SCHOOL_OFFICER: anyone},
    "sign off plan": {Role.SOCIAL_WORKER: allocated},
    "quality assure plan": _QUALITY_ASSURERS,
    "decide premium": {
        Role.VIRTUAL_SCHOOL_OFFICER: anyone,
        Role.SENIOR_VIRTUAL_SCHOOL_OFFICER: anyone,
        Role.VIRTUAL_SCHOOL_HEAD: anyone,
    },
    "decide held approval": {Role.VIRTUAL_SCHOOL_HEAD: anyone},
    "open term envelope": {Role.VIRTUAL_SCHOOL_HEAD: anyone, Role.AUTHORITY_FINANCE: anyone},
    "release premium": {Role.AUTHORITY_FINANCE: anyone, Role.SERVICE: anyone},
    "read finance": {
        Role.AUTHORITY_FINANCE: anyone,
        Role.VIRTUAL_SCHOOL_HEAD: anyone,
        Role.VIRTUAL_SCHOOL_OFFICER: anyone,
        Role.SENIOR_VIRTUAL_SCHOOL_OFFICER: anyone,
        Role.AUDITOR: anyone,
    },
    "read messages": {Role.ADMINISTRATOR: anyone, Role.PEP_COORDINATOR: anyone, Role.AUDITOR: anyone},
    "read journey": {Role.AUDITOR: anyone, Role.VIRTUAL_SCHOOL_HEAD: anyone},
}


def may(signed: Signed, action: str, resource: Resource) -> Decision:
    """Whether `signed` may do `action` to `resource`. An action that is not listed is nobody's."""
    relation = GRANTS.get(action, {}).get(signed.role)
    person = _spoken(signed.role)
    if relation is None:
        return Decision(False, f"{person.capitalize()} may not {action}.")
    needs = _NEEDS.get(relation)
    reason = f"For {person}, to {action} {needs}." if needs else f"{person.capitalize()} may {action}."
    return Decision(relation(signed, resource), reason)


def _spoken(role: Role) -> str:
    """`an auditor`, `a social worker`."""
    return f"{'an' if role[0] in 'aeiou' else 'a'} {role.replace('_', ' ')}"
