"""The authority lists the schools its children attend: what payments, term dates and letters need of each."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from msgspec import structs

from pep_kernel.announcement import Announcement
from pep_kernel.contracts import scheduling as said
from pep_kernel.decider import Decider
from pep_kernel.message import Command, Event
from scheduling.domain.child.care_record import SchoolRecord
from scheduling.domain.school.states import Listed, NotListed, School


class ListSchool(Command):
    """This is what the authority's table says of a school."""

    record: SchoolRecord


class SchoolListed(Event):
    """The school is listed with these particulars; said again when one of them changes."""

    urn: str
    name: str
    phase: str
    area: str
    ukprn: str | None = None
    laestab: str | None = None
    predecessor_urn: str | None = None
    opened_on: date | None = None


def decide(school: School, command: ListSchool) -> list[SchoolListed]:
    told = Listed(
        urn=command.record.urn,
        name=command.record.name,
        phase=command.record.phase,
        area=command.record.authority,
        ukprn=command.record.ukprn,
        laestab=command.record.laestab,
        predecessor_urn=command.record.predecessor_urn,
        opened_on=command.record.opened_on,
    )
    return [] if told == school else [SchoolListed(**asdict(told))]


def evolve(_school: School, event: SchoolListed) -> Listed:
    return Listed(**structs.asdict(event))


def announce(_school: School, event: SchoolListed) -> Announcement:
    return said.SchoolListed(urn=event.urn, ukprn=event.ukprn, laestab=event.laestab)


SCHOOL: Decider[School, ListSchool, SchoolListed] = Decider(NotListed(), decide, evolve, announce)
