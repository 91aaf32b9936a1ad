"""Putting a backup back: every database is filled anew beside the one that is there, looked at, and only then swapped.

What was there keeps its data under another name, so a restore that fails, or was the wrong one, costs nothing. A
database that was swapped in is another lineage: nothing is appended until the relay has compared it with Kafka, and
`pep recover` takes back what was published since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from pep_runtime.backup import File, Manifest, Progress, write_new
from pep_runtime.database import ROLES, connected
from pep_runtime.keys_union import join_keys
from pep_runtime.postgres_tools import PostgresTools, at_database, database_of

_SERVER = "postgres"  # the database that every server has, to work on the others from
_USERS = (
    "select coalesce(nullif(application_name, ''), usename, '?') || ' (' || coalesce(host(client_addr), 'local') || ')'"
    " as who from pg_stat_activity where datname = $1 and backend_type = 'client backend' order by 1 limit 20"
)
_NAME = "select d.datname from pg_database d where d.datname = $1"
_REBUILDS = "select has_database_privilege('pep_worker', d.oid, 'temporary') from pg_database d where d.datname = $1"


class CannotRestore(Exception):
    """Why nothing was restored; all is as it was."""


@dataclass(frozen=True, slots=True)
class Restored:
    """One database that was put back, and where the one is that was there before."""

    name: str
    database: str
    kept_as: str | None
    joined: bool = True


@dataclass(frozen=True, slots=True)
class _Target:
    """One file of the backup and the database that it becomes."""

    name: str
    file: File
    dsn: str

    @property
    def database(self) -> str:
        return database_of(self.dsn)

    @property
    def beside(self) -> str:
        """Filled here first."""
        return f"{self.database}_restoring"

    @property
    def before(self) -> str:
        """What was there keeps its data under this name."""
        return f"{self.database}_before"


async def users_of(databases: Mapping[str, str]) -> dict[str, list[str]]:
    """Who is connected to each database: it cannot be swapped until they are gone."""
    found = {}
    for name, dsn in databases.items():
        async with connected(at_database(dsn, _SERVER)) as connection:
            rows = await connection.fetch(_USERS, database_of(dsn))
        if rows:
            found[name] = [row["who"] for row in rows]
    return found


async def restore(
    manifest: Manifest,
    folder: Path,
    databases: Mapping[str, str],
    tools: PostgresTools,
    progress: Progress,
    key_folder: Path | None = None,
) -> list[Restored]:
    """Put the backup's databases (name → superuser's address) back. The files were checked by `read_backup`.

    Keys are joined with those that are there: nobody's destroyed key comes back. The authorities' own keys go to
    `key_folder` where they are missing. Raises `CannotRestore`.
    """
    tools.check()
    missing = _missing_key_files(manifest, folder, key_folder)
    targets = [_target(file.database, file, databases) for file in manifest.files if file.database is not None]
    await _nobody_is_connected(targets)
    joined = True
    try:
        for target in targets:
            await _fill_beside(target, folder, tools, progress)
            await _same_heads(target)
            if manifest.kind == "keys":
                joined = await join_keys(at_database(target.dsn, target.beside), target.dsn)
        await _nobody_is_connected(targets)
        for file, content in missing.items():
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_new(file, content)
        return await _swap_all(targets, joined)
    finally:
        for target in targets:
            await _drop(target.dsn, target.beside)


def _target(name: str, file: File, databases: Mapping[str, str]) -> _Target:
    if name not in databases:
        raise CannotRestore(f"This installation has no {name}, of which the backup holds a database.")
    return _Target(name, file, databases[name])


def _missing_key_files(manifest: Manifest, folder: Path, key_folder: Path | None) -> dict[Path, bytes]:
    """The authorities' own keys that are not there. One that is there and differs stops the restore."""
    missing = {}
    for file in manifest.files:
        if file.database is None and key_folder is not None:
            content, there = (folder / file.name).read_bytes(), key_folder / file.name
            if not there.exists():
                missing[there] = content
            elif there.read_bytes() != content:
                raise CannotRestore(f"{there} is another key than the backup's: what one sealed the other cannot open.")
    return missing


