"""`colleague`: who may sign in, and as what. Folded from our own facts; elsewhere from what we announce."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from pep_kernel.colleagues import Colleague
from pep_kernel.may import Role, as_granted, is_grant_of
from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from scheduling.domain.person.events import (
    CarerNamed,
    GrantEnded,
    PupilAccountClosed,
    PupilAccountOpened,
    RoleEnded,
    RoleGranted,
    StaffMemberAdded,
)

_ABOUT = (StaffMemberAdded, RoleGranted, GrantEnded, RoleEnded, CarerNamed)


def _keys(recorded: Recorded) -> Iterable[Key]:
    match recorded.event:
        case PupilAccountOpened(child_ref=ref) | PupilAccountClosed(child_ref=ref):
            return ((ref,),)
        case event if isinstance(event, _ABOUT):
            return ((event.person_ref,),)
        case _:
            return ()


def _fold(row: Colleague | None, recorded: Recorded, _key: Key) -> Colleague | None:
    match row, recorded.event:
        case _, StaffMemberAdded() as staff:
            granted = row.granted if row else ()
            return Colleague(staff.person_ref, staff.role, staff.school_urn, staff.approval_limit_pence, granted)
        case _, CarerNamed(person_ref=ref):
            return Colleague(ref, Role.CARER.value, None, 0)
        case _, PupilAccountOpened(child_ref=ref):
            return Colleague(ref, Role.PUPIL.value, None, 0)
        case Colleague(), RoleGranted(what=what, until=until, since=since):
            return replace(row, granted=(*_others(row.granted, what, since), as_granted(what, until, since)))
        case Colleague(), GrantEnded(what=what, since=None):
            return replace(row, granted=tuple(each for each in row.granted if each.partition(" ")[0] != what))
        case Colleague(), GrantEnded(what=what, since=since):
            return replace(row, granted=_others(row.granted, what, since))
        case _:
            return None


def _others(granted: tuple[str, ...], what: str, since: date | None) -> tuple[str, ...]:
    return tuple(each for each in granted if not is_grant_of(each, what, since))


COLLEAGUES = ReadModel("colleague", Colleague, ("person_ref",), _keys, _fold)
