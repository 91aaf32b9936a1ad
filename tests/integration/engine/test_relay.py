"""The relay may repeat and never skips: whoever reads its topics has the journal byte for byte."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaTimeoutError
from tests.integration.engine.conftest import OpenService, SmallService, background, read_all
from tests.integration.installed import until

from pep_runtime import relay
from pep_runtime.codec import Frame
from pep_runtime.journal import Frozen
from pep_runtime.kafka import start_producer
from pep_runtime.onboarding import create_topics
from pep_runtime.relay import Diverged, Relay, Source
from pep_runtime.standing import standing
from pep_runtime.topics import HASH, POSITION, Log, topic

CUT_AT_FOUR = (
    "delete from journal where position > 4",
    "update journal_head h set position = 4, hash = j.hash, announced = (select max(announced) from journal)"
    " from journal j where j.position = 4 and h.log = 'journal'",
)


async def journal_in_topic(service: SmallService, authority: str) -> dict[int, bytes]:
    """What a reader keeps: the highest position seen, repeats dropped (and checked to be the same)."""
    kept: dict[int, bytes] = {}
    for record in await service.records(authority, "journal"):
        position = int(dict(record.headers)[POSITION])
        assert position <= len(kept) + 1, "the topic skips"
        assert kept.setdefault(position, record.value) == record.value, "a repeat differs"
    return kept


async def assert_topics_hold_the_journal(service: SmallService, authority: str) -> None:
    rows = await service.rows(authority)
    kept = await journal_in_topic(service, authority)
    assert list(kept) == [row["position"] for row in rows]
    for row in rows:
        frame = Frame.unpack(kept[row["position"]])
        assert (frame.envelope, frame.payload, frame.announcement or None) == (
            row["envelope"],
            row["payload"],
            row["announcement"],
        )
    said = {int(dict(r.headers)["ce_sequence"]): r.value for r in await service.records(authority, "events")}
    assert said == {row["announced"]: row["announcement"] for row in rows if row["announced"]}


async def until_published(service: SmallService, authority: str) -> None:
    rows = await service.rows(authority)
    announced = max((row["announced"] or 0 for row in rows), default=0)

    async def all_there() -> bool:
        positions = [int(dict(r.headers)[POSITION]) for r in await service.records(authority, "journal")]
        numbers = [int(dict(r.headers)["ce_sequence"]) for r in await service.records(authority, "events")]
        return set(positions) == set(range(1, len(rows) + 1)) and set(numbers) == set(range(1, announced + 1))

    await until(all_there)


async def fill_some(service: SmallService, authority: str, count: int = 20) -> None:
    await asyncio.gather(*(service.fill(authority, f"jar-{n % 4}", quiet=n % 3 == 0) for n in range(count)))


async def test_every_row_and_every_announcement_reaches_its_topic(alpha: SmallService, authority: str) -> None:
    await fill_some(alpha, authority)
    async with background(alpha.relay.run()):
        await until_published(alpha, authority)
        await fill_some(alpha, authority)
        await until_published(alpha, authority)
    await assert_topics_hold_the_journal(alpha, authority)
    record = (await alpha.records(authority, "events"))[0]
    headers = dict(record.headers)
    assert record.key == b"child-7"
    assert headers["ce_type"] == b"uk.openpep.jars.JarFilled.v1"
    assert len((await alpha.records(authority, "journal"))[0].headers) <= 4


async def test_a_relay_that_dies_between_send_and_cursor_loses_nothing(alpha: SmallService, authority: str) -> None:
    for _ in range(4):
        await fill_some(alpha, authority, 10)
        forgetful = alpha.relay
        forgetful._save_cursor = _never_saves  # type: ignore[method-assign]
        async with background(forgetful.run()):
            await until_published(alpha, authority)
    await assert_topics_hold_the_journal(alpha, authority)


async def _never_saves() -> None:
    """As if the process had been killed first."""


@dataclass
class Faltering:
    """Starts producers of which some sends fail: before Kafka took the batch, or after it."""

    never_sent: tuple[int, ...]
    answer_lost: tuple[int, ...]
    sends: int = 0

    async def start(self, bootstrap: str) -> AIOKafkaProducer:
        """In the place of `start_producer`."""
        producer = await start_producer(bootstrap)
        producer.send_batch = partial(self._send, producer.send_batch)
        return producer

    async def _send(self, send: Callable[..., Awaitable[Awaitable[Any]]], *batch: Any, **where: Any) -> Awaitable[Any]:
        self.sends += 1
        if self.sends in self.never_sent:
            return _failed()
        if self.sends in self.answer_lost:
            await (await send(*batch, **where))
            return _failed()
        return await send(*batch, **where)

    async def until_sends(self, at_least: int) -> None:
        async def enough() -> bool:
            return self.sends >= at_least

        await until(enough)


def _failed() -> Awaitable[Any]:
    failed: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    failed.set_exception(KafkaTimeoutError())
    return failed


async def test_sends_that_fail_before_or_after_kafka_took_them_skip_nothing(
    alpha: SmallService, authority: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    faltering = Faltering(never_sent=(1, 4), answer_lost=(3,))
    monkeypatch.setattr(relay, "start_producer", faltering.start)
    async with background(alpha.relay.run()):
        for sends in range(1, 6):
            await fill_some(alpha, authority, 10)
            await faltering.until_sends(sends)
        await until_published(alpha, authority)
    await assert_topics_hold_the_journal(alpha, authority)


async def test_two_relays_at_once_repeat_and_skip_nothing(alpha: SmallService, authority: str) -> None:
    class WithoutLease(Relay):
        """A relay that was paused, and believes that it still holds the lease."""

        async def _take_lease(self) -> bool:
            return True

    first, second = (WithoutLease(alpha.relay_pool, alpha.name, alpha.bootstrap, alpha.bell) for _ in range(2))
    async with background(first.run(), second.run()):
        for _ in range(10):
            await fill_some(alpha, authority, 8)
        await until_published(alpha, authority)
    await assert_topics_hold_the_journal(alpha, authority)


async def test_only_one_relay_works_and_another_takes_over_when_it_stops(alpha: SmallService, authority: str) -> None:
    async with background(alpha.relay.run()):
        await fill_some(alpha, authority, 3)
        await until_published(alpha, authority)
        holder = await alpha.relay_pool.fetchval("select take_lease($1, 'another', 10)", f"relay of {alpha.name}")
        assert holder is None
    async with background(alpha.relay.run()):
        await fill_some(alpha, authority, 3)
        await until_published(alpha, authority)


async def make_anew(service: SmallService, authority: str, logs: Sequence[Log] = ("journal", "events")) -> None:
    names = [topic(authority, service.name, log) for log in logs]
    admin = AIOKafkaAdminClient(bootstrap_servers=service.bootstrap)
    await admin.start()
    try:
        await admin.delete_topics(names)

        async def gone() -> bool:
            return not set(names) & set(await admin.list_topics())

        await until(gone)
    finally:
        await admin.close()
    await create_topics(service.bootstrap, names)


async def test_a_topic_that_lost_its_end_is_filled_again(alpha: SmallService, authority: str) -> None:
    await fill_some(alpha, authority)
    async with background(alpha.relay.run()):
        await until_published(alpha, authority)
    await make_anew(alpha, authority)
    async with background(alpha.relay.run()):
        await until_published(alpha, authority)
    await assert_topics_hold_the_journal(alpha, authority)


async def test_a_topic_made_anew_under_a_running_relay_is_noticed_and_filled_again(
    alpha: SmallService, authority: str
) -> None:
    await fill_some(alpha, authority)
    async with background(alpha.relay.run()):
        await until_published(alpha, authority)
        await make_anew(alpha, authority)
        await fill_some(alpha, authority, 5)
        await until_published(alpha, authority)
    kept = {int(dict(r.headers)[POSITION]) for r in await alpha.records(authority, "journal")}
    assert kept == set(range(1, 26))


async def test_a_topic_made_anew_is_filled_again_also_while_nothing_happens(
    alpha: SmallService, authority: str
) -> None:
    await fill_some(alpha, authority)
    async with background(alpha.relay.run()):
        await until_published(alpha, authority)
        await make_anew(alpha, authority)
        await until_published(alpha, authority)
    await assert_topics_hold_the_journal(alpha, authority)


async def as_owner(service: SmallService, *statements: str) -> None:
    """What only somebody with the superuser's password can do to a journal: a restored or altered database."""
    connection = await asyncpg.connect(service.superuser_dsn)
    try:
        async with connection.transaction():
            await connection.execute("set local session_replication_role = replica")
            for statement in statements:
                await connection.execute(statement)
    finally:
        await connection.close()


