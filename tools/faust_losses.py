"""Three ways in which faust-streaming 0.15.3 forgets, shown on a real Kafka: why nothing that must be true rests on it.

1. An agent that raises has acknowledged the message all the same: nobody ever sees it again.
2. With manual acknowledgement too, as soon as the next message is acknowledged.
3. A commit that Kafka refused is entered in faust's books as done.

`.venv/bin/python tools/faust_losses.py --bootstrap HOST:PORT` makes topics of its own, tells what it saw and removes
them.
It ends with 0 if all three happened, with 1 if one did not: then docs/decisions/0003-faust-at-the-edge.md is due again.
"""

import asyncio
import json
import logging
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import faust
import typer
from aiokafka import AIOKafkaClient, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.protocol.group import LeaveGroupRequest

SECONDS = 60
Agent = Callable[[Any], Awaitable[None]]


@dataclass(frozen=True)
class Seen:
    """What one experiment showed. `committed` is what Kafka holds for the group, `booked` what faust says of it."""

    claim: str
    sent: list[str]
    done: list[str]
    committed: int
    booked: int | None
    happened: bool


@dataclass
class Work:
    """What the agents tried and what they got done. `two` fails the first time: tried again, it would succeed."""

    tried: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    def do(self, value: str) -> None:
        self.tried.append(value)
        if value == "two" and self.tried.count("two") == 1:
            raise ValueError("two cannot be done just now")
        self.done.append(value)


@dataclass(frozen=True)
class Place:
    """Where one experiment takes place: a broker, a name for topic and group, a folder for faust's files."""

    bootstrap: str
    name: str
    folder: str

    @property
    def partition(self) -> TopicPartition:
        return TopicPartition(self.name, 0)


async def raising_agent(place: Place) -> Seen:
    """The agent fails at `two`. Neither it nor a worker that starts afterwards is given it again."""
    work = Work()

    async def agent(stream: Any) -> None:
        async for value in stream:
            work.do(value)

    return await _three_and_then_a_new_worker(place, agent, work, "an agent that raises loses the message")


async def raising_agent_with_manual_acknowledgement(place: Place) -> Seen:
    """As before, but a message is acknowledged only after it was done: `two` never is, `three` is."""
    work = Work()

    async def agent(stream: Any) -> None:
        async for event in stream.noack().events():
            work.do(event.value)
            event.ack()

    claim = "an agent that raises loses the message with manual acknowledgement too"
    return await _three_and_then_a_new_worker(place, agent, work, claim)


async def refused_commit(place: Place) -> Seen:
    """Kafka has removed the worker from its group and refuses the commit; faust books it as made."""
    work = Work(tried=["two"])  # here nothing fails

    async def agent(stream: Any) -> None:
        async for value in stream:
            work.do(value)

    async with _worker(place, agent, commit_seconds=3600) as app:
        await _send(place, "one")
        await _send(place, "two")
        await _until(lambda: len(app.consumer._acked[place.partition]) == 2)
        await _remove_from_group(place, app)
        made = await app.consumer.commit()
        booked = app.consumer._committed_offset[place.partition] or 0
    committed = await _committed(place)
    happened = not made and committed < booked
    return Seen("a commit that Kafka refuses is booked as made", ["one", "two"], work.done, committed, booked, happened)


EXPERIMENTS = (raising_agent, raising_agent_with_manual_acknowledgement, refused_commit)


async def _three_and_then_a_new_worker(place: Place, agent: Agent, work: Work, claim: str) -> Seen:
    """One by one, as in a quiet hour. Then the worker is replaced, and its successor is sent `four`."""
    async with _worker(place, agent) as app:
        for value in ("one", "two", "three"):
            await _send(place, value)
            await _tried(work, value)
            await app.consumer.commit()
    async with _worker(place, agent):
        await _send(place, "four")
        await _tried(work, "four")
    committed = await _committed(place)
    happened = "two" not in work.done and committed > 1
    return Seen(claim, ["one", "two", "three", "four"], work.done, committed, None, happened)


