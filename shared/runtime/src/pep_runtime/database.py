"""PostgreSQL: making a service's database, bringing it up to date, connecting in one of its roles."""

from __future__ import annotations

import contextlib
import re
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

ROLES = ("app", "relay", "worker")
_GROUPS = ("pep_owner", "pep_app", "pep_relay", "pep_worker")
ANSWER_SECONDS = 8.0  # longer than the database itself waits for a lock, which then says so
GIVE_UP_SECONDS = 1.0
_LOCK = 0x0B3E  # one migration at a time in a cluster; the number only has to be the same everywhere


@dataclass(frozen=True, slots=True)
class Logins:
    """How a service signs in to its database: one DSN a role."""

    app: str
    relay: str
    worker: str


def _dsn(base: str, *, database: str, user: str | None = None, password: str | None = None) -> str:
    parts = urlsplit(base)
    host = parts.netloc.rpartition("@")[2]
    who = f"{quote(user)}:{quote(password or '')}@" if user else parts.netloc[: -len(host)] if host else parts.netloc
    return urlunsplit((parts.scheme, who + host, f"/{database}", parts.query, ""))


async def provision(superuser_dsn: str, database: str, kind: str = "service", own: Path | None = None) -> Logins:
    """Make `database` if it is not there, its three logins with new passwords, and run the migrations of its `kind`.

    `own` is the folder of the service's own migrations. Can be repeated. Needs a superuser's DSN, which no service has.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,50}", database):
        raise ValueError(f"database: {database!r} is not lower-case letters, digits and underscores")
    passwords = {role: secrets.token_urlsafe(24) for role in ROLES}
    admin = await asyncpg.connect(superuser_dsn)
    try:
        await admin.execute("select pg_advisory_lock($1)", _LOCK)
        for group in _GROUPS:
            if not await admin.fetchval("select true from pg_roles where rolname = $1", group):
                await admin.execute(f"create role {group} nologin")
        if not await admin.fetchval("select true from pg_database where datname = $1", database):
            await admin.execute(f"create database {database} owner pep_owner")
        # Without temporary tables: one named like ours would go before ours in a function of the owner.
        await admin.execute(f"revoke connect, temporary on database {database} from public")
        for role, password in passwords.items():
            login = f"{database}_{role}"
            if not await admin.fetchval("select true from pg_roles where rolname = $1", login):
                await admin.execute(f"create role {login} login in role pep_{role}")
            await admin.execute(f"alter role {login} password '{password}'")
            await admin.execute(f"grant connect on database {database} to {login}")
    finally:
        await admin.close()
    await migrate(_dsn(superuser_dsn, database=database), kind, own)
    return Logins(
        **{
            role: _dsn(superuser_dsn, database=database, user=f"{database}_{role}", password=passwords[role])
            for role in ROLES
        }
    )


async def migrate(superuser_dsn: str, kind: str, own: Path | None = None) -> list[str]:
    """Run what has not run: the runtime's migrations of this `kind` (service or keys), then the service's own.

    Each file is one transaction. Gives the names that ran. Raises `ChangedMigration` if a file changed after it ran.
    """
    folders = [Path(str(files("pep_runtime") / "migrations" / kind)), *([own] if own else [])]
    connection = await asyncpg.connect(superuser_dsn)
    ran = []
    try:
        await connection.execute(
            "grant create, usage on schema public to pep_owner;"
            "grant usage on schema public to pep_app, pep_relay, pep_worker;"
            "grant execute on function pg_control_system, pg_control_checkpoint to pep_owner; set role pep_owner;"
            "create table if not exists migration"
            " (name text primary key, text text not null, ran_at timestamptz default now());"
            "set check_function_bodies = off"
        )
        done = {row["name"]: row["text"] for row in await connection.fetch("select name, text from migration")}
        for folder in folders:
            for file in sorted(folder.glob("*.sql")):
                name, text = f"{'runtime' if folder is folders[0] else 'own'}/{file.name}", file.read_text()
                if done.get(name, text) != text:
                    raise ChangedMigration(f"{name} was changed after it ran; add a new file instead.")
                if name not in done:
                    async with connection.transaction():
                        await connection.execute(text)
                        await connection.execute("insert into migration (name, text) values ($1, $2)", name, text)
                    ran.append(name)
    finally:
        await connection.close()
    return ran


class ChangedMigration(RuntimeError):
    """A migration is forward only: a file that has run is never edited."""


@contextlib.asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[Any]:
    """One connection, closed afterwards: for what operators do."""
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


async def _keep(_connection: Any) -> None:
    """No reset between uses: every setting we make ends with its transaction."""


_AS_EVERYWHERE: dict[str, Any] = {
    "connection_class": asyncpg.Connection,
    "record_class": asyncpg.Record,
    "init_size": None,
    "max_queries": 50_000,
    "max_inactive_connection_lifetime": 300.0,
    "loop": None,
    "connect": None,
    "setup": None,
}  # what asyncpg.create_pool would give, which makes no pool of a class of ours


class _Pool(asyncpg.Pool):
    """Nobody waits long for a connection, nor for a server that hangs to say that it has stopped a query."""

    def acquire(self, *, timeout: float | None = None) -> Any:
        """At once where one is free: a time-out costs a task."""
        return super().acquire(timeout=timeout if self.get_idle_size() else timeout or ANSWER_SECONDS)

    async def release(self, connection: Any, *, timeout: float | None = None) -> None:  # noqa: ASYNC109  as there
        await super().release(connection, timeout=timeout or GIVE_UP_SECONDS)


async def connect(dsn: str, *, size: int = 6, check_lineage: bool = True) -> asyncpg.Pool[asyncpg.Record]:
    """A pool of about three connections a core. Each new connection checks that this is still the same PostgreSQL.

    Where the server hangs, or the way to it, what is asked ends with `TimeoutError` after some ten seconds.
    """

    async def first(connection: Any) -> None:
        if check_lineage:
            await connection.execute("select check_lineage()")

    return await _Pool(
        dsn,
        min_size=1,
        max_size=size,
        init=first,
        reset=_keep,
        timeout=ANSWER_SECONDS,
        command_timeout=ANSWER_SECONDS,
        **_AS_EVERYWHERE,
    )