async def test_a_topic_ahead_of_the_journal_freezes_the_authority(alpha: SmallService, authority: str) -> None:
    await fill_some(alpha, authority, 6)
    async with background(alpha.relay.run()):
        await until_published(alpha, authority)
    await as_owner(alpha, *CUT_AT_FOUR)
    async with background(alpha.relay.run()):
        await until(lambda: alpha.worker.fetchval("select frozen from journal_head where frozen like '%ahead%'"))
    with pytest.raises(Frozen, match="ahead"):
        await alpha.fill(authority)


async def test_a_topic_ahead_freezes_also_where_a_late_repeat_of_a_paused_relay_stands_last(
    alpha: SmallService, authority: str
) -> None:
    await fill_some(alpha, authority, 6)
    async with background(alpha.relay.run()):
        await until_published(alpha, authority)
    await repeat_record(alpha, topic(authority, alpha.name, "journal"), 3)
    await as_owner(alpha, *CUT_AT_FOUR)
    with pytest.raises(Diverged, match="position 6 is not in the journal"):
        await alpha.relay.compare(Source(authority, "journal"))


async def repeat_record(service: SmallService, name: str, number: int) -> None:
    """The record that came as this one comes once more, as it was."""
    record = (await read_all(service.bootstrap, name))[number - 1]
    producer = await start_producer(service.bootstrap)
    try:
        await producer.send_and_wait(name, record.value, key=record.key, headers=list(record.headers), partition=0)
    finally:
        await producer.stop()


