"""The journal keeps what was decided, once, in order, chained, apart by authority; nobody changes it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from tests.integration.engine.conftest import TEACHER, OpenService, SmallService
from tests.integration.engine.jars import Fill

from pep_kernel.decider import Act
from pep_kernel.message import Envelope
from pep_kernel.refusal import Refusal
from pep_runtime.chain import GENESIS, next_hash
from pep_runtime.codec import Frame, encode
from pep_runtime.handler import ByPerson, ByPolicy
from pep_runtime.journal import (
    Append,
    ClockBehind,
    Frozen,
    KeyReused,
    NewEvent,
    UnknownAuthority,
    VersionConflict,
    append,
    load,
)


async def test_positions_are_dense_and_every_row_is_chained_to_the_one_before(
    alpha: SmallService, authority: str
) -> None:
    await asyncio.gather(*(alpha.fill(authority, f"jar-{n % 3}", quiet=n % 2 == 0) for n in range(30)))
    rows = await alpha.rows(authority)
    assert [row["position"] for row in rows] == list(range(1, 31))
    assert [row["announced"] for row in rows if row["announced"]] == list(range(1, 16))
    previous = GENESIS
    for row in rows:
        frame = Frame(
            row["position"],
            row["recorded_at"],
            row["announced"] or 0,
            row["envelope"],
            row["payload"],
            row["announcement"] or b"",
        )
        previous = next_hash(previous, frame)
        assert row["hash"] == previous


async def test_six_writers_on_one_stream_all_succeed_and_no_version_is_lost(
    alpha: SmallService, authority: str
) -> None:
    await asyncio.gather(*(alpha.fill(authority, "jar-1") for _ in range(6)))
    assert [row["version"] for row in await alpha.rows(authority)] == [1, 2, 3, 4, 5, 6]


async def test_the_same_key_does_it_once_and_gives_the_first_answer(alpha: SmallService, authority: str) -> None:
    first = await alpha.fill(authority, key="k1")
    await alpha.fill(authority)
    second = await alpha.fill(authority, key="k1")
    assert (second.position, second.repeated) == (first.position, True)
    assert len(await alpha.rows(authority)) == 2


async def test_twins_sent_at_once_do_it_once(alpha: SmallService, authority: str) -> None:
    done = await asyncio.gather(*(alpha.fill(authority, key="twin") for _ in range(5)))
    assert len({each.position for each in done}) == 1
    assert len(await alpha.rows(authority)) == 1


async def test_the_same_key_for_another_command_is_an_error(alpha: SmallService, authority: str) -> None:
    await alpha.fill(authority, key="k1")
    with pytest.raises(KeyReused):
        await alpha.fill(authority, amount=2, key="k1")


async def test_the_same_key_of_another_person_is_another_command(alpha: SmallService, authority: str) -> None:
    await alpha.fill(authority, key="k1")
    other = ByPerson(type(TEACHER)("p-other", "designated_teacher"), "k1", b"")
    await alpha.handler.handle(authority, Act(Fill(amount=5), ("jar-1",)), other)
    assert len(await alpha.rows(authority)) == 2


async def test_a_refusal_leaves_nothing_and_can_be_tried_again_with_the_same_key(
    alpha: SmallService, authority: str
) -> None:
    with pytest.raises(Refusal, match="full"):
        await alpha.fill(authority, amount=20_000, key="k1")
    assert await alpha.rows(authority) == []
    await alpha.fill(authority, amount=2, key="k1")


async def test_what_a_policy_did_for_a_cause_is_not_done_again(alpha: SmallService, authority: str) -> None:
    cause = uuid4()
    origin = ByPolicy("test", cause, uuid4())
    for _ in range(3):
        await alpha.handler.handle(authority, Act(Fill(amount=1), ("jar-1",)), origin)
    (row,) = await alpha.rows(authority)
    assert row["cause"] == cause


async def test_an_effect_is_recorded_after_its_cause_and_never_before_what_stands_there(
    alpha: SmallService, authority: str
) -> None:
    ahead = datetime.now(UTC) + timedelta(seconds=3)
    await alpha.handler.handle(authority, Act(Fill(amount=1), ("jar-1",)), ByPolicy("test", uuid4(), uuid4(), ahead))
    await alpha.fill(authority)
    first, second = await alpha.rows(authority)
    assert first["recorded_at"] == ahead + timedelta(microseconds=1)
    assert second["recorded_at"] >= first["recorded_at"]


async def test_a_cause_far_ahead_of_this_clock_is_not_taken(alpha: SmallService, authority: str) -> None:
    ahead = datetime.now(UTC) + timedelta(seconds=60)
    with pytest.raises(ClockBehind):
        await alpha.handler.handle(
            authority, Act(Fill(amount=1), ("jar-1",)), ByPolicy("test", uuid4(), uuid4(), ahead)
        )


@pytest.mark.parametrize("name", ["nowhere", ""])
async def test_an_authority_that_was_not_opened_has_no_journal(alpha: SmallService, name: str) -> None:
    with pytest.raises(UnknownAuthority):
        await alpha.fill(name)
    with pytest.raises(UnknownAuthority):
        await append(alpha.pool, first_of("jar-1", name))


def first_of(stream: str, authority: str, **more: Any) -> Append:
    """The append of a stream's first event."""
    now, correlation = datetime.now(UTC), uuid4()
    envelope = Envelope(
        event_id=uuid4(),
        type="Filled",
        schema_version=1,
        authority=authority,
        stream=stream,
        version=1,
        occurred_at=now,
        actor=TEACHER,
        correlation=correlation,
    )
    event = NewEvent(envelope, encode(envelope), b"{}")
    return Append(authority, now, events=[event], correlation=correlation, **more)


