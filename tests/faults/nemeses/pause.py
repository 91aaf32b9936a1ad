"""SIGSTOP: processes stand still for longer than any lease lasts, and go on as if nothing had been."""

from __future__ import annotations

import asyncio
import random
import time

from tests.faults.town import Town

from pep_runtime.relay import LEASE_SECONDS

PAUSE_SECONDS = LEASE_SECONDS + 2
BETWEEN_SECONDS = (0.0, 2.0)
AT_ONCE = 3


class Pause:
    """Some at a time, servers among them."""

    name = "pause"

    async def act(self, town: Town, random: random.Random, until: float) -> None:
        while time.monotonic() < until:
            names = random.sample([name for name in town.up() if not name.startswith("Sign-in")], AT_ONCE)
            town.tell(f"{', '.join(names)} stand still")
            try:
                for name in names:
                    town.pause(name)
                await asyncio.sleep(min(PAUSE_SECONDS, max(until - time.monotonic(), 1.0)))
            finally:
                for name in names:
                    town.resume(name)
            await asyncio.sleep(random.uniform(*BETWEEN_SECONDS))
