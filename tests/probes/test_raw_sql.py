"""R9: whoever gets hold of the application's login reads, adds, changes and deletes nothing of another authority."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest
from tests.integration.installed import superuser
from tests.probes.conftest import owner_of
from tests.probes.scene import ELSEWHERE, HERE, SERVICES, Scene

SETTINGS = (None, "", HERE, f"{ELSEWHERE} ", "%", f"{HERE}' or authority = '{ELSEWHERE}")
TABLES = """
    select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'authority'
    where c.relkind in ('r', 'p', 'v') and c.relnamespace = 'public'::regnamespace order by 1
"""
COUNTED = "with done as ({} returning 1) select count(*) from done"
STATEMENTS = {
    "select": "select count(*) from {0} where authority = $1",
    "update": COUNTED.format("update {0} set authority = authority where authority = $1"),
    "delete": COUNTED.format("delete from {0} where authority = $1"),
    "give away": COUNTED.format("update {0} set authority = $1"),
}
ADD = COUNTED.format(
    "insert into {0} select * from jsonb_populate_record("
    "null::{0}, $2::jsonb || jsonb_build_object('authority', $1::text))"
)


@pytest.mark.parametrize("service", [parts.name for parts in SERVICES])
async def test_the_applications_login_gets_at_no_row_of_another_authority(
    scene: Scene, service: str, postgres_dsn: str
) -> None:
    async with owner_of(scene, service, postgres_dsn) as owner:
        tables = [row["relname"] for row in await owner.fetch(TABLES)]
        samples = {table: await _sample(owner, table) for table in tables}
        before = [await owner.fetchval(STATEMENTS["select"].format(table), ELSEWHERE) for table in tables]
        async with superuser(scene[service].service.settings.postgres_app_dsn) as application:
            for setting in SETTINGS:
                for table in tables:
                    for name, statement in STATEMENTS.items():
                        done = await _tried(application, setting, statement.format(table), ELSEWHERE)
                        assert done in (0, None), f"{name} {table} with the setting {setting!r}"
                    done = await _tried(application, setting, ADD.format(table), ELSEWHERE, samples[table])
                    assert done is None, f"add to {table} with the setting {setting!r}"
        assert [await owner.fetchval(STATEMENTS["select"].format(table), ELSEWHERE) for table in tables] == before
        assert sum(before) > 0


async def _sample(owner: Any, table: str) -> str:
    """A row as it stands there, for one more like it."""
    found: str | None = await owner.fetchval(f"select to_jsonb(t)::text from {table} t limit 1")
    return found or "{}"


async def _tried(application: Any, setting: str | None, statement: str, *arguments: Any) -> int | None:
    """How many rows the statement got at; None if it was refused. Nothing is kept."""
    transaction = application.transaction()
    await transaction.start()
    try:
        if setting is not None:
            await application.execute("select set_config('app.authority', $1, true)", setting)
        found: int = await application.fetchval(statement, *arguments)
        return found
    except asyncpg.InsufficientPrivilegeError:
        return None
    finally:
        await transaction.rollback()