async def test_what_a_decision_rests_on_must_not_have_changed_though_nothing_is_written_there(
    alpha: SmallService, authority: str
) -> None:
    loaded = await load(alpha.pool, authority, ["jar-1", "jar-2"])
    await alpha.fill(authority, "jar-1")
    with pytest.raises(VersionConflict, match="jar-1"):
        await append(alpha.pool, first_of("jar-2", authority, head_seen=loaded.head, guarded={"jar-1": 0, "jar-2": 0}))
    assert len(await alpha.rows(authority)) == 1


@pytest.mark.parametrize("role", ["app", "relay", "worker", "superuser"])
async def test_nobody_changes_or_removes_a_row(alpha: SmallService, authority: str, role: str) -> None:
    await alpha.fill(authority)
    dsn = alpha.superuser_dsn if role == "superuser" else getattr(alpha.logins, role)
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("select set_config('app.authority', $1, false)", authority)
        for statement in ("update journal set type = 'X'", "delete from journal", "truncate journal"):
            with pytest.raises(asyncpg.PostgresError, match="only ever appended|permission denied"):
                await connection.execute(statement)
    finally:
        await connection.close()
    assert [row["type"] for row in await alpha.rows(authority)] == ["Filled"]


async def test_the_application_cannot_insert_past_the_append_function(alpha: SmallService, authority: str) -> None:
    async with alpha.pool.acquire() as connection, connection.transaction():
        await connection.execute("select set_config('app.authority', $1, true)", authority)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("insert into journal (authority) values ($1)", authority)


async def test_one_authority_sees_nothing_of_another_whatever_was_set_before(open_service: OpenService) -> None:
    alpha = await open_service("alpha", "northshire_x", "southshire_x")
    await alpha.fill("northshire_x")
    await alpha.fill("southshire_x")
    query = "select distinct authority from journal"
    async with alpha.pool.acquire() as connection:
        assert await connection.fetch(query) == []
        await connection.execute("select set_config('app.authority', '', false)")
        assert await connection.fetch(query) == []
        await connection.execute("select set_config('app.authority', 'northshire_x', false)")
        assert [row[0] for row in await connection.fetch(query)] == ["northshire_x"]
        for table in ("journal_head", "command_answer"):
            found = await connection.fetch(f"select distinct authority from {table}")
            assert [row[0] for row in found] == ["northshire_x"]
        await connection.execute("select set_config('app.authority', 'elsewhere', false)")
        assert await connection.fetch(query) == []
        loaded = await load(alpha.pool, "southshire_x", ["jar-1"])
        assert [event.version for event in loaded.events] == [1]
        await connection.execute("reset app.authority")


async def test_a_frozen_authority_takes_nothing(alpha: SmallService, authority: str) -> None:
    await alpha.relay_pool.execute("select freeze_authority($1, 'for a test')", authority)
    with pytest.raises(Frozen, match="for a test"):
        await alpha.fill(authority)


async def test_a_writer_that_is_paused_in_the_middle_of_a_command_stops_nobody(
    alpha: SmallService, authority: str
) -> None:
    loaded = await load(alpha.pool, authority, ["jar-1"])
    await alpha.fill(authority, "jar-1")  # if it had to wait for a lock, that would end with an error
    assert loaded.head == 0
    assert len(await alpha.rows(authority)) == 1


async def test_personal_text_is_nowhere_readable_in_the_database(alpha: SmallService, authority: str) -> None:
    await alpha.fill(authority, label="CANARY-LABEL")
    await alpha.projector.catch_up()
    (row,) = await alpha.rows(authority)
    assert b"CANARY" not in row["payload"] + row["envelope"] + row["announcement"]
    connection = await asyncpg.connect(alpha.superuser_dsn)
    try:
        label = await connection.fetchval("select label from jar_total")
    finally:
        await connection.close()
    assert "CANARY" not in label


async def test_a_new_lineage_of_postgres_freezes_every_authority(alpha: SmallService, authority: str) -> None:
    connection = await asyncpg.connect(alpha.superuser_dsn)
    try:
        await connection.execute("update lineage set timeline = timeline + 1")
    finally:
        await connection.close()
    await alpha.pool.expire_connections()
    with pytest.raises(Frozen, match="lineage"):
        await alpha.fill(authority)


async def test_who_repeats_a_request_after_midnight_asks_the_same_thing(alpha: SmallService, authority: str) -> None:
    """The command holds the day of asking; what the person sent does not."""
    today, tomorrow = (Act(Fill(amount=1, label=day), ("jar-1",)) for day in ("Monday", "Tuesday"))
    origin = ByPerson(TEACHER, "k1", b"POST /jars/1")
    await alpha.handler.handle(authority, today, origin)
    assert (await alpha.handler.handle(authority, tomorrow, origin)).repeated
