"""The access log is published, proved and taken back as the journal is, and neither holds up the other."""

from __future__ import annotations

import asyncio
from typing import get_args

import pytest
from tests.integration.earlier import put_back, remember
from tests.integration.engine.conftest import SmallService, background
from tests.integration.engine.test_relay import as_owner, until_published
from tests.integration.installed import until

from pep_kernel.message import Person
from pep_kernel.record_asked_for import RecordAskedFor
from pep_runtime.access_journal import MOST_WAITING, AccessJournal, TooManyWait
from pep_runtime.codec import Frame
from pep_runtime.journal import Frozen
from pep_runtime.recover import recover
from pep_runtime.topics import HASH, Chained
from pep_runtime.verify import Verdict, Verifier

TEACHER = Person("p-teacher", "designated_teacher")
LOOK = RecordAskedFor(
    about=("child-7",),
    classes=("plan",),
    action="read plan",
    reason="Theirs.",
    route="GET /plans/{plan_id}",
    shown=True,
)


async def look(service: SmallService, authority: str, times: int = 1) -> None:
    """Several look at once."""
    access = AccessJournal(service.pool, service.clock)
    await asyncio.gather(*(access.write(authority, TEACHER, LOOK) for _ in range(times)))


async def rows(service: SmallService, authority: str) -> list[dict[str, object]]:
    found = await service.worker.fetch("select * from access where authority = $1 order by position", authority)
    return [dict(row) for row in found]


async def published(service: SmallService, authority: str, position: int) -> None:
    query = "select position from relay_cursor where authority = $1 and log = 'access'"
    async with background(service.relay.run()):
        await until_published(service, authority)
        await until(lambda: at(service, query, authority, position))


async def at(service: SmallService, query: str, authority: str, position: int) -> bool:
    return bool(await service.worker.fetchval(query, authority) == position)


async def verdict(service: SmallService, authority: str, log: Chained) -> Verdict:
    return await Verifier(service.logins.worker, service.bootstrap, service.name, authority, log=log).verify()


async def frozen(service: SmallService, authority: str, log: Chained) -> str | None:
    query = "select frozen from journal_head where authority = $1 and log = $2"
    found: str | None = await service.worker.fetchval(query, authority, log)
    return found


async def test_every_look_is_in_the_topic_byte_for_byte_beside_the_journal(alpha: SmallService, authority: str) -> None:
    await alpha.fill(authority)
    await look(alpha, authority, 5)
    await published(alpha, authority, 5)
    stored = await rows(alpha, authority)
    records = await alpha.records(authority, "access")
    assert [Frame.unpack(record.value).payload for record in records] == [row["payload"] for row in stored]
    assert [dict(record.headers)[HASH] for record in records] == [row["hash"] for row in stored]
    assert len(await alpha.records(authority, "journal")) == 1
    found = [await verdict(alpha, authority, log) for log in get_args(Chained)]
    assert [(each.log, each.events, each.fault) for each in found] == [("journal", 1, None), ("access", 5, None)]


@pytest.mark.parametrize(
    ("change", "position", "words"),
    [
        ("update access set actor = 'p-other' where position = 3", 3, "columns do not say"),
        ("update access set payload = payload || ' ' where position = 3", 3, "its hash does not follow"),
        ("delete from access where position = 2", 2, "it is missing"),
        ("delete from access where position > 4", 5, "its head says 5"),
    ],
)
async def test_a_look_that_was_altered_or_dropped_is_found(
    alpha: SmallService, authority: str, change: str, position: int, words: str
) -> None:
    await look(alpha, authority, 5)
    await as_owner(alpha, change)
    found = await verdict(alpha, authority, "access")
    assert found.position == position
    assert words in str(found.fault)


async def test_a_frozen_log_is_no_reason_for_the_other_to_wait(alpha: SmallService, authority: str) -> None:
    await alpha.relay_pool.execute("select freeze_authority($1, 'a person looks', 'access')", authority)
    await alpha.fill(authority)
    with pytest.raises(Frozen):
        await look(alpha, authority)
    await alpha.relay_pool.execute("select thaw_authority($1, 'a person looks', 'access')", authority)
    await alpha.relay_pool.execute("select freeze_authority($1, 'a person looks')", authority)
    await look(alpha, authority)
    with pytest.raises(Frozen):
        await alpha.fill(authority)


async def test_looks_that_a_restore_took_come_back_from_the_topic(alpha: SmallService, authority: str) -> None:
    await look(alpha, authority, 3)
    backup = await remember(alpha.superuser_dsn)
    await look(alpha, authority, 4)
    await alpha.fill(authority)
    await published(alpha, authority, 7)
    before = await rows(alpha, authority)
    await put_back(alpha.superuser_dsn, backup)
    async with background(alpha.relay.run()):
        await until(lambda: is_ahead(alpha, authority))
    found = await recover(alpha.superuser_dsn, alpha.bootstrap, alpha.name, authority, apply=True)
    assert found.access is not None
    assert (found.goes_on, found.access.finding, found.access.missing) == (True, "journal behind", 4)
    assert await rows(alpha, authority) == before
    assert (await frozen(alpha, authority, "access"), await frozen(alpha, authority, "journal")) == (None, None)
    await look(alpha, authority)
    await published(alpha, authority, 8)
    assert (await verdict(alpha, authority, "access")).fault is None


async def is_ahead(service: SmallService, authority: str) -> bool:
    return "ahead" in (await frozen(service, authority, "access") or "")


async def test_no_more_wait_than_can_be_served(alpha: SmallService, authority: str) -> None:
    access = AccessJournal(alpha.pool, alpha.clock)
    waiting = [asyncio.ensure_future(access.write(authority, TEACHER, LOOK)) for _ in range(MOST_WAITING + 50)]
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {type(None), TooManyWait}
    assert len(await rows(alpha, authority)) == outcomes.count(None)
