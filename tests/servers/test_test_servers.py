"""The servers that tests share: started once, real, and new databases and names for each test."""

from collections.abc import Awaitable, Callable

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient, NewTopic


async def _ask(dsn: str, question: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def test_postgresql_18_answers_to_its_superuser(postgres_dsn: str) -> None:
    assert str(await _ask(postgres_dsn, "show server_version")).startswith("18.")
    assert await _ask(postgres_dsn, "show max_connections") == "600"


async def test_it_keeps_no_promise_of_durability_which_makes_tests_quick(postgres_dsn: str) -> None:
    assert await _ask(postgres_dsn, "show fsync") == "off"


async def test_each_test_may_have_databases_of_its_own(fresh_database: Callable[..., Awaitable[str]]) -> None:
    template = await fresh_database()
    await _ask(template, "create table child (ref text)")
    copy = await fresh_database(template.rpartition("/")[2])
    assert await _ask(copy, "select count(*) from child") == 0
    assert copy != template


async def test_kafka_keeps_topics(kafka_bootstrap: str, unique_name: Callable[[str], str]) -> None:
    topic = unique_name("pep")
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
        assert topic in await admin.list_topics()
        await admin.delete_topics([topic])
    finally:
        await admin.close()
