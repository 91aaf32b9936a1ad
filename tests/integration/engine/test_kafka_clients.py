"""A client of Kafka that is stopped while it begins or ends leaves no connection open, whatever it waits for then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiokafka.conn import AIOKafkaConnection

from pep_runtime.kafka import closed, end_offsets, reader, start_producer
from pep_runtime.kafka_users import KafkaUsers
from pep_runtime.onboarding import administering, create_topics
from pep_runtime.whole_topic import batches


async def _reader(bootstrap: str, topic: str) -> None:
    async with reader(bootstrap, topic):
        pass


async def _producer(bootstrap: str, _topic: str) -> None:
    await start_producer(bootstrap)


async def _administrator(bootstrap: str, _topic: str) -> None:
    async with administering(bootstrap):
        pass


async def _users(bootstrap: str, _topic: str) -> None:
    async with KafkaUsers(bootstrap):
        pass


async def _whole_topic(bootstrap: str, topic: str) -> None:
    async for _batch in batches(bootstrap, topic):
        pass


@dataclass
class Seen:
    """The connections that were made, and the request that is waited for."""

    connections: list[AIOKafkaConnection] = field(default_factory=list)
    request: str = ""
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    def still_open(self) -> list[AIOKafkaConnection]:
        return [each for each in self.connections if each.connected()]


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Seen]:
    """What goes over the wire while it is there."""
    seen, send = Seen(), AIOKafkaConnection.send

    def look(self: AIOKafkaConnection, request: Any, *more: Any, **named: Any) -> Any:
        seen.connections.append(self)
        if type(request).__name__ == seen.request:
            seen.asked.set()
        return send(self, request, *more, **named)

    monkeypatch.setattr(AIOKafkaConnection, "send", look)
    yield seen
    seen.connections.clear()


@pytest.mark.parametrize("begin", [_reader, _producer, _administrator, _users, _whole_topic])
@pytest.mark.parametrize("asked", ["ApiVersionRequest", "MetadataRequest"])
async def test_a_client_that_is_stopped_while_it_begins_leaves_nothing_open(
    begin: Callable[[str, str], Coroutine[Any, Any, None]],
    asked: str,
    seen: Seen,
    kafka_bootstrap: str,
    unique_name: Callable[[str], str],
) -> None:
    seen.request = asked
    beginning = asyncio.create_task(begin(kafka_bootstrap, unique_name("pep")))
    await seen.asked.wait()
    beginning.cancel()
    await asyncio.wait([beginning])
    assert beginning.cancelled()
    assert seen.connections
    assert seen.still_open() == []


@pytest.mark.parametrize("turns", range(1, 6))
async def test_a_client_that_is_stopped_while_it_ends_leaves_nothing_open(
    turns: int, seen: Seen, kafka_bootstrap: str, unique_name: Callable[[str], str]
) -> None:
    name = unique_name("pep")
    await create_topics(kafka_bootstrap, [name])
    async with reader(kafka_bootstrap, name) as consumer:
        await end_offsets(consumer, [name])
        assert seen.still_open()
        ending = asyncio.create_task(closed(consumer.stop()))
        for _turn in range(turns):  # of the loop: stopping takes a few
            await asyncio.sleep(0)
        ending.cancel()
        await asyncio.wait([ending])
        assert seen.still_open() == []
