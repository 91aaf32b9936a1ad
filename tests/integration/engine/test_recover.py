"""A database that was put back behind Kafka gets its history back byte for byte, and nothing is done twice."""

from __future__ import annotations

import json
import stat
from base64 import b64decode
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tests.integration.earlier import put_back, remember
from tests.integration.engine import jars
from tests.integration.engine.conftest import TEACHER, SmallService, background
from tests.integration.engine.test_relay import (
    assert_topics_hold_the_journal,
    fill_some,
    make_anew,
    until_published,
)
from tests.integration.engine.test_verify import send
from tests.integration.installed import until

from pep_kernel.announcement import Said
from pep_kernel.decider import Act
from pep_kernel.refusal import Refusal
from pep_runtime import numbered
from pep_runtime.database import connected
from pep_runtime.handler import ByPerson
from pep_runtime.journal import Frozen
from pep_runtime.policy_reader import PolicyReader
from pep_runtime.projector import position_of
from pep_runtime.recover import AT_WORK, CannotRecover, Recovery, recover
from pep_runtime.relay import Record
from pep_runtime.topics import topic


async def frozen(service: SmallService, authority: str) -> str | None:
    query = "select frozen from journal_head where authority = $1 and log = 'journal'"
    reason: str | None = await service.worker.fetchval(query, authority)
    return reason


async def recovered(service: SmallService, authority: str, **how: Any) -> Recovery:
    how = {"apply": True, **how}
    return await recover(service.superuser_dsn, service.bootstrap, service.name, authority, **how)


async def publish(service: SmallService, authority: str) -> None:
    async with background(service.relay.run()):
        await until_published(service, authority)


async def until_frozen(service: SmallService, authority: str) -> str:
    async with background(service.relay.run()):
        reason: str = await until(lambda: frozen(service, authority))
    return reason


@pytest.fixture
async def behind(alpha: SmallService, authority: str) -> tuple[SmallService, list[asyncpg.Record]]:
    """A service whose database was put back behind its topic, and the rows that it had had."""
    await fill_some(alpha, authority, 10)
    backup = await remember(alpha.superuser_dsn)
    await fill_some(alpha, authority, 15)
    await publish(alpha, authority)
    rows = await alpha.rows(authority)
    await put_back(alpha.superuser_dsn, backup)
    return alpha, rows


async def test_the_missing_rows_come_back_byte_for_byte_and_the_authority_goes_on(
    behind: tuple[SmallService, list[asyncpg.Record]], authority: str
) -> None:
    service, rows = behind
    assert "ahead" in await until_frozen(service, authority)
    found = await recovered(service, authority)
    assert (found.finding, found.missing, found.common, found.fault) == ("journal behind", 15, 10, None)
    assert await service.rows(authority) == rows
    assert await frozen(service, authority) is None
    await fill_some(service, authority, 5)
    await publish(service, authority)
    assert (await recovered(service, authority, apply=False)).finding == "agree"


async def test_looking_changes_nothing(behind: tuple[SmallService, list[asyncpg.Record]], authority: str) -> None:
    service, _ = behind
    before = await remember(service.superuser_dsn)
    found = await recovered(service, authority, apply=False)
    assert (found.finding, found.missing, found.applied, found.goes_on) == ("journal behind", 15, False, False)
    assert await remember(service.superuser_dsn) == before


