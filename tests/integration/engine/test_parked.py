"""What fails in memory is put aside with all that its child says later; the others go on; people decide about it."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any
from uuid import UUID

import pytest
from aiokafka import AIOKafkaProducer
from tests.integration.engine import jars
from tests.integration.engine.conftest import SmallService, background
from tests.integration.engine.test_runner import until_at_least
from tests.integration.installed import until

from pep_cli.parked_records import decide
from pep_kernel.announcement import Said
from pep_kernel.decider import Act
from pep_kernel.policy import Policies
from pep_runtime import parked_records, policy_reader, runner
from pep_runtime.cloud_events import NUMBER, headers_of
from pep_runtime.policy_reader import PolicyReader
from pep_runtime.runner import PartitionRunner
from pep_runtime.topics import topic

KIND = jars.JarFilled.model_fields["type"].default
BUG = 7


@dataclass
class Told:
    """What somebody announces on a topic of their own, record by record, well formed or not."""

    service: SmallService
    authority: str
    producer: AIOKafkaProducer
    said: int = 0

    @property
    def topic(self) -> str:
        return topic(self.authority, self.service.name, "events")

    async def tell(
        self,
        child: str,
        amount: int = 1,
        *,
        value: bytes | None = None,
        without: str = "",
        key: bytes | None = None,
        **headers: bytes,
    ) -> None:
        """The next number, about a child."""
        self.said += 1
        value = value if value is not None else jars.JarFilled(amount=amount).model_dump_json().encode()
        row = {
            "event_id": UUID(int=self.said),
            "authority": self.authority,
            "recorded_at": datetime(2026, 9, 14, tzinfo=UTC),
            "child_ref": child,
            "stream": "jar-1",
            "announced": self.said,
            "correlation": UUID(int=self.said),
            "trace": None,
            "announcement": jars.JarFilled(amount=amount).model_dump_json().encode(),
            "hash": self.said.to_bytes(32, "big"),
        }
        known = dict(headers_of(row, self.service.name, bytes(32))) | headers
        sent = [(name, content) for name, content in known.items() if name != without]
        await self.producer.send_and_wait(
            self.topic, value, child.encode() if key is None else key, partition=0, headers=sent
        )


def copies_unless_bug(said: Said[jars.JarFilled], _rules: Any) -> Act:
    """Into a jar of the record's number. The bug is in the policy."""
    if said.announcement.amount == BUG:
        raise ZeroDivisionError("Somebody Fictional, born 2015-03-04")
    return Act(jars.Fill(amount=said.announcement.amount, quiet=True), (f"jar-{said.number}",), child_ref="a")


POLICIES: Policies = {jars.JarFilled: copies_unless_bug}


@pytest.fixture
async def told(alpha: SmallService, authority: str) -> AsyncIterator[Told]:
    producer = AIOKafkaProducer(bootstrap_servers=alpha.bootstrap)
    await producer.start()
    yield Told(alpha, authority, producer)
    await producer.stop()


