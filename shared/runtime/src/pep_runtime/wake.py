"""In one process an append wakes whoever waits for news; a poll alone would add half its interval to everything."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any


class Bell:
    """Rung by appends and folds. Waiting also ends by itself, since news may come from another process.

    `rings` counts: who notes it before it looks for news does not sleep through what is rung while it looks.
    """

    def __init__(self) -> None:
        self.rings = 0
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        """Wake everybody who waits."""
        self.rings += 1
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)
        self._waiting.clear()

    async def wait(self, seconds: float, heard: int | None = None, others: Iterable[asyncio.Task[Any]] = ()) -> None:
        """Until the bell rings, one of the `others` has ended, or `seconds` have passed.

        At once if it has rung more often than `heard`.
        """
        if heard is not None and heard != self.rings:
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        try:
            await asyncio.wait({waiter, *others}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._waiting.discard(waiter)