async def _nobody_is_connected(targets: Sequence[_Target]) -> None:
    users = await users_of({target.name: target.dsn for target in targets})
    if users:
        said = "; ".join(f"{name}: {', '.join(who)}" for name, who in users.items())
        raise CannotRestore(f"Stop the services first. Still connected: {said}.")


async def _fill_beside(target: _Target, folder: Path, tools: PostgresTools, progress: Progress) -> None:
    async with connected(at_database(target.dsn, _SERVER)) as server:
        if await server.fetchval(_NAME, target.before):
            raise CannotRestore(
                f"{target.before} is still there from an earlier restore: drop or rename it when nobody needs it."
            )
        if not await server.fetchval("select true from pg_roles where rolname = 'pep_owner'"):
            raise CannotRestore("This server has no role pep_owner: set up the installation's databases first.")
        await server.execute(f'drop database if exists "{target.beside}" with (force)')
        await server.execute(f'create database "{target.beside}" owner pep_owner template template0')
        await server.execute(f'revoke connect, temporary on database "{target.beside}" from public')
        for login in (f"{target.database}_{role}" for role in ROLES):
            if await server.fetchval("select true from pg_roles where rolname = $1", login):
                await server.execute(f'grant connect on database "{target.beside}" to "{login}"')
        if await server.fetchval(_REBUILDS, target.database):  # a privilege of the database is in no dump
            await server.execute(f'grant temporary on database "{target.beside}" to pep_worker')
    # `pg_restore` does not say how far it is; that it is at work is shown.
    at_work = f"restoring {target.file.name}"
    await tools.restore(
        at_database(target.dsn, target.beside), folder / target.file.name, lambda: progress(at_work, 0, 0)
    )


async def _same_heads(target: _Target) -> None:
    """Each journal ends where the manifest says, with the same hash."""
    query = (
        "select h.position, encode(h.hash, 'hex') as hash, h.position = 0 or j.hash = h.hash as whole"
        " from journal_head h left join journal j using (authority, position)"
        " where h.authority = $1 and h.log = 'journal'"
    )
    async with connected(at_database(target.dsn, target.beside)) as connection:
        for head in target.file.heads:
            row = await connection.fetchrow(query, head.authority)
            if row is None or not row["whole"] or (row["position"], row["hash"]) != (head.position, head.hash):
                raise CannotRestore(
                    f"{target.file.name}: the journal of {head.authority} does not end as it was written."
                )


async def _swap_all(targets: Sequence[_Target], joined: bool) -> list[Restored]:
    """All or none: where one cannot be swapped, those before it get their old databases back."""
    done: list[Restored] = []
    try:
        for target in targets:
            done.append(await _swap(target, joined))
    except BaseException as trouble:
        for target, restored in reversed(list(zip(targets, done, strict=False))):
            await _swap_back(target, restored)
        if isinstance(trouble, asyncpg.ObjectInUseError):
            raise CannotRestore(f"Somebody connected meanwhile; all is as it was. {trouble}") from trouble
        raise
    return done


async def _swap_back(target: _Target, restored: Restored) -> None:
    async with connected(at_database(target.dsn, _SERVER)) as server, server.transaction():
        await server.execute(f'alter database "{target.database}" rename to "{target.beside}"')
        if restored.kept_as:
            await server.execute(f'alter database "{target.before}" rename to "{target.database}"')


async def _swap(target: _Target, joined: bool) -> Restored:
    """Both names change in one transaction."""
    async with connected(at_database(target.dsn, _SERVER)) as server, server.transaction():
        was_there = await server.fetchval(_NAME, target.database)
        if was_there:
            await server.execute(f'alter database "{target.database}" rename to "{target.before}"')
        await server.execute(f'alter database "{target.beside}" rename to "{target.database}"')
    return Restored(target.name, target.database, target.before if was_there else None, joined)


async def _drop(dsn: str, database: str) -> None:
    async with connected(at_database(dsn, _SERVER)) as server:
        await server.execute(f'drop database if exists "{database}" with (force)')
