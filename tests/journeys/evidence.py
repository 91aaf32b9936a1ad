"""What an outsider finds after the term: records in Kafka, files, mails, spans."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.journeys.conftest import Played

from pep_local.term.story import SAMPLES
from pep_runtime.database import connected
from pep_runtime.kafka import reader

NAMES = {
    "people": ("GIVEN_NAME", "FAMILY_NAME"),
    "staff": ("NAME",),
    "carers": ("NAME",),
}
ADDRESSES = {"staff": ("EMAIL",), "carers": ("EMAIL", "TELEPHONE")}
UNMISTAKABLE = 7  # letters: shorter words turn up by chance in what is encrypted


async def records(played: Played) -> list[Any]:
    """Every record of every topic of ours, as Kafka has it."""
    consumer = reader(played.stack.kafka_bootstrap, *await _topics(played))
    await consumer.start()
    try:
        found: list[Any] = []
        places = list(consumer.assignment())
        ends = await consumer.end_offsets(places)
        while [place for place in places if await consumer.position(place) < ends[place]]:
            batches = await consumer.getmany(timeout_ms=500)
            found.extend(record for batch in batches.values() for record in batch)
        return found
    finally:
        await consumer.stop()


async def _topics(played: Played) -> list[str]:
    consumer = reader(played.stack.kafka_bootstrap)
    await consumer.start()
    try:
        return sorted(name for name in await consumer.topics() if name.startswith("pep."))
    finally:
        await consumer.stop()


async def journal(played: Played, service: str) -> list[Any]:
    """Every event of one service's journal, of all authorities, as the database has it."""
    query = "select authority, type, policy_version, occurred_at, payload from journal order by authority, position"
    async with connected(played.stack.superuser_dsn(service)) as connection:
        rows: list[Any] = await connection.fetch(query)
    return rows


def announced(found: list[Any], authority: str, service: str, kind: str) -> list[dict[str, Any]]:
    """The announcements of one kind, in order."""
    topic, wanted = f"pep.{authority}.{service}.events.v1", f"uk.openpep.{service}.{kind}.v1".encode()
    mine = [record for record in found if record.topic == topic and dict(record.headers)["ce_type"] == wanted]
    return [json.loads(record.value) for record in mine]


def finance_rows(content: bytes) -> list[dict[str, str]]:
    """The lines and, last, the control row."""
    return list(csv.DictReader(io.StringIO(content.decode())))


def personal() -> set[str]:
    """Words that say who somebody is: names, addresses, numbers, days of birth in both ways of writing them."""
    return {word for authority in SAMPLES.glob("*/") for word in _personal_of(authority) if word}


def _personal_of(samples: Path) -> Iterator[str]:
    for table, columns in NAMES.items():
        for row in _rows(samples / f"{table}.csv"):
            yield " ".join(row[column] for column in columns)
    for row in _rows(samples / "people.csv"):
        yield from (row[column] for column in NAMES["people"] if len(row[column]) >= UNMISTAKABLE)
    for table, columns in ADDRESSES.items():
        yield from (row[column] for row in _rows(samples / f"{table}.csv") for column in columns)
    for row in _rows(samples / "header.csv"):
        day, month, year = row["DOB"].split("/")
        yield from (row["DOB"], f"{year}-{month}-{day}", row["UPN"] if len(row["UPN"]) >= UNMISTAKABLE else "")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def spans(played: Played) -> dict[str, list[dict[str, Any]]]:
    """Service → its spans that are written by now; the last line may be half written."""
    return {path.stem: list(_documents(path)) for path in played.traces.glob("*.jsonl")}


def _documents(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text().splitlines():
        if line.endswith("}"):
            yield json.loads(line)


def services_of_traces(played: Played) -> dict[str, Counter[str]]:
    """Trace → how many spans each service has in it."""
    found: dict[str, Counter[str]] = {}
    for service, those in spans(played).items():
        for span in those:
            found.setdefault(span["context"]["trace_id"], Counter())[service] += 1
    return found
