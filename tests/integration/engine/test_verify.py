"""`pep verify` finds what was altered or dropped, and names the first position."""

from __future__ import annotations

import pytest
from aiokafka import AIOKafkaProducer
from tests.integration.engine.conftest import SmallService, background
from tests.integration.engine.test_relay import as_owner, until_published

from pep_runtime.topics import topic
from pep_runtime.verify import Verdict, Verifier


@pytest.fixture
async def published(alpha: SmallService, authority: str) -> SmallService:
    for n in range(12):  # one after another: which of them are announced is known
        await alpha.fill(authority, f"jar-{n % 4}", quiet=n % 3 == 0)
    async with background(alpha.relay.run()):
        await until_published(alpha, authority)
    return alpha


async def verdict(service: SmallService, authority: str) -> Verdict:
    return await Verifier(service.logins.worker, service.bootstrap, service.name, authority).verify()


async def test_a_whole_journal_is_found_whole(published: SmallService, authority: str) -> None:
    found = await verdict(published, authority)
    assert found == Verdict(authority, published.name, events=12, announcements=8, repeats=0, fault=None)


async def test_a_journal_that_is_not_all_sent_yet_is_whole(published: SmallService, authority: str) -> None:
    await published.fill(authority)
    assert (await verdict(published, authority)).fault is None


@pytest.mark.parametrize(
    ("offence", "position", "words"),
    [
        ("update journal set payload = payload || ' ' where position = 5", 5, "hash does not follow"),
        ("update journal set type = 'Emptied' where position = 5", 5, "columns"),
        ("update journal set child_ref = 'child-8' where position = 5", 5, "columns"),
        ("delete from journal where position = 5", 5, "missing"),
        ("delete from journal where position > 9", 10, "head says 12"),
        (
            "update journal set position = case position when 5 then 600 when 6 then 5 end where position in (5, 6);"
            "update journal set position = 6 where position = 600",
            5,
            "announcement 3 is missing before it",
        ),
        ("update journal_head set announced = 7", 12, "head does not say"),
    ],
)
async def test_an_altered_journal_is_found_out(
    published: SmallService, authority: str, offence: str, position: int, words: str
) -> None:
    await as_owner(published, offence)
    found = await verdict(published, authority)
    assert found.position == position
    assert words in (found.fault or "")


async def test_a_record_that_the_relay_says_it_sent_is_missed(published: SmallService, authority: str) -> None:
    await published.fill(authority)
    await as_owner(published, "update relay_cursor set position = 13")
    found = await verdict(published, authority)
    assert (found.position, found.fault) == (13, "position 13: it is missing in the journal topic")


async def test_a_foreign_record_in_a_topic_is_found_out(published: SmallService, authority: str) -> None:
    name = topic(authority, published.name, "journal")
    (first, *_) = await published.records(authority, "journal")
    await send(published, name, first.key, first.value, list(first.headers))
    assert (await verdict(published, authority)).repeats == 1
    await send(published, name, first.key, first.value + b" ", list(first.headers))
    found = await verdict(published, authority)
    assert found.position == 1
    assert "repeat" in (found.fault or "")


async def test_a_topic_that_is_ahead_of_its_journal_is_found_out(published: SmallService, authority: str) -> None:
    last = (await published.records(authority, "journal"))[-1]
    headers = [("pep_position", b"13"), *((name, value) for name, value in last.headers if name != "pep_position")]
    await send(published, topic(authority, published.name, "journal"), last.key, last.value, headers)
    found = await verdict(published, authority)
    assert (found.position, found.fault) == (13, "position 13: a topic holds a record that is not in the journal")


async def send(
    service: SmallService, name: str, key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes]]
) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=service.bootstrap)
    await producer.start()
    try:
        await producer.send_and_wait(name, value, key=key, headers=headers)
    finally:
        await producer.stop()
