"""Proof that an export is whole, out of its files alone: nothing is asked of database or Kafka.

Every file is as the manifest says; every log is dense and chained up to its head; every topic holds the records that
its log says, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from pep_runtime.chain import GENESIS
from pep_runtime.cloud_events import NUMBER
from pep_runtime.export_files import BadExport, Manifest, described, read_manifest, records, rows
from pep_runtime.in_turn import InTurn
from pep_runtime.journal_walk import Fault, JournalWalk
from pep_runtime.receipt import Head
from pep_runtime.relay import Linked, Record, announcement_records, journal_records
from pep_runtime.topics import POSITION, topic

Progress = Callable[[str, int, int], None]


def prove(folder: Path, progress: Progress) -> Manifest:
    """The manifest of a whole export. Raises `BadExport`, which names the file and what is not right."""
    manifest = read_manifest(folder)
    for number, file in enumerate(manifest.files):
        progress(f"checking {file.name}", number, len(manifest.files))
        if described(folder, file.name) != file:
            raise BadExport(f"{folder / file.name} is not as it was written.")
    for number, head in enumerate(manifest.heads):
        progress(f"proving {head.service} {head.log}", number, len(manifest.heads))
        _prove_log(folder, manifest.authority, head)
    return manifest


def _prove_log(folder: Path, authority: str, head: Head) -> None:
    file = folder / head.service / f"{head.log}.jsonl"
    try:
        _walk(file, head)
        kept = folder / "topics" / f"{topic(authority, head.service, head.log)}.jsonl"  # type: ignore[arg-type]  # a log
        _same(kept, POSITION, journal_records(_linked(file)))
        if head.log == "journal":
            kept = folder / "topics" / f"{topic(authority, head.service, 'events')}.jsonl"
            _same(kept, NUMBER, announcement_records(_linked(file), head.service))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadExport(f"{file} or its topic's file cannot be read: {type(error).__name__}.") from error
    except Fault as fault:
        raise BadExport(f"{head.service}, {head.log}: {fault}") from fault


def _walk(file: Path, head: Head) -> None:
    walk = JournalWalk()
    for row in rows(file):
        walk.step(row)
    if (walk.position, walk.hash.hex()) != (head.position, head.hash):
        raise Fault(walk.position, f"the rows end here, their head says {head.position}")


def _linked(file: Path) -> Iterator[Linked]:
    """Each row with the hash of the one before."""
    previous = GENESIS
    for row in rows(file):
        yield row, previous
        previous = row["hash"]


def _same(file: Path, header: str, wanted: Iterable[Record]) -> None:
    """The topic's records, each in its turn, are these and no others; repeats are passed."""
    turn, expected = InTurn(), iter(wanted)
    for record in records(file):
        if not turn.takes(int(dict(record.headers)[header])):
            continue
        if _plain(record) != _plain(next(expected, None)):
            raise Fault(turn.last, f"{file.name} holds something else in its place")
    if turn.missing is not None or next(expected, None) is not None:
        raise Fault(turn.last + 1, f"it is missing in {file.name}")


def _plain(record: Record | None) -> Any:
    return record and (record.key, record.value, sorted(record.headers))
