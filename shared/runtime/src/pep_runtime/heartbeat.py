"""Saying that this process runs, and in which roles, so that `pep status` can tell which role nobody plays."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from typing import TYPE_CHECKING

from pep_runtime.tasks import PASSING, keep_trying

if TYPE_CHECKING:
    from pep_runtime.service import RunningService

EVERY_SECONDS = 5.0


async def say_running(service: RunningService) -> None:
    """Every few seconds until cancelled; then that it has stopped, if the database can still be told."""
    process = secrets.token_hex(8)

    async def beat() -> None:
        while True:
            await service.worker.execute("select say_running($1, $2)", process, list(service.settings.roles))
            await asyncio.sleep(EVERY_SECONDS)

    try:
        await keep_trying("heartbeat", beat)
    finally:
        with contextlib.suppress(*PASSING):  # silence says it too, a little later
            await service.worker.execute("select say_stopped($1)", process, timeout=1)
