"""Consumers come and go every few seconds, so that topics change hands all the time."""

from __future__ import annotations

import asyncio
import random
import time

from tests.faults.town import Town

from pep_local.stack import PACKAGES

STAYS_SECONDS = (1.0, 4.0)


class Rebalance:
    """Second consumers of two services, which leave politely or are killed."""

    name = "rebalance"

    async def act(self, town: Town, random: random.Random, until: float) -> None:
        await asyncio.gather(*(_come_and_go(town, each, random, until) for each in random.sample(list(PACKAGES), 2)))


async def _come_and_go(town: Town, service: str, random: random.Random, until: float) -> None:
    name = f"{service}.consumer.2"
    while time.monotonic() < until:
        town.tell(f"{name} comes")
        if name in town.processes:
            await town.restart(name)
        else:
            await town.add(service, "consumer")
        await asyncio.sleep(random.uniform(*STAYS_SECONDS))
        leave, how = random.choice(((town.stop, "leaves"), (town.kill, "is killed")))
        town.tell(f"{name} {how}")
        await leave(name)
