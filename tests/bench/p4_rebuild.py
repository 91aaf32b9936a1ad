"""P4: a read model rebuilt by one process, from Kafka and from PostgreSQL, beside reading alone and beside faust."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import sys
from collections.abc import AsyncIterator, Sequence
from typing import Any

from aiokafka import TopicPartition
from rich.console import Console
from tests.bench.events_of_child import EVENTS_OF_CHILD, TABLE
from tests.bench.generate import SERVICE, Made, forget, make, publish
from tests.bench.harness import ROOT
from tests.bench.journals import superuser
from tests.bench.measure import CPU, RATE, SECONDS, Aim, Bench, Figures, Measure, Side

from pep_kernel.read_model import ReadModel
from pep_record.main import PARTS
from pep_record.projections import PLAN_OVERVIEW
from pep_runtime.codec import EventTypes
from pep_runtime.kafka import reader
from pep_runtime.rebuild import Source, rebuild
from pep_runtime.topics import topic

EVENTS = 300_000
KAFKA, POSTGRES = "OpenPEP, count from Kafka", "OpenPEP, count from PostgreSQL"
READ, FAUST = "aiokafka getmany, read alone", "a faust agent, count"
TYPES = EventTypes(PARTS.events)


@contextlib.asynccontextmanager
async def sides(bench: Bench) -> AsyncIterator[Sequence[Side]]:
    console = Console(stderr=True, highlight=False)
    made = await make(bench.postgres_dsn, "shire", EVENTS, bench.seed, console)
    await publish(made, bench.kafka_bootstrap, console)
    async with superuser(made.superuser_dsn) as connection:
        await connection.execute(TABLE)
    yield [
        rebuilt(KAFKA, bench, made, EVENTS_OF_CHILD, "kafka"),
        rebuilt(POSTGRES, bench, made, EVENTS_OF_CHILD, "journal"),
        Side(READ, lambda: read_alone(bench.kafka_bootstrap, journal_of(made))),
        Side(FAUST, lambda: counted_by_faust(bench.kafka_bootstrap, journal_of(made))),
        rebuilt("OpenPEP, plan_overview from Kafka", bench, made, PLAN_OVERVIEW, "kafka"),
        rebuilt("OpenPEP, plan_overview from PostgreSQL", bench, made, PLAN_OVERVIEW, "journal"),
    ]


def journal_of(made: Made) -> str:
    """Its topic."""
    return topic(made.authority, SERVICE, "journal")


def rebuilt(name: str, bench: Bench, made: Made, model: ReadModel[Any], source: Source) -> Side:
    """The whole of `pep rebuild`: read, fold, load, compare, swap. Nothing is in the live table before."""

    async def run() -> int:
        found = await rebuild(
            made.logins.worker,
            model,
            TYPES,
            made.authority,
            source=source,
            service=SERVICE,
            bootstrap=bench.kafka_bootstrap,
        )
        assert found.swapped
        return found.events

    return Side(name, run, lambda: forget(made, model.table))


async def read_alone(bootstrap: str, name: str) -> int:
    """All records, and nothing done with them."""
    partition, count = TopicPartition(name, 0), 0
    async with reader(bootstrap) as consumer:
        consumer.assign([partition])
        end = (await consumer.end_offsets([partition]))[partition]
        consumer.seek(partition, 0)
        while await consumer.position(partition) < end:
            count += sum(map(len, (await consumer.getmany(partition, timeout_ms=500)).values()))
    return count


async def counted_by_faust(bootstrap: str, name: str) -> Figures:
    """By a new consumer group; its start does not count."""
    command = (sys.executable, "-m", "tests.bench.peers.faust_agent", bootstrap, name, secrets.token_hex(8))
    process = await asyncio.create_subprocess_exec(*command, str(EVENTS), stdout=asyncio.subprocess.PIPE, cwd=ROOT)
    said, _ = await process.communicate()
    rate, cpu = json.loads(said)
    return {RATE: rate, SECONDS: EVENTS / rate, CPU: cpu}


MEASURE = Measure(
    "rebuild a read model of 300,000 events, one process",
    "events/s",
    [
        Aim(KAFKA, READ, at_least=0.8),
        Aim(KAFKA, FAUST, at_least=10),
        Aim(POSTGRES, KAFKA, at_least=2),
    ],
    sides,
)
