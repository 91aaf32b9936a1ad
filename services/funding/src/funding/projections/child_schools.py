"""Every school that a child is known to have been at: whom a release run may have to ask about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from funding.domain.known_child import SchoolKnown
from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel


@dataclass(frozen=True, slots=True)
class ChildSchools:
    """URNs, each once, in the order in which we heard of them."""

    child_ref: str
    school_urns: tuple[str, ...] = ()


def _keys(recorded: Recorded) -> Iterable[Key]:
    return ((recorded.event.child_ref,),) if isinstance(recorded.event, SchoolKnown) else ()


def _fold(row: ChildSchools | None, recorded: Recorded, key: Key) -> ChildSchools | None:
    match recorded.event:
        case SchoolKnown(school_urn=str(urn)):
            return ChildSchools(key[0], tuple(dict.fromkeys((*(row.school_urns if row else ()), urn))))
        case _:
            return row


CHILD_SCHOOLS = ReadModel("child_schools", ChildSchools, ("child_ref",), _keys, _fold)
