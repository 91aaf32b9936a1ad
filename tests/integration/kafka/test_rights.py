"""On Kafka each service, and each authority's finance reader, can do its own and nothing else."""

from __future__ import annotations

import asyncio
from typing import get_args

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    InvalidReplicationFactorError,
    KafkaConnectionError,
    TopicAuthorizationFailedError,
    for_code,
)
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.record.memory_records import MemoryRecords
from tests.integration.kafka.conftest import ELSEWHERE, GIVER, HERE, LISTENER, OTHER, Guarded

from pep_runtime.kafka import reader
from pep_runtime.kafka_address import KafkaAddress, at
from pep_runtime.kafka_rights import READER_QUOTA, SERVICE_QUOTA
from pep_runtime.kafka_users import KafkaUsers
from pep_runtime.onboarding import administering, create_topics, look, open_authority
from pep_runtime.topics import Log, topic

MEGABYTE = 1024 * 1024
LOGS: tuple[Log, ...] = get_args(Log)
EVENTS = topic(HERE, GIVER, "events")


async def write(address: str, name: str) -> None:
    """One record, by somebody. Raises what Kafka answers."""
    async with AIOKafkaProducer(acks="all", **at(address)) as producer:
        await producer.send_and_wait(name, b"a record", partition=0)


async def read(address: str, name: str) -> list[bytes]:
    """What a topic holds, for somebody who asks for it outright. Raises what Kafka answers."""
    client = AIOKafkaClient(**at(address))
    try:
        await client.bootstrap()
        wanted = [(name, [(0, 0, MEGABYTE)])]
        answer = await client.send(client.get_random_node(), FetchRequest(500, 1, MEGABYTE, 0, wanted))
    finally:
        await client.close()
    ((_, ((_, error, *_, stored),)),) = answer.topics
    if error:
        raise for_code(error)(name)
    records, found = MemoryRecords(stored), []
    while records.has_next():
        found += [record.value for record in records.next_batch()]
    return found


async def join(address: str, group: str, name: str) -> None:
    """Read as a member of a group, until a partition is assigned. Raises what Kafka answers."""
    async with reader(address, name, group_id=group) as consumer:
        async with asyncio.timeout(30):
            while not consumer.assignment():
                await consumer.getmany(timeout_ms=100)


@pytest.mark.parametrize("log", LOGS)
async def test_a_service_writes_and_reads_its_own_topics(guarded: Guarded, log: Log) -> None:
    name = topic(ELSEWHERE, GIVER, log)
    await write(guarded.address("pep-alpha"), name)
    assert b"a record" in await read(guarded.address("pep-alpha"), name)


@pytest.mark.parametrize("service", [LISTENER, OTHER])
@pytest.mark.parametrize("log", LOGS)
async def test_a_service_does_not_write_anothers_topics(guarded: Guarded, service: str, log: Log) -> None:
    with pytest.raises(TopicAuthorizationFailedError):
        await write(guarded.address(f"pep-{service}"), topic(HERE, GIVER, log))


async def test_a_service_reads_what_it_listens_to_and_nothing_else(guarded: Guarded) -> None:
    await write(guarded.address("pep-alpha"), EVENTS)
    assert b"a record" in await read(guarded.address("pep-beta"), EVENTS)
    for not_its_own in (topic(HERE, GIVER, "journal"), topic(HERE, GIVER, "access"), topic(HERE, OTHER, "events")):
        with pytest.raises(TopicAuthorizationFailedError):
            await read(guarded.address("pep-beta"), not_its_own)


async def test_a_finance_reader_reads_its_authoritys_announcements_and_nothing_else(guarded: Guarded) -> None:
    await write(guarded.address("pep-alpha"), EVENTS)
    address = guarded.address(f"finance-{HERE}")
    assert b"a record" in await read(address, EVENTS)
    every = [topic(each, service, log) for each in (HERE, ELSEWHERE) for service in (GIVER, OTHER) for log in LOGS]
    for not_its_own in set(every) - {EVENTS}:
        with pytest.raises(TopicAuthorizationFailedError):
            await read(address, not_its_own)
    with pytest.raises(TopicAuthorizationFailedError):
        await write(address, EVENTS)


