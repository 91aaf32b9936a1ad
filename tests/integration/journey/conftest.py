"""The service journey on real PostgreSQL and Kafka, with journal topics that are written as a relay writes them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from aiokafka import AIOKafkaProducer
from tests.integration.installed import installed
from tests.integration.sign_in import SignInProvider, sign_in_provider

from journey.main import PARTS
from pep_kernel.message import Envelope, Person
from pep_runtime.chain import GENESIS, next_hash
from pep_runtime.codec import Frame
from pep_runtime.onboarding import create_topics, topics_of
from pep_runtime.service import RunningService, running
from pep_runtime.topics import HASH, POSITION, PREVIOUS, topic

SERVICES = ("scheduling", "pep-record", "funding", "notifications", "journey")
NINE = datetime(2026, 9, 21, 8, 0, tzinfo=UTC)
WORKER = Person("worker-1", "social_worker")


@dataclass
class Journal:
    """One service's journal for one authority, as its topic tells it: a row an hour, chained."""

    authority: str
    service: str
    frames: list[Frame] = field(default_factory=list)
    hashes: list[bytes] = field(default_factory=lambda: [GENESIS])

    def append(self, event: str, child_ref: str | None = "child7", **payload: Any) -> Frame:
        """One more event."""
        position = len(self.frames) + 1
        envelope = Envelope(
            event_id=UUID(int=position),
            type=event,
            schema_version=1,
            authority=self.authority,
            stream=f"child-{child_ref}",
            version=position,
            occurred_at=NINE,
            actor=WORKER,
            correlation=UUID(int=position),
            child_ref=child_ref,
            policy_version="2026-09-01.5f0c9b1e",
        )
        recorded_at = NINE + timedelta(hours=position)
        frame = Frame(position, recorded_at, 0, msgspec.json.encode(envelope), msgspec.json.encode(payload), b"")
        self.frames.append(frame)
        self.hashes.append(next_hash(self.hashes[-1], frame))
        return frame

    def records(self) -> list[tuple[bytes, list[tuple[str, bytes]]]]:
        """Value and headers of every record."""
        return [
            (frame.pack(), [(POSITION, b"%d" % frame.position), (HASH, its_hash), (PREVIOUS, previous)])
            for frame, previous, its_hash in zip(self.frames, self.hashes, self.hashes[1:], strict=False)
        ]


def altered(journal: Journal, position: int) -> list[tuple[bytes, list[tuple[str, bytes]]]]:
    """The journal's records, one payload changed and its hash not."""
    records = journal.records()
    frame = msgspec.structs.replace(journal.frames[position - 1], payload=b'{"on":"2026-09-22"}')
    records[position - 1] = (frame.pack(), records[position - 1][1])
    return records


Write = Callable[..., Awaitable[None]]


@pytest.fixture
async def write(kafka_bootstrap: str) -> AsyncIterator[Write]:
    """`await write(journal, records)` puts records into a journal's topic."""
    producer = AIOKafkaProducer(bootstrap_servers=kafka_bootstrap, acks="all")
    await producer.start()

    async def put(journal: Journal, records: Sequence[tuple[bytes, list[tuple[str, bytes]]]] | None = None) -> None:
        name = topic(journal.authority, journal.service, "journal")
        for value, headers in journal.records() if records is None else records:
            await producer.send_and_wait(name, value, key=b"child7", headers=headers, partition=0)

    yield put
    await producer.stop()


@pytest.fixture
async def authority(unique_name: Callable[[str], str], kafka_bootstrap: str) -> str:
    name = unique_name("shire")
    await create_topics(kafka_bootstrap, topics_of(name, SERVICES))
    return name


@pytest.fixture(scope="session")
def provider() -> Iterator[SignInProvider]:
    with sign_in_provider() as started:
        yield started


@pytest.fixture
async def service(
    postgres_dsn: str, kafka_bootstrap: str, tmp_path: Path, authority: str, provider: SignInProvider
) -> AsyncIterator[RunningService]:
    """The service for one authority, at which an auditor and a teacher work."""
    people = {"auditor-1": "auditor", "teacher-1": "designated_teacher"}
    async with (
        installed(
            "journey",
            postgres_dsn,
            tmp_path,
            {authority: provider},
            today="2026-09-23T09:00:00+01:00",
            colleagues=people,
            kafka_bootstrap=kafka_bootstrap,
        ) as settings,
        running(PARTS, settings) as started,
    ):
        yield started