@asynccontextmanager
async def _worker(place: Place, agent: Agent, commit_seconds: float = 0.1) -> AsyncIterator[Any]:
    """A faust worker of one agent, started, and stopped at the end of the block."""
    app = faust.App(
        place.name,
        broker=f"kafka://{place.bootstrap}",
        store="memory://",
        datadir=place.folder,
        topic_partitions=1,
        topic_disable_leader=True,
        broker_commit_interval=commit_seconds,
        broker_heartbeat_interval=20.0,  # a removed member must not join again before its commit is refused
        broker_session_timeout=60.0,
        stream_wait_empty=False,  # or a stop would wait for ever for a message that is never acknowledged
        web_enabled=False,
        autodiscover=False,
    )
    app.agent(app.topic(place.name, value_type=str, value_serializer="raw"), name="agent")(agent)
    await app.start()
    try:
        yield app
    finally:
        await app.stop()


async def _send(place: Place, value: str) -> None:
    async with AIOKafkaProducer(bootstrap_servers=place.bootstrap) as producer:
        await producer.send_and_wait(place.name, value.encode(), partition=0)


async def _tried(work: Work, value: str) -> None:
    await _until(lambda: value in work.tried)


async def _committed(place: Place) -> int:
    """What Kafka holds for the group: the offset at which a new worker begins."""
    async with _admin(place.bootstrap) as admin:
        found = (await admin.list_consumer_group_offsets(place.name)).get(place.partition)
    return max(found.offset, 0) if found else 0


async def _remove_from_group(place: Place, app: Any) -> None:
    """What a broker does with a member that was silent for too long, done at once."""
    member = app.consumer._thread._consumer._coordinator.member_id
    client = AIOKafkaClient(bootstrap_servers=place.bootstrap)
    await client.bootstrap()
    try:
        async with _admin(place.bootstrap) as admin:
            coordinator = await admin.find_coordinator(place.name)
        await client.send(coordinator, LeaveGroupRequest(place.name, member))
    finally:
        await client.close()


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(SECONDS):
        while not condition():  # noqa: ASYNC110 - faust tells nobody when its lists grow
            await asyncio.sleep(0.01)


@asynccontextmanager
async def _admin(bootstrap: str) -> AsyncIterator[Any]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


@asynccontextmanager
async def _places(bootstrap: str) -> AsyncIterator[list[Place]]:
    """A topic for each experiment, and their removal."""
    with tempfile.TemporaryDirectory(prefix="faust-losses-") as folder:
        names = [f"{Path(folder).name}-{number}" for number, _ in enumerate(EXPERIMENTS, start=1)]
        async with _admin(bootstrap) as admin:
            await admin.create_topics([NewTopic(name, 1, 1) for name in names])
            try:
                yield [Place(bootstrap, name, folder) for name in names]
            finally:
                await admin.delete_topics(names)


async def run(bootstrap: str) -> list[Seen]:
    """All experiments, one after the other."""
    async with _places(bootstrap) as places:
        return [await experiment(place) for experiment, place in zip(EXPERIMENTS, places, strict=True)]


def _told(seen: Seen) -> str:
    verdict = "seen" if seen.happened else "NOT SEEN"
    books = "" if seen.booked is None else f", faust's books say {seen.booked}"
    return (
        f"{verdict}: {seen.claim}\n    sent {', '.join(seen.sent)}; done {', '.join(seen.done)};"
        f" committed offset in Kafka {seen.committed}{books}"
    )


def main(
    bootstrap: Annotated[
        str, typer.Option(envvar="PEP_TEST_KAFKA_BOOTSTRAP", help="A Kafka broker that may be played with: host:port.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON list instead of sentences.")] = False,
) -> None:
    """Show on a real Kafka how faust-streaming loses messages."""
    logging.disable(logging.CRITICAL)  # faust's own tracebacks are what is expected here
    all_seen = asyncio.run(run(bootstrap))
    if as_json:
        typer.echo(json.dumps([asdict(seen) for seen in all_seen]))
    else:
        typer.echo(f"faust-streaming {version('faust-streaming')}")
        typer.echo("\n".join(map(_told, all_seen)))
    raise typer.Exit(0 if all(seen.happened for seen in all_seen) else 1)


if __name__ == "__main__":
    typer.run(main)
