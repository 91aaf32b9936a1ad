"""`school`: the schools that the authority lists."""

from __future__ import annotations

from collections.abc import Iterable

from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from scheduling.domain.school.decider import SchoolListed, evolve
from scheduling.domain.school.states import Listed, NotListed


def _keys(recorded: Recorded) -> Iterable[Key]:
    return ((recorded.event.urn,),) if isinstance(recorded.event, SchoolListed) else ()


def _fold(row: Listed | None, recorded: Recorded, _key: Key) -> Listed | None:
    return evolve(row or NotListed(), recorded.event) if isinstance(recorded.event, SchoolListed) else row


SCHOOLS = ReadModel("school", Listed, ("urn",), _keys, _fold)
