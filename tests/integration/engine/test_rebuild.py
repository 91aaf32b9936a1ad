"""A read model made anew from the log is the live one; where it is not, the live one was wrong and is replaced."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from aiokafka.structs import ConsumerRecord
from tests.integration.engine import jars
from tests.integration.engine.conftest import TYPES, OpenService, SmallService, background
from tests.integration.engine.test_relay import as_owner, until_published
from tests.integration.engine.test_verify import send
from tests.integration.installed import until

from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from pep_runtime.codec import EventTypes
from pep_runtime.history import CannotRebuild
from pep_runtime.onboarding import create_topics
from pep_runtime.rebuild import Rebuilt, rebuild, rebuilding
from pep_runtime.relay import Record
from pep_runtime.topics import topic

SPOIL = "update jar_total set total = total + 1 where stream = 'jar-1'"
FORGET = "delete from jar_total; delete from projection_position"
Rows = list[tuple[Any, ...]]


@pytest.fixture
async def filled(alpha: SmallService, authority: str) -> SmallService:
    await fill(alpha, authority, 40)
    await project(alpha)
    return alpha


async def fill(service: SmallService, authority: str, events: int) -> None:
    for number in range(events):
        await service.fill(authority, f"jar-{number % 7}", amount=number + 1)


async def project(service: SmallService) -> None:
    while await service.projector.catch_up():
        pass


async def publish(service: SmallService, authority: str) -> None:
    async with background(service.relay.run()):
        await until_published(service, authority)


async def seen(service: SmallService, authority: str, query: str = "select * from jar_total order by stream") -> Rows:
    async with service.worker.acquire() as connection, connection.transaction():
        await connection.execute("select set_config('app.authority', $1, true)", authority)
        return [tuple(row) for row in await connection.fetch(query)]


async def anew(
    service: SmallService,
    authority: str,
    types: EventTypes = TYPES,
    model: ReadModel[Any] = jars.JARS,
    **how: Any,
) -> Rebuilt:
    told = {"service": service.name, "bootstrap": service.bootstrap, **how}
    return await rebuild(service.logins.worker, model, types, authority, **told)


async def test_what_is_made_anew_is_what_is_live(filled: SmallService, authority: str) -> None:
    found = await anew(filled, authority)
    assert (found.position, found.events, found.rows, found.verdict) == (40, 40, 7, "same")
    assert found.checksum == found.live_checksum


@pytest.mark.parametrize(
    "offence", [SPOIL, "delete from jar_total where stream = 'jar-1'", "update jar_total set label = label || 'x'"]
)
async def test_rows_that_were_spoiled_are_found_and_mended(filled: SmallService, authority: str, offence: str) -> None:
    right = await seen(filled, authority)
    await as_owner(filled, offence)
    assert (await anew(filled, authority, swap=False)).verdict == "different"
    assert await seen(filled, authority) != right, "whoever only compares changes nothing"
    assert (await anew(filled, authority)).verdict == "swapped"
    assert await seen(filled, authority) == right
    assert (await anew(filled, authority, swap=False)).verdict == "same"


async def test_a_read_model_that_was_never_folded_is_filled_and_then_kept_up(
    filled: SmallService, authority: str
) -> None:
    right = await seen(filled, authority)
    await as_owner(filled, FORGET)
    assert (await anew(filled, authority)).verdict == "swapped"
    assert await seen(filled, authority) == right
    await filled.fill(authority, "jar-0", amount=100)
    await project(filled)
    assert (await anew(filled, authority)).verdict == "same"


async def test_what_is_appended_and_folded_meanwhile_is_neither_lost_nor_folded_twice(
    filled: SmallService, authority: str
) -> None:
    async with background(filled.projector.run()):
        writing = asyncio.gather(*(fill(filled, authority, 60) for _ in range(3)))
        swapped = 0
        while not writing.done():
            await as_owner(filled, SPOIL)
            swapped += (await anew(filled, authority)).swapped
        await writing
    await project(filled)
    assert swapped
    assert sum(row[2] for row in await seen(filled, authority)) == sum(range(41)) + 3 * sum(range(61))
    assert (await anew(filled, authority)).verdict == "same"


async def test_an_interruption_leaves_everything_as_it_was(filled: SmallService, authority: str) -> None:
    await as_owner(filled, SPOIL)
    before = await seen(filled, authority)
    async with rebuilding(filled.logins.worker, jars.JARS, TYPES, authority) as work:
        found = await work.compare()
        async with filled.worker.acquire() as other, other.transaction():
            await other.execute("select set_config('app.authority', $1, true)", authority)
            await other.execute("select from projection_position for update")  # as the projector, at work
            swapping = asyncio.create_task(work.swap(found))
            await asyncio.wait([swapping], timeout=0.1)
            assert not swapping.done()
            swapping.cancel()
            await asyncio.gather(swapping, return_exceptions=True)
    assert await seen(filled, authority) == before

    async def nothing_is_left() -> bool:
        return not await seen(filled, authority, "select from pg_class where relname like 'shadow%'")

    assert await until(nothing_is_left)


async def test_from_kafka_it_is_the_same_whatever_is_repeated(filled: SmallService, authority: str) -> None:
    await publish(filled, authority)
    name = topic(authority, filled.name, "journal")
    await send(filled, name, [sent_again(each) for each in (await filled.records(authority, "journal"))[5:25]])
    await fill(filled, authority, 3)  # not sent yet: they come from the journal
    await project(filled)
    journal, kafka = await anew(filled, authority), await anew(filled, authority, source="kafka")
    assert (kafka.verdict, kafka.from_kafka, kafka.position) == ("same", 40, 43)
    assert (kafka.checksum, kafka.rows) == (journal.checksum, journal.rows)


def sent_again(record: ConsumerRecord) -> Record:
    return Record(record.key, record.value, list(record.headers))


async def test_a_topic_in_which_something_is_missing_is_not_folded(filled: SmallService, authority: str) -> None:
    await publish(filled, authority)
    records = [sent_again(each) for each in await filled.records(authority, "journal")]
    copy = topic(authority, "gappy", "journal")
    await create_topics(filled.bootstrap, [copy])
    await send(filled, copy, [*records[:4], *records[5:]])
    with pytest.raises(CannotRebuild, match="position 5 is missing"):
        await anew(replace(filled, name="gappy"), authority, source="kafka")


async def test_a_batch_that_came_before_its_turn_is_passed_until_it_comes_again(
    filled: SmallService, authority: str
) -> None:
    await publish(filled, authority)
    records = [sent_again(each) for each in await filled.records(authority, "journal")]
    copy = topic(authority, "anew", "journal")
    await create_topics(filled.bootstrap, [copy])
    await send(filled, copy, [*records[30:], *records])  # made anew under a running relay
    kafka = await anew(replace(filled, name="anew"), authority, source="kafka")
    assert (kafka.verdict, kafka.from_kafka, kafka.position) == ("same", 40, 40)


async def test_a_topic_with_another_history_is_not_folded(filled: SmallService, authority: str) -> None:
    await publish(filled, authority)
    await as_owner(filled, "update journal set hash = sha256(hash) where position = 40")
    with pytest.raises(CannotRebuild, match="the journal holds something else at position 40"):
        await anew(filled, authority, source="kafka")


async def test_each_authority_has_its_own(open_service: OpenService, unique_name: Any) -> None:
    here, there = unique_name("shire"), unique_name("county")
    service = await open_service("alpha", here, there)
    for authority in (here, there):
        await fill(service, authority, 10)
    await project(service)
    await as_owner(service, SPOIL)
    spoiled = await seen(service, there)
    assert (await anew(service, here)).verdict == "swapped"
    assert await seen(service, there) == spoiled
    assert (await anew(service, there, swap=False)).verdict == "different"


def _gone_when_even(row: jars.JarTotal | None, recorded: Recorded, key: Key) -> jars.JarTotal | None:
    """A jar that is emptied whenever it holds an even amount."""
    filled = jars.JARS.fold(row, recorded, key)
    return None if filled and filled.total % 2 == 0 else filled


@pytest.mark.parametrize("model", [jars.JARS, replace(jars.JARS, fold=_gone_when_even)])
async def test_rows_that_do_not_fit_into_memory_make_no_difference(
    filled: SmallService, authority: str, model: ReadModel[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    roomy = await anew(filled, authority, model=model, swap=False)
    monkeypatch.setattr("pep_runtime.history.PAGE", 5)
    cramped = await anew(filled, authority, model=model, swap=False, rows_in_memory=2)
    assert (cramped.rows, cramped.checksum) == (roomy.rows, roomy.checksum)
    assert 0 < roomy.rows <= 7


async def test_what_is_not_known_here_ends_it_with_the_position(filled: SmallService, authority: str) -> None:
    before = await seen(filled, authority)

    def looked_at(recorded: Recorded) -> Any:
        return ((recorded.envelope.stream,),) if recorded.event else ()

    with pytest.raises(CannotRebuild, match="position 1: UnknownEvent: Filled version 1 is not known here"):
        await anew(filled, authority, EventTypes([]), replace(jars.JARS, keys=looked_at))
    assert await seen(filled, authority) == before


async def test_an_earlier_position_is_shown_and_nothing_is_replaced(filled: SmallService, authority: str) -> None:
    earlier = await anew(filled, authority)
    await fill(filled, authority, 9)
    await project(filled)
    now = await seen(filled, authority)
    shown = await anew(filled, authority, as_of=40)
    assert (shown.position, shown.rows, shown.checksum) == (40, earlier.rows, earlier.checksum)
    assert shown.verdict == "not compared"
    assert await seen(filled, authority) == now
    assert (await anew(filled, authority, as_of=49)).verdict == "same"
    with pytest.raises(CannotRebuild, match="ends at position 49"):
        await anew(filled, authority, as_of=50)


async def test_an_authority_that_is_not_here_is_said_not_to_be(alpha: SmallService) -> None:
    with pytest.raises(CannotRebuild, match="no authority elsewhere here"):
        await anew(alpha, "elsewhere")


async def test_nothing_happens_but_the_swap(filled: SmallService, authority: str) -> None:
    everything = "select (select jsonb_agg(t) from {} t)::text".format
    tables = ("journal_head", "journal", "command_answer", "consumer_offset", "parked_event", "projection_position")
    before = [await seen(filled, authority, everything(table)) for table in tables]
    await as_owner(filled, SPOIL)
    assert (await anew(filled, authority)).swapped
    assert [await seen(filled, authority, everything(table)) for table in tables] == before
