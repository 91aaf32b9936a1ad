"""Kafka goes away: commands are taken and answered as ever; when it is back, all that was said is acted on."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.integration.engine import conftest as engine
from tests.integration.engine.conftest import SmallService, background
from tests.integration.installed import until

from pep_local import kafka
from pep_local.places import LOOPBACK, free_ports
from pep_local.process import Process

open_service, alpha, beta, authority = engine.open_service, engine.alpha, engine.beta, engine.authority
ANSWERED_SECONDS = 5.0
BACK_SECONDS = 90.0


@dataclass
class Broker:
    """A Kafka of our own, to be killed."""

    process: Process
    bootstrap: str
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> None:
        with self.process.log.open("ab") as log:
            self.running.append(subprocess.Popen(self.process.command, stdout=log, stderr=log))
        deadline = time.monotonic() + self.process.start_seconds
        while not self.process.answers():
            assert time.monotonic() < deadline, self.process.log.read_text()
            time.sleep(0.05)

    def kill(self) -> None:
        while self.running:
            broker = self.running.pop()
            broker.kill()
            broker.wait()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    port, controller = free_ports(2)
    (tmp_path / "logs").mkdir()
    made = Broker(kafka.prepare(tmp_path / "kafka", port, controller), f"{LOOPBACK}:{port}")
    made.start()
    yield made
    made.kill()


@pytest.fixture
def kafka_bootstrap(broker: Broker) -> str:
    """In the place of the broker that all tests share."""
    return broker.bootstrap


async def until_effects(service: SmallService, name: str, count: int) -> None:
    async def enough() -> bool:
        return len(await service.rows(name)) >= count

    await until(enough, BACK_SECONDS)


async def test_commands_are_taken_meanwhile_and_heard_of_afterwards(
    alpha: SmallService, beta: SmallService, authority: str, broker: Broker
) -> None:
    async with background(alpha.relay.run(), beta.runner(alpha.name).run()):
        await alpha.fill(authority)
        await until_effects(beta, authority, 1)
        broker.kill()
        for _ in range(20):
            await asyncio.wait_for(alpha.fill(authority), ANSWERED_SECONDS)
        assert len(await alpha.rows(authority)) == 21
        assert len(await beta.rows(authority)) == 1
        await asyncio.to_thread(broker.start)
        await until_effects(beta, authority, 21)
    said = [row["event_id"] for row in await alpha.rows(authority)]
    assert [row["cause"] for row in await beta.rows(authority)] == said
    heard = [dict(record.headers)["ce_sequence"] for record in await alpha.records(authority, "events")]
    assert list(dict.fromkeys(heard)) == [b"%d" % number for number in range(1, 22)]
