"""The stream role of a service, on faust: leader timers that sweep, windowed counters an authority, a page over both.

Nothing that must be true rests on it: faust loses a message when an agent fails. A lost count is less fresh, and what
a sweep does is found in the database and answered by events with deterministic ids: a second sweep changes nothing.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import faust
import uvloop

from pep_runtime.kafka_address import MECHANISM, KafkaAddress
from pep_runtime.policies import read_policies
from pep_runtime.service import RunningService, ServiceParts, running
from pep_runtime.settings import Settings, StreamSettings
from pep_runtime.topics import parts as parts_of
from pep_runtime.topics import topic

LINGER_SECONDS = 0.2  # the counters' own log: what gathers meanwhile travels in one batch, and nobody waits for it

log = logging.getLogger("pep_runtime.stream")

Sweep = Callable[[RunningService], Awaitable[None]]
Tally = Callable[[str, Mapping[str, Any]], Mapping[str, int]]


@dataclass
class Wired:
    """The service's connections, opened when a sweep first needs them and closed with the worker."""

    parts: ServiceParts
    settings: Settings
    app: faust.App
    sweeps: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    opening: asyncio.Lock = field(default_factory=asyncio.Lock)
    service: RunningService | None = None

    async def sweep(self, name: str, work: Sweep) -> None:
        """One sweep. A timer that raises would end the whole worker: a failure is logged and counted instead."""
        try:
            await work(await self._opened())
        except Exception:
            self.failures[name] += 1
            log.exception("sweep %s failed", name)
        else:
            self.sweeps[name] += 1

    async def _opened(self) -> RunningService:
        async with self.opening:
            if self.service is None:
                self.service = await self.app.add_async_context(running(self.parts, self.settings))
            return self.service


def stream_app(
    parts: ServiceParts, settings: Settings, stream: StreamSettings, sweeps: Mapping[str, Sweep], tally: Tally
) -> faust.App:
    """The service's one faust app. `tally(type, announcement)`: what an announcement of ours adds to which counter."""
    app = faust.App(
        f"pep.{parts.name}.stream",
        **broker_of(KafkaAddress.parse(settings.kafka_bootstrap)),
        store="memory://",
        datadir=str(stream.data_dir / parts.name),
        web_host=stream.host,
        web_port=stream.port,
        topic_partitions=1,
        topic_replication_factor=stream.topic_replicas,
        producer_linger=LINGER_SECONDS,
    )
    wired = Wired(parts, settings, app)
    for name, work in sweeps.items():
        _add_sweep(wired, name, work, stream.sweep_seconds)
    _add_page(wired, _add_counters(app, parts, settings, stream, tally))
    return app


def broker_of(address: KafkaAddress) -> dict[str, Any]:
    """The brokers, and how faust signs in there."""
    brokers = [f"kafka://{each}" for each in address.brokers.split(",")]
    return {"broker": brokers, "broker_credentials": _credentials(address)}


def _credentials(address: KafkaAddress) -> faust.SASLCredentials | faust.SSLCredentials | None:
    tls = address.ssl_context()
    if address.user is None:
        return faust.SSLCredentials(tls) if tls else None
    return faust.SASLCredentials(username=address.user, password=address.password, mechanism=MECHANISM, ssl_context=tls)


def _add_sweep(wired: Wired, name: str, work: Sweep, seconds: float) -> None:
    async def tick() -> None:
        await wired.sweep(name, work)

    wired.app.timer(seconds, on_leader=True, name=name)(tick)


def _add_counters(
    app: faust.App, parts: ServiceParts, settings: Settings, stream: StreamSettings, tally: Tally
) -> Callable[[], Mapping[str, int]]:
    """Counts what we announce, in tumbling windows, by authority; gives what reads the present window."""
    authorities = sorted(read_policies(settings.authorities_dir).authorities)
    ours = app.topic(*(topic(authority, parts.name, "events") for authority in authorities), value_serializer="raw")
    table = app.Table("live", default=int, partitions=1).tumbling(stream.window_seconds, expires=stream.window_seconds)
    seen: set[str] = set()

    async def count(announcements: Any) -> None:
        async for event in announcements.events():
            authority, _ = parts_of(event.message.topic)
            kind = dict(event.message.headers)["ce_type"].decode()
            for name, amount in tally(kind, json.loads(event.value)).items():
                table[f"{authority} {name}"] += amount
                seen.add(f"{authority} {name}")

    app.agent(ours, name="count")(count)
    return lambda: {name: table[name].now() for name in sorted(seen)}


def _add_page(wired: Wired, counters: Callable[[], Mapping[str, int]]) -> None:
    async def live(view: Any, _request: Any) -> Any:
        return view.json({"counters": counters(), "sweeps": wired.sweeps, "failures": wired.failures})

    wired.app.page("/live/")(live)


def run_stream(app: faust.App, log_level: str = "INFO") -> None:
    """The worker: until it is told to stop."""
    app.conf.datadir.mkdir(parents=True, exist_ok=True)
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    faust.Worker(app, loglevel=log_level, redirect_stdouts=False).execute_from_commandline()
