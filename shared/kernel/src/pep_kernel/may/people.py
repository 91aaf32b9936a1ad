"""Who asks: the jobs of the people around a child's education, and what is granted to somebody by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

SINCE, UNTIL = " from ", " until "
STANDS_IN_FOR = "stands_in_for:"


class Role(StrEnum):
    """The jobs of the people around a child's education, and of OpenPEP's own services."""

    SOCIAL_WORKER = "social_worker"
    PERSONAL_ADVISER = "personal_adviser"
    TEAM_MANAGER = "team_manager"
    DESIGNATED_TEACHER = "designated_teacher"
    DELEGATE = "delegate"
    PEP_COORDINATOR = "pep_coordinator"
    VIRTUAL_SCHOOL_OFFICER = "virtual_school_officer"
    SENIOR_VIRTUAL_SCHOOL_OFFICER = "senior_virtual_school_officer"
    VIRTUAL_SCHOOL_HEAD = "virtual_school_head"
    INDEPENDENT_REVIEWING_OFFICER = "independent_reviewing_officer"
    CORPORATE_PARENTING_MANAGER = "corporate_parenting_manager"
    NOMINATED_OFFICER = "nominated_officer"
    DIRECTOR_OF_CHILDRENS_SERVICES = "director_of_childrens_services"
    CARER = "carer"
    PUPIL = "pupil"
    SCHOOL_FINANCE = "school_finance"
    AUTHORITY_FINANCE = "authority_finance"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    SERVICE = "service"


NOT_STAFF = frozenset({Role.CARER, Role.PUPIL, Role.SERVICE})
"""No list of staff and no grant makes one: carers and pupils are known by the child, services by their key."""
OFFICERS = (Role.VIRTUAL_SCHOOL_OFFICER, Role.SENIOR_VIRTUAL_SCHOOL_OFFICER, Role.VIRTUAL_SCHOOL_HEAD)
VIRTUAL_SCHOOL = (Role.PEP_COORDINATOR, *OFFICERS)


class Permission(StrEnum):
    """What is granted to somebody by name, beside every role."""

    RESTRICTED_RECORDS = "restricted_records"


Grantable = Role | Permission


def as_granted(what: str, until: date | None, since: date | None = None) -> str:
    """`auditor` or `auditor from 2026-11-02 until 2026-12-31`: how a grant stands in announcements and in rows."""
    first, last = f"{SINCE}{since}" if since else "", f"{UNTIL}{until}" if until else ""
    return what + first + last


def is_grant_of(granted: str, what: str, since: date | None) -> bool:
    """Whether this is the grant of that which begins on this day, or that has no first day."""
    return granted.partition(UNTIL)[0] == as_granted(what, None, since)


def stands_in_for(person_ref: str) -> str:
    """What is granted to whoever does the work of this person, who is away."""
    return STANDS_IN_FOR + person_ref


def granted_on(granted: Iterable[str], day: date) -> frozenset[str]:
    """What of these grants holds on this day; the first and the last day of a grant are its days."""
    return frozenset(what for each in granted if (what := _held_on(each, day)))


def _held_on(granted: str, day: date) -> str | None:
    told, _, until = granted.partition(UNTIL)
    what, _, since = told.partition(SINCE)
    begun = not since or date.fromisoformat(since) <= day
    return what if begun and (not until or day <= date.fromisoformat(until)) else None


def stood_in_for(granted: Iterable[str]) -> tuple[str, ...]:
    """Whose work is granted here, in a fixed order."""
    return tuple(sorted(each.removeprefix(STANDS_IN_FOR) for each in granted if each.startswith(STANDS_IN_FOR)))


@dataclass(frozen=True, slots=True)
class Signed:
    """Somebody who signed in, as the facts in the log know them. `granted` holds now, beside the role.

    `in_place_of` are those who are away today and whose work this person does: in their role, with their children, at
    their school, to their limit. What is granted to them by name is not passed on.
    """

    authority: str
    person_ref: str
    role: Role
    school_urn: str | None = None
    approval_limit_pence: int = 0
    granted: frozenset[str] = frozenset()
    in_place_of: tuple[Signed, ...] = ()

    @property
    def hats(self) -> tuple[tuple[Role, Signed], ...]:
        """Each role in which the person may act, and as whom: the own, those that are granted, those of the absent."""
        granted = (role for role in Role if role in self.granted and role is not self.role)
        own = ((role, self) for role in (self.role, *granted))
        return (*own, *(hat for absent in self.in_place_of for hat in absent.hats))

    @property
    def roles(self) -> tuple[Role, ...]:
        """The person's own role first, then the others, each once."""
        return tuple(dict.fromkeys(role for role, _ in self.hats))

    def acting_as(self, role: Role, whose: Signed | None = None) -> Signed:
        """The same person in another of their roles, or in that of somebody absent; what they had is among the rest."""
        if whose is None or whose.person_ref == self.person_ref:
            return replace(self, role=role, granted=self.granted | {self.role})
        return replace(
            self,
            role=role,
            school_urn=whose.school_urn,
            approval_limit_pence=whose.approval_limit_pence,
            granted=self.granted - frozenset(Role),
            in_place_of=(*self.in_place_of, replace(self, in_place_of=())),
        )
