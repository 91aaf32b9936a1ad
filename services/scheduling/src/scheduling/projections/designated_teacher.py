"""`designated_teacher`: who answers for children in care at each school, and when that was last verified."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pep_kernel.may import Role
from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from scheduling.domain.person.events import DesignatedTeacherVerified, RoleEnded, StaffMemberAdded


@dataclass(frozen=True, slots=True)
class DesignatedTeacher:
    """One designated teacher, the deputy, the last training, and the day on which somebody made sure of it."""

    person_ref: str
    school_urn: str | None = None
    deputy_ref: str | None = None
    trained_on: date | None = None
    verified_on: date | None = None


def was_trained(found: Sequence[DesignatedTeacher], on: date) -> bool | None:
    """Whether whoever leads a PEP had the Virtual School's training by that day (O-23).

    Not known where nobody on the register was found, or several who may have led it.
    """
    match found:
        case [DesignatedTeacher(trained_on=trained_on)]:
            return trained_on is not None and trained_on <= on
        case _:
            return None


_ABOUT = (StaffMemberAdded, RoleEnded, DesignatedTeacherVerified)


def _keys(recorded: Recorded) -> Iterable[Key]:
    event = recorded.event
    return ((event.person_ref,),) if isinstance(event, _ABOUT) else ()


def _fold(row: DesignatedTeacher | None, recorded: Recorded, key: Key) -> DesignatedTeacher | None:
    match row, recorded.event:
        case DesignatedTeacher(school_urn=known), StaffMemberAdded(role=Role.DESIGNATED_TEACHER, school_urn=urn) if (
            known == urn
        ):
            return row
        case _, StaffMemberAdded(role=Role.DESIGNATED_TEACHER, school_urn=urn):
            return DesignatedTeacher(key[0], urn)
        case DesignatedTeacher(), DesignatedTeacherVerified(on=on, deputy_ref=deputy, trained_on=trained_on):
            return replace(row, verified_on=on, deputy_ref=deputy, trained_on=trained_on)
        case _:
            return None


DESIGNATED_TEACHERS = ReadModel("designated_teacher", DesignatedTeacher, ("person_ref",), _keys, _fold)
