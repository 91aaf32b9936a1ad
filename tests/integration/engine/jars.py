"""A service small enough to see the engine through it: jars that are filled, and a shelf that hears of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from pep_kernel.announcement import Announcement, Said
from pep_kernel.decider import Act, Decider
from pep_kernel.message import Command, Event, Recorded
from pep_kernel.policy import Policies
from pep_kernel.read_model import Key, ReadModel
from pep_kernel.refusal import Refusal
from pep_kernel.sealed import PlanText

MOST = 10_000


class Fill(Command):
    """Put some in."""

    amount: int
    label: str = "a secret label"
    quiet: bool = False


class Filled(Event):
    """Some was put in."""

    amount: int
    label: PlanText
    quiet: bool = False


class JarFilled(Announcement):
    """A jar of somebody's was filled."""

    type: Literal["uk.openpep.jars.JarFilled.v1"] = "uk.openpep.jars.JarFilled.v1"
    amount: int


def decide(total: int, command: Fill) -> list[Filled]:
    if total + command.amount > MOST:
        raise Refusal("The jar is full.")
    if command.amount < 0:
        raise ZeroDivisionError("a bug that only this amount finds")
    return (
        [Filled(amount=command.amount, label=PlanText.of(command.label), quiet=command.quiet)] if command.amount else []
    )


def evolve(total: int, event: Filled) -> int:
    return total + event.amount


def announce(_total: int, event: Filled) -> JarFilled | None:
    return None if event.quiet else JarFilled(amount=event.amount)


JAR: Decider[Any, Any, Any] = Decider(0, decide, evolve, announce)


@dataclass(frozen=True, slots=True)
class JarTotal:
    """How much is in a jar."""

    stream: str
    total: int
    label: PlanText | None


def _keys(recorded: Recorded) -> Iterable[Key]:
    return ((recorded.envelope.stream,),)


def _fold(row: JarTotal | None, recorded: Recorded, key: Key) -> JarTotal | None:
    event = recorded.event
    assert isinstance(event, Filled)
    before = row or JarTotal(key[0], 0, None)
    return replace(before, total=before.total + event.amount, label=event.label)


JARS = ReadModel("jar_total", JarTotal, ("stream",), _keys, _fold)
JARS_TABLE = (
    "create table jar_total (authority text not null, stream text not null, total bigint not null, label text,"
    " primary key (authority, stream)); select protect_read_model('jar_total');"
)


def fill_ours_when_theirs_is_filled(said: Said[JarFilled], _rules: Any) -> Act:
    return Act(Fill(amount=said.announcement.amount, quiet=True), ("jar-copy",), child_ref="child-of-" + said.authority)


POLICIES: Policies = {JarFilled: fill_ours_when_theirs_is_filled}
