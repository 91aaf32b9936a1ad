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


@dataclass(frozen=True, slots=True)
class Signed:
    """Somebody who signed in, as the facts in the log know them. `granted` holds now, beside the role."""

    authority: str
    person_ref: str
    role: Role
    school_urn: str | None = None
    approval_limit_pence: int = 0
    granted: frozenset[str] = frozenset()

    @property
    def stands_for(self) -> frozenset[str]:
        """The people whose work this person does: the own, and that of those who are away."""
        away = (each.removeprefix(STANDS_IN_FOR) for each in self.granted if each.startswith(STANDS_IN_FOR))
        return frozenset({self.person_ref, *away})

    @property
    def roles(self) -> tuple[Role, ...]:
        """The person's own role first, then those that are granted."""
        return (self.role, *(role for role in Role if role in self.granted and role is not self.role))

    def acting_as(self, role: Role) -> Signed:
        """The same person in another of their roles; the one they had is among the rest."""
        return replace(self, role=role, granted=self.granted | {self.role})
