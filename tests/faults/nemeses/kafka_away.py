"""Kafka is away for a minute: commands are accepted all the same, and what they did is passed on afterwards."""

from __future__ import annotations

import asyncio
import random
import time

from tests.faults.town import Town

AWAY_SECONDS = 60.0
BACK_SECONDS = (2.0, 8.0)


class KafkaAway:
    """Away for a minute, or for most of the time where there is less; `away` says when."""

    name = "kafka_away"

    def __init__(self) -> None:
        self.away: list[tuple[float, float]] = []

    async def act(self, town: Town, random: random.Random, until: float) -> None:
        while (left := until - time.monotonic()) > 1:
            began, seconds = time.monotonic(), min(AWAY_SECONDS, left * 0.8)
            town.tell(f"Kafka is away for {seconds:.0f} s")
            await town.kill("kafka")
            await asyncio.sleep(seconds)
            self.away.append((began, time.monotonic()))
            await town.restart("kafka")
            await asyncio.sleep(min(random.uniform(*BACK_SECONDS), max(until - time.monotonic(), 0)))
