"""What is acted upon: as much of a child and of a piece of work as permission depends on, as it is now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from pep_kernel.calendars import cohort_year_group


@dataclass(frozen=True, slots=True)
class Resource:
    """What is acted upon. `glass_broken_by` may look at this child for a few hours, whoever they are to the child.

    `closed`: care ended, and those who were around the child see the record no more.
    """

    child_ref: str | None = None
    school_urn: str | None = None
    social_worker_ref: str | None = None
    year_group: int | None = None
    delegates: frozenset[str] = frozenset()
    carers: frozenset[str] = frozenset()
    restricted: bool = False
    glass_broken_by: frozenset[str] = frozenset()
    closed: bool = False
    person_ref: str | None = None
    authors: frozenset[str] = frozenset()
    requested_by: str | None = None
    approved_by: str | None = None


class ChildRow(Protocol):
    """A row of any service's table of children: the columns that permission looks at."""

    @property
    def child_ref(self) -> str: ...
    @property
    def school_urn(self) -> str | None: ...
    @property
    def social_worker_ref(self) -> str | None: ...
    @property
    def born_in_school_year(self) -> int | None: ...
    @property
    def delegates(self) -> tuple[str, ...]: ...
    @property
    def restricted(self) -> bool: ...
    @property
    def glass(self) -> tuple[str, ...]: ...
    @property
    def closes_on(self) -> date | None: ...


def child_resource(row: ChildRow, now: datetime) -> Resource:
    """The child as permission sees it at this moment."""
    born = row.born_in_school_year
    return Resource(
        child_ref=row.child_ref,
        school_urn=row.school_urn,
        social_worker_ref=row.social_worker_ref,
        year_group=None if born is None else cohort_year_group(born, now.date()),
        delegates=frozenset(row.delegates),
        restricted=row.restricted,
        glass_broken_by=frozenset(_still_broken(row.glass, now)),
        closed=row.closes_on is not None and row.closes_on <= now.date(),
    )


def with_member(members: tuple[str, ...], person_ref: str, belongs: bool) -> tuple[str, ...]:
    """The members with this person or without, in a fixed order."""
    others = (each for each in members if each != person_ref)
    return tuple(sorted((*others, person_ref) if belongs else others))


def glass_entry(person_ref: str, until: datetime) -> str:
    """How a row tells who may look at the child until when."""
    return f"{person_ref} {until.isoformat()}"


def with_glass(glass: tuple[str, ...], person_ref: str, until: datetime) -> tuple[str, ...]:
    """The entries with one more; what the same person broke before is in it."""
    others = (each for each in glass if each.partition(" ")[0] != person_ref)
    return (*others, glass_entry(person_ref, until))


def _still_broken(glass: tuple[str, ...], now: datetime) -> list[str]:
    entries = (each.partition(" ") for each in glass)
    return [person_ref for person_ref, _, until in entries if now < datetime.fromisoformat(until)]
