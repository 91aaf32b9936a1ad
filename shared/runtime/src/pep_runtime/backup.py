"""Backups: every service's database as it was at one moment, with the heads of its journals; the keys apart from them.

A backup is a folder with a manifest: what it holds, how large, its SHA-256. The folder gets its name only when all is
in it, so a backup that was stopped is none. What was published after the backup comes back out of Kafka
(`pep recover`), so a database's moment need not be another's.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from pep_runtime.database import connected
from pep_runtime.postgres_tools import PostgresTools

MANIFEST = "manifest.json"
_CHUNK = 1 << 20
Kind = Literal["journals", "keys"]
Progress = Callable[[str, int, int], None]


class BadBackup(Exception):
    """This folder cannot be used, and why."""


class _Written(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Head(_Written):
    """The end of one authority's journal at the backup's moment."""

    authority: str
    position: int
    announced: int
    hash: str


class File(_Written):
    """One file of a backup. `database` names the service (or `keys`) whose dump it is; a key file has none."""

    name: str = Field(pattern=r"^[A-Za-z0-9_-]+\.[a-z]+$")
    bytes: int
    sha256: str
    database: str | None = None
    moment: AwareDatetime | None = None
    heads: tuple[Head, ...] = ()


class Manifest(_Written):
    """What one backup holds."""

    format: Literal[1] = 1
    kind: Kind
    files: tuple[File, ...]


async def back_up(
    kind: Kind,
    databases: Mapping[str, str],
    folder: Path,
    tools: PostgresTools,
    progress: Progress,
    key_files: Iterable[Path] = (),
) -> Manifest:
    """Dump every database (name → superuser's address) into `folder`, which must not exist. Raises `BadBackup`.

    Stopped, it leaves nothing behind.
    """
    tools.check()
    with becoming(folder) as half:
        await _check_space(databases, half)
        files = [await _dump(name, dsn, half, tools, progress) for name, dsn in databases.items()]
        files += [_copy(key_file, half) for key_file in key_files]
        manifest = Manifest(kind=kind, files=tuple(files))
        write_new(half / MANIFEST, manifest.model_dump_json(indent=2).encode())
        return manifest


def read_backup(folder: Path, kind: Kind, progress: Progress) -> Manifest:
    """The manifest of a backup whose every file is as it was written. Raises `BadBackup`."""
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except OSError as error:
        raise BadBackup(f"{folder} is no backup: {MANIFEST} cannot be read.") from error
    except ValidationError as error:
        raise BadBackup(f"{folder / MANIFEST} is not a manifest of this version.") from error
    if manifest.kind != kind:
        raise BadBackup(f"{folder} is a backup of {manifest.kind}, not of {kind}.")
    for file in manifest.files:
        _check(folder, file, progress)
    return manifest


def _check(folder: Path, file: File, progress: Progress) -> None:
    try:
        found = sha256_of(folder / file.name, lambda done: progress(f"checking {file.name}", done, file.bytes))
    except OSError as error:
        raise BadBackup(f"{folder / file.name} cannot be read ({error.strerror}).") from error
    if found != file.sha256:
        raise BadBackup(f"{folder / file.name} is not as it was written: its SHA-256 is another.")


@contextlib.contextmanager
def becoming(folder: Path) -> Iterator[Path]:
    """A folder beside it that takes its name when all is in it, and is gone otherwise."""
    if folder.exists():
        raise BadBackup(f"{folder} is there already; nothing is overwritten.")
    half = folder.with_name(folder.name + ".half")
    shutil.rmtree(half, ignore_errors=True)  # what one that was killed left
    half.mkdir(mode=0o700, parents=True)
    try:
        yield half
        half.rename(folder)
    except BaseException:  # also when told to stop
        shutil.rmtree(half)
        raise


async def _check_space(databases: Mapping[str, str], folder: Path) -> None:
    """The databases' own size is more than their dumps will have."""
    needed = 0
    for dsn in databases.values():
        async with connected(dsn) as connection:
            needed += await connection.fetchval("select pg_database_size(current_database())")
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise BadBackup(f"{folder.parent} has {free // 1_000_000} MB free; up to {needed // 1_000_000} MB are needed.")


async def _dump(name: str, dsn: str, folder: Path, tools: PostgresTools, progress: Progress) -> File:
    """Heads and data are of one snapshot."""
    file = folder / f"{name}.dump"
    async with connected(dsn) as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        snapshot = await connection.fetchval("select pg_export_snapshot()")
        moment = await connection.fetchval("select now()")
        heads = await _heads(connection)
        await tools.dump(dsn, snapshot, file, lambda size: progress(f"dumping {name}", size, 0))
    file.chmod(0o600)
    with file.open("rb") as written:
        os.fsync(written.fileno())
    size = file.stat().st_size
    digest = sha256_of(file, lambda done: progress(f"hashing {name}", done, size))
    return File(name=file.name, bytes=size, sha256=digest, database=name, moment=moment, heads=heads)


async def _heads(connection: Any) -> tuple[Head, ...]:
    if not await connection.fetchval("select to_regclass('journal_head') is not null"):
        return ()
    rows = await connection.fetch(
        "select authority, position, announced, encode(hash, 'hex') as hash from journal_head where log = 'journal'"
        " order by authority"
    )
    return tuple(Head.model_validate(dict(row)) for row in rows)


def _copy(key_file: Path, folder: Path) -> File:
    content = key_file.read_bytes()
    write_new(folder / key_file.name, content)
    return File(name=key_file.name, bytes=len(content), sha256=hashlib.sha256(content).hexdigest())


def write_new(file: Path, content: bytes) -> None:
    """A new file that only its owner reads, on the disk when this returns."""
    with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as written:
        written.write(content)
        written.flush()
        os.fsync(written.fileno())


def sha256_of(file: Path, done: Callable[[int], None]) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while chunk := content.read(_CHUNK):
            digest.update(chunk)
            done(content.tell())
    return digest.hexdigest()
