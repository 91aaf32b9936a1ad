"""Opening an authority: its key, its topics, who may read and write them, its head in every service's journal.

Doing it again changes nothing: what is there is kept. `look` says what is there and what would be made.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from pep_runtime import kafka_rights
from pep_runtime.authority_keys import KeyWrapper, NoSuchKey
from pep_runtime.database import connected
from pep_runtime.kafka import closed, opened
from pep_runtime.kafka_address import KafkaAddress, at
from pep_runtime.kafka_rights import READER_QUOTA, SERVICE_QUOTA, Quota, Reads, Right, reader_user, service_user
from pep_runtime.kafka_users import KafkaUsers, UserPasswords
from pep_runtime.topics import Log, check_authority_name, topic

_FOR_EVER = {"retention.ms": "-1", "cleanup.policy": "delete", "compression.type": "zstd"}
METADATA_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Infrastructure:
    """What all authorities stand on. `databases` is service → superuser's DSN of its database.

    `reads` is service → whose topics it reads; `readers` likewise for those outside, who have a user for each
    authority. `passwords` are the users' of a Kafka that asks who signs in; on one that does not there are no users.
    """

    databases: Mapping[str, str]
    bootstrap: str
    keys: KeyWrapper
    reads: Mapping[str, Reads] = field(default_factory=dict)
    readers: Mapping[str, Reads] = field(default_factory=dict)
    passwords: UserPasswords | None = None
    replicas: int = 1

    @property
    def signs_in(self) -> bool:
        """Whether Kafka has users."""
        return KafkaAddress.parse(self.bootstrap).user is not None

    def quotas(self, authority: str) -> dict[str, Quota]:
        """Every user that an authority needs, and how much of a broker it may use."""
        services = {service_user(service): SERVICE_QUOTA for service in self.databases}
        return services | {reader_user(reader, authority): READER_QUOTA for reader in self.readers}

    def rights(self, authority: str) -> set[Right]:
        """All that these users may, for the sake of this authority."""
        services = [right for service in self.databases for right in kafka_rights.of_service(service)]
        return {*services, *self.own_rights(authority)}

    def own_rights(self, authority: str) -> set[Right]:
        """What they may of this authority alone."""
        found: set[Right] = set()
        for service in self.databases:
            found |= kafka_rights.of_service_at(authority, service, self.reads.get(service, {}))
        for reader, reads in self.readers.items():
            found |= kafka_rights.of_reader(authority, reader, reads)
        return found


@dataclass(frozen=True, slots=True, order=True)
class Item:
    """One thing that an authority needs, and whether it is there."""

    kind: str
    name: str
    there: bool


def topics_of(authority: str, services: Iterable[str]) -> list[str]:
    """Every topic of an authority."""
    logs: tuple[Log, ...] = get_args(Log)
    return [topic(authority, service, log) for service in services for log in logs]


async def open_authority(infrastructure: Infrastructure, authority: str) -> None:
    """Make what is not there yet."""
    check_authority_name(authority)
    await infrastructure.keys.create(authority)
    names = topics_of(authority, infrastructure.databases)
    await create_topics(infrastructure.bootstrap, names, infrastructure.replicas)
    if infrastructure.signs_in:
        await _admit(infrastructure, authority)
    for dsn in infrastructure.databases.values():
        async with connected(dsn) as connection:
            await connection.execute("select open_authority($1)", authority)


async def look(infrastructure: Infrastructure, authority: str) -> list[Item]:
    """What an authority needs, each with whether it is there. Changes nothing."""
    check_authority_name(authority)
    topics = await _topics(infrastructure.bootstrap)
    found = [Item("encryption key", authority, await _has_key(infrastructure.keys, authority))]
    found += [Item("topic", name, name in topics) for name in topics_of(authority, infrastructure.databases)]
    found += await _users_and_rights(infrastructure, authority) if infrastructure.signs_in else []
    query = "select exists (select from journal_head where authority = $1)"
    for service, dsn in infrastructure.databases.items():
        async with connected(dsn) as connection:
            found.append(Item("journal", service, await connection.fetchval(query, authority)))
    return found


async def _has_key(keys: KeyWrapper, authority: str) -> bool:
    try:
        return bool(await keys.numbers(authority))
    except NoSuchKey:
        return False


async def _admit(infrastructure: Infrastructure, authority: str) -> None:
    """Users with their passwords, rights and quotas; those that are there keep their passwords."""
    passwords, quotas = passwords_of(infrastructure), infrastructure.quotas(authority)
    async with KafkaUsers(infrastructure.bootstrap) as users:
        known, limited = await users.names(), await users.quotas()
        for user, quota in quotas.items():
            if user not in known or not passwords.known(user):
                await users.set_password(user, passwords.of(user))
            if limited.get(user) != quota:
                await users.limit(user, quota)
        await users.grant(infrastructure.rights(authority) - await users.rights())


async def _users_and_rights(infrastructure: Infrastructure, authority: str) -> Sequence[Item]:
    passwords = passwords_of(infrastructure)
    async with KafkaUsers(infrastructure.bootstrap) as users:
        known, limited, given = await users.names(), await users.quotas(), await users.rights()
    quotas = infrastructure.quotas(authority)
    return [
        *(Item("Kafka user", user, user in known and passwords.known(user)) for user in quotas),
        *(Item("quota", user, limited.get(user) == quota) for user, quota in quotas.items()),
        *(Item("right", str(each), each in given) for each in sorted(infrastructure.rights(authority))),
    ]


def passwords_of(infrastructure: Infrastructure) -> UserPasswords:
    """Where the passwords are. Raises `ValueError` if that is not said."""
    if infrastructure.passwords is None:
        raise ValueError("This installation does not say where the passwords of Kafka's users are kept.")
    return infrastructure.passwords


async def _topics(bootstrap: str) -> set[str]:
    async with administering(bootstrap) as admin:
        return set(await admin.list_topics())


@contextlib.asynccontextmanager
async def administering(bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    """A client that makes and removes topics, closed afterwards."""
    admin = AIOKafkaAdminClient(**at(bootstrap))
    await opened(admin.start(), admin.close)
    try:
        yield admin
    finally:
        await closed(admin.close())


async def create_topics(bootstrap: str, names: Iterable[str], replicas: int = 1) -> None:
    """One partition each: offset order is position order. Waits until every broker's metadata shows them."""
    wanted = set(names)
    settings = {**_FOR_EVER, "min.insync.replicas": str(max(1, replicas - 1))}  # one broker may be away
    async with administering(bootstrap) as admin:
        new = [
            NewTopic(name, 1, replicas, topic_configs=settings)
            for name in sorted(wanted - set(await admin.list_topics()))
        ]
        if new:
            for name, code, *_ in (await admin.create_topics(new)).topic_errors:
                if code not in (0, TopicAlreadyExistsError.errno):  # somebody was quicker: that is as good
                    raise for_code(code)(name)
        async with asyncio.timeout(METADATA_SECONDS):
            while any(t["error_code"] for t in await admin.describe_topics(sorted(wanted))):
                await asyncio.sleep(0.05)
