"""One small publisher (`alpha`) and one small listener (`beta`) on real PostgreSQL and real Kafka."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from aiokafka.structs import ConsumerRecord
from tests.integration.engine import jars

from pep_kernel import contracts
from pep_kernel.decider import Act
from pep_kernel.discarded_announcement import DISCARDED_ANNOUNCEMENTS, AnnouncementDiscarded
from pep_kernel.message import Person
from pep_kernel.policy import Policies
from pep_runtime.clock import Clock
from pep_runtime.codec import EventTypes
from pep_runtime.database import Logins, connect, provision
from pep_runtime.file_keys import FileKeys
from pep_runtime.handler import ByPerson, Done, Handler
from pep_runtime.journal import Pool
from pep_runtime.kafka import reader
from pep_runtime.keyring import Keyring
from pep_runtime.onboarding import Infrastructure, open_authority
from pep_runtime.policy_reader import PolicyReader
from pep_runtime.projector import Projector
from pep_runtime.relay import Relay
from pep_runtime.runner import PartitionRunner
from pep_runtime.topics import Log, topic
from pep_runtime.wake import Bell

TEACHER = Person("p-teacher", "designated_teacher")
DECIDERS = {"jar": jars.JAR, "discarded": DISCARDED_ANNOUNCEMENTS}
TYPES = EventTypes([jars.Filled, AnnouncementDiscarded])


@dataclass
class SmallService:
    """A journal with its pools, as one process of a service has them."""

    name: str
    superuser_dsn: str
    logins: Logins
    pool: Pool
    relay_pool: Pool
    worker: Pool
    keyring: Keyring
    bootstrap: str
    clock: Clock = field(default_factory=Clock)
    bell: Bell = field(default_factory=Bell)

    @property
    def handler(self) -> Handler:
        return Handler(self.pool, DECIDERS, TYPES, self.keyring, self.clock, self.bell)

    @property
    def relay(self) -> Relay:
        return Relay(self.relay_pool, self.name, self.bootstrap, self.bell)

    @property
    def projector(self) -> Projector:
        return Projector(self.worker, [jars.JARS], TYPES, self.bell)

    def runner(self, upstream: str, take: PolicyReader | None = None) -> PartitionRunner:
        group = f"test-{self.superuser_dsn.rpartition('/')[2]}"
        return PartitionRunner(self.bootstrap, group, (upstream,), "events", take or self.policy_reader())

    def policy_reader(self, policies: Policies = jars.POLICIES) -> PolicyReader:
        return PolicyReader(self.pool, "beta.policies", self.handler, policies, lambda _authority: None, self.clock)

    async def fill(
        self, authority: str, stream: str = "jar-1", amount: int = 1, key: str | None = None, **more: Any
    ) -> Done:
        act = Act(jars.Fill(amount=amount, **more), (stream,), child_ref="child-7")
        asked = act.command.model_dump_json().encode()
        return await self.handler.handle(authority, act, ByPerson(TEACHER, key or uuid4().hex, asked))

    async def rows(self, authority: str) -> list[asyncpg.Record]:
        return await self.worker.fetch("select * from journal where authority = $1 order by position", authority)

    async def records(self, authority: str, log: Log) -> list[ConsumerRecord]:
        return await read_all(self.bootstrap, topic(authority, self.name, log))


async def read_all(bootstrap: str, name: str) -> list[ConsumerRecord]:
    from aiokafka import TopicPartition

    partition = TopicPartition(name, 0)
    found: list[ConsumerRecord] = []
    async with reader(bootstrap) as consumer:
        consumer.assign([partition])
        end = (await consumer.end_offsets([partition]))[partition]
        consumer.seek(partition, 0)
        while await consumer.position(partition) < end:
            found.extend((await consumer.getmany(partition, timeout_ms=200)).get(partition, []))
    return found


@contextlib.asynccontextmanager
async def background(*work: Awaitable[None]) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Run beside the test; a failure of the work fails the test."""
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome


@pytest.fixture
def authority(unique_name: Callable[[str], str]) -> str:
    return unique_name("shire")


OpenService = Callable[..., Awaitable[SmallService]]


@pytest.fixture
async def open_service(
    postgres_dsn: str,
    kafka_bootstrap: str,
    unique_name: Callable[[str], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[OpenService]:
    """`await open_service("alpha", "shire", …)` makes a small service with its database, keys and topics."""
    kind = jars.JarFilled.model_fields["type"].default
    monkeypatch.setitem(contracts.ANNOUNCEMENTS, kind, jars.JarFilled)
    stack = contextlib.AsyncExitStack()
    made: list[str] = []
    keys_db = unique_name("keys")
    keys = await provision(postgres_dsn, keys_db, "keys")

    async def make(prefix: str, *authorities: str) -> SmallService:
        name = unique_name(prefix).replace("_", "-")  # its topics are no other test's
        database = unique_name(name.replace("-", "_"))
        made.append(database)
        own = tmp_path / "migrations"
        own.mkdir(exist_ok=True)
        (own / "0001_jars.sql").write_text(jars.JARS_TABLE)
        logins = await provision(postgres_dsn, database, own=own)
        app, relay, worker = [
            await stack.enter_async_context(await connect(dsn, size=4))
            for dsn in (logins.app, logins.relay, logins.worker)
        ]
        keys_pool = await stack.enter_async_context(await connect(keys.app, size=2, check_lineage=False))
        files = FileKeys(tmp_path / "keys")
        dsn = f"{postgres_dsn.rpartition('/')[0]}/{database}"
        for each in authorities:
            await open_authority(Infrastructure({name: dsn}, kafka_bootstrap, files), each)
        return SmallService(name, dsn, logins, app, relay, worker, Keyring(keys_pool, files), kafka_bootstrap)

    async with stack:
        yield make
    connection = await asyncpg.connect(postgres_dsn)
    for database in (keys_db, *made):
        await connection.execute(f"drop database if exists {database} with (force)")
    await connection.close()


@pytest.fixture
async def alpha(open_service: OpenService, authority: str) -> SmallService:
    return await open_service("alpha", authority)


@pytest.fixture
async def beta(open_service: OpenService, authority: str) -> SmallService:
    return await open_service("beta", authority)
