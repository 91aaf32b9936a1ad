"""Long-running work: it survives what passes, with backoff and jitter, and says when it fails."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any, TypeVar

import asyncpg
import httpx
from aiokafka.errors import KafkaError

from pep_runtime.journal import ClockBehind, Frozen, UnknownAuthority, VersionConflict
from pep_runtime.metrics import RETRIES

log = logging.getLogger("pep_runtime")
Item = TypeVar("Item")

PASSING = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # asyncpg's word for a connection that ended between two steps of one query
    httpx.TransportError,
    KafkaError,
    OSError,
    TimeoutError,
    ClockBehind,
    Frozen,
    UnknownAuthority,
    VersionConflict,
)
"""What passes: servers away, connections cut, time-outs, a frozen or not yet opened authority. Anything else is a
mistake of ours and is not retried."""


async def keep_trying(name: str, work: Callable[[], Awaitable[None]], most_seconds: float = 5.0) -> None:
    """Run `work` for ever; after passing trouble begin it again, waiting 0.1 s and ever longer up to `most_seconds`."""
    wait = 0.1
    while True:
        started = asyncio.get_running_loop().time()
        try:
            await work()
        except PASSING as trouble:
            if (task := asyncio.current_task()) and task.cancelling():  # it failed while it was being stopped
                raise asyncio.CancelledError from trouble
            if asyncio.get_running_loop().time() - started > 30:
                wait = 0.1
            RETRIES.labels(type(trouble).__name__).inc()
            log.warning("%s: %s; trying again in %.1f s", name, type(trouble).__name__, wait)
            await asyncio.sleep(wait * random.uniform(0.5, 1.0))
            wait = min(wait * 2, most_seconds)


async def for_each(items: Iterable[Item], work: Callable[[Item], Awaitable[None]], at_once: int) -> None:
    """Do the work for all, a few `at_once`. The first that fails stops the others, and what it raised is raised."""
    gate = asyncio.Semaphore(at_once)

    async def one(item: Item) -> None:
        async with gate:
            await work(item)

    tasks = [asyncio.create_task(one(item)) for item in items]  # a TaskGroup would leave its caller marked as cancelled
    try:
        await asyncio.gather(*tasks)
    finally:
        await stopped(tasks)


async def stopped(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Stop what still runs, and wait until it has ended, however it ends."""
    running = list(tasks)
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


async def to_its_end(work: Coroutine[Any, Any, None], seconds: float) -> None:
    """Do it to its end, also when cancelled meanwhile: it has `seconds` then, and is stopped after them."""
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        try:
            await asyncio.wait([task], timeout=seconds)
        finally:
            await stopped([task])
        raise


async def until_one_ends(*work: Coroutine[Any, Any, None]) -> None:
    """Run all side by side; when one ends or fails, stop the others, and end or fail like it."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await stopped(tasks)
    for task in done:
        task.result()
