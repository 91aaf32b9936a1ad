"""`pep verify` finds what was altered or dropped, and names the first position. What it cannot find is shown too."""

from __future__ import annotations

import asyncio
import tracemalloc
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from tests.integration.engine.conftest import SmallService, background
from tests.integration.engine.test_relay import as_owner, make_anew, until_published

from pep_kernel.contracts.journey import JournalSealed
from pep_runtime.chain import GENESIS, next_hash
from pep_runtime.codec import Frame
from pep_runtime.relay import Record, announcement_records, journal_records
from pep_runtime.topics import topic
from pep_runtime.verify import Verdict, Verifier

COLUMNS = {
    "authority": ("'elsewhere'", "it is missing"),
    "position": ("500", "it is missing"),
    "stream": ("'jar-9'", "its columns do not say what its envelope says"),
    "version": ("9", "its columns do not say what its envelope says"),
    "event_id": ("gen_random_uuid()", "its columns do not say what its envelope says"),
    "type": ("'Emptied'", "its columns do not say what its envelope says"),
    "schema_version": ("2", "its columns do not say what its envelope says"),
    "occurred_at": ("occurred_at - interval '1 microsecond'", "its columns do not say what its envelope says"),
    "recorded_at": ("recorded_at + interval '1 microsecond'", "its hash does not follow from what is stored"),
    "actor": ("'p-other'", "its columns do not say what its envelope says"),
    "cause": ("gen_random_uuid()", "its columns do not say what its envelope says"),
    "correlation": ("gen_random_uuid()", "its columns do not say what its envelope says"),
    "trace": ("'00-1-2-01'", "its columns do not say what its envelope says"),
    "policy_version": ("'2020-01-01'", "its columns do not say what its envelope says"),
    "child_ref": ("'child-8'", "its columns do not say what its envelope says"),
    "envelope": ("set_byte(envelope, 20, 33)", "its hash does not follow from what is stored"),
    "payload": ("set_byte(payload, 10, 50)", "its hash does not follow from what is stored"),
    "hash": ("set_byte(hash, 31, get_byte(hash, 31) # 1)", "its hash does not follow from what is stored"),
    "announced": ("40", "announcement 3 is missing before it"),
    "announcement": ("announcement || ' '", "its hash does not follow from what is stored"),
}
"""What one changed value of row 5 is found by."""

JOURNALS = {
    "a row is removed": ("delete from journal where position = 5", 5, "it is missing"),
    "the first row is removed": ("delete from journal where position = 1", 1, "it is missing"),
    "the tail is cut": ("delete from journal where position > 9", 10, "the journal ends at 9, its head says 12"),
    "tail and head are cut": (
        "delete from journal where position > 9; update journal_head h set position = 9, announced = 6,"
        " hash = (select hash from journal where position = 9)",
        10,
        "the journal topic holds a record that is not in the journal",
    ),
    "two rows are swapped": (
        "update journal set position = case position when 2 then 600 else 2 end where position in (2, 3);"
        "update journal set position = 3 where position = 600",
        2,
        "announcement 1 is missing before it",
    ),
    "two rows that announce nothing more are swapped": (
        "update journal set position = case position when 1 then 600 else 1 end where position in (1, 4);"
        "update journal set position = 4 where position = 600",
        1,
        "its hash does not follow from what is stored",
    ),
    "an announcement is taken back": (
        "update journal set announced = null, announcement = null where position = 5",
        5,
        "its hash does not follow from what is stored",
    ),
    "the head says another number": (
        "update journal_head set announced = 7",
        12,
        "the head does not say what the last row says",
    ),
    "the head says another hash": (
        "update journal_head set hash = set_byte(hash, 0, get_byte(hash, 0) # 1)",
        12,
        "the head does not say what the last row says",
    ),
    "the authority is gone": ("delete from journal; delete from journal_head", 0, "there is no such authority"),
}


@pytest.fixture
async def published(alpha: SmallService, authority: str) -> SmallService:
    for n in range(12):  # one after another: which of them are announced is known
        await alpha.fill(authority, f"jar-{n % 4}", quiet=n % 3 == 0)
    async with background(alpha.relay.run()):
        await until_published(alpha, authority)
    return alpha


