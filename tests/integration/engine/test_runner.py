"""Announcements become effects once, in order, whoever is killed, paused, replaced or repeated."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import asyncpg
import pytest
from aiokafka import TopicPartition
from tests.integration.engine.conftest import OpenService, SmallService, background
from tests.integration.engine.test_relay import fill_some, make_anew, until_published
from tests.integration.installed import until

from pep_runtime.database import connected
from pep_runtime.journal import Append, Fenced, Offset, append
from pep_runtime.runner import AnotherHistory, Claim, fresh
from pep_runtime.topics import topic
from pep_runtime.verify import Verifier


async def effects(service: SmallService, authority: str) -> list[int]:
    return [row["version"] for row in await service.rows(authority)]


async def until_taken(service: SmallService, authority: str, count: int) -> None:
    async def taken() -> bool:
        return len(await effects(service, authority)) >= count

    await until(taken)
    assert await effects(service, authority) == list(range(1, count + 1))


async def test_each_announcement_is_one_effect_with_its_cause(
    alpha: SmallService, beta: SmallService, authority: str
) -> None:
    await alpha.fill(authority)
    await alpha.fill(authority, quiet=True)
    await alpha.fill(authority)
    async with background(alpha.relay.run(), beta.runner(alpha.name).run()):
        await until_taken(beta, authority, 2)
    causes = [row["event_id"] for row in await alpha.rows(authority) if row["announced"]]
    rows = await beta.rows(authority)
    assert [row["cause"] for row in rows] == causes
    assert [row["correlation"] for row in rows] == [
        row["correlation"] for row in await alpha.rows(authority) if row["announced"]
    ]
    assert await beta.worker.fetchval("select last_number from consumer_offset") == 2


async def test_a_reader_killed_again_and_again_does_everything_once(
    alpha: SmallService, beta: SmallService, authority: str
) -> None:
    async with background(alpha.relay.run()):
        for round_ in range(1, 6):
            await fill_loud(alpha, authority, 15)
            async with background(beta.runner(alpha.name).run()):
                await until_at_least(beta, authority, (round_ - 1) * 15 + 5)
        async with background(beta.runner(alpha.name).run()):
            await until_taken(beta, authority, 75)


async def fill_loud(service: SmallService, authority: str, count: int) -> None:
    await asyncio.gather(*(service.fill(authority, f"jar-{n % 4}") for n in range(count)))


async def until_at_least(service: SmallService, authority: str, count: int) -> None:
    async def enough() -> bool:
        return len(await effects(service, authority)) >= count

    await until(enough)


async def test_the_effect_and_the_offset_move_together_or_not_at_all(beta: SmallService, authority: str) -> None:
    (claim,) = await beta.pool.fetch("select * from claim_consumer('c', $1, 't', 'me')", authority)
    offset = Offset("c", "t", claim["epoch"] + 1, 1, 1, b"h")
    with pytest.raises(Fenced):
        await append(beta.pool, Append(authority, datetime.now(UTC), offset=offset))
    assert await beta.worker.fetchval("select last_number from consumer_offset") == 0


async def test_what_could_not_be_done_while_the_journal_took_nothing_is_done_afterwards(
    alpha: SmallService, beta: SmallService, authority: str
) -> None:
    await fill_loud(alpha, authority, 3)
    await beta.relay_pool.execute("select freeze_authority($1, 'for a test')", authority)
    async with background(alpha.relay.run(), beta.runner(alpha.name).run()):
        await until(lambda: beta.worker.fetchval("select epoch > 1 from consumer_offset"))  # it tried, and tries again
        assert await effects(beta, authority) == []
        await beta.relay_pool.execute("select thaw_authority($1, 'for a test')", authority)
        await until(lambda: beta.worker.fetchval("select last_number = 3 from consumer_offset"))
    assert await effects(beta, authority) == [1, 2, 3]


async def test_while_a_journal_takes_nothing_its_reader_comes_back_less_and_less_often(
    alpha: SmallService, beta: SmallService, authority: str, caplog: pytest.LogCaptureFixture
) -> None:
    await fill_loud(alpha, authority, 1)
    await beta.relay_pool.execute("select freeze_authority($1, 'for a test')", authority)

    def rests() -> list[float]:
        said = [record.getMessage() for record in caplog.records if "rests for" in record.getMessage()]
        return [float(each.partition("rests for ")[2].partition(" s")[0]) for each in said]

    async def several() -> bool:
        return len(rests()) >= 5

    async with background(alpha.relay.run(), beta.runner(alpha.name).run()):
        await until(several)
    first, *_, fifth = rests()[:5]
    assert fifth > 3 * first  # doubled each time, less a random part


async def test_a_paused_reader_is_fenced_by_its_successor(
    alpha: SmallService, beta: SmallService, authority: str
) -> None:
    await fill_loud(alpha, authority, 5)
    name = topic(authority, alpha.name, "events")
    async with background(alpha.relay.run()):
        await until_published(alpha, authority)
    records = await alpha.records(authority, "events")
    zombie, successor = beta.policy_reader(), beta.policy_reader()
    old = await zombie.claim(name, authority, alpha.name, "zombie")
    await zombie.take(old, records[:2])
    new = await successor.claim(name, authority, alpha.name, "successor")
    await successor.take(new, records[2:4])
    with pytest.raises(Fenced):
        await zombie.take(old, records[2:])
    await successor.take(new, records[4:])
    assert await effects(beta, authority) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "change",
    [
        "update consumer_offset set owner = 'nobody', last_number = 1, next_offset = 1 where authority = $1",
        "update consumer_offset set owner = 'nobody', epoch = epoch + 1 where authority = $1",
        "delete from consumer_offset where authority = $1",
    ],
    ids=["its-place-went-back", "it-is-anothers", "it-was-never-there"],
)
async def test_a_reader_with_nothing_to_do_notices_that_its_database_was_put_back(
    alpha: SmallService, beta: SmallService, authority: str, change: str
) -> None:
    await fill_loud(alpha, authority, 2)
    async with background(alpha.relay.run(), beta.runner(alpha.name).run()):
        await until_taken(beta, authority, 2)
        async with connected(beta.superuser_dsn) as connection:
            await connection.execute(change, authority)
        await until(lambda: is_claimed(beta, 2), 30)
        await until_taken(beta, authority, 2)


async def is_claimed(service: SmallService, number: int) -> bool:
    row = await service.worker.fetchrow("select owner, last_number from consumer_offset")
    return row is not None and row["owner"] != "nobody" and row["last_number"] == number


async def test_readers_that_come_and_go_share_the_work_and_do_nothing_twice(
    open_service: OpenService, authority: str
) -> None:
    shires = [f"{authority}_{n}" for n in range(3)]
    alpha = await open_service("alpha", *shires)
    beta = await open_service("beta", *shires)
    async with background(alpha.relay.run(), beta.runner(alpha.name).run()):
        await asyncio.gather(*(fill_loud(alpha, shire, 10) for shire in shires))
        await until_at_least(beta, shires[0], 1)
        async with background(beta.runner(alpha.name).run()):
            await asyncio.gather(*(fill_loud(alpha, shire, 10) for shire in shires))
            await until_at_least(beta, shires[1], 15)
        for shire in shires:
            await until_taken(beta, shire, 20)


async def test_a_topic_made_anew_brings_nothing_twice(alpha: SmallService, beta: SmallService, authority: str) -> None:
    await fill_loud(alpha, authority, 10)
    async with background(alpha.relay.run()), background(beta.runner(alpha.name).run()):
        await until_taken(beta, authority, 10)
    await make_anew(alpha, authority)
    async with background(alpha.relay.run(), beta.runner(alpha.name).run()):
        await fill_loud(alpha, authority, 10)
        await until_taken(beta, authority, 20)


async def test_who_was_behind_when_a_topic_was_made_anew_under_a_running_relay_hears_everything_once(
    alpha: SmallService, beta: SmallService, authority: str
) -> None:
    await fill_loud(alpha, authority, 10)
    async with background(alpha.relay.run()):
        await until_published(alpha, authority)
        await make_anew(alpha, authority, ["events"])
        await fill_loud(alpha, authority, 1)  # it stands first, and again after all that went before it
        await until_published(alpha, authority)
        async with background(beta.runner(alpha.name).run()):
            await until_taken(beta, authority, 11)
    verdict = await Verifier(alpha.superuser_dsn, alpha.bootstrap, alpha.name, authority).verify()
    assert verdict.fault is None


async def test_what_the_rules_refuse_is_written_down_and_the_child_goes_on(
    alpha: SmallService, beta: SmallService, authority: str
) -> None:
    await alpha.fill(authority, "jar-1", 9_000)
    await alpha.fill(authority, "jar-2", 2_000)
    await alpha.fill(authority, "jar-3", 500)
    async with background(alpha.relay.run(), beta.runner(alpha.name).run()):
        await until_taken(beta, authority, 2)
    refusal = "".join(await refusals(beta))
    assert refusal == "The jar is full."


async def refusals(service: SmallService) -> list[str]:
    connection = await asyncpg.connect(service.superuser_dsn)
    try:
        return [row["sentence"] for row in await connection.fetch("select sentence from policy_refusal")]
    finally:
        await connection.close()


async def test_announcements_that_nobody_wants_are_passed_and_the_offset_follows(
    alpha: SmallService, beta: SmallService, authority: str
) -> None:
    await fill_some(alpha, authority, 6)
    async with background(alpha.relay.run(), beta.runner(alpha.name, beta.policy_reader({})).run()):
        await until(
            lambda: beta.worker.fetchval("select last_number = 4 from consumer_offset where authority = $1", authority)
        )
    assert await effects(beta, authority) == []


async def test_places_are_saved_together_but_not_for_who_was_replaced_nor_where_nothing_is_taken(
    beta: SmallService, authority: str
) -> None:
    for name in ("mine", "lost", "lost"):  # another claims the second of them
        await beta.pool.execute("select * from claim_consumer('c', $1, $2, 'me')", authority, name)
    assert await not_saved(beta, authority, 4) == ["lost"]
    assert await saved(beta) == {"mine": 4, "lost": 0}
    await beta.relay_pool.execute("select freeze_authority($1, 'for a test')", authority)
    assert await not_saved(beta, authority, 9) == ["lost", "mine"]
    assert await saved(beta) == {"mine": 4, "lost": 0}


async def not_saved(service: SmallService, authority: str, number: int) -> list[str]:
    rows = await service.pool.fetch(
        "select save_offsets('c', $1, $2, $3, $4, $5, $6) as topic",
        [authority] * 2, ["mine", "lost"], [1, 1], [number + 1] * 2, [number] * 2, [b"h"] * 2,
    )  # fmt: skip
    return [row["topic"] for row in rows]


async def saved(service: SmallService) -> dict[str, int]:
    rows = await service.worker.fetch("select topic, last_number from consumer_offset")
    return {row["topic"]: row["last_number"] for row in rows}


def claim_at(last: int, last_hash: bytes | None = b"h") -> Claim:
    return Claim("t", "a", "s", 1, 0, last, last_hash, saved=last)


def test_repeats_are_dropped_and_a_missing_number_is_found_out() -> None:
    assert fresh(claim_at(2), [1, 2, 3, 4], lambda n: (n, b"h")) == ([3, 4], None)
    assert fresh(claim_at(2), [3, 5], lambda n: (n, b"h")) == ([3], 4)
    assert fresh(claim_at(2), [4], lambda n: (n, b"h")) == ([], 3)


def test_what_comes_before_its_turn_is_passed_and_taken_when_it_comes_again() -> None:
    assert fresh(claim_at(0), [5, 1, 2, 3, 4, 5], lambda n: (n, b"h")) == ([1, 2, 3, 4, 5], None)
    assert fresh(claim_at(0), [5, 1, 2], lambda n: (n, b"h")) == ([1, 2], 3)


def test_a_number_that_comes_again_with_another_hash_is_never_dropped() -> None:
    with pytest.raises(AnotherHistory):
        fresh(claim_at(2), [2], lambda n: (n, b"other"))


async def test_a_gap_that_reading_again_does_not_fill_stops_the_topic(
    alpha: SmallService, beta: SmallService, authority: str
) -> None:
    await fill_loud(alpha, authority, 3)
    async with background(alpha.relay.run()):
        await until_published(alpha, authority)
    runner = beta.runner(alpha.name)
    number = runner._reader.number
    runner._reader.number = lambda record: _without_two(number(record))  # type: ignore[method-assign]
    async with background(runner.run()):

        async def halted() -> bool:
            return any(claim.halted for claim in runner.claims.values())

        await until(halted)
    assert await effects(beta, authority) == [1]
    assert TopicPartition(topic(authority, alpha.name, "events"), 0) in runner.claims


def _without_two(numbered: tuple[int, bytes]) -> tuple[int, bytes]:
    number, its_hash = numbered
    return (number + 1 if number > 1 else number), its_hash
