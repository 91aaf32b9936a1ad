"""Each service has a database of its own, and its logins come into no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from pep_runtime.database import connected, provision


async def test_a_services_logins_connect_to_its_own_database_only(
    postgres_dsn: str, unique_name: Callable[[str], str]
) -> None:
    one, other, keys = (unique_name(each) for each in ("one", "other", "keys"))
    logins = await provision(postgres_dsn, one)
    await provision(postgres_dsn, other)
    await provision(postgres_dsn, keys, "keys")
    try:
        for dsn in asdict(logins).values():
            async with connected(dsn) as connection:
                assert await connection.fetchval("select current_database()") == one
            for elsewhere in (other, keys):
                with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied for database"):
                    await asyncpg.connect(urlunsplit(urlsplit(dsn)._replace(path=f"/{elsewhere}")))
    finally:
        async with connected(postgres_dsn) as connection:
            for database in (one, other, keys):
                await connection.execute(f"drop database {database} with (force)")
                for role in asdict(logins):
                    await connection.execute(f"drop role {database}_{role}")
