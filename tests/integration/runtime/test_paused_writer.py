"""A process that stands still in the middle of a command holds nobody up, and does no harm when it goes on."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator

import psutil
import pytest
from tests.integration.installed import ROOT, Asked, environment_of
from tests.integration.runtime.conftest import HERE, PLAN

TARGETS = f"/plans/{PLAN}/targets"
WRITER = "tests.integration.runtime.paused_writer"
SOON_SECONDS = 5.0


@pytest.fixture
async def writer(door: Asked) -> AsyncIterator[asyncio.subprocess.Process]:
    """It has begun its command, and stands still."""
    command = (sys.executable, "-m", WRITER, HERE, PLAN)
    environment = environment_of(door.service.settings, PYTHONPATH=str(ROOT))
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment)
    async with asyncio.timeout(60):
        while psutil.Process(process.pid).status() != psutil.STATUS_STOPPED:
            assert process.returncode is None
            await asyncio.sleep(0.02)
    yield process
    if process.returncode is None:
        process.kill()
        await process.wait()


async def set_target(door: Asked, text: str, status: int = 201) -> None:
    body = {"subject": "english", "text": text, "actions": [{"text": "Reading.", "owner": "designated_teacher"}]}
    answer = await door.ask("worker-1", "POST", TARGETS, body)
    assert answer.status_code == status, answer.text


async def texts(door: Asked) -> set[str]:
    shown = await door.ask("worker-1", "GET", f"/plans/{PLAN}")
    assert "pep-stale" not in shown.headers
    return {each["text"] for each in shown.json()["targets"]}


async def test_a_writer_that_is_paused_in_the_middle_of_a_command_stops_nobody(
    door: Asked, writer: asyncio.subprocess.Process
) -> None:
    async with asyncio.timeout(SOON_SECONDS):
        for number in range(5):
            await set_target(door, f"While it stood still, {number}.")
        assert len(await texts(door)) == 5
    writer.send_signal(signal.SIGCONT)
    assert await asyncio.wait_for(writer.wait(), 60) == 0
    rows = await door.service.worker.fetch(
        "select version, position from journal where authority = $1 and stream = $2 order by version", HERE, PLAN
    )
    assert [row["version"] for row in rows] == [1, 2, 3, 4, 5, 6, 7]
    door.position[HERE] = f"pep-record:{rows[-1]['position']}"
    assert "Set by the one that was paused." in await texts(door)
