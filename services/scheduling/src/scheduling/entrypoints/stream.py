"""The stream worker: `python -m scheduling.entrypoints.stream`. It sweeps due dates and counts announcements.

Nothing that must be true rests on it: the sweep reads PostgreSQL and writes the journal, the counters may lose a
message. Of several workers one leads and sweeps.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import faust

from pep_runtime.service import RunningService, running
from pep_runtime.settings import Settings
from pep_runtime.topics import parts, topic
from scheduling.entrypoints.overdue_sweep import sweep
from scheduling.main import PARTS
from scheduling.settings import StreamSettings

MINUTE, STEP, HOUR = 60.0, 10.0, 3600.0
log = logging.getLogger("scheduling.stream")


@dataclass
class Sweeps:
    """What the live page says of the sweeps: how many were done and how many failed."""

    done: int = 0
    failed: int = 0
    last: datetime | None = None


def guarded(service: RunningService, sweeps: Sweeps) -> Callable[[], Awaitable[None]]:
    """The body of the timer. It never raises: a timer that raises ends the whole worker."""

    async def flag_overdue() -> None:
        try:
            await sweep(service)
        except Exception:
            sweeps.failed += 1
            log.exception("the sweep failed; the next one tries again")
        else:
            sweeps.done += 1
            sweeps.last = service.clock.now()

    return flag_overdue


def make_worker(service: RunningService, authorities: list[str], settings: StreamSettings) -> Any:
    """The faust application: a leader's timer, a counter an authority and a minute, and a page over both."""
    app = faust.App(
        "pep.scheduling.stream",
        broker=[f"kafka://{server}" for server in service.settings.kafka_bootstrap.split(",")],
        store="memory://",
        topic_replication_factor=settings.replicas,
        topic_partitions=1,
        key_serializer="raw",
        value_serializer="raw",
        web_bind=settings.host,
        web_host=settings.host,
        web_port=settings.port,
        datadir=settings.folder,
        autodiscover=False,
    )
    sweeps = Sweeps()
    app.timer(settings.sweep_seconds, on_leader=True, name="flag_overdue")(guarded(service, sweeps))
    if authorities:
        _count(app, authorities, sweeps)
    return app


def _count(app: Any, authorities: list[str], sweeps: Sweeps) -> None:
    announced = app.topic(*(topic(authority, PARTS.name, "events") for authority in authorities))
    counted = app.Table("announced-a-minute", default=int, key_type=str, value_type=int, partitions=1)
    last_minute = counted.hopping(MINUTE, STEP, expires=HOUR)

    async def count(stream: Any) -> None:
        async for event in stream.events():
            authority, _service = parts(event.message.topic)
            last_minute[authority] += 1

    async def live(page: Any, _request: Any) -> Any:
        counts = {authority: last_minute[authority].now() for authority in authorities}
        last = sweeps.last.isoformat() if sweeps.last else None
        swept = {"done": sweeps.done, "failed": sweeps.failed, "last": last}
        return page.json({"announced_in_the_last_minute": counts, "sweeps": swept})

    app.agent(announced, name="count_announcements")(count)
    app.page("/live")(live)


@contextlib.asynccontextmanager
async def working(service: RunningService, settings: StreamSettings) -> AsyncIterator[Any]:
    """The worker, running until the end of the block."""
    app = make_worker(service, await service.authorities(), settings)
    await app.start()
    try:
        yield app
    finally:
        await app.stop()


async def run(settings: Settings, stream: StreamSettings) -> None:
    """Until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with running(PARTS, settings) as service, working(service, stream):
        await stop.wait()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    asyncio.run(run(Settings(), StreamSettings()))
