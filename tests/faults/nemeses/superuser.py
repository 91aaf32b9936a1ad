"""What only somebody with the superuser's password can do to a service's database, past the proxy."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
from tests.faults.town import Town


@contextlib.asynccontextmanager
async def superuser(town: Town, service: str) -> AsyncIterator[Any]:
    """A connection to a service's database."""
    connection = await asyncpg.connect(town.direct.superuser_dsn(service))
    try:
        yield connection
    finally:
        await connection.close()
