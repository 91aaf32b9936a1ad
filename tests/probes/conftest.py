"""The scene at two authorities, made once for all probes."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tests.integration.installed import database_dsn, superuser
from tests.integration.sign_in import SignInProvider, sign_in_provider
from tests.probes.probing import Ids
from tests.probes.scene import ELSEWHERE, HERE, Scene, opened

OF_AN_ID = r"(^|_)(ref|id|urn)$"


@pytest.fixture(scope="session")
def providers() -> Iterator[dict[str, SignInProvider]]:
    with contextlib.ExitStack() as stack:
        yield {name: stack.enter_context(sign_in_provider()) for name in (HERE, ELSEWHERE)}


@pytest.fixture(scope="session")
async def scene(
    postgres_dsn: str, tmp_path_factory: pytest.TempPathFactory, providers: dict[str, SignInProvider]
) -> AsyncIterator[Scene]:
    folder: Path = tmp_path_factory.mktemp("scene")
    async with opened(postgres_dsn, folder, providers) as found:
        yield found


@contextlib.asynccontextmanager
async def owner_of(scene: Scene, service: str, postgres_dsn: str) -> AsyncIterator[Any]:
    """A superuser's connection to a service's database, who sees every authority."""
    dsn = scene[service].service.settings.postgres_app_dsn
    async with superuser(database_dsn(postgres_dsn, dsn.rpartition("/")[2])) as connection:
        yield connection


@pytest.fixture(scope="session")
async def their_ids(scene: Scene, postgres_dsn: str) -> Ids:
    """Column → the ids in it that the other authority has and this one has not, of all tables of all services."""
    found: dict[str, set[str]] = {}
    for service in scene:
        async with owner_of(scene, service, postgres_dsn) as connection:
            for table, column in await connection.fetch(ID_COLUMNS, OF_AN_ID):
                here, elsewhere = [await _values(connection, table, column, each) for each in (HERE, ELSEWHERE)]
                found.setdefault(column, set()).update(elsewhere - here)
    return {column: sorted(values) for column, values in found.items() if values}


ID_COLUMNS = """
    select c.table_name, c.column_name from information_schema.columns c
    join information_schema.columns a using (table_schema, table_name)
    where c.table_schema = 'public' and a.column_name = 'authority' and c.column_name ~ $1 and c.data_type = 'text'
    order by 1, 2
"""


async def _values(connection: asyncpg.Connection[Any], table: str, column: str, authority: str) -> set[str]:
    rows = await connection.fetch(
        f"select distinct {column} from {table} where authority = $1 and {column} <> ''", authority
    )
    return {row[0] for row in rows}
