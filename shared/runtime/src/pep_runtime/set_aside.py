"""A journal that went its own way after a restore: its rows beyond the fork go into a file, and out of the journal.

They were acknowledged and never published; what was published others have acted on. People read the file and enter
again what must not be lost. Nothing is removed before the file is on the disk.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec

from pep_runtime.topics import Chained

ROWS = 1_000
_KEPT: dict[Chained, tuple[str, ...]] = {"journal": ("journal", "stored_file"), "access": ("access",)}
_REMOVED: dict[Chained, tuple[str, ...]] = {"journal": (*_KEPT["journal"], "command_answer"), "access": ("access",)}
_BEYOND = "select '{table}' as of, t.* from {table} t where authority = $1 and position > $2 order by position"
_REMOVE = "delete from {table} where authority = $1 and position > $2"
_HEAD = (
    "update journal_head h set position = $2, hash = coalesce(j.hash, decode(repeat('00', 32), 'hex')),"
    " recorded_at = coalesce(j.recorded_at, 'epoch'), announced = coalesce("
    "(select max(announced) from {log} where authority = $1), 0)"
    " from (select 1) one left join {log} j on j.authority = $1 and j.position = $2"
    " where h.authority = $1 and h.log = '{log}' and h.frozen is not null"
)


async def set_aside_from(connection: Any, authority: str, log: Chained, common: int, file: Path) -> None:
    """Write what lies beyond position `common` to `file`, which must be new, and cut the log there.

    Read models of a journal begin again from empty. One transaction: it all happened, or only the file was written.
    """
    async with connection.transaction():
        await connection.execute("select from journal_head where authority = $1 for update", authority)
        await _write(connection, authority, log, common, file)
        # The triggers that keep the log append-only are off for this transaction of a superuser alone.
        await connection.execute("set local session_replication_role = replica")
        for table in _REMOVED[log]:
            await connection.execute(_REMOVE.format(table=table), authority, common)
        await connection.execute(_HEAD.format(log=log), authority, common)
        if log == "journal":
            await _empty_read_models(connection, authority)


async def _write(connection: Any, authority: str, log: Chained, common: int, file: Path) -> None:
    """One JSON object a line; bytes are base64."""
    with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as lines:
        for table in _KEPT[log]:
            async for row in connection.cursor(_BEYOND.format(table=table), authority, common, prefetch=ROWS):
                lines.write(msgspec.json.encode(dict(row)) + b"\n")
        lines.flush()
        os.fsync(lines.fileno())


async def _empty_read_models(connection: Any, authority: str) -> None:
    models = await connection.fetch(
        "select quote_ident(model) as table from projection_position where authority = $1", authority
    )
    for model in models:
        await connection.execute(f"delete from {model['table']} where authority = $1", authority)
    await connection.execute("update projection_position set position = 0 where authority = $1", authority)
