"""The rows of one read model as the log makes them, beside the live table: some in memory, the others set aside.

When memory holds more rows than a limit, those that were not touched for longest go by COPY into a temporary table; one
that an event concerns again is taken back out of it. A row is in one place only, memory stays bounded however long the
log is, and the temporary table goes with its session, however that ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Any

import msgspec

from pep_kernel.message import Recorded
from pep_kernel.read_model import Key
from pep_runtime.history import CannotRebuild
from pep_runtime.projector import Table

ROWS_IN_MEMORY = 50_000
PAGE = 2_000
_encoder = msgspec.json.Encoder()


class CannotFold(CannotRebuild):
    """An event that cannot be read or folded; the text names its position."""


@dataclass(frozen=True, slots=True)
class Content:
    """How many rows a table holds, and the SHA-256 of them all: a JSON array a line, in the order of their keys."""

    rows: int
    checksum: str


class Shadow:
    """One read model's rows of one authority at `position`, on a connection of its own."""

    def __init__(self, connection: Any, table: Table, rows_in_memory: int = ROWS_IN_MEMORY) -> None:
        self._connection = connection
        self._table = table
        self._name = f"shadow_of_{table.model.table}"
        self._names = ", ".join(table.columns)
        self._most = rows_in_memory
        self._rows: dict[Key, Any] = {}  # those touched last stand last
        self._aside = 0  # rows that the temporary table holds
        self._dead = 0  # row versions that were taken back and still use its space
        self.position = 0

    async def begin(self) -> None:
        """Make the temporary table."""
        await self._connection.execute(
            f"create temporary table {self._name} as select {self._names} from {self._table.model.table} with no data;"
            f"alter table {self._name} add primary key ({', '.join(self._table.model.key)})"
        )

    async def fold(self, page: Iterable[Recorded]) -> None:
        """Fold the next events. Raises `CannotFold`."""
        if self._aside:
            page = list(page)
            await self._take_back(self._keys(page) - self._rows.keys())
        self._apply(page)
        if len(self._rows) > self._most:
            await self._put_aside(len(self._rows) - self._most // 2)
            await self._sweep()

    def _apply(self, page: Iterable[Recorded]) -> None:
        rows, keys, fold = self._rows, self._table.model.keys, self._table.model.fold
        recorded = None
        try:
            for recorded in page:
                for key in keys(recorded):
                    rows[key] = fold(rows.pop(key, None), recorded, key)
        except Exception as error:
            raise self._naming(recorded, error) from error
        self.position = recorded.position if recorded else self.position

    def _keys(self, page: Iterable[Recorded]) -> set[Key]:
        found: set[Key] = set()
        recorded = None
        try:
            for recorded in page:
                found.update(self._table.model.keys(recorded))
        except Exception as error:
            raise self._naming(recorded, error) from error
        return found

    def _naming(self, recorded: Recorded | None, error: Exception) -> CannotRebuild:
        """The same trouble, with the position. Without an event, the page itself could not be read."""
        if recorded is None or isinstance(error, CannotRebuild):
            return CannotRebuild(str(error))
        return CannotFold(f"position {recorded.position}: {type(error).__name__}: {error}")

    async def _take_back(self, keys: set[Key]) -> None:
        """These are in memory again, if they were set aside."""
        if not keys:
            return
        which = f"{self._table.keys_from(1)} where {self._table.same_key}"
        taken = f"delete from {self._name} t using {which} returning t.*"
        found = await self._connection.fetch(taken, *map(list, zip(*keys, strict=True)))
        self._aside -= len(found)
        self._dead += len(found)
        for record in found:
            self._rows[tuple(record[name] for name in self._table.model.key)] = self._table.row(record)

    async def load(self) -> None:
        """Put all rows into the temporary table."""
        await self._put_aside(len(self._rows))

    async def _put_aside(self, count: int) -> None:
        keys = list(islice(self._rows, count))
        records = [self._table.values(row) for row in map(self._rows.pop, keys) if row is not None]
        await self._connection.copy_records_to_table(self._name, records=records, columns=self._table.columns)
        self._aside += len(records)

    async def _sweep(self) -> None:
        """Nobody else vacuums a temporary table: where rows come and go, it would grow with the log."""
        if self._dead > self._aside + self._most and not self._connection.is_in_transaction():
            await self._connection.execute(f"vacuum {self._name}")
            self._dead = 0

    async def content(self) -> Content:
        """What the temporary table holds; `load` comes before. In a transaction."""
        return await self._content(f"from {self._name}")

    async def live_content(self, authority: str) -> Content:
        """What the live table holds of the authority. In a transaction.

        It is named: of some tables the operator's login may see all authorities.
        """
        return await self._content(f"from {self._table.model.table} where authority = $1", authority)

    async def _content(self, which: str, *arguments: str) -> Content:
        rows, digest = 0, sha256()
        query = f"select {self._names} {which} order by {self._table.key_order}"
        cursor = await self._connection.cursor(query, *arguments)
        while page := await cursor.fetch(PAGE):
            digest.update(_encoder.encode_lines(map(tuple, page)))
            rows += len(page)
        return Content(rows, digest.hexdigest())

    async def replace_live(self, authority: str) -> None:
        """The live rows of the authority are these from now on; `load` comes before. In a transaction."""
        live = self._table.model.table
        await self._connection.execute(f"delete from {live} where authority = $1", authority)
        await self._connection.execute(
            f"insert into {live} (authority, {self._names}) select $1, {self._names} from {self._name}", authority
        )
