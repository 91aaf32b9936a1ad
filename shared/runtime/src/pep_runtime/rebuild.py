"""One read model of one authority made anew from its history, compared with the live one, and put in its place.

The live table is not touched until the last transaction, which takes the lock that the projector takes: until then an
interruption leaves everything as it was. It only folds: no policy runs, nothing is sent, no offset moves.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator, Callable, Sequence
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

    What is said of the live rows was seen at the same position; None where they stand at another. `seconds` is how long
    it worked.
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
    can_be_swapped: bool = False
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


@contextlib.asynccontextmanager
async def rebuilding(
    worker_dsn: str,
    model: ReadModel[Any],
    types: EventTypes,
    authority: str,
    *,
    source: Source = "journal",
    service: str = "",
    bootstrap: str = "",
    as_of: int | None = None,
    progress: Progress = lambda _done, _all: None,
    rows_in_memory: int = ROWS_IN_MEMORY,
) -> AsyncIterator[Rebuilding]:
    """With its connections. `service` and `bootstrap` say which topic, for Kafka; `as_of` how far, to look at it."""
    async with _connected(worker_dsn, authority) as connection, _connected(worker_dsn, authority) as reading:
        sources: list[History] = [FromJournal(reading, types, authority)]
        if source == "kafka":
            sources.insert(0, FromKafka(reading, types, authority, service, bootstrap))
        shadow = Shadow(connection, Table(model), rows_in_memory)
        await shadow.begin()
        yield Rebuilding(connection, shadow, model.table, authority, sources, as_of, progress)


async def rebuild(
    worker_dsn: str, model: ReadModel[Any], types: EventTypes, authority: str, *, swap: bool = True, **how: Any
) -> Rebuilt:
    """Fold, compare and, where the live rows are not the same, swap; an earlier position (`as_of`) is only looked at.

    `how` is what `rebuilding` takes. Raises `CannotRebuild`.
    """
    async with rebuilding(worker_dsn, model, types, authority, **how) as work:
        found = await work.compare()
        return await work.swap(found) if swap and found.can_be_swapped else found


@contextlib.asynccontextmanager
async def _connected(dsn: str, authority: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("select set_config('app.authority', $1, false)", authority)
        yield connection
    finally:
        await connection.close()


@dataclass
class Rebuilding:
    """The steps, in their order. What is appended meanwhile is folded by each of them up to where the live rows are.

    The last of the sources is the journal.
    """

    connection: Any
    shadow: Shadow
    model: str
    authority: str
    sources: Sequence[History]
    as_of: int | None
    progress: Progress
    from_kafka: int = 0

    async def compare(self) -> Rebuilt:
        """Fold the history, and compare with the live rows at one position."""
        started = time.perf_counter()
        await self._fold_all(await self._target())
        found = await self._compared()
        return replace(found, seconds=time.perf_counter() - started)

    async def _target(self) -> int:
        """`as_of`, else where the live rows are, or the journal's end where there never were any."""
        head: int | None = await self.connection.fetchval(
            "select position from journal_head where authority = $1 and log = 'journal'", self.authority
        )
        if head is None:
            raise CannotRebuild(f"There is no authority {self.authority} here.")
        if self.as_of is not None and self.as_of > head:
            raise CannotRebuild(f"The journal of {self.authority} ends at position {head}.")
        return self.as_of if self.as_of is not None else await self._live_position() or head

    async def _fold_all(self, upto: int) -> None:
        for source in self.sources:
            await self._fold(source, upto)
            if isinstance(source, FromKafka):
                self.from_kafka = self.shadow.position
        while self.as_of is None and (upto := await self._live_position()) > self.shadow.position + PAGE:
            await self._fold(self.sources[-1], upto)
        await self.shadow.load()

    async def _live_position(self, *, locked: bool = False) -> int:
        """`locked`: the projector waits, as this waits for it; both take the rows of all models, in this order."""
        rows = await self.connection.fetch(
            "select model, position from projection_position where authority = $1 order by model"
            + (" for update" if locked else ""),
            self.authority,
        )
        return next((row["position"] for row in rows if row["model"] == self.model), 0)

    async def _fold(self, source: History, upto: int) -> None:
        async with contextlib.aclosing(source.pages(self.shadow.position, upto)) as pages:
            async for page in pages:
                await self.shadow.fold(page)
                self.progress(self.shadow.position, upto)

    async def _catch_up(self, upto: int) -> None:
        await self._fold(self.sources[-1], upto)
        await self.shadow.load()

    async def _compared(self) -> Rebuilt:
        """In a snapshot: nobody waits for it."""
        async with self.connection.transaction(isolation="repeatable_read"):
            live_position = await self._live_position()
            if self.as_of is None:
                await self._catch_up(live_position)
            position, ours = self.shadow.position, await self.shadow.content()
            live = await self.shadow.live_content(self.authority) if live_position == position else None
        return Rebuilt(
            self.authority,
            self.model,
            events=position,
            from_kafka=self.from_kafka,
            position=position,
            rows=ours.rows,
            checksum=ours.checksum,
            live_rows=live.rows if live else None,
            live_checksum=live.checksum if live else None,
            can_be_swapped=self.as_of is None and live != ours,
        )

    async def swap(self, found: Rebuilt) -> Rebuilt:
        """In one transaction under the projector's lock: nothing is lost between the two, and nothing folded twice."""
        started = time.perf_counter()
        whose = (self.authority, self.model)
        async with self.connection.transaction():
            await self.connection.execute(
                "insert into projection_position (authority, model) values ($1, $2) on conflict do nothing", *whose
            )
            await self._catch_up(await self._live_position(locked=True))
            await self.shadow.replace_live(self.authority)
            await self.connection.execute(
                "update projection_position set position = $3 where authority = $1 and model = $2",
                *whose,
                self.shadow.position,
            )
        return replace(found, swapped=True, seconds=found.seconds + time.perf_counter() - started)
