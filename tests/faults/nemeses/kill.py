"""kill -9: of every role of every service in turn, of PostgreSQL and of Kafka, at moments that chance chooses."""

from __future__ import annotations

import asyncio
import random
import time

from tests.faults.town import Town

from pep_local.stack import PACKAGES, ROLES

STORES = ("postgres", "kafka")
DOWN_SECONDS = (0.0, 1.5)
UP_SECONDS = (0.0, 1.5)


class Kill:
    """All in an order that chance chooses, and again from the beginning."""

    name = "kill"

    async def act(self, town: Town, random: random.Random, until: float) -> None:
        targets: list[str] = []
        while time.monotonic() < until:
            targets = targets or _in_any_order(random)
            name = targets.pop()
            town.tell(f"{name} is killed")
            await town.kill(name)
            await asyncio.sleep(random.uniform(*DOWN_SECONDS))
            await town.restart(name)
            await asyncio.sleep(random.uniform(*UP_SECONDS))


def _in_any_order(random: random.Random) -> list[str]:
    roles = [f"{service}.{role}" for service in PACKAGES for role in ROLES]
    return random.sample([*roles, *STORES], len(roles) + len(STORES))
