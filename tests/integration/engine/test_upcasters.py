"""An event of an older version loads as the current one: for deciding, for read models, live and made anew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from tests.integration.engine import jars
from tests.integration.engine.conftest import TEACHER, SmallService, background
from tests.integration.engine.test_relay import until_published

from pep_kernel.decider import Act, Decider
from pep_kernel.message import Command, Event, Recorded
from pep_kernel.read_model import Key, ReadModel
from pep_kernel.sealed import PlanText
from pep_runtime.codec import EventTypes
from pep_runtime.handler import ByPerson, Handler
from pep_runtime.projector import Projector
from pep_runtime.rebuild import Source, rebuild
from pep_runtime.verify import Verifier


class Fill(Command):
    """Put some of something in."""

    pence: int
    what: str


class Filled(Event):
    """Some was put in. Version 2 says what it was, and counts in pence, where version 1 had pounds."""

    schema_version = 2
    pence: int
    what: str
    label: PlanText
    quiet: bool = False


def pounds_to_pence(fields: dict[str, Any]) -> dict[str, Any]:
    amount = fields.pop("amount")
    return {**fields, "pence": amount * 100, "what": "not said"}


TYPES = EventTypes([Filled], {("Filled", 1): pounds_to_pence})


def decide(contents: tuple[str, ...], command: Fill) -> list[Filled]:
    return [Filled(pence=command.pence, what=", ".join((*contents, command.what)), label=PlanText.of("secret"))]


def evolve(contents: tuple[str, ...], event: Filled) -> tuple[str, ...]:
    return (*contents, f"{event.what} {event.pence}")


JAR: Decider[Any, Any, Any] = Decider((), decide, evolve)


@dataclass(frozen=True, slots=True)
class JarTotal:
    """How much is in a jar, in pence."""

    stream: str
    total: int
    label: PlanText | None


def _keys(recorded: Recorded) -> Iterable[Key]:
    return ((recorded.envelope.stream,),)


def _fold(row: JarTotal | None, recorded: Recorded, key: Key) -> JarTotal | None:
    event = recorded.event
    assert isinstance(event, Filled)
    before = row or JarTotal(key[0], 0, None)
    return replace(before, total=before.total + event.pence, label=event.label)


JARS = ReadModel("jar_total", JarTotal, ("stream",), _keys, _fold)


@pytest.fixture
async def newer(alpha: SmallService, authority: str) -> SmallService:
    """A journal with three events of version 1, over which the newer code has written one of version 2."""
    for amount in (1, 2, 3):
        await alpha.fill(authority, "jar-1", amount)
    handler = Handler(alpha.pool, {"jar": JAR}, TYPES, alpha.keyring, alpha.clock, alpha.bell)
    act = Act(Fill(pence=50, what="buttons"), ("jar-1",), child_ref="child-7")
    await handler.handle(authority, act, ByPerson(TEACHER, "one more", b"buttons"))
    return alpha


async def test_who_decides_sees_old_events_as_if_they_were_written_today(newer: SmallService, authority: str) -> None:
    rows = await newer.rows(authority)
    assert [(row["type"], row["schema_version"]) for row in rows] == [("Filled", 1)] * 3 + [("Filled", 2)]
    last = TYPES.decode("Filled", 2, rows[-1]["payload"])
    assert isinstance(last, Filled)
    assert last.what == "not said 100, not said 200, not said 300, buttons"


async def test_read_models_of_old_and_new_events_are_the_same_live_and_made_anew(
    newer: SmallService, authority: str
) -> None:
    projector = Projector(newer.worker, [JARS], TYPES, newer.bell)
    async with background(newer.relay.run()):
        await until_published(newer, authority)
    while await projector.catch_up():
        pass
    sources: tuple[Source, ...] = ("journal", "kafka")
    for source in sources:
        found = await rebuild(
            newer.logins.worker,
            JARS,
            TYPES,
            authority,
            source=source,
            service=newer.name,
            bootstrap=newer.bootstrap,
            swap=False,
        )
        assert (found.rows, found.checksum) == (1, found.live_checksum)
    async with newer.worker.acquire() as connection, connection.transaction():
        await connection.execute("select set_config('app.authority', $1, true)", authority)
        assert await connection.fetchval("select total from jar_total") == 100 + 200 + 300 + 50


async def test_a_journal_of_several_versions_is_whole(newer: SmallService, authority: str) -> None:
    verdict = await Verifier(newer.logins.worker, newer.bootstrap, newer.name, authority).verify()
    assert (verdict.fault, verdict.events) == (None, 4)


async def test_older_code_does_not_guess_at_a_newer_event(newer: SmallService, authority: str) -> None:
    with pytest.raises(ValueError, match="Filled version 2 is not known here"):
        await newer.fill(authority, "jar-1")


def test_an_older_version_without_an_upcaster_is_found_when_the_service_starts() -> None:
    with pytest.raises(ValueError, match="Filled has no upcaster from version 1"):
        EventTypes([Filled])
    assert EventTypes([jars.Filled]).events == {"Filled": jars.Filled}
