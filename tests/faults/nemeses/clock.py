"""Clocks jump: everybody's by hours and days, one service's apart from the others."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from tests.faults.town import Town

from pep_local.stack import PACKAGES

FORWARD = (timedelta(minutes=1), timedelta(hours=1), timedelta(hours=7))
APART = (timedelta(hours=-30), timedelta(minutes=-2), timedelta(seconds=3), timedelta(minutes=2))


class ClockJumps:
    """Forward for all, and then for a while one service ahead of the others, or behind them."""

    name = "clock"

    async def act(self, town: Town, random: random.Random, until: float) -> None:
        while time.monotonic() < until:
            later = random.choice(FORWARD)
            town.tell(f"all clocks go forward by {later}")
            town.clock.set(town.clock.now() + later)
            service, apart = random.choice(list(PACKAGES)), random.choice(APART)
            town.tell(f"the clock of {service} is apart by {apart.total_seconds():+.0f} s")
            with _apart(town.clock_of(service), town.clock.now() + apart):
                await asyncio.sleep(random.uniform(0.5, 4.0))
        town.clock.set(_next_morning(town.clock.now()))  # mail rests in the evening, and would never come to an end


def _next_morning(now: datetime) -> datetime:
    return (now + timedelta(days=1)).replace(hour=10, minute=0)


@contextmanager
def _apart(clock: Path, instant: datetime) -> Iterator[None]:
    """A service's clock is a link to the town's; for a while it is a file of its own."""
    common = clock.readlink()
    own = clock.with_name(f"{clock.name}.own")
    own.write_text(instant.isoformat())
    own.replace(clock)
    try:
        yield
    finally:
        own.symlink_to(common)
        own.replace(clock)
