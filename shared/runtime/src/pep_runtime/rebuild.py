"""One read model of one authority made anew from its history, compared with the live one, and put in its place.

The live table is not touched until the last transaction, which takes the lock that the projector takes: until then an
interruption leaves everything as it was. It only folds: no policy runs, nothing is sent, no offset moves.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import asyncpg

from pep_kernel.read_model import ReadModel
from pep_runtime.codec import EventTypes
from pep_runtime.history import PAGE, CannotRebuild, FromJournal, FromKafka, History
from pep_runtime.projector import Table
from pep_runtime.shadow import ROWS_IN_MEMORY, Shadow

Source = Literal["journal", "kafka"]
Verdict = Literal["same", "different", "not compared", "swapped"]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came of it, at `position`: so many events were folded, `from_kafka` of them from there.

    What is said of the live rows was seen at the same position; None where they stand at another.
    """

    authority: str
    model: str
    events: int
    from_kafka: int
    position: int
    rows: int
    checksum: str
    live_rows: int | None = None
    live_checksum: str | None = None
    swapped: bool = False
    seconds: float = 0.0

    @property
    def verdict(self) -> Verdict:
        """In a word."""
        if self.swapped:
            return "swapped"
        if self.live_checksum is None:
            return "not compared"
        return "same" if self.live_checksum == self.checksum else "different"


async def rebuild(
    worker_dsn: str,
    model: ReadModel[Any],
    types: EventTypes,
    authority: str,
    *,
    source: Source = "journal",
    service: str = "",
    bootstrap: str = "",
    as_of: int | None = None,
    swap: bool = True,
    agree: Callable[[Rebuilt], bool] = lambda _found: True,
    progress: Progress = lambda _done, _all: None,
    rows_in_memory: int = ROWS_IN_MEMORY,
) -> Rebuilt:
    """Fold, compare and, where the live rows are not the same, swap.

    `service` and `bootstrap` say which topic, for Kafka. With `as_of` it folds up to that position and never swaps.
    `agree` is asked before rows are replaced. Raises `CannotRebuild`.
    """
    started = time.perf_counter()
    async with _connected(worker_dsn, authority) as connection, _connected(worker_dsn, authority) as reading:
        sources: list[History] = [FromJournal(reading, types, authority)]
        if source == "kafka":
            sources.insert(0, FromKafka(reading, types, authority, service, bootstrap))
        shadow = Shadow(connection, Table(model), rows_in_memory)
        work = _Rebuilding(connection, shadow, model.table, authority, FromJournal(connection, types, authority))
        await work.fold(sources, as_of, progress)
        found = await work.compare(moving=as_of is None)
        if swap and as_of is None and found.verdict != "same" and agree(found):
            found = await work.swap(found)
    return replace(found, seconds=time.perf_counter() - started)


@contextlib.asynccontextmanager
async def _connected(dsn: str, authority: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("select set_config('app.authority', $1, false)", authority)
        yield connection
    finally:
        await connection.close()


class _Rebuilding:
    """The steps, in their order. What is appended meanwhile is folded by each of them up to where the live rows are."""

    def __init__(self, connection: Any, shadow: Shadow, model: str, authority: str, journal: FromJournal) -> None:
        self._connection = connection
        self._shadow = shadow
        self._model = model
        self._authority = authority
        self._journal = journal
        self._from_kafka = 0

    async def fold(self, sources: list[History], as_of: int | None, progress: Progress) -> None:
        """Up to `as_of`, else to where the live rows are, or to the journal's end where there never were any."""
        upto = await self._target(as_of)
        await self._shadow.begin()
        for source in sources:
            await self._fold(source, upto, progress)
            if isinstance(source, FromKafka):
                self._from_kafka = self._shadow.position
        while as_of is None and (upto := await self._live_position()) > self._shadow.position + PAGE:
            await self._fold(sources[-1], upto, progress)
        await self._shadow.load()

    async def _target(self, as_of: int | None) -> int:
        head: int | None = await self._connection.fetchval(
            "select position from journal_head where authority = $1 and log = 'journal'", self._authority
        )
        if head is None:
            raise CannotRebuild(f"There is no authority {self._authority} here.")
        if as_of is not None and as_of > head:
            raise CannotRebuild(f"The journal of {self._authority} ends at position {head}.")
        return as_of if as_of is not None else await self._live_position() or head

    async def _live_position(self, *, locked: bool = False) -> int:
        """`locked`: the projector waits, as this waits for it; both take the rows of all models, in this order."""
        rows = await self._connection.fetch(
            "select model, position from projection_position where authority = $1 order by model"
            + (" for update" if locked else ""),
            self._authority,
        )
        return next((row["position"] for row in rows if row["model"] == self._model), 0)

    async def _fold(self, source: History, upto: int, progress: Progress = lambda _done, _all: None) -> None:
        async with contextlib.aclosing(source.pages(self._shadow.position, upto)) as pages:
            async for page in pages:
                await self._shadow.fold(page)
                progress(self._shadow.position, upto)

    async def _catch_up(self, upto: int) -> None:
        await self._fold(self._journal, upto)
        await self._shadow.load()

    async def compare(self, *, moving: bool) -> Rebuilt:
        """In a snapshot: nobody waits for it."""
        async with self._connection.transaction(isolation="repeatable_read"):
            live_position = await self._live_position()
            if moving:
                await self._catch_up(live_position)
            position, ours = self._shadow.position, await self._shadow.content()
            found = Rebuilt(
                self._authority, self._model, position, self._from_kafka, position, ours.rows, ours.checksum
            )
            if live_position != position:
                return found
            live = await self._shadow.live_content(self._authority)
            return replace(found, live_rows=live.rows, live_checksum=live.checksum)

    async def swap(self, found: Rebuilt) -> Rebuilt:
        """In one transaction under the projector's lock: nothing is lost between the two, and nothing folded twice."""
        async with self._connection.transaction():
            await self._catch_up(await self._live_position(locked=True))
            await self._shadow.replace_live(self._authority)
            await self._connection.execute(
                "insert into projection_position (authority, model, position) values ($1, $2, $3)"
                " on conflict (authority, model) do update set position = excluded.position",
                self._authority,
                self._model,
                self._shadow.position,
            )
        return replace(found, swapped=True)
