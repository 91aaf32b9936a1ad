"""Seals, read: from the topic that all may be given, and from a file in which somebody kept them (a seal a line)."""

from __future__ import annotations

import contextlib
from pathlib import Path

from aiokafka import TopicPartition
from aiokafka.structs import ConsumerRecord
from pydantic import ValidationError

from pep_kernel.contracts.journey import JournalSealed
from pep_runtime.kafka import reader
from pep_runtime.topics import topic

RECORDS = 1_000


class NoSeal(ValueError):
    """A line that is no seal; the sentence names file and line."""


async def read_seals(bootstrap: str, authority: str) -> list[JournalSealed]:
    """An authority's seals as its topic has them, repeats dropped: one a day for each service.

    What is no seal is passed: the journal of seals is itself verified against this topic, which names it.
    """
    partition = TopicPartition(topic(authority, "journey", "events"), 0)
    found: dict[JournalSealed, None] = {}
    async with reader(bootstrap) as consumer:
        if partition.topic not in await consumer.topics():
            return []
        consumer.assign([partition])
        end = (await consumer.end_offsets([partition]))[partition]
        await consumer.seek_to_beginning(partition)
        while await consumer.position(partition) < end:
            records = (await consumer.getmany(partition, timeout_ms=500, max_records=RECORDS)).get(partition, [])
            found |= dict.fromkeys(seal for record in records for seal in _seals(record))
    return list(found)


def _seals(record: ConsumerRecord) -> list[JournalSealed]:
    with contextlib.suppress(ValidationError):
        return [JournalSealed.model_validate_json(record.value or b"")]
    return []


def read_file(file: Path) -> list[JournalSealed]:
    """The seals that somebody kept. Raises `OSError`, or `NoSeal` for the first line that is none."""
    with file.open("rb") as lines:
        return [_seal(file, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _seal(file: Path, number: int, line: bytes) -> JournalSealed:
    try:
        return JournalSealed.model_validate_json(line)
    except ValidationError as error:
        raise NoSeal(f"{file}, line {number}, is no seal: {error.errors()[0]['msg']}") from error
