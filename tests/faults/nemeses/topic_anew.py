"""A topic is deleted and made anew under a running relay, or loses its end: all that is missing is sent again."""

from __future__ import annotations

import asyncio
import os
import random
import time
from pathlib import Path

from tests.faults.town import Town

from pep_local.stack import PACKAGES, authorities
from pep_runtime.onboarding import administering, create_topics
from pep_runtime.topics import Log, topic

LOGS: tuple[Log, ...] = ("journal", "events")
GONE_SECONDS = 30.0


class TopicAnew:
    """One topic after the other."""

    name = "topic_anew"

    async def act(self, town: Town, random: random.Random, until: float) -> None:
        while time.monotonic() < until:
            name = _any_topic(random)
            town.tell(f"{name} is deleted and made anew")
            await make_anew(town.stack.kafka_bootstrap, name)
            await asyncio.sleep(random.uniform(0.5, 3.0))


class KafkasTail:
    """Kafka dies, and of some topics the last of what it had acknowledged never reached the disk."""

    name = "kafkas_tail"

    async def act(self, town: Town, random: random.Random, until: float) -> None:
        while time.monotonic() < until:
            await town.kill("kafka")
            for _ in range(random.randint(1, 3)):
                name = _any_topic(random)
                town.tell(f"Kafka dies and {name} loses its tail")
                _cut_tail(town.stack.folder / "kafka" / "data" / f"{name}-0", random)
            await town.restart("kafka")
            await asyncio.sleep(random.uniform(1.0, 4.0))


async def make_anew(bootstrap: str, name: str) -> None:
    """Delete a topic, wait until it is gone, make it."""
    async with administering(bootstrap) as admin:
        await admin.delete_topics([name])
        async with asyncio.timeout(GONE_SECONDS):
            while name in await admin.list_topics():
                await asyncio.sleep(0.05)
    await create_topics(bootstrap, [name])


def _any_topic(random: random.Random) -> str:
    return topic(random.choice(authorities()), random.choice(list(PACKAGES)), random.choice(LOGS))


def _cut_tail(partition: Path, random: random.Random) -> None:
    """A batch that is not whole any more is dropped when the broker reads its log after a crash."""
    last = max(partition.glob("*.log"))
    os.truncate(last, int(last.stat().st_size * random.random()))
