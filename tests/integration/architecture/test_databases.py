"""Every service's database, as its migrations make it: one authority never sees another's rows."""

from collections.abc import AsyncIterator, Awaitable, Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tests.integration.architecture.databases import TABLES_OF_NO_AUTHORITY, offences

from pep_runtime.database import provision

ROOT = Path(__file__).parents[3]
SERVICES = [path.parent.name for path in sorted(ROOT.glob("services/*/migrations"))]
DATABASES = {path.parent.name: path for path in sorted(ROOT.glob("services/*/migrations"))} | {"keys": None}
Open = Callable[[str], Awaitable[Any]]


@pytest.fixture(scope="module")
async def opened(postgres_dsn: str, unique_name: Callable[[str], str]) -> AsyncIterator[Open]:
    """`await opened("funding")` is a superuser's connection to such a database, made by its migrations once."""
    made: dict[str, tuple[str, Any]] = {}

    async def open_database(name: str) -> Any:
        if name not in made:
            database = unique_name(f"rules_{name.replace('-', '_')}")
            await provision(postgres_dsn, database, "keys" if name == "keys" else "service", DATABASES[name])
            made[name] = (database, await asyncpg.connect(f"{postgres_dsn.rpartition('/')[0]}/{database}"))
        return made[name][1]

    yield open_database
    superuser = await asyncpg.connect(postgres_dsn)
    for database, connection in made.values():
        await connection.close()
        await superuser.execute(f'drop database "{database}" with (force)')
        for role in ("app", "relay", "worker"):
            await superuser.execute(f'drop role "{database}_{role}"')
    await superuser.close()


@pytest.mark.parametrize("name", DATABASES)
async def test_every_row_belongs_to_one_authority_and_nobody_gets_round_that(opened: Open, name: str) -> None:
    assert await offences(await opened(name)) == []


@pytest.mark.parametrize("name", SERVICES)
async def test_every_column_by_which_a_list_may_be_sorted_has_an_index(opened: Open, name: str) -> None:
    connection = await opened(name)
    found = await connection.fetch("select tablename, indexdef from pg_indexes where schemaname = 'public'")
    for model in import_module(f"{name.replace('-', '_')}.main").PARTS.read_models:
        indexes = [row["indexdef"] for row in found if row["tablename"] == model.table]
        for column in model.sorted_by:
            assert any(f"(authority, {column}, {model.key[0]}" in each for each in indexes), f"{model.table}.{column}"


async def test_tables_of_no_authority_are_the_few_that_are_named(opened: Open) -> None:
    tables = await (await opened("scheduling")).fetch(
        "select relname from pg_class c where relkind = 'r' and relnamespace = 'public'::regnamespace and not exists"
        " (select from pg_attribute where attrelid = c.oid and attname = 'authority')"
    )
    assert {table["relname"] for table in tables} == TABLES_OF_NO_AUTHORITY.keys()


FORGOTTEN = "create table forgotten (authority text not null, id text not null, primary key (authority, id));"


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        (FORGOTTEN, "forgotten: row-level security is not forced"),
        (
            FORGOTTEN + "alter table forgotten enable row level security",
            "forgotten: row-level security is not forced",
        ),
        ("create table forgotten (authority text not null); select protect('forgotten')", "forgotten: no primary key"),
        (
            "create table forgotten (id text primary key, authority text not null); select protect('forgotten')",
            "forgotten: forgotten_pkey is unique without authority",
        ),
        (
            "create unique index one_urn on school (urn)",
            "school: one_urn is unique without authority",
        ),
        (
            "create unique index one_urn on school (urn) include (authority)",
            "school: one_urn is unique without authority",
        ),
        (
            "create policy everything on school for select to pep_app using (true)",
            "school: policy everything shows the application every authority",
        ),
        (
            "create policy everything on school for insert with check (true)",
            "school: policy everything shows the application every authority",
        ),
        ("create view schools as select * from school", "schools: a view without security_invoker"),
        ("create materialized view schools as select * from school", "schools: a view without security_invoker"),
        ("alter table school owner to pep_app", "school: owned by pep_app"),
        (
            "create role planted_login login in role pep_app; alter table school owner to planted_login",
            "school: owned by planted_login",
        ),
        ("alter role pep_worker bypassrls", "pep_worker: goes round row-level security"),
        ("grant create on schema public to pep_app", "pep_app: can make tables"),
        ("grant temporary on database this to pep_app", "pep_app: can make temporary tables"),
        ("grant execute on function open_authority to public", "open_authority: executable by everybody"),
        (
            "create function peep() returns bigint language sql as 'select count(*) from school'",
            "peep: executable by everybody",
        ),
        (
            "create function peep() returns bigint language sql security definer as 'select count(*) from school'",
            "peep: security definer without a search_path",
        ),
        (
            "create function peep() returns bigint language sql security definer set search_path = public"
            " as 'select count(*) from school'",
            "peep: security definer without a search_path that ends with pg_temp",
        ),
    ],
)
async def test_a_way_round_is_found(opened: Open, planted: str, found: str) -> None:
    connection = await opened("scheduling")
    transaction = connection.transaction()
    await transaction.start()
    try:
        this = await connection.fetchval("select quote_ident(current_database())")
        await connection.execute(planted.replace("database this", f"database {this}"))
        assert [each for each in await offences(connection) if each.startswith(found)] != []
    finally:
        await transaction.rollback()


async def test_a_view_that_asks_as_its_reader_is_no_offence(opened: Open) -> None:
    connection = await opened("scheduling")
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute("create view schools with (security_invoker = true) as select * from school")
        assert await offences(connection) == []
    finally:
        await transaction.rollback()