async def verdict(service: SmallService, authority: str, *seals: JournalSealed) -> Verdict:
    verifier = Verifier(service.logins.worker, service.bootstrap, service.name, authority, seals=seals)
    return await verifier.verify()


async def faults_of(service: SmallService, authority: str, offences: Iterable[str]) -> list[tuple[int | None, str]]:
    """What is said of each of these changes; each is undone before the next."""
    keep = "create table kept as table journal; create table kept_head as table journal_head"
    undo = (
        "delete from journal; delete from journal_head;"
        "insert into journal table kept; insert into journal_head table kept_head"
    )
    await as_owner(service, keep)
    found = []
    for offence in offences:
        await as_owner(service, offence)
        said = await verdict(service, authority)
        found.append((said.position, (said.fault or "").partition(": ")[2]))
        await as_owner(service, undo)
    return found


async def test_a_whole_journal_is_found_whole(published: SmallService, authority: str) -> None:
    found = await verdict(published, authority)
    assert found == Verdict(authority, published.name, events=12, announcements=8, repeats=0, fault=None)


async def test_a_journal_that_is_not_all_sent_yet_is_whole(published: SmallService, authority: str) -> None:
    await published.fill(authority)
    assert (await verdict(published, authority)).fault is None


async def test_one_changed_value_is_found_in_whichever_column(published: SmallService, authority: str) -> None:
    columns = await published.worker.fetch(
        "select column_name from information_schema.columns where table_name = 'journal'"
    )
    assert {row["column_name"] for row in columns} == COLUMNS.keys()
    offences = [f"update journal set {column} = {to} where position = 5" for column, (to, _) in COLUMNS.items()]
    found = await faults_of(published, authority, offences)
    assert dict(zip(COLUMNS, found, strict=True)) == {column: (5, words) for column, (_, words) in COLUMNS.items()}


async def test_what_was_done_to_a_journal_is_found_at_its_position(published: SmallService, authority: str) -> None:
    found = await faults_of(published, authority, [offence for offence, _, _ in JOURNALS.values()])
    assert dict(zip(JOURNALS, found, strict=True)) == {name: (at, words) for name, (_, at, words) in JOURNALS.items()}


async def records_of(service: SmallService, authority: str) -> tuple[list[Record], list[Record]]:
    """What the relay sends of the journal as it is now."""
    rows = await service.rows(authority)
    linked = list(zip(rows, [GENESIS, *(row["hash"] for row in rows)], strict=False))
    return list(journal_records(linked)), list(announcement_records(linked, service.name))


async def send(service: SmallService, name: str, records: Sequence[Record]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=service.bootstrap)
    await producer.start()
    try:
        for each in records:
            await producer.send_and_wait(name, each.value, key=each.key, headers=each.headers, partition=0)
    finally:
        await producer.stop()


async def fill_topics(service: SmallService, authority: str, journal: list[Record], events: list[Record]) -> None:
    """Topics that hold these records and no others."""
    await make_anew(service, authority)
    await send(service, topic(authority, service.name, "journal"), journal)
    await send(service, topic(authority, service.name, "events"), events)


def without(records: list[Record], index: int) -> list[Record]:
    return records[:index] + records[index + 1 :]


def swapped(records: list[Record], index: int) -> list[Record]:
    return [*records[:index], records[index + 1], records[index], *records[index + 2 :]]


def with_header(records: list[Record], index: int, name: str, value: bytes | None) -> list[Record]:
    """One record with another value in one header, or without that header."""
    record = records[index]
    headers = [(each, value if each == name else was) for each, was in record.headers]
    told = [(each, said) for each, said in headers if said is not None]
    return [*records[:index], Record(record.key, record.value, told), *records[index + 1 :]]


