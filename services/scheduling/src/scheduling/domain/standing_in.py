"""Who does the work of somebody who is away: the deputy is allowed, invited and told what the absent person would be.

The deputy of a social worker is a social worker; of a designated teacher a colleague of the same school; of somebody in
the Virtual School anybody there. What is granted is the work of the absent person, on the days of the absence and on no
other: with that person's children, at that person's school, to that person's limit. Nothing that was granted to the
absent person by name goes with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from pep_kernel.decider import Decided, States
from pep_kernel.may import VIRTUAL_SCHOOL, Role, stands_in_for
from pep_kernel.message import Command
from pep_kernel.refusal import Refusal
from scheduling.domain.person.commands import EndAbsence, EndGrant, GrantRole, RecordAbsence
from scheduling.domain.person.decider import PERSON
from scheduling.domain.person.states import PERSON_STATES, Staff

OWN_CASELOAD = (Role.SOCIAL_WORKER, Role.PERSONAL_ADVISER)


class Away(Protocol):
    """An absence, whatever holds it."""

    @property
    def on(self) -> date: ...
    @property
    def until(self) -> date: ...
    @property
    def deputy_ref(self) -> str: ...


class EndAbsenceWithDeputy(Command):
    """The person is back; the deputy's grant ends."""

    ending: EndAbsence


def worker_on(worker_ref: str, absences: Iterable[Away], day: date) -> str:
    """Who does this worker's work on this day: the deputy while the worker is away."""
    away = (absence.deputy_ref for absence in absences if absence.on <= day <= absence.until)
    return next(away, worker_ref)


def person_stream(person_ref: str) -> str:
    return f"person-{person_ref}"


def record_absence(states: States, command: RecordAbsence) -> Decided:
    """The absence, and the deputy's grant to its days, in one append."""
    absent = _staff(states, command.person_ref)
    deputy = _staff(states, command.deputy_ref)
    _may_stand_in(absent, deputy)
    grant = GrantRole(
        person_ref=command.deputy_ref,
        what=stands_in_for(command.person_ref),
        on=command.on,
        since=command.on,
        until=command.until,
        by=command.by,
    )
    happened = PERSON.decide(absent, command)
    granted = PERSON.decide(deputy, grant) if happened else []
    return [
        *((person_stream(command.person_ref), event) for event in happened),
        *((person_stream(command.deputy_ref), event) for event in granted),
    ]


def end_absence(states: States, command: EndAbsenceWithDeputy) -> Decided:
    """The person is back, or will not be away: the deputy is one no more from that day."""
    ending = command.ending
    absent = _staff(states, ending.person_ref)
    away = absent.absence(ending.on, ending.absent_on)
    back = [(person_stream(ending.person_ref), event) for event in PERSON.decide(absent, ending)]
    return [*back, *(_grant_ended(states, away, ending) if away else ())]


def _grant_ended(states: States, away: Away, ending: EndAbsence) -> Decided:
    """Nothing, where the deputy has left meanwhile: what was granted went with them."""
    stream = person_stream(away.deputy_ref)
    deputy = states.of(stream, PERSON_STATES)
    if not isinstance(deputy, Staff):
        return []
    end = EndGrant(
        person_ref=away.deputy_ref,
        what=stands_in_for(ending.person_ref),
        since=away.on,
        on=ending.on,
        by=ending.by,
    )
    return [(stream, event) for event in PERSON.decide(deputy, end)]


def _staff(states: States, person_ref: str) -> Staff:
    person = states.of(person_stream(person_ref), PERSON_STATES)
    if not isinstance(person, Staff):
        raise Refusal("Only somebody who works here is away, or stands in.")
    return person


def _may_stand_in(absent: Staff, deputy: Staff) -> None:
    role, deputys = Role(absent.role), Role(deputy.role)
    if role in OWN_CASELOAD and deputys is not role:
        raise Refusal(f"deputy_ref: the deputy of a {role.value.replace('_', ' ')} is one too.")
    if role is Role.DESIGNATED_TEACHER and (absent.school_urn is None or deputy.school_urn != absent.school_urn):
        raise Refusal("deputy_ref: the deputy of a designated teacher works at the same school.")
    if role in VIRTUAL_SCHOOL and deputys not in VIRTUAL_SCHOOL:
        raise Refusal("deputy_ref: the deputy of somebody in the Virtual School works there too.")
    if role not in (*OWN_CASELOAD, *VIRTUAL_SCHOOL, Role.DESIGNATED_TEACHER):
        raise Refusal("Nobody stands in for this role here.")
