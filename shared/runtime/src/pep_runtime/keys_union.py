"""Restored keys and those that are there now, joined: keys made since stay, and a destroyed key stays destroyed.

What was hidden since stays hidden.
"""

from __future__ import annotations

from typing import Any

import asyncpg

from pep_runtime.database import connected, migrate

ROWS = 5_000
_COLUMNS = ("authority", "subject", "data_class", "wrapped", "key_id", "destroyed_at", "reason")
_NAMES = ", ".join(_COLUMNS)
_OTHERS = (
    "select count(*) from subject_key k join key_now n using (authority, subject, data_class)"
    " where k.key_id <> n.key_id"
)
# The same key may be wrapped anew since: under a key of the authority that is still in use.
_JOIN = (
    f"insert into subject_key as k ({_NAMES}) select {_NAMES} from key_now"
    " on conflict (authority, subject, data_class) do update set wrapped = excluded.wrapped, key_id = excluded.key_id,"
    " destroyed_at = excluded.destroyed_at, reason = excluded.reason where k.wrapped is not null"
)


class OtherKeys(Exception):
    """Both have a key for the same subject, and it is not the same key: both may be needed, and only one can stay."""


async def join_keys(restored_dsn: str, now_dsn: str) -> bool:
    """Bring into the restored database what the present one knows. False if there is no present one.

    Raises `OtherKeys`.
    """
    await migrate(restored_dsn, "keys")  # the backup may be older than the table's newest columns
    async with connected(restored_dsn) as restored:
        try:
            async with connected(now_dsn) as now, restored.transaction():
                await _join(restored, now)
        except asyncpg.InvalidCatalogNameError:
            return False
    return True


async def _join(restored: Any, now: Any) -> None:
    await restored.execute("create temp table key_now (like subject_key) on commit drop")
    async with now.transaction(isolation="repeatable_read", readonly=True):
        cursor = await now.cursor(f"select {_NAMES} from subject_key")
        while rows := await cursor.fetch(ROWS):
            await restored.copy_records_to_table("key_now", records=[tuple(row) for row in rows], columns=_COLUMNS)
    different = await restored.fetchval(_OTHERS)
    if different:
        raise OtherKeys(f"{different} keys are other keys now than in the backup; nothing was changed.")
    await restored.execute(_JOIN)
    hidden = await now.fetch("select * from hidden_entries")  # each decided by two people: there are few
    places = ", ".join(f"${place}" for place in range(1, 8))
    await restored.executemany(f"insert into hidden_entries values ({places}) on conflict do nothing", hidden)
