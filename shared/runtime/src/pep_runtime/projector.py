"""Folding the service's own journal into its read models: a batch a transaction, the position in it too.

No commit here waits for the disk. What a crash of PostgreSQL takes is the newest rows with the positions that say so,
and they are folded again. Nothing can outlive them: whatever is written later, and waits, takes them along to the disk.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import time
import types
import typing
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import asyncpg

from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel
from pep_kernel.sealed import Sealed
from pep_runtime.codec import EventTypes
from pep_runtime.journal import Pool
from pep_runtime.tasks import for_each, keep_trying
from pep_runtime.wake import Bell

BATCH = 1_000
IDLE_SECONDS = 0.1
GATHER_SECONDS = 0.01  # while busy: what gathers meanwhile is one batch, not a transaction an event
REST_SECONDS = 5.0
AUTHORITIES_AT_ONCE = 3  # so that the last of many is not late; it leaves the API one connection of the worker's
ONE_AUTHORITYS = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError)
_COLUMN = {str: "text", int: "bigint", bool: "boolean", date: "date", datetime: "timestamptz", tuple: "text[]"}

log = logging.getLogger("pep_runtime.projector")


class Table:
    """How the rows of one read model are read and written."""

    def __init__(self, model: ReadModel[Any]) -> None:
        self.model = model
        hints = typing.get_type_hints(model.row)
        self.columns = tuple(field.name for field in dataclasses.fields(model.row))
        self._kinds = {name: _kind(hints[name]) for name in self.columns}
        self._may_be_empty = {name for name in self.columns if type(None) in typing.get_args(hints[name])}
        self._wrapped = [(place, name) for place, name in enumerate(self.columns) if self._is_wrapped(name)]
        places = ", ".join(f"${i + 2}" for i in range(len(self.columns)))
        rest = [name for name in self.columns if name not in model.key]
        changes = ", ".join(f"{name} = excluded.{name}" for name in rest)
        conflict = f"({', '.join(('authority', *model.key))}) do " + (f"update set {changes}" if rest else "nothing")
        names = ", ".join(self.columns)
        self.upsert = f"insert into {model.table} (authority, {names}) values ($1, {places}) on conflict {conflict}"
        where = " and ".join(f"{name} = ${i + 2}" for i, name in enumerate(model.key))
        self.delete = f"delete from {model.table} where authority = $1 and {where}"
        self.fetch = (
            f"select t.* from {model.table} t join {self.keys_from(2)} on {self.same_key} where t.authority = $1"
        )

    def keys_from(self, place: int) -> str:
        """The keys `k`, given as an array for each of their columns, the first of them as parameter `place`."""
        key = self.model.key
        arrays = ", ".join(f"${place + i}::{self.type_of(name)}[]" for i, name in enumerate(key))
        return f"unnest({arrays}) as k ({', '.join(key)})"

    @property
    def same_key(self) -> str:
        """That a row `t` has the key `k`."""
        return " and ".join(f"t.{name} = k.{name}" for name in self.model.key)

    @property
    def key_order(self) -> str:
        """By key, the same in every database, whatever its language."""
        texts = {name for name in self.model.key if self._column(name) is str}
        return ", ".join(f'{name} collate "C"' if name in texts else name for name in self.model.key)

    def type_of(self, name: str) -> str:
        """The column's type in PostgreSQL."""
        return _COLUMN[self._column(name)]

    def may_be_empty(self, name: str) -> bool:
        """Whether a row may have no value there."""
        return name in self._may_be_empty

    def _column(self, name: str) -> type:
        kind = self._kinds[name]
        return str if issubclass(kind, Sealed) else kind

    def _is_wrapped(self, name: str) -> bool:
        return self._kinds[name] is tuple or issubclass(self._kinds[name], Sealed)

    def row(self, record: Mapping[str, Any]) -> Any:
        """A row of the table as the model's dataclass."""
        values = [record[name] for name in self.columns]
        for place, name in self._wrapped:
            if values[place] is not None:
                values[place] = _wrap(self._kinds[name], values[place])
        return self.model.row(*values)

    def values(self, row: Any) -> list[Any]:
        """The model's dataclass as values in the order of the columns."""
        values = [getattr(row, name) for name in self.columns]
        for place, _name in self._wrapped:
            values[place] = _to_column(values[place])
        return values


def _wrap(kind: Any, value: Any) -> Any:
    return kind(token=value) if issubclass(kind, Sealed) else kind(value)


def _kind(hint: Any) -> type:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        (hint,) = (argument for argument in typing.get_args(hint) if argument is not type(None))
        origin = typing.get_origin(hint)
    if origin is typing.Literal:
        return str
    kind = origin or hint
    if kind not in _COLUMN and not issubclass(kind, Sealed | str):
        raise TypeError(f"A read model's column cannot be {hint}.")
    return kind if issubclass(kind, Sealed) or kind in _COLUMN else str