@dataclass
class Listener:
    """A service that reads what is told, and what can be seen of it."""

    service: SmallService
    told: Told
    reader: PolicyReader

    @property
    def runner(self) -> PartitionRunner:
        return self.service.runner(self.told.service.name, self.reader)

    async def done(self) -> list[int]:
        """The numbers of which something came, in the order of the journal."""
        rows = await self.service.rows(self.told.authority)
        return [int(row["stream"].removeprefix("jar-")) for row in rows if row["stream"].startswith("jar-")]

    async def parked(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for row in await self.service.worker.fetch("select key, number from parked_event order by number"):
            found.setdefault(row["key"], []).append(row["number"])
        return found

    async def errors(self) -> list[str]:
        return [
            row["error"] for row in await self.service.worker.fetch("select error from parked_event order by number")
        ]

    async def read_all(self) -> None:
        await until(self._has_read(self.told.said))

    def _has_read(self, number: int) -> Callable[[], Awaitable[Any]]:
        return lambda: self.service.worker.fetchval("select last_number = $1 from consumer_offset", number)

    async def nothing_parked(self) -> None:
        await until(lambda: self.service.worker.fetchval("select not exists (select from parked_event)"))

    async def retry(self, key: str) -> None:
        """As `pep parked retry` does."""
        assert await decide(self.service.logins.worker, self.told.authority, key)

    async def discard(self, key: str) -> int:
        """As `pep parked discard` does. Gives the number."""
        decision = ("said_by_mistake", "CASE-1", "p-operator")
        (number,) = await decide(self.service.logins.worker, self.told.authority, key, decision)
        return number

    async def decided(self) -> None:
        await until(lambda: self.service.worker.fetchval("select not exists (select from parked_decision)"))

    async def halted(self) -> str | None:
        found: str | None = await self.service.worker.fetchval("select halted from consumer_offset")
        return found


@pytest.fixture
def listener(beta: SmallService, told: Told) -> Listener:
    return Listener(beta, told, beta.policy_reader(POLICIES))


@pytest.fixture
def healthy(beta: SmallService, told: Told) -> Listener:
    """The same service, after somebody has mended it."""
    return Listener(beta, told, beta.policy_reader({jars.JarFilled: _copies}))


def _copies(said: Said[jars.JarFilled], _rules: Any) -> Act:
    return Act(jars.Fill(amount=said.announcement.amount, quiet=True), (f"jar-{said.number}",), child_ref="a")


async def test_a_poison_record_waits_with_its_child_and_is_tried_again_in_order(
    listener: Listener, healthy: Listener, told: Told
) -> None:
    for child, amount in [("anna", BUG), ("anna", 1), ("ben", 2), ("anna", 3)]:
        await told.tell(child, amount)
    async with background(listener.runner.run()):
        await listener.read_all()
    assert await listener.parked() == {"anna": [1, 2, 4]}
    assert await listener.done() == [3]
    assert await listener.errors() == ["ZeroDivisionError", *[parked_records.BEHIND] * 2]
    async with background(healthy.runner.run()):
        await told.tell("anna", 4)  # behind the others, though nobody decided about it
        await healthy.read_all()
        await healthy.retry("anna")
        await healthy.nothing_parked()
        await told.tell("anna", 5)
        await until_at_least(healthy.service, told.authority, 6)
    assert await healthy.done() == [3, 1, 2, 4, 5, 6]


async def test_what_fails_again_waits_for_the_next_decision(listener: Listener, told: Told) -> None:
    await told.tell("anna", 3, value=b"not json")
    await told.tell("anna", BUG)
    async with background(listener.runner.run()):
        await listener.read_all()
        await listener.retry("anna")
        await listener.decided()
    assert await listener.parked() == {"anna": [1, 2]}
    assert [error.partition(":")[0] for error in await listener.errors()] == ["ValidationError", "ZeroDivisionError"]


async def test_of_one_in_a_hundred_malformed_or_of_an_unknown_version_only_the_child_waits(
    listener: Listener, told: Told
) -> None:
    odd: dict[int, dict[str, Any]] = {
        50: {"value": b"{"},
        150: {"ce_type": KIND.replace(".v1", ".v9").encode()},
        250: {"without": "ce_id"},
    }
    for number in range(1, 301):
        await told.tell(f"child{number % 30}", **odd.get(number, {}))
    async with background(listener.runner.run()):
        await listener.read_all()
    waiting = {number for number in range(1, 301) if any(number >= n and (number - n) % 30 == 0 for n in odd)}
    assert await listener.done() == [number for number in range(1, 301) if number not in waiting]
    assert sorted(chain(*(await listener.parked()).values())) == sorted(waiting)
    assert set(await listener.parked()) == {f"child{number % 30}" for number in odd}
    assert await listener.halted() is None


async def test_a_record_that_cannot_be_taken_in_is_parked_and_says_why(listener: Listener, told: Told) -> None:
    odd: list[tuple[dict[str, Any], str]] = [
        ({"value": b""}, "ValidationError: JarFilled: the whole"),
        ({"value": b'{"type":"another","amount":1}'}, "ValidationError: JarFilled: type"),
        ({"value": b'{"amount":"Anna Fictional"}'}, "ValidationError: JarFilled: amount"),
        ({"without": "ce_type"}, "Unreadable: header ce_type is missing"),
        ({"ce_type": KIND.replace(".v1", ".v2").encode()}, f"Unreadable: {KIND[:-1]}2 is not known here"),
        ({"ce_time": b"\xff\xfe"}, "UnicodeDecodeError"),
        ({"ce_id": b"nobody"}, "ValueError"),
        ({"amount": BUG}, "ZeroDivisionError"),
        ({"amount": -1}, "ZeroDivisionError"),
    ]
    for child, (each, _error) in enumerate(odd):
        await told.tell(f"child{child}", **each)
    await told.tell("ben")
    async with background(listener.runner.run()):
        await listener.read_all()
    assert await listener.errors() == [error for _each, error in odd]
    assert await listener.done() == [len(odd) + 1]


async def test_records_with_odd_keys_are_parked_like_any_other(listener: Listener, told: Told) -> None:
    for key in (b"\xff\xfe", b"an\0na", b"", b"k" * 5_000):
        await told.tell("anna", BUG, key=key, odd_header=b"\0")
    await told.tell("ben")
    async with background(listener.runner.run()):
        await listener.read_all()
    assert await listener.parked() == {"\\xff\\xfe": [1], "an\\0na": [2], "": [3], "k" * 400: [4]}
    assert await listener.done() == [5]


async def test_what_no_table_takes_is_the_records_fault_and_not_the_servers(beta: SmallService, told: Told) -> None:
    def unstorable(said: Said[jars.JarFilled], rules: Any) -> Act:
        return (
            Act(jars.Fill(amount=1, quiet=True), ("jar-1",), child_ref="a\0b")
            if said.number == 1
            else _copies(said, rules)
        )

    listener = Listener(beta, told, beta.policy_reader({jars.JarFilled: unstorable}))
    await told.tell("anna")
    await told.tell("ben")
    async with background(listener.runner.run()):
        await until_at_least(beta, told.authority, 1)
    assert (await listener.parked(), await listener.done()) == ({"anna": [1]}, [2])


async def test_what_no_policy_wants_is_passed_unread(listener: Listener, told: Told) -> None:
    await told.tell("anna", ce_type=b"uk.openpep.jars.JarWashed.v1", value=b"anything")
    await told.tell("anna")
    async with background(listener.runner.run()):
        await listener.read_all()
    assert (await listener.parked(), await listener.done()) == ({}, [2])


async def test_records_without_a_number_are_none_of_the_givers_and_are_passed(listener: Listener, told: Told) -> None:
    await told.tell("anna")
    for number in (None, b"", b"two", b"-2", b"1_0", b"9" * 40):
        headers = [] if number is None else [(NUMBER, number), ("pep_hash", bytes(32))]
        await told.producer.send_and_wait(told.topic, b"stray", b"anna", partition=0, headers=headers)
    await told.tell("anna")
    async with background(listener.runner.run()):
        await listener.read_all()
    assert (await listener.parked(), await listener.done()) == ({}, [1, 2])


async def test_a_record_without_a_number_in_anothers_place_halts_the_topic_for_all_to_see(
    listener: Listener, told: Told
) -> None:
    await told.tell("anna")
    await told.tell("ben", without=NUMBER)
    await told.tell("anna")
    async with background(listener.runner.run()):
        assert await until(listener.halted) == "number 2 is missing"
    assert await listener.done() == [1]


async def test_a_topic_that_was_mended_goes_on_by_itself(
    listener: Listener, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "LOOK_AGAIN_SECONDS", 0.1)
    for _ in range(3):
        await told.tell("anna")
    number = listener.reader.number
    hidden = {2}
    monkeypatch.setattr(listener.reader, "number", lambda record: _hiding(hidden, number(record)))
    async with background(listener.runner.run()):
        assert await until(listener.halted) == "number 2 is missing"
        hidden.clear()
        await listener.read_all()
    assert (await listener.done(), await listener.halted()) == ([1, 2, 3], None)


def _hiding(hidden: set[int], numbered: tuple[int, bytes]) -> tuple[int, bytes]:
    if numbered[0] in hidden:
        raise KeyError(NUMBER)
    return numbered


async def test_what_an_operator_gives_up_is_told_in_the_journal_and_the_rest_goes_on_in_order(
    listener: Listener, told: Told
) -> None:
    for amount in (BUG, 1, 2):
        await told.tell("anna", amount)
    async with background(listener.runner.run()):
        await listener.read_all()
        assert await listener.discard("anna") == 1
        await listener.nothing_parked()
        await told.tell("anna", 3)
        await until_at_least(listener.service, told.authority, 4)
    assert await listener.done() == [2, 3, 4]
    event = (await listener.service.rows(told.authority))[0]
    content = json.loads(event["payload"])
    assert (event["cause"], event["correlation"]) == (UUID(int=1), UUID(int=1))
    assert (event["type"], event["child_ref"], content["giver"]) == ("AnnouncementDiscarded", "anna", told.service.name)
    decision = {"number": 1, "type": KIND, "reason": "said_by_mistake", "case_ref": "CASE-1", "by": "p-operator"}
    assert content | decision == content
    assert content["error"] == "ZeroDivisionError"


async def test_what_was_never_an_announcement_can_be_given_up_too(listener: Listener, told: Told) -> None:
    await told.tell("plan-1", value=b"\xff", without="ce_id", ce_type=b"\xff", ce_correlationid=b"?")
    await told.tell("plan-1")
    async with background(listener.runner.run()):
        await listener.read_all()
        assert await listener.discard("plan-1") == 1
        await listener.nothing_parked()
    assert await listener.done() == [2]
    rows = await listener.service.rows(told.authority)
    assert (rows[0]["type"], rows[0]["child_ref"]) == ("AnnouncementDiscarded", None)


async def test_who_gives_up_one_record_gives_up_no_other(listener: Listener, told: Told) -> None:
    for amount in (BUG, 1, BUG, 2):
        await told.tell("anna", amount)
    async with background(listener.runner.run()):
        await listener.read_all()
        assert await listener.discard("anna") == 1
        await listener.decided()
    assert (await listener.parked(), await listener.done()) == ({"anna": [3, 4]}, [2])


async def test_a_decision_that_nobody_could_carry_out_yet_is_carried_out_later(
    listener: Listener, healthy: Listener, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    for amount in (BUG, *range(1, 23)):
        await told.tell("anna", amount)
    async with background(listener.runner.run()):
        await listener.read_all()
    await listener.retry("anna")
    monkeypatch.setattr(policy_reader, "DRAINED_AT_ONCE", 5)
    async with background(healthy.runner.run()):
        await until_at_least(healthy.service, told.authority, 5)
    async with background(healthy.runner.run()):
        await healthy.nothing_parked()
        await healthy.decided()
    assert await healthy.done() == list(range(1, 24))


async def test_too_much_that_is_parked_halts_the_topic_until_it_is_decided_about(
    listener: Listener, healthy: Listener, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policy_reader, "MOST_PARKED", 3)
    monkeypatch.setattr(runner, "LOOK_AGAIN_SECONDS", 0.1)
    for child in range(5):
        await told.tell(f"child{child}", BUG)
    async with background(listener.runner.run()):
        assert "3 records are parked" in await until(listener.halted)
        assert await listener.parked() == {"child0": [1], "child1": [2], "child2": [3]}
    async with background(healthy.runner.run()):
        for child in range(3):
            await healthy.retry(f"child{child}")
        await healthy.nothing_parked()
        await healthy.read_all()
        await until(lambda: _is_none(healthy.halted()))
    assert Counter(await healthy.done()) == Counter(range(1, 6))


async def _is_none(asked: Awaitable[object]) -> bool:
    return await asked is None


async def test_the_log_says_what_is_parked_and_nothing_of_its_contents(
    listener: Listener, told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    await told.tell("anna", BUG)
    with caplog.at_level(logging.INFO):
        async with background(listener.runner.run()):
            await listener.read_all()
    (line,) = [record for record in caplog.records if record.name == "pep_runtime.policies"]
    said = line.getMessage()
    for word in ("beta.policies", told.topic, "number 1", "ZeroDivisionError", "test_parked.py:"):
        assert word in said
    assert "Fictional" not in caplog.text