Change = Callable[[list[Record]], list[Record]]
SOMETHING_ELSE = "the {} topic holds something else in its place"
MISSING = "it is missing in the {} topic"
TOPICS: dict[str, tuple[str, Change, int, str]] = {
    "a record is missing": ("journal", lambda all_: without(all_, 4), 5, MISSING),
    "the last record is missing": ("journal", lambda all_: all_[:-1], 12, MISSING),
    "all records are missing": ("journal", lambda all_: [], 1, MISSING),
    "an announcement is missing": ("events", lambda all_: without(all_, 2), 5, MISSING),
    "two records are swapped": ("journal", lambda all_: swapped(all_, 4), 6, MISSING),
    "a record stands at another position": (
        "journal",
        lambda all_: with_header(all_, 4, "pep_position", b"6"),
        6,
        SOMETHING_ELSE,
    ),
    "a record says another hash": (
        "journal",
        lambda all_: with_header(all_, 4, "pep_hash", bytes(32)),
        5,
        SOMETHING_ELSE,
    ),
    "a record says another hash before it": (
        "journal",
        lambda all_: with_header(all_, 4, "pep_previous", bytes(32)),
        5,
        SOMETHING_ELSE,
    ),
    "a record has no position": (
        "journal",
        lambda all_: with_header(all_, 4, "pep_position", None),
        5,
        "the {} topic holds a record without a number, at offset 4",
    ),
    "an announcement says another type": (
        "events",
        lambda all_: with_header(all_, 2, "ce_type", b"uk.openpep.jars.JarEmptied.v1"),
        5,
        SOMETHING_ELSE,
    ),
    "a record has another key": (
        "journal",
        lambda all_: [*all_[:4], Record(b"child-8", all_[4].value, all_[4].headers), *all_[5:]],
        5,
        SOMETHING_ELSE,
    ),
    "one byte of a record is another": (
        "journal",
        lambda all_: [*all_[:4], Record(all_[4].key, all_[4].value + b" ", all_[4].headers), *all_[5:]],
        5,
        SOMETHING_ELSE,
    ),
    "a repeat is not the same": (
        "journal",
        lambda all_: [*all_, Record(all_[4].key, all_[4].value + b" ", all_[4].headers)],
        5,
        "the {} topic repeats it and changes it",
    ),
    "a record is of no row": (
        "journal",
        lambda all_: [*all_, with_header(all_, 11, "pep_position", b"13")[11]],
        13,
        "the {} topic holds a record that is not in the journal",
    ),
}


async def test_what_was_done_to_a_topic_is_found_at_its_position(published: SmallService, authority: str) -> None:
    journal, events = await records_of(published, authority)
    found = {}
    for case, (which, change, _, _) in TOPICS.items():
        changed = (change(journal), events) if which == "journal" else (journal, change(events))
        await fill_topics(published, authority, *changed)
        said = await verdict(published, authority)
        found[case] = (said.position, (said.fault or "").partition(": ")[2])
    assert found == {case: (at, words.format(which)) for case, (which, _, at, words) in TOPICS.items()}


async def test_a_topic_that_is_gone_is_found(published: SmallService, authority: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=published.bootstrap)
    await admin.start()
    await admin.delete_topics([topic(authority, published.name, "journal")])
    await admin.close()
    assert (await verdict(published, authority)).fault == "position 1: it is missing in the journal topic"


async def test_repeats_are_counted_and_no_fault(published: SmallService, authority: str) -> None:
    journal, events = await records_of(published, authority)
    await fill_topics(published, authority, [*journal[:6], *journal[2:9], *journal], [*events, *events[-2:]])
    found = await verdict(published, authority)
    assert (found.fault, found.repeats) == (None, (7 - 3) + 9 + 2)


async def test_what_is_appended_and_sent_meanwhile_is_no_fault(published: SmallService, authority: str) -> None:
    async def busy() -> None:
        for n in range(200):
            await published.fill(authority, f"jar-{n % 4}", quiet=n % 3 == 0)

    async with background(published.relay.run(), busy()) as (_relay, filling):
        found = [await verdict(published, authority)]
        while not filling.done():
            found.append(await verdict(published, authority))
    assert [each.fault for each in found] == [None] * len(found)


