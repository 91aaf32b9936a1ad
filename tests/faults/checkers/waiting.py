"""What is still under way when the faults are over: the suite must come to rest by itself (R6, R10)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

from tests.faults.evidence import Evidence, Finding

from pep_runtime.kafka import end_offsets, reader
from pep_runtime.topics import topic

PATIENCE_SECONDS = 30.0
LOOK_SECONDS = 0.25

_NOT_RELAYED = (
    "select h.authority, h.position - coalesce(c.position, 0) as count, h.frozen from journal_head h"
    " left join relay_cursor c using (authority, log)"
    " where h.log = 'journal' and (h.position > coalesce(c.position, 0) or h.frozen is not null)"
)
_NOT_FOLDED = (
    "select p.authority, p.model, h.position - p.position as count from projection_position p"
    " join journal_head h on h.authority = p.authority and h.log = 'journal' where h.position > p.position"
)
_PARKED = "select authority, consumer, count(*) as count, min(error) as error from parked_event group by 1, 2"
_HEADS = "select authority, position, announced from journal_head where log = 'journal'"
_ANNOUNCED = "select authority, announced from journal_head where log = 'journal'"
_TAKEN = "select last_number from consumer_offset where authority = $1 and consumer = $2 and topic = $3"
_COPIED = "select max(position) from copy where authority = $1 and service = $2"
_HEAD = "select position from journal_head where authority = $1 and log = 'journal'"
_MESSAGES = (
    "select authority, state, count(*) as count from message where state in ('waiting', 'underway') group by 1, 2"
)


async def drained(evidence: Evidence) -> tuple[float, list[Finding]]:
    """Wait until nothing is under way: after how many seconds; and what still is when patience is over."""
    began = time.monotonic()
    while True:
        waiting = [each async for each in under_way(evidence)]
        seconds = time.monotonic() - began
        if not waiting or seconds > PATIENCE_SECONDS:
            return seconds, waiting
        await asyncio.sleep(LOOK_SECONDS)


async def under_way(evidence: Evidence) -> AsyncIterator[Finding]:
    """Everything that one process has still to take from another, in the order in which it goes."""
    for service, connection in evidence.databases.items():
        for row in await connection.fetch(_NOT_RELAYED):
            what = f"frozen: {row['frozen']}" if row["frozen"] else f"{row['count']} rows wait for the relay"
            yield Finding(f"{service} of {row['authority']}", what)
        for row in await connection.fetch(_NOT_FOLDED):
            yield Finding(f"{service} of {row['authority']}", f"{row['model']} is {row['count']} events behind")
        for row in await connection.fetch(_PARKED):
            yield Finding(
                f"{service} of {row['authority']}", f"{row['count']} parked by {row['consumer']}: {row['error']}"
            )
        async for each in _not_taken(evidence, service):
            yield each
    async for each in _not_copied(evidence):
        yield each
    for row in await evidence.databases["notifications"].fetch(_MESSAGES):
        yield Finding(f"notifications of {row['authority']}", f"{row['count']} messages are {row['state']}")
    async for each in _not_in_topics(evidence):
        yield each


async def _not_in_topics(evidence: Evidence) -> AsyncIterator[Finding]:
    """What a topic lost is sent again without anybody asking, some seconds later."""
    wanted = {}
    for service, connection in evidence.databases.items():
        for row in await connection.fetch(_HEADS):
            wanted[topic(row["authority"], service, "journal")] = row["position"]
            wanted[topic(row["authority"], service, "events")] = row["announced"]
    async with reader(evidence.stack.kafka_bootstrap) as consumer:
        ends = await end_offsets(consumer, list(wanted))
    for name, count in wanted.items():
        if ends[name] < count:
            yield Finding(name, f"it ends at {ends[name]}, and {count} records were sent")


async def _not_taken(evidence: Evidence, service: str) -> AsyncIterator[Finding]:
    parts = evidence.parts[service]
    for upstream in parts.upstreams if parts.policies else ():
        for authority, announced in dict(await evidence.databases[upstream].fetch(_ANNOUNCED)).items():
            which = (authority, f"{service}.policies", topic(authority, upstream, "events"))
            taken = await evidence.databases[service].fetchval(_TAKEN, *which) or 0
            if taken != announced:
                yield Finding(f"{service} of {authority}", f"{upstream} announced {announced}, {taken} are taken in")


async def _not_copied(evidence: Evidence) -> AsyncIterator[Finding]:
    for service in evidence.databases:
        for authority in evidence.authorities:
            copied = await evidence.databases["journey"].fetchval(_COPIED, authority, service) or 0
            position = await evidence.databases[service].fetchval(_HEAD, authority)
            if copied != position:
                yield Finding(f"journey of {authority}", f"{copied} of {position} rows of {service} are copied")
