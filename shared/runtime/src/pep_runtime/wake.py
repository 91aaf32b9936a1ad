"""In one process an append wakes whoever waits for news; a poll alone would add half its interval to everything."""

from __future__ import annotations

import asyncio


class Bell:
    """Rung by appends and folds. Waiting also ends by itself, since news may come from another process."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        """Wake everybody who waits."""
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)
        self._waiting.clear()

    async def wait(self, seconds: float) -> None:
        """Until the bell rings, or `seconds` have passed."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        try:
            async with asyncio.timeout(seconds):
                await waiter
        except TimeoutError:
            self._waiting.discard(waiter)
