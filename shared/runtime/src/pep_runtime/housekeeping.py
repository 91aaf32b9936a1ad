"""What is kept for a while only: the answers to commands, by which a repeat is known, for seven days."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pep_runtime.tasks import keep_trying

if TYPE_CHECKING:
    from pep_runtime.service import RunningService

KEPT_DAYS = 7
EVERY_SECONDS = 3600.0
AT_ONCE = 5_000


async def keep_house(service: RunningService) -> None:
    """Once an hour, until cancelled."""

    async def hourly() -> None:
        while True:
            for authority in await service.authorities():
                await forget_answers(service, authority)
            await asyncio.sleep(EVERY_SECONDS)

    await keep_trying("housekeeping", hourly)


async def forget_answers(service: RunningService, authority: str) -> int:
    """Remove the answers of one authority that are older than seven days of real time. Gives how many."""
    removed = 0
    while True:
        async with service.worker.acquire() as connection, connection.transaction():
            await connection.execute("select set_config('app.authority', $1, true)", authority)
            done = await connection.execute(
                "delete from command_answer where (authority, actor, key) in (select authority, actor, key"
                " from command_answer where authority = $1 and stored_at < now() - make_interval(days => $2) limit $3)",
                authority,
                KEPT_DAYS,
                AT_ONCE,
            )
        count = int(done.split()[-1])
        removed += count
        if count < AT_ONCE:
            return removed
