"""`colleague`: who may sign in, and as what. Folded from our own facts; elsewhere from what we announce."""

from __future__ import annotations

from collections.abc import Iterable

from pep_kernel.colleagues import Colleague
from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from scheduling.domain.person.events import RoleEnded, StaffMemberAdded


def _keys(recorded: Recorded) -> Iterable[Key]:
    match recorded.event:
        case StaffMemberAdded(person_ref=ref) | RoleEnded(person_ref=ref):
            return ((ref,),)
        case _:
            return ()


def _fold(_row: Colleague | None, recorded: Recorded, _key: Key) -> Colleague | None:
    match recorded.event:
        case StaffMemberAdded() as staff:
            return Colleague(staff.person_ref, staff.role, staff.school_urn, staff.approval_limit_pence)
        case _:
            return None


COLLEAGUES = ReadModel("colleague", Colleague, ("person_ref",), _keys, _fold)
