"""The way to a server breaks: it is cut, goes silent, becomes slow, or loses the connections of the moment."""

from __future__ import annotations

import asyncio
import random
import time

from tests.faults.proxy import Proxy
from tests.faults.town import Town

SLOW_SECONDS = (0.02, 0.2)
LASTS_SECONDS = (0.3, 6.0)
PAUSE_SECONDS = (0.3, 2.0)
FAULTS = ("cut", "half_open", "delay", "reset")


class Network:
    """One of the ways at a time, to PostgreSQL, Kafka or the mail server."""

    name = "network"

    async def act(self, town: Town, random: random.Random, until: float) -> None:
        while time.monotonic() < until:
            server, fault = random.choice(sorted(town.proxies)), random.choice(FAULTS)
            seconds = random.uniform(*LASTS_SECONDS)
            town.tell(f"the way to {server}: {fault} for {seconds:.1f} s")
            try:
                await _break(town.proxies[server], fault, random)
                await asyncio.sleep(min(seconds, max(until - time.monotonic(), 0.3)))
            finally:
                await town.proxies[server].mend()
            await asyncio.sleep(random.uniform(*PAUSE_SECONDS))


async def _break(proxy: Proxy, fault: str, random: random.Random) -> None:
    match fault:
        case "cut":
            await proxy.cut()
        case "half_open":
            await proxy.half_open()
        case "delay":
            await proxy.delay(random.uniform(*SLOW_SECONDS))
        case _:
            await proxy.reset()