async def test_a_reader_sees_only_the_names_of_its_own_topics(guarded: Guarded) -> None:
    async with reader(guarded.address(f"finance-{HERE}")) as consumer:
        assert await consumer.topics() == {EVENTS}


async def test_groups_are_joined_by_those_they_are_named_after(guarded: Guarded) -> None:
    await join(guarded.address(f"finance-{HERE}"), f"finance-{HERE}.payments", EVENTS)
    await join(guarded.address("pep-beta"), "pep.beta.policies", EVENTS)
    strangers = [
        (f"finance-{HERE}", f"finance-{ELSEWHERE}.payments"),
        (f"finance-{HERE}", "pep.beta.policies"),
        ("pep-beta", f"finance-{HERE}.payments"),
        ("pep-beta", "pep.alpha.policies"),
    ]
    for user, group in strangers:
        with pytest.raises(GroupAuthorizationFailedError):
            await join(guarded.address(user), group, EVENTS)


async def test_nobody_but_the_operator_makes_topics_or_gives_rights(guarded: Guarded) -> None:
    address = guarded.address("pep-alpha")
    async with administering(address) as admin:
        answer = await admin.create_topics([NewTopic(f"pep.{HERE}.alpha.more.v1", 1, 1)])
        assert for_code(answer.topic_errors[0][1]) is TopicAuthorizationFailedError
        (deleted,) = (await admin.delete_topics([EVENTS])).topic_error_codes
        assert for_code(deleted[1]) is TopicAuthorizationFailedError
    async with KafkaUsers(address) as users:
        with pytest.raises(Exception, match="Cluster"):
            await users.grant(guarded.infrastructure.rights(HERE))


@pytest.mark.parametrize("user", [None, "pep-alpha", "nobody"])
async def test_without_the_right_password_nobody_comes_in(guarded: Guarded, user: str | None) -> None:
    operator = KafkaAddress.parse(guarded.infrastructure.bootstrap)
    address = KafkaAddress(operator.brokers) if user is None else operator.signed_in_as(user, "guessed")
    admin = AIOKafkaAdminClient(**address.for_clients(), request_timeout_ms=5_000)
    try:
        with pytest.raises(KafkaConnectionError):
            await admin.start()
    finally:
        await admin.close()


async def test_each_user_has_a_quota(guarded: Guarded) -> None:
    async with KafkaUsers(guarded.infrastructure.bootstrap) as users:
        quotas = await users.quotas()
    assert quotas["pep-beta"] == SERVICE_QUOTA
    assert quotas[f"finance-{HERE}"] == READER_QUOTA


async def test_opening_an_authority_again_changes_nothing(guarded: Guarded) -> None:
    before = guarded.address("pep-alpha")
    assert {item.there for item in await look(guarded.infrastructure, HERE)} == {True}
    await open_authority(guarded.infrastructure, HERE)
    assert guarded.address("pep-alpha") == before
    await write(before, EVENTS)


async def test_what_is_missing_is_said_before_anything_is_made(guarded: Guarded) -> None:
    items = await look(guarded.infrastructure, "westshire")
    missing = {(item.kind, item.name) for item in items if not item.there}
    assert {("encryption key", "westshire"), ("journal", GIVER), ("Kafka user", "finance-westshire")} <= missing
    assert ("topic", topic("westshire", GIVER, "events")) in missing
    assert ("Kafka user", "pep-alpha") not in missing
    async with administering(guarded.infrastructure.bootstrap) as admin:
        assert not [name for name in await admin.list_topics() if "westshire" in name]


async def test_topics_that_kafka_refuses_are_named_at_once(guarded: Guarded) -> None:
    with pytest.raises(InvalidReplicationFactorError, match="three_replicas"):
        await create_topics(guarded.infrastructure.bootstrap, ["pep.three_replicas.alpha.events.v1"], replicas=3)
    with pytest.raises(TopicAuthorizationFailedError, match="not_mine"):
        await create_topics(guarded.address("pep-alpha"), ["pep.not_mine.alpha.events.v1"])