async def test_stopped_half_way_it_goes_on_where_it_was(
    behind: tuple[SmallService, list[asyncpg.Record]], authority: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, rows = behind
    monkeypatch.setattr(numbered, "RECORDS", 4)

    def stop(what: str, done: int, _of: int) -> None:
        if what == "taking back" and done > 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await recovered(service, authority, progress=stop)
    half = await service.rows(authority)
    assert 10 < len(half) < 25
    assert await frozen(service, authority) == AT_WORK
    with pytest.raises(Frozen):
        await service.fill(authority)
    assert (await recovered(service, authority)).goes_on
    assert await service.rows(authority) == rows


async def test_a_command_that_was_taken_back_is_not_done_twice(alpha: SmallService, authority: str) -> None:
    backup = await remember(alpha.superuser_dsn)
    await alpha.fill(authority, "jar-1", 6_000, key="the first")
    await alpha.fill(authority, "jar-2", 1, key="the second")
    await publish(alpha, authority)
    rows = await alpha.rows(authority)
    await put_back(alpha.superuser_dsn, backup)
    await recovered(alpha, authority)
    by_rule_refused = await alpha.fill(authority, "jar-1", 6_000, key="the first")  # 12,000 would be too much
    allowed_again = await alpha.fill(authority, "jar-2", 1, key="the second")
    assert (by_rule_refused.repeated, by_rule_refused.position, allowed_again.repeated) == (True, 1, True)
    assert await alpha.rows(authority) == rows
    with pytest.raises(Refusal):
        await alpha.fill(authority, "jar-1", 6_000, key="another")


async def test_read_models_catch_up_with_what_came_back(
    behind: tuple[SmallService, list[asyncpg.Record]], authority: str
) -> None:
    service, rows = behind
    await recovered(service, authority)
    async with background(service.projector.run()):
        await until_folded(service, authority, rows[-1]["position"])
    assert await totals(service) == folded(rows)


async def until_folded(service: SmallService, authority: str, position: int) -> None:
    async def is_there() -> bool:
        return await position_of(service.worker, authority, 1) >= position

    await until(is_there)


async def totals(service: SmallService) -> dict[str, int]:
    async with connected(service.superuser_dsn) as connection:
        return {row["stream"]: row["total"] for row in await connection.fetch("select * from jar_total")}


def folded(rows: list[asyncpg.Record]) -> dict[str, int]:
    """What the read model must say, counted by hand."""
    found: dict[str, int] = {}
    for row in rows:
        found[row["stream"]] = found.get(row["stream"], 0) + json.loads(row["payload"])["amount"]
    return found


async def say(service: SmallService, authority: str, amount: int, child: str) -> None:
    act = Act(jars.Fill(amount=amount), (f"jar-of-{child}",), child_ref=child)
    await service.handler.handle(authority, act, ByPerson(TEACHER, f"{child} {amount}", b""))


def listening(beta: SmallService, pass_over: set[int]) -> PolicyReader:
    """Beta follows what alpha says, but for some amounts, which it has no use for."""

    def follow(said: Said[jars.JarFilled], rules: Any) -> Act | None:
        if said.announcement.amount in pass_over:
            return None
        return jars.fill_ours_when_theirs_is_filled(said, rules)

    return PolicyReader(beta.pool, "beta.policies", beta.handler, {jars.JarFilled: follow}, lambda _a: None, beta.clock)


async def test_what_others_said_is_not_taken_in_twice_and_not_judged_by_what_came_later(
    alpha: SmallService, beta: SmallService, authority: str
) -> None:
    for amount, child in ((1, "child-1"), (5, "child-1"), (5, "child-2"), (2, "child-1"), (3, "child-3")):
        await say(alpha, authority, amount, child)
    await publish(alpha, authority)
    empty = await remember(beta.superuser_dsn)
    async with background(beta.runner(alpha.name, listening(beta, {5})).run()):
        await until(lambda: amounts_in(beta, authority, 3))
    await publish(beta, authority)
    rows = await beta.rows(authority)
    await put_back(beta.superuser_dsn, empty)
    found = await recovered(beta, authority)
    assert found.looked_at_again == 1  # child-2's: nothing later of that child had an effect, it may have been parked
    await say(alpha, authority, 4, "child-4")
    async with background(beta.runner(alpha.name, listening(beta, set())).run(), alpha.relay.run()):
        await until(lambda: amounts_in(beta, authority, 5))
        await until(lambda: nothing_parked(beta, authority))
    assert (await beta.rows(authority))[:3] == rows
    assert sorted(await amounts_in(beta, authority, 5)) == [1, 2, 3, 4, 5]


async def test_what_was_parked_then_and_has_been_done_since_is_parked_no_more(
    alpha: SmallService, beta: SmallService, authority: str
) -> None:
    def fail(said: Said[jars.JarFilled], _rules: Any) -> Act:
        raise ZeroDivisionError(said.number)

    await say(alpha, authority, 1, "child-1")
    await publish(alpha, authority)
    failing = PolicyReader(
        beta.pool, "beta.policies", beta.handler, {jars.JarFilled: fail}, lambda _a: None, beta.clock
    )
    async with background(beta.runner(alpha.name, failing).run()):
        await until(lambda: something_parked(beta, authority))
    backup = await remember(beta.superuser_dsn)
    await try_again(beta, authority, "child-1")
    async with background(beta.runner(alpha.name).run()):
        await until(lambda: nothing_parked(beta, authority))
    await publish(beta, authority)
    rows = await beta.rows(authority)
    await put_back(beta.superuser_dsn, backup)
    assert (await recovered(beta, authority)).goes_on
    assert await nothing_parked(beta, authority)
    assert await beta.rows(authority) == rows


async def try_again(service: SmallService, authority: str, key: str) -> None:
    """As `pep parked retry` does."""
    async with connected(service.superuser_dsn) as connection:
        await connection.execute(
            "insert into parked_decision (authority, consumer, topic, key)"
            " select authority, consumer, topic, key from parked_event where authority = $1 and key = $2",
            authority,
            key,
        )


async def something_parked(service: SmallService, authority: str) -> bool:
    return not await nothing_parked(service, authority)


async def amounts_in(service: SmallService, authority: str, at_least: int) -> list[int]:
    amounts = [json.loads(row["payload"])["amount"] for row in await service.rows(authority)]
    return amounts if len(amounts) >= at_least else []


async def nothing_parked(service: SmallService, authority: str) -> bool:
    query = "select count(*) = 0 from parked_event where authority = $1"
    none: bool = await service.worker.fetchval(query, authority)
    return none


async def test_a_topic_that_lost_all_while_the_authority_was_frozen_is_filled_again(
    alpha: SmallService, authority: str
) -> None:
    await fill_some(alpha, authority)
    await publish(alpha, authority)
    await alpha.relay_pool.execute("select freeze_authority($1, 'a person wanted to look')", authority)
    await make_anew(alpha, authority)
    found = await recovered(alpha, authority)
    assert (found.finding, found.common, found.goes_on) == ("topic behind", 0, True)
    assert await frozen(alpha, authority) is None
    await publish(alpha, authority)
    await assert_topics_hold_the_journal(alpha, authority)


@pytest.fixture
async def apart(behind: tuple[SmallService, list[asyncpg.Record]], authority: str) -> SmallService:
    """As `behind`, but before anybody looked three more commands were answered."""
    service, _ = behind
    for n in range(3):
        await service.fill(authority, "jar-own", n + 1, key=f"own {n}")
    await until_frozen(service, authority)
    return service


async def test_histories_that_went_apart_stay_frozen_and_are_named(apart: SmallService, authority: str) -> None:
    before = await apart.rows(authority)
    found = await recovered(apart, authority, apply=False)
    assert (found.finding, found.common, found.journal.position, found.topic.position) == ("apart", 10, 13, 25)
    with pytest.raises(CannotRecover, match="different histories after position 10"):
        await recovered(apart, authority)
    assert await apart.rows(authority) == before
    assert await frozen(apart, authority) is not None


async def test_by_an_explicit_choice_the_topics_history_goes_on_and_the_other_is_kept_in_a_file(
    apart: SmallService, authority: str, tmp_path: Path
) -> None:
    own = (await apart.rows(authority))[10:]
    async with background(apart.projector.run()):
        await until_folded(apart, authority, 13)
    file = tmp_path / "own.jsonl"
    found = await recovered(apart, authority, set_aside=file)
    assert found.goes_on
    kept = [json.loads(line) for line in file.read_bytes().splitlines()]
    assert [b64decode(row["payload"]) for row in kept] == [row["payload"] for row in own]
    assert [row["position"] for row in kept] == [11, 12, 13]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    rows = await apart.rows(authority)
    assert len(rows) == 25
    async with background(apart.projector.run(), apart.relay.run()):
        await until_folded(apart, authority, 25)
        assert not (await apart.fill(authority, "jar-own", 1, key="own 0")).repeated  # entered again by a person
        await until_published(apart, authority)
        await until_folded(apart, authority, 26)
    assert await totals(apart) == folded(await apart.rows(authority))


async def test_a_file_that_is_there_is_never_overwritten(apart: SmallService, authority: str, tmp_path: Path) -> None:
    before = await apart.rows(authority)
    (tmp_path / "own.jsonl").write_text("something else")
    with pytest.raises(CannotRecover, match="nothing is overwritten"):
        await recovered(apart, authority, set_aside=tmp_path / "own.jsonl")
    assert await apart.rows(authority) == before
    assert (tmp_path / "own.jsonl").read_text() == "something else"


async def test_what_was_taken_in_only_by_the_rows_that_left_is_taken_in_again(
    alpha: SmallService, beta: SmallService, authority: str, tmp_path: Path
) -> None:
    await say(alpha, authority, 1, "child-1")
    await publish(alpha, authority)
    empty = await remember(beta.superuser_dsn)
    await beta.fill(authority, "jar-known", key="published")
    await publish(beta, authority)
    await put_back(beta.superuser_dsn, empty)
    async with background(beta.runner(alpha.name).run()):  # nobody knows yet that the topic is ahead
        await until(lambda: amounts_in(beta, authority, 1))
    found = await recovered(beta, authority, set_aside=tmp_path / "own.jsonl")
    assert (found.common, found.goes_on) == (0, True)
    async with background(beta.runner(alpha.name).run()):
        await until(lambda: amounts_in(beta, authority, 2))
    assert [row["stream"] for row in await beta.rows(authority)] == ["jar-known", "jar-copy"]


async def test_a_record_that_does_not_follow_is_named_and_nothing_is_taken_back(
    behind: tuple[SmallService, list[asyncpg.Record]], authority: str
) -> None:
    service, _ = behind
    name = topic(authority, service.name, "journal")
    last = (await service.records(authority, "journal"))[-1]
    headers = [("pep_position", b"26"), *((name, value) for name, value in last.headers if name != "pep_position")]
    await send(service, name, [Record(last.key or b"", last.value or b"", headers)])
    with pytest.raises(CannotRecover, match="position 26 does not follow"):
        await recovered(service, authority)
    assert len(await service.rows(authority)) == 10


async def test_what_is_not_verified_as_whole_stays_frozen(
    behind: tuple[SmallService, list[asyncpg.Record]], authority: str
) -> None:
    service, rows = behind
    first = (await service.records(authority, "journal"))[0]
    name = topic(authority, service.name, "journal")
    await send(service, name, [Record(first.key or b"", (first.value or b"") + b" ", list(first.headers))])
    found = await recovered(service, authority)
    assert "repeat" in (found.fault or "")
    assert not found.goes_on
    assert await frozen(service, authority) == AT_WORK
    assert await service.rows(authority) == rows
