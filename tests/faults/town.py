"""A whole installation to be broken on purpose: each role a process by itself, proxies before the servers.

It stands in a folder of its own on free ports. Services reach PostgreSQL, Kafka and the mail server through proxies.
What ends by itself is started again, as a supervisor in production would; what a nemesis killed stays down until the
nemesis starts it again.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import subprocess
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol
from uuid import UUID

import psutil
from rich.console import Console
from tests.faults.proxy import Proxy

from pep_local.installation import Installed, install
from pep_local.process import Process
from pep_local.stack import PACKAGES, ROLES, Stack
from pep_local.supervisor import Supervisor
from pep_local.term.play import set_first_day
from pep_runtime.clock import Clock

SERVERS = {"PostgreSQL": "postgres", "Kafka": "kafka", "Mail": "mail"}
DOORS = ("postgres", "kafka", "smtp")
MOST_REST_SECONDS = 5.0
LOOK_SECONDS = 0.1
# A fault lasts seconds, so what waits in minutes elsewhere waits in seconds here: mail is refused, given up and tried
# again sooner. A given-up attempt must still be older than any send can last.
HURRY = {
    "PEP_SMTP_TIMEOUT_SECONDS": "3",
    "PEP_SENDING_UNKNOWN_AFTER_SECONDS": "12",
    "PEP_SENDING_LONGEST_WAIT_SECONDS": "4",
}


class CannotAct(Exception):
    """What this nemesis needs is not to be had on this machine; the text says what."""


class Nemesis(Protocol):
    """Something that breaks a town. When `act` returns, all is mended and runs. It may raise `CannotAct`, at once."""

    name: str

    async def act(self, town: Town, random: random.Random, until: float) -> None:
        """Break and mend again and again until `time.monotonic()` is `until`."""


@dataclass
class Town:
    """The processes by name (`funding.relay`, `postgres`, `kafka`, `mail`) and what can be done to them.

    `stack` gives the addresses that services use, `direct` those behind the proxies; Kafka's clients always end at its
    proxy, because the broker tells them so. Databases that were put back to an earlier moment lost the events `lost`,
    also acknowledged ones, and store the answers `former_answers` (service, authority, actor, key → position) no more.
    """

    stack: Stack
    proxies: Mapping[str, Proxy]
    supervisor: Supervisor
    installed: Installed
    processes: dict[str, Process] = field(default_factory=dict)
    ended_by_itself: Counter[str] = field(default_factory=Counter)
    lost: set[UUID] = field(default_factory=set)
    former_answers: dict[tuple[str, str, str, str], int] = field(default_factory=dict)
    say: Callable[[str], None] = print
    told: int = 0
    _down: set[str] = field(default_factory=set)
    _not_before: dict[str, float] = field(default_factory=dict)

    @property
    def direct(self) -> Stack:
        """The addresses without proxies, for checkers."""
        return replace(self.stack, doors={})

    @property
    def clock(self) -> Clock:
        return Clock(self.stack.clock_file)

    def clock_of(self, service: str) -> Path:
        """A service's clock, a link to the town's."""
        return clock_of(self.stack, service)

    def up(self) -> list[str]:
        """The names of all processes that should run."""
        return [name for name in self.processes if name not in self._down]

    def tell(self, what: str) -> None:
        """A nemesis says what it does: this counts its deeds."""
        self.told += 1
        self.say(what)

    async def kill(self, name: str) -> None:
        """kill -9, with all of its children; it stays down until `restart`."""
        self._down.add(name)
        for each in self._tree(name):
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()
        await asyncio.to_thread(self._running(name).wait)

    async def stop(self, name: str) -> None:
        """SIGTERM: it ends in its own way; it stays down until `restart`."""
        self._down.add(name)
        running = self._running(name)
        running.terminate()
        await asyncio.to_thread(running.wait)

    async def restart(self, name: str) -> None:
        """Start what was killed or has ended, and wait until it answers."""
        if self._running(name).poll() is not None:
            self.supervisor.again(self.processes[name].name)
        self._down.discard(name)
        await self.answers(name)

    async def answers(self, name: str) -> None:
        """Wait until it answers. `TimeoutError` if it does not in time."""
        process = self.processes[name]
        async with asyncio.timeout(process.start_seconds):
            while not await asyncio.to_thread(process.answers):
                await asyncio.sleep(LOOK_SECONDS)

    def pause(self, name: str) -> None:
        """SIGSTOP: the process with its children stands still and knows nothing of it."""
        for each in self._tree(name):
            with contextlib.suppress(psutil.NoSuchProcess):
                each.suspend()

    def resume(self, name: str) -> None:
        """SIGCONT, children first."""
        for each in reversed(self._tree(name)):
            with contextlib.suppress(psutil.NoSuchProcess):
                each.resume()

    async def add(self, service: str, role: str, number: int = 2) -> str:
        """One more process of a role (not of an API, which has one port): its name."""
        process = self.stack.role(service, role, environment_of(self.stack, self.installed, service), number)
        self.processes[process.name] = process
        await asyncio.to_thread(self.supervisor.start, [process])
        return process.name

    async def watch(self) -> None:
        """Until cancelled: start again what ended by itself, at once the first time, later after longer rests."""
        while True:
            for name in self.processes.keys() - self._down:
                if self._running(name).poll() is not None and self._not_before.get(name, 0.0) <= time.monotonic():
                    self.ended_by_itself[name] += 1
                    rest = min(0.25 * 2 ** self.ended_by_itself[name], MOST_REST_SECONDS)
                    self._not_before[name] = time.monotonic() + rest
                    self.say(f"{name} ended by itself and is started again")
                    self.supervisor.again(self.processes[name].name)
            await asyncio.sleep(LOOK_SECONDS)

    async def silent(self) -> list[str]:
        """Wait until every process that should run answers: the names of those that do not."""
        found = []
        for name in self.up():
            try:
                await self.answers(name)
            except TimeoutError:
                found.append(name)
        return found

    def _running(self, name: str) -> subprocess.Popen[bytes]:
        return self.supervisor.running(self.processes[name].name)

    def _tree(self, name: str) -> list[psutil.Process]:
        try:
            first = psutil.Process(self._running(name).pid)
            return [first, *first.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []


def clock_of(stack: Stack, service: str) -> Path:
    """Where a service of a town looks for the time."""
    return stack.folder / f"clock-of-{service}"


def environment_of(stack: Stack, installed: Installed, service: str) -> dict[str, str]:
    """How a service of a town is started."""
    return {**installed.environments[service], **HURRY, "PEP_CLOCK_FILE": str(clock_of(stack, service))}


@contextlib.asynccontextmanager
async def founded(folder: Path, say: Callable[[str], None] = print) -> AsyncIterator[Town]:
    """A town that runs until the end of the block, on the first day of the demo's term."""
    plain = Stack.on_free_ports(folder)
    async with contextlib.AsyncExitStack() as stays:
        proxies = {}
        for name in DOORS:
            proxies[name] = await Proxy.start(plain.ports[name])
            stays.push_async_callback(proxies[name].close)
        stack = replace(plain, doors={name: proxy.port for name, proxy in proxies.items()})
        supervisor = stays.enter_context(Supervisor(folder, Console(quiet=True)))
        set_first_day(stack)
        for service in PACKAGES:
            clock_of(stack, service).symlink_to(stack.clock_file)
        servers = stack.servers(fsync=True)
        await asyncio.to_thread(supervisor.start, servers)
        installed = await install(stack)
        town = Town(stack, proxies, supervisor, installed, dict(_named(servers)), say=say)
        environments = {each: environment_of(stack, installed, each) for each in PACKAGES}
        services = [stack.role(each, role, environments[each]) for each in PACKAGES for role in ROLES]
        await asyncio.to_thread(supervisor.start, services)
        town.processes.update(_named(services))
        watching = asyncio.create_task(town.watch())
        try:
            yield town
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            await asyncio.to_thread(supervisor.stop)  # while the proxies work: services say goodbye through them


def _named(processes: Iterable[Process]) -> Iterable[tuple[str, Process]]:
    return ((SERVERS.get(process.name, process.name), process) for process in processes)
