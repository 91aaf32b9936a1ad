"""A database as it was earlier, put back while everything runs: quicker than a restore, and as thorough."""

from __future__ import annotations

import asyncpg

from pep_runtime.database import connected

Remembered = dict[str, list[asyncpg.Record]]
_TABLES = (
    "select quote_ident(tablename) as name from pg_tables where schemaname = 'public' and tablename <> 'migration'"
)


async def remember(superuser_dsn: str) -> Remembered:
    """All that the database holds now."""
    async with connected(superuser_dsn) as connection, connection.transaction(isolation="repeatable_read"):
        tables = [row["name"] for row in await connection.fetch(_TABLES)]
        return {table: await connection.fetch(f"select * from {table}") for table in tables}


async def put_back(superuser_dsn: str, remembered: Remembered) -> None:
    """All as it was then, also in the tables that are only ever appended to."""
    async with connected(superuser_dsn) as connection, connection.transaction():
        await connection.execute("set local session_replication_role = replica")
        for table, rows in remembered.items():
            await connection.execute(f"delete from {table}")
            await connection.copy_records_to_table(table, records=[tuple(row.values()) for row in rows])