def _to_column(value: Any) -> Any:
    if isinstance(value, Sealed):
        return value.token
    return list(value) if isinstance(value, tuple) else value


class Fold:
    """The rows of one read model that a batch concerns, in memory."""

    def __init__(self, table: Table, concerned: Sequence[tuple[Key, Recorded]], rows: dict[Key, Any]) -> None:
        self.table = table
        self.rows = rows
        self._concerned = concerned
        self._before = dict(rows)

    @classmethod
    async def begin(cls, table: Table, connection: Any, authority: str, batch: Sequence[Recorded]) -> Fold:
        """With the rows that the batch's events concern, as the table has them."""
        concerned = [(key, recorded) for recorded in batch for key in table.model.keys(recorded)]
        keys = {key for key, _ in concerned}
        if not keys:
            return cls(table, concerned, {})
        found = await connection.fetch(table.fetch, authority, *(list(column) for column in zip(*keys, strict=True)))
        by_key = {tuple(record[name] for name in table.model.key): table.row(record) for record in found}
        return cls(table, concerned, {key: by_key.get(key) for key in keys})

    def apply(self) -> None:
        """Fold the events into the rows that they concern."""
        rows, fold = self.rows, self.table.model.fold
        for key, recorded in self._concerned:
            rows[key] = fold(rows[key], recorded, key)

    async def write(self, connection: Any, authority: str) -> None:
        """Write the rows that are not as they were: many events concern a row and leave it as it is."""
        changed = {key: row for key, row in self.rows.items() if row != self._before[key]}
        kept = [[authority, *self.table.values(row)] for row in changed.values() if row is not None]
        gone = [[authority, *key] for key, row in changed.items() if row is None]
        if kept:
            await connection.executemany(self.table.upsert, kept)
        if gone:
            await connection.executemany(self.table.delete, gone)


class Projector:
    """Keeps all read models of one service up to date, authority by authority."""

    def __init__(self, pool: Pool, models: Sequence[ReadModel[Any]], event_types: EventTypes, bell: Bell) -> None:
        self._pool = pool
        self._tables = [Table(model) for model in models]
        self._types = event_types
        self._bell = bell
        self._resting: dict[str, float] = {}

    async def run(self) -> None:
        """Until cancelled. Database trouble is retried with backoff; a fold that fails is a bug and says so."""
        await keep_trying("projector", self._run)

    async def _run(self) -> None:
        while True:
            heard = self._bell.rings
            if await self.catch_up():
                await asyncio.sleep(GATHER_SECONDS)
            else:
                await self._bell.wait(IDLE_SECONDS, heard)

    async def catch_up(self) -> bool:
        """One batch of each authority that has news and does not rest. False if there was none."""
        behind = await self._pool.fetch(
            "select h.authority from journal_head h where h.log = 'journal' and h.position >"
            " coalesce((select min(p.position) from projection_position p where p.authority = h.authority"
            " having count(*) = $1), 0)",
            len(self._tables),
        )
        now = time.monotonic()
        ready = [row["authority"] for row in behind if self._resting.get(row["authority"], 0.0) <= now]
        await for_each(ready, self._alone, AUTHORITIES_AT_ONCE)
        return bool(ready)

    async def _alone(self, authority: str) -> None:
        """What a table does not take is one authority's trouble: its read models stand still, the others go on."""
        try:
            await self._batch(authority)
        except ONE_AUTHORITYS as trouble:
            log.error("the read models of %s stand still: %s", authority, type(trouble).__name__)
            self._resting[authority] = time.monotonic() + REST_SECONDS

    async def _batch(self, authority: str) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            models = [table.model.table for table in self._tables]
            rows = await connection.fetch("select * from begin_projection($1, $2)", authority, models)
            at = {row["model"]: row["position"] for row in rows}
            start = min(at[model] for model in models)
            rows = await connection.fetch(
                "select position, type, schema_version, recorded_at, announced, envelope, payload from journal"
                " where authority = $1 and position > $2 order by position limit $3",
                authority,
                start,
                BATCH,
            )
            if not rows:
                return
            batch = [self._types.recorded(row) for row in rows]
            last = batch[-1].position
            for table in self._tables:
                news = [recorded for recorded in batch if recorded.position > at[table.model.table]]
                fold = await Fold.begin(table, connection, authority, news)
                fold.apply()
                await fold.write(connection, authority)
            await connection.execute(
                "update projection_position set position = greatest(position, $2) where authority = $1", authority, last
            )
        self._bell.ring()


async def position_of(pool: Pool, authority: str, models: int) -> int:
    """How far all read models of this authority are."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("select set_config('app.authority', $1, true)", authority)
        found: int | None = await connection.fetchval(
            "select min(position) from projection_position where authority = $1 having count(*) >= $2",
            authority,
            models,
        )
    return found or 0
