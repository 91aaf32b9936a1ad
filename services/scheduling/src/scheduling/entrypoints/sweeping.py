"""What all sweeps share: every authority in turn, and rows of a read model as the worker sees them."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, TypeVar

from pep_kernel.decider import Act
from pep_kernel.read_model import ReadModel
from pep_kernel.refusal import Refusal
from pep_runtime.handler import ByPolicy
from pep_runtime.service import RunningService
from pep_runtime.tasks import PASSING

Row = TypeVar("Row")
log = logging.getLogger("scheduling.stream")


async def for_each_authority(
    service: RunningService, name: str, work: Callable[[RunningService, str], Awaitable[None]]
) -> None:
    """Trouble that passes with one authority stops no other; the next sweep takes it up again."""
    for authority in await service.authorities():
        try:
            await work(service, authority)
        except PASSING as trouble:
            log.warning("%s sweep of %s put off: %s", name, authority, type(trouble).__name__)


async def say(service: RunningService, authority: str, act: Act, origin: ByPolicy) -> None:
    """What a sweep has found. What the rules of one child refuse, such as one who was forgotten, holds up no other."""
    try:
        await service.handler.handle(authority, act, origin)
    except Refusal:
        log.warning("%s: what the day brings was refused for one child in %s", origin.purpose, authority)


async def rows_of(
    service: RunningService, model: ReadModel[Row], authority: str, query: str, *arguments: Any
) -> Sequence[Row]:
    """The rows of a read model; the authority is the query's first argument."""
    table = service.tables[model.table]
    return [table.row(dict(record)) for record in await records_of(service, authority, query, *arguments)]


async def in_pages(
    page: Callable[..., Awaitable[Sequence[Row]]], place: Callable[[Row], tuple[Any, ...]], first: tuple[Any, ...]
) -> AsyncIterator[Row]:
    """All rows, however many: each page begins behind the place of the last row before, the first behind `first`."""
    after = first
    while rows := await page(*after):
        for row in rows:
            yield row
        after = place(rows[-1])


async def records_of(service: RunningService, authority: str, query: str, *arguments: Any) -> Sequence[Any]:
    """What a query over several tables finds; the authority is its first argument."""
    async with service.worker.acquire() as connection, connection.transaction(readonly=True):
        await connection.execute("select set_config('app.authority', $1, true)", authority)
        found: Sequence[Any] = await connection.fetch(query, authority, *arguments)
    return found
