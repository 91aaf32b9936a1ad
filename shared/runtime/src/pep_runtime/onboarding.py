"""Opening an authority: its key, its head in every service's journal, its topics. Can be repeated."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Mapping

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError

from pep_runtime.authority_keys import KeyWrapper
from pep_runtime.topics import Log, check_authority_name, topic

_FOR_EVER = {"retention.ms": "-1", "cleanup.policy": "delete", "compression.type": "zstd"}
METADATA_SECONDS = 30.0


def topics_of(authority: str, services: Iterable[str]) -> list[str]:
    """Every topic of an authority."""
    logs: tuple[Log, ...] = ("journal", "events")
    return [topic(authority, service, log) for service in services for log in logs]


async def open_authority(
    authority: str, databases: Mapping[str, str], bootstrap: str, keys: KeyWrapper, replicas: int = 1
) -> None:
    """Make what is not there yet. `databases` is service → superuser's DSN of its database."""
    check_authority_name(authority)
    await keys.create(authority)
    await create_topics(bootstrap, topics_of(authority, databases), replicas)
    for dsn in databases.values():
        connection = await asyncpg.connect(dsn)
        try:
            await connection.execute("select open_authority($1)", authority)
        finally:
            await connection.close()


async def create_topics(bootstrap: str, names: Iterable[str], replicas: int = 1) -> None:
    """One partition each: offset order is position order. Waits until every broker's metadata shows them."""
    wanted = set(names)
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        new = [
            NewTopic(name, 1, replicas, topic_configs=_FOR_EVER)
            for name in sorted(wanted - set(await admin.list_topics()))
        ]
        if new:
            with contextlib.suppress(TopicAlreadyExistsError):
                await admin.create_topics(new)
        async with asyncio.timeout(METADATA_SECONDS):
            while any(t["error_code"] for t in await admin.describe_topics(sorted(wanted))):
                await asyncio.sleep(0.05)
    finally:
        await admin.close()
