"""The smallest read model that needs a whole journal: how many events each child has. Every side folds this one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel

TABLE = (
    "create table if not exists events_of_child (authority text not null, child_ref text not null,"
    " events bigint not null, primary key (authority, child_ref)); select protect_read_model('events_of_child')"
)


@dataclass(frozen=True, slots=True)
class EventsOfChild:
    """One child's count."""

    child_ref: str
    events: int


def keys(recorded: Recorded) -> Iterable[Key]:
    return ((recorded.envelope.child_ref,),) if recorded.envelope.child_ref else ()


def fold(row: EventsOfChild | None, _recorded: Recorded, key: Key) -> EventsOfChild | None:
    return EventsOfChild(key[0], row.events + 1 if row else 1)


EVENTS_OF_CHILD = ReadModel("events_of_child", EventsOfChild, ("child_ref",), keys, fold)
