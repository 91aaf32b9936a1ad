"""Sixteen writers that share the work, as sixteen requests at a time would."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

from tests.bench.measure import Side

WRITERS = 16

T = TypeVar("T")


def shared(name: str, count: int, work: Iterator[T], do: Callable[[T], Awaitable[object]]) -> Side:
    """A side that does the next `count` pieces of work in each run. They are made before, which is not timed."""
    pieces: list[T] = []

    async def prepare() -> None:
        pieces[:] = islice(work, count)

    return Side(name, lambda: share(pieces, do), prepare)


async def share(work: Iterable[T], do: Callable[[T], Awaitable[object]], writers: int = WRITERS) -> int:
    """Each writer takes the next piece of work when it is done with the last. Gives how many pieces there were."""
    left, count = iter(work), 0

    async def write() -> None:
        nonlocal count
        for piece in left:
            await do(piece)
            count += 1

    async with asyncio.TaskGroup() as group:
        for _ in range(writers):
            group.create_task(write())
    return count