async def test_another_history_in_the_topic_freezes_the_authority(alpha: SmallService, authority: str) -> None:
    await fill_some(alpha, authority, 6)
    async with background(alpha.relay.run()):
        await until_published(alpha, authority)
    await as_owner(alpha, f"update journal set hash = '\\x{'ab' * 32}' where position = 6")
    async with background(alpha.relay.run()):
        await until(
            lambda: alpha.worker.fetchval("select frozen from journal_head where frozen like '%another history%'")
        )


async def test_one_frozen_authority_does_not_stop_the_others(open_service: OpenService, authority: str) -> None:
    alpha = await open_service("alpha", authority, f"{authority}_b")
    await fill_some(alpha, authority, 3)
    await fill_some(alpha, f"{authority}_b", 3)
    await alpha.relay_pool.execute("select freeze_authority($1, 'for a test')", authority)
    async with background(alpha.relay.run()):
        await until_published(alpha, f"{authority}_b")
    assert await alpha.records(authority, "journal") == []


@pytest.mark.parametrize("altered", [b"not JSON", b"{}", b'{"type": "\xff"}'], ids=["no JSON", "no type", "no text"])
async def test_an_announcement_that_cannot_be_read_freezes_its_authority_and_no_other(
    open_service: OpenService, authority: str, altered: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    other = f"{authority}_b"
    alpha = await open_service("alpha", authority, other)
    for each in (authority, other):
        await fill_some(alpha, each, 6)
    (announced, *_) = [row for row in await alpha.rows(authority) if row["announced"]]
    place = f"where authority = '{authority}' and position = {announced['position']}"
    await as_owner(alpha, f"update journal set announcement = '\\x{altered.hex()}' {place}")
    async with background(alpha.relay.run()) as (working,):
        frozen = await until(lambda: alpha.worker.fetchval("select frozen from journal_head where frozen is not null"))
        await until_published(alpha, other)
        await alpha.fill(other)
        await until_published(alpha, other)
        assert not working.done()
    assert frozen == f"what position {announced['position']} announces cannot be read"
    assert f"{authority}'s journal is frozen: {frozen}" in caplog.text
    with pytest.raises(Frozen, match="cannot be read"):
        await alpha.fill(authority)
    assert await alpha.records(authority, "events") == []
    (shown,) = [each for each in (await standing(alpha.worker, alpha.clock.now())).authorities if each.frozen]
    assert (shown.authority, shown.frozen) == (authority, frozen)

    await as_owner(alpha, f"update journal set announcement = '\\x{announced['announcement'].hex()}' {place}")
    await alpha.relay_pool.execute("select thaw_authority($1, $2)", authority, frozen)
    async with background(alpha.relay.run()):
        await until_published(alpha, authority)
    await assert_topics_hold_the_journal(alpha, authority)


async def test_after_a_new_lineage_the_relay_compares_and_lets_go_on(alpha: SmallService, authority: str) -> None:
    await fill_some(alpha, authority, 3)
    async with background(alpha.relay.run()):
        await until_published(alpha, authority)
    await alpha.relay_pool.execute("select freeze_authority($1, 'lineage')", authority)
    async with background(alpha.relay.run()):
        await until(
            lambda: alpha.worker.fetchval(
                "select bool_and(frozen is null) from journal_head where authority = $1", authority
            )
        )
    await alpha.fill(authority)


async def test_a_new_lineage_under_a_running_relay_is_compared_too(alpha: SmallService, authority: str) -> None:
    await fill_some(alpha, authority, 3)
    async with background(alpha.relay.run()):
        await until_published(alpha, authority)
        await alpha.relay_pool.execute("select freeze_authority($1, 'lineage')", authority)
        await until(
            lambda: alpha.worker.fetchval(
                "select bool_and(frozen is null) from journal_head where authority = $1", authority
            )
        )


async def test_a_cursor_that_was_put_back_with_its_database_moves_on_without_news(
    alpha: SmallService, authority: str
) -> None:
    await fill_some(alpha, authority, 3)
    async with background(alpha.relay.run()):
        await until(lambda: cursor_is_at(alpha, authority, 3))
        put_back = f"update relay_cursor set position = 1 where authority = '{authority}'"
        frozen = f"update journal_head set frozen = 'lineage' where authority = '{authority}'"
        await as_owner(alpha, put_back, frozen)
        await until(lambda: cursor_is_at(alpha, authority, 3))


async def cursor_is_at(service: SmallService, authority: str, position: int) -> bool:
    found = await service.worker.fetchval(
        "select position from relay_cursor where authority = $1 and log = 'journal'", authority
    )
    return bool(found == position)


async def test_an_older_database_under_a_running_relay_is_compared_before_it_goes_on(
    alpha: SmallService, authority: str
) -> None:
    await fill_some(alpha, authority, 6)
    async with background(alpha.relay.run()):
        await until_published(alpha, authority)
        await as_owner(alpha, *CUT_AT_FOUR, "update journal_head set frozen = 'lineage'")
        found = "select coalesce(frozen, 'nothing') from journal_head where log = 'journal' and frozen <> 'lineage'"
        assert "ahead" in await until(lambda: alpha.worker.fetchval(found))


async def test_the_hash_in_the_topic_is_the_journals(alpha: SmallService, authority: str) -> None:
    await fill_some(alpha, authority, 3)
    async with background(alpha.relay.run()):
        await until_published(alpha, authority)
    assert [dict(r.headers)[HASH] for r in await alpha.records(authority, "journal")] == [
        row["hash"] for row in await alpha.rows(authority)
    ]