def seal(service: SmallService, authority: str, row: Any) -> JournalSealed:
    """What journey says of this row, if it is the last that it copied."""
    return JournalSealed(
        authority=authority,
        service=service.name,
        position=row["position"],
        hash=row["hash"].hex(),
        on=date(2026, 9, 21),
    )


async def write_anew(service: SmallService, authority: str, position: int) -> None:
    """Give a row another payload, and all rows after it, and the head, hashes that follow from it."""
    previous, statements = (
        GENESIS,
        [f"update journal set payload = convert_to('{{}}', 'utf8') where position = {position}"],
    )
    for row in await service.rows(authority):
        payload = b"{}" if row["position"] == position else row["payload"]
        announcement = row["announcement"] or b""
        frame = Frame(
            row["position"], row["recorded_at"], row["announced"] or 0, row["envelope"], payload, announcement
        )
        previous = next_hash(previous, frame)
        statements.append(f"update journal set hash = '\\x{previous.hex()}' where position = {row['position']}")
    statements.append(f"update journal_head set hash = '\\x{previous.hex()}'")
    await as_owner(service, *statements)


async def cut(service: SmallService, authority: str, after: int) -> None:
    """Cut journal, head, and the relay's own note at one place."""
    row = (await service.rows(authority))[after - 1]
    announced = await service.worker.fetchval("select max(announced) from journal where position <= $1", after)
    await as_owner(
        service,
        f"delete from journal where position > {after}",
        f"update journal_head set position = {after}, announced = {announced}, hash = '\\x{row['hash'].hex()}'"
        " where log = 'journal'",
        f"update relay_cursor set position = {after} where log = 'journal'",
    )


async def test_who_writes_a_journal_anew_is_found_by_its_topic(published: SmallService, authority: str) -> None:
    await write_anew(published, authority, 5)
    found = await verdict(published, authority)
    assert found.fault == "position 5: the journal topic holds something else in its place"


async def test_who_writes_the_topics_anew_as_well_is_found_by_a_seal(published: SmallService, authority: str) -> None:
    kept = seal(published, authority, (await published.rows(authority))[8])
    await write_anew(published, authority, 5)
    await fill_topics(published, authority, *await records_of(published, authority))
    assert (await verdict(published, authority)).fault is None, "without a seal it looks whole"
    found = await verdict(published, authority, kept)
    assert found.fault == (
        "position 9: its hash is not the one that was sealed on 2026-09-21: it, or a row before it, was written anew"
    )


async def test_a_cut_below_a_seal_is_found_and_a_cut_beyond_it_cannot_be(
    published: SmallService, authority: str
) -> None:
    kept = seal(published, authority, (await published.rows(authority))[8])
    await cut(published, authority, 10)
    await fill_topics(published, authority, *await records_of(published, authority))
    beyond = await verdict(published, authority, kept)
    assert (beyond.fault, beyond.events, beyond.sealed_position, beyond.sealed_on) == (None, 10, 9, kept.on)
    await cut(published, authority, 8)
    await fill_topics(published, authority, *await records_of(published, authority))
    assert (await verdict(published, authority)).fault is None, "without a seal it looks whole"
    found = await verdict(published, authority, kept)
    assert found.fault == "position 9: the journal ends at 8, a seal of 2026-09-21 says that it reached 9"


async def test_seals_of_other_journals_are_not_compared(published: SmallService, authority: str) -> None:
    mine = seal(published, authority, (await published.rows(authority))[8])
    others = [mine.model_copy(update={"authority": "other", "position": 99}), mine.model_copy(update={"service": "x"})]
    found = await verdict(published, authority, *others, mine)
    assert (found.fault, found.sealed_position) == (None, 9)


async def test_memory_does_not_grow_with_the_journal(alpha: SmallService, authority: str) -> None:
    peaks = []
    for _ in range(2):
        for _ in range(10):
            words = "a long label " * 2_000
            await asyncio.gather(*(alpha.fill(authority, f"jar-{n}", label=words) for n in range(40)))
        async with background(alpha.relay.run()):
            await until_published(alpha, authority)
        tracemalloc.start()
        assert (await verdict(alpha, authority)).fault is None
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.3 * peaks[0], peaks
