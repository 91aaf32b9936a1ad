"""PostgreSQL's own `pg_dump` and `pg_restore`, run so that no password stands in a command line."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote, unquote, urlsplit, urlunsplit

LOOK_SECONDS = 0.2
Grown = Callable[[int], None]


class ToolFailed(Exception):
    """A tool is missing, or said why it could not go on."""


def at_database(dsn: str, database: str) -> str:
    """The same server and login, another database."""
    parts = urlsplit(dsn)
    return urlunsplit((parts.scheme, parts.netloc, f"/{database}", parts.query, ""))


def database_of(dsn: str) -> str:
    """The database that a DSN names."""
    return unquote(urlsplit(dsn).path.removeprefix("/"))


def _without_password(dsn: str, passwords: IO[str]) -> str:
    """The DSN with the name of a password file in place of its password, which is written there."""
    parts = urlsplit(dsn)
    password = unquote(parts.password or "").replace("\\", "\\\\").replace(":", "\\:")
    passwords.write(f"*:*:*:*:{password}\n")
    passwords.flush()
    who = f"{parts.username}@" if parts.username else ""
    query = "&".join(filter(None, (parts.query, f"passfile={quote(passwords.name, safe='')}")))
    return urlunsplit((parts.scheme, who + parts.netloc.rpartition("@")[2], parts.path, query, ""))


@dataclass(frozen=True, slots=True)
class PostgresTools:
    """`folder` holds the programs; None: wherever the system finds them."""

    folder: Path | None = None

    def check(self) -> None:
        """Raises `ToolFailed` if a program is missing."""
        for name in ("pg_dump", "pg_restore"):
            self._program(name)

    def _program(self, name: str) -> str:
        found = shutil.which(name, path=str(self.folder) if self.folder else None)
        if found is None:
            where = f"in {self.folder}" if self.folder else "on this machine"
            raise ToolFailed(f"{name} is not {where}: install PostgreSQL's client programs, or say where they are.")
        return found

    async def dump(self, dsn: str, snapshot: str, file: Path, grown: Grown) -> None:
        """The whole database as it is in `snapshot`, compressed, into a new file; `grown` is told its size."""
        options = ("--format=custom", f"--snapshot={snapshot}", f"--file={file}")
        await self._run("pg_dump", dsn, options, lambda: grown(file.stat().st_size if file.exists() else 0))

    async def restore(self, dsn: str, file: Path, tick: Callable[[], None]) -> None:
        """Fill an empty database out of a dump; the first error ends it."""
        await self._run("pg_restore", dsn, ("--exit-on-error", "--single-transaction", str(file)), tick)

    async def _run(self, name: str, dsn: str, options: tuple[str, ...], look: Callable[[], None]) -> None:
        with tempfile.NamedTemporaryFile("w", prefix="pgpass-") as passwords:  # its owner alone may read it
            await self._run_with(name, _without_password(dsn, passwords), options, look)

    async def _run_with(self, name: str, address: str, options: tuple[str, ...], look: Callable[[], None]) -> None:
        process = await asyncio.create_subprocess_exec(
            self._program(name),
            "--no-password",
            f"--dbname={address}",
            *options,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        said = asyncio.ensure_future(process.communicate())
        try:
            while not (await asyncio.wait((said,), timeout=LOOK_SECONDS))[0]:
                look()
        finally:
            if process.returncode is None:  # told to stop
                process.terminate()
                await said
        look()
        if process.returncode != 0:
            lines = said.result()[1].decode(errors="replace").strip().splitlines()
            raise ToolFailed(f"{name}: {lines[0] if lines else f'ended with {process.returncode}'}")
