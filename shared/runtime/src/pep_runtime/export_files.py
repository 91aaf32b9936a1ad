"""The files of an authority's export: JSON lines that any program can read, and a manifest with counts and SHA-256.

A line of a table is the row as PostgreSQL writes it as JSON; a line of a topic is a record with its offset, key,
headers and value. Bytes are `\\x` and hexadecimal digits.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Literal
from uuid import UUID

from aiokafka.structs import ConsumerRecord
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from pep_runtime.backup import sha256_of
from pep_runtime.receipt import Head
from pep_runtime.relay import Record

MANIFEST = "manifest.json"
_BYTES = ("envelope", "payload", "hash", "announcement")
_TIMES = ("occurred_at", "recorded_at")
_UUIDS = ("event_id", "cause", "correlation")


class BadExport(Exception):
    """This folder does not hold a whole export, and why."""


class ExportedFile(BaseModel):
    """One file: its name in the folder, how many lines it has, its SHA-256."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[A-Za-z0-9_-]+/[A-Za-z0-9_.-]+$")
    lines: int
    sha256: str


class Manifest(BaseModel):
    """What an export holds, and where each log of the authority ended in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    authority: str
    made_at: AwareDatetime
    heads: tuple[Head, ...]
    files: tuple[ExportedFile, ...]

    def rows(self) -> dict[str, int]:
        """`service/table` → how many rows it has of the authority."""
        return {
            each.name.removesuffix(".jsonl"): each.lines
            for each in self.files
            if each.name.endswith(".jsonl") and not each.name.startswith("topics/")
        }


def read_manifest(folder: Path) -> Manifest:
    """The manifest of an export. Raises `BadExport`."""
    try:
        return Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except OSError as error:
        raise BadExport(f"{folder} is no export: {MANIFEST} cannot be read.") from error
    except ValidationError as error:
        raise BadExport(f"{folder / MANIFEST} is not a manifest of this version.") from error


def described(folder: Path, name: str) -> ExportedFile:
    """A file of the folder as it is now. Raises `BadExport`."""
    try:
        with (folder / name).open("rb") as lines:
            count = sum(1 for _ in lines)
        return ExportedFile(name=name, lines=count, sha256=sha256_of(folder / name, lambda _done: None))
    except OSError as error:
        raise BadExport(f"{folder / name} cannot be read ({error.strerror}).") from error


def write_record(file: BinaryIO, record: ConsumerRecord) -> None:
    """One record as a line."""
    headers = [[name, _hex(value)] for name, value in record.headers]
    line = {"offset": record.offset, "key": _hex(record.key), "headers": headers, "value": _hex(record.value)}
    file.write(json.dumps(line).encode() + b"\n")


def rows(file: Path) -> Iterator[Mapping[str, Any]]:
    """The rows of a log's file, as the database gives them."""
    for line in _lines(file):
        for names, read in ((_BYTES, _bytes), (_TIMES, datetime.fromisoformat), (_UUIDS, UUID)):
            line |= {name: read(line[name]) for name in names if line[name] is not None}
        yield line


def records(file: Path) -> Iterator[Record]:
    """The records of a topic's file."""
    for line in _lines(file):
        headers = [(name, _bytes(value)) for name, value in line["headers"]]
        yield Record(_bytes(line["key"]), _bytes(line["value"]), headers)


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    with file.open("rb") as lines:
        yield from map(json.loads, lines)


def _hex(value: bytes | None) -> str:
    return f"\\x{(value or b'').hex()}"


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("\\x"))
