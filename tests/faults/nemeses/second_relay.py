"""Two relays of one service at once: the lease is lost under the first, which goes on for a while and does not know."""

from __future__ import annotations

import asyncio
import random
import time

from tests.faults.nemeses.superuser import superuser
from tests.faults.town import Town

from pep_local.stack import PACKAGES
from pep_runtime.relay import LEASE_SECONDS

PAUSE_SECONDS = LEASE_SECONDS + 2


class SecondRelay:
    """The lease is lost again and again; where there is time, its holder stands still for longer than it lasts."""

    name = "second_relay"

    async def act(self, town: Town, random: random.Random, until: float) -> None:
        while time.monotonic() < until:
            service = random.choice(list(PACKAGES))
            second = await _second(town, service)
            try:
                await _both_at_once(town, service, random)
                if until - time.monotonic() > PAUSE_SECONDS:
                    await _paused_over_its_lease(town, service)
            finally:
                await town.kill(second)


async def _second(town: Town, service: str) -> str:
    name = f"{service}.relay.2"
    if name not in town.processes:
        return await town.add(service, "relay")
    await town.restart(name)
    return name


async def _both_at_once(town: Town, service: str, random: random.Random) -> None:
    """Whoever comes first takes it; the other sends on until it asks for the lease again."""
    for _ in range(random.randint(2, 6)):
        town.tell(f"the lease of {service}'s relay is lost")
        async with superuser(town, service) as connection:
            await connection.execute("update lease set until = now()")
        await asyncio.sleep(random.uniform(0.2, 1.0))


async def _paused_over_its_lease(town: Town, service: str) -> None:
    town.tell(f"{service}.relay stands still for {PAUSE_SECONDS:.0f} s")
    town.pause(f"{service}.relay")
    try:
        await asyncio.sleep(PAUSE_SECONDS)
    finally:
        town.resume(f"{service}.relay")
