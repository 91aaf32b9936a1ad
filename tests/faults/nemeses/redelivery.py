"""Everything is delivered again: readers begin at the beginning, topics repeat, and topics come in another order."""

from __future__ import annotations

import asyncio
import random
import time

from aiokafka import AIOKafkaProducer, TopicPartition
from tests.faults.nemeses.superuser import superuser
from tests.faults.town import Town

from pep_local.stack import PACKAGES, authorities
from pep_runtime.kafka import reader
from pep_runtime.kafka_address import at
from pep_runtime.topics import Log, topic

LOGS: tuple[Log, ...] = ("journal", "events")
MOST_REPEATED = 200


class Redelivery:
    """Readers are sent back, records of a topic come twice, one relay falls behind the others."""

    name = "redelivery"

    async def act(self, town: Town, random: random.Random, until: float) -> None:
        while time.monotonic() < until:
            await random.choice((_read_again, _repeat, _fall_behind))(town, random)
            await asyncio.sleep(random.uniform(0.3, 1.5))


async def _read_again(town: Town, random: random.Random) -> None:
    """Some topics of one consumer, so that their old records come after the others' new ones."""
    service = random.choice([each for each in PACKAGES if f"{each}.consumer" in town.processes])
    town.tell(f"{service}.consumer begins again at the beginning of some topics")
    await town.kill(f"{service}.consumer")
    async with superuser(town, service) as connection:
        for each in await connection.fetch("select distinct topic from consumer_offset order by topic"):
            if random.random() < 0.5:
                await connection.execute("update consumer_offset set next_offset = 0 where topic = $1", each["topic"])
    await town.restart(f"{service}.consumer")


async def _repeat(town: Town, random: random.Random) -> None:
    """As a relay would that was paused for long: old records again, in their order, at the end of the topic."""
    name = topic(random.choice(authorities()), random.choice(list(PACKAGES)), random.choice(LOGS))
    partition = TopicPartition(name, 0)
    async with reader(town.stack.kafka_bootstrap) as consumer:
        consumer.assign([partition])
        end = (await consumer.end_offsets([partition]))[partition]
        if end == 0:
            return
        consumer.seek(partition, random.randrange(end))
        records = await consumer.getmany(partition, timeout_ms=2_000, max_records=MOST_REPEATED)
    town.tell(f"{len(records[partition])} records of {name} come again")
    async with AIOKafkaProducer(**at(town.stack.kafka_bootstrap)) as producer:
        for each in records[partition]:
            await producer.send(name, each.value, key=each.key, headers=list(each.headers), partition=0)


async def _fall_behind(town: Town, random: random.Random) -> None:
    """What this service says is heard after what others said later."""
    name = f"{random.choice(list(PACKAGES))}.relay"
    town.tell(f"{name} falls behind")
    town.pause(name)
    try:
        await asyncio.sleep(random.uniform(0.5, 3.0))
    finally:
        town.resume(name)
