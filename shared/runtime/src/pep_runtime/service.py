"""One service, wired: its parts, its roles (api, relay, consumer) in one process or several, its start and its end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvloop
from fastapi import APIRouter

from pep_kernel.adopted_rules import ADOPTED_RULES, PolicyAdopted
from pep_kernel.announcement import Announcement
from pep_kernel.decider import AnyDecider
from pep_kernel.discarded_announcement import DISCARDED_ANNOUNCEMENTS, AnnouncementDiscarded
from pep_kernel.message import Event
from pep_kernel.policy import Policy
from pep_kernel.read_model import ReadModel
from pep_kernel.refusal import Refusal
from pep_runtime.access_journal import AccessJournal
from pep_runtime.adoption import RuleFile, adopt
from pep_runtime.authority_keys import authority_keys
from pep_runtime.clock import Clock
from pep_runtime.codec import EventTypes, Upcaster
from pep_runtime.database import connect
from pep_runtime.handler import Handler
from pep_runtime.heartbeat import say_running
from pep_runtime.housekeeping import keep_house
from pep_runtime.issuers import read_issuers
from pep_runtime.journal import Pool
from pep_runtime.kafka_rights import Reads
from pep_runtime.keyring import Keyring
from pep_runtime.listening import listen
from pep_runtime.metrics_page import metrics_app
from pep_runtime.policies import Policies, read_policies
from pep_runtime.policy_reader import PolicyReader
from pep_runtime.projector import Projector, Table
from pep_runtime.refusals import Refusals
from pep_runtime.relay import Relay
from pep_runtime.runner import PartitionRunner
from pep_runtime.seldom import Seldom
from pep_runtime.service_tokens import ServiceTokens
from pep_runtime.settings import Settings
from pep_runtime.signin import SignIn
from pep_runtime.tasks import until_one_ends
from pep_runtime.topics import topic
from pep_runtime.tracing import start_tracing
from pep_runtime.upstream import Upstream
from pep_runtime.wake import Bell

LOOK_SECONDS = 0.05
log = logging.getLogger("pep_runtime.service")
KAFKA_SAID_SECONDS = 60.0  # its client says many lines a second while it cannot connect
Rules = Callable[[Policies, str], Any]
Background = Callable[["RunningService"], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class ServiceParts:
    """What makes one service. `rules(policies, authority)` is what its policies and routes are given as rules.

    `background` runs in the consumer role until it is cancelled. `rule_file(policies, authority)` is the file whose
    versions the service writes down in its journal when it meets them. `journals` are the services whose whole journals
    and access logs it reads. The routes of `public_routers` ask nobody to sign in: a secret in their address opens
    them, so that no trace holds it. `refusals` are the sentences that the API page shows for each request.
    """

    name: str
    deciders: Mapping[str, AnyDecider]
    events: Sequence[type[Event]]
    read_models: Sequence[ReadModel[Any]]
    rules: Rules
    routers: Sequence[APIRouter] = ()
    public_routers: Sequence[APIRouter] = ()
    policies: Mapping[type[Announcement], Policy] = field(default_factory=dict)
    upstreams: tuple[str, ...] = ()
    journals: tuple[str, ...] = ()
    background: Sequence[Background] = ()
    upcasters: Mapping[tuple[str, int], Upcaster] = field(default_factory=dict)
    description: str = ""
    rule_file: Callable[[Policies, str], RuleFile] | None = None
    refusals: Refusals = field(default_factory=dict)

    @property
    def reads(self) -> Reads:
        """Whose topics it reads, by their kind: what it must be allowed to."""
        return {"events": self.upstreams, "journal": self.journals, "access": self.journals}

    def event_types(self) -> EventTypes:
        """Every event that may stand in this service's journal."""
        return EventTypes((*self.events, PolicyAdopted, AnnouncementDiscarded), dict(self.upcasters))


class RunningService:
    """A service with its connections: what routes, sweeps and background work are given."""

    def __init__(self, parts: ServiceParts, settings: Settings, pool: Pool, worker: Pool, keyring: Keyring) -> None:
        self.parts = parts
        self.settings = settings
        self.pool = pool
        self.worker = worker
        self.clock = Clock(settings.clock_file)
        self.policies = read_policies(settings.authorities_dir)
        self.keyring = keyring
        self.bell = Bell()
        self.types = parts.event_types()
        self.deciders = {**parts.deciders, "policy": ADOPTED_RULES, "discarded": DISCARDED_ANNOUNCEMENTS}
        self.access = AccessJournal(pool, self.clock)
        self.handler = Handler(pool, self.deciders, self.types, self.keyring, self.clock, self.bell)
        self.tables = {model.table: Table(model) for model in parts.read_models}
        self.sign_in = SignIn(
            read_issuers(settings.issuers_file, settings.environment),
            ServiceTokens(parts.name, settings.services_key_file, settings.services_public_keys),
            self.reference,
            audience=settings.audience,
            seconds_at_most=settings.token_seconds_at_most,
        )
        self._clients: dict[str, httpx.AsyncClient] = {}

    @property
    def consumer(self) -> str:
        """The name under which this service takes announcements in."""
        return f"{self.parts.name}.policies"

    def rules(self, authority: str) -> Any:
        """The authority's rules for this service. Raises `KeyError` for an authority without policy files."""
        return self.parts.rules(self.policies, authority)

    async def reference(self, authority: str, kind: str, local_id: str) -> str:
        """The opaque reference of the authority's own id."""
        return await self.keyring.reference(authority, kind, local_id)

    def upstream(self, name: str) -> Upstream:
        """Another service, over HTTP, with a token of this one. Raises `KeyError` if its address is not configured."""
        if name not in self._clients:
            self._clients[name] = httpx.AsyncClient(base_url=self.settings.services_urls[name], timeout=10)
        return Upstream(self._clients[name], name, self.sign_in)

    async def authorities(self) -> list[str]:
        """The authorities that have been opened here."""
        rows = await self.worker.fetch("select authority from journal_head where log = 'journal' order by authority")
        return [row["authority"] for row in rows]

    async def announced(self, authority: str) -> int:
        """How many announcements this service has made for the authority, relayed or not."""
        found: int | None = await self.worker.fetchval(
            "select announced from journal_head where authority = $1 and log = 'journal'", authority
        )
        return found or 0

    async def consumed(self, authority: str, upstream: str) -> int:
        """The number of the last announcement of `upstream` that this service has taken in and saved."""
        found: int | None = await self.worker.fetchval(
            "select last_number from consumer_offset where authority = $1 and consumer = $2 and topic = $3",
            authority,
            self.consumer,
            topic(authority, upstream, "events"),
        )
        return found or 0

    async def late(self, authority: str, numbers: Mapping[str, int], seconds: float) -> list[str]:
        """The services whose announcements up to these numbers are not taken in, after at most `seconds`."""

        async def behind() -> list[str]:
            return [name for name, number in numbers.items() if await self.consumed(authority, name) < number]

        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    heard = self.bell.rings
                    if not await behind():
                        break
                    await self.bell.wait(LOOK_SECONDS, heard)
        return await behind()

    async def parked_children(self, authority: str) -> frozenset[str]:
        """The keys (child references, mostly) of which something is parked here."""
        rows = await self.worker.fetch("select distinct key from parked_event where authority = $1", authority)
        return frozenset(row["key"] for row in rows)

    async def close(self) -> None:
        """Close what this object opened."""
        await asyncio.gather(self.sign_in.close(), *(client.aclose() for client in self._clients.values()))


@contextlib.asynccontextmanager
async def running(parts: ServiceParts, settings: Settings) -> AsyncIterator[RunningService]:
    """The service with its database connections, closed afterwards."""
    async with contextlib.AsyncExitStack() as stack:
        pool = await stack.enter_async_context(await connect(settings.postgres_app_dsn))
        worker = await stack.enter_async_context(await connect(settings.postgres_worker_dsn, size=4))
        keys = await stack.enter_async_context(await connect(settings.keys_dsn, size=2, check_lineage=False))
        wrapper = await stack.enter_async_context(
            authority_keys(settings.keys_service, settings.keys_dir, settings.keys_address, settings.keys_token_file)
        )
        keyring = Keyring(keys, wrapper, settings.keys_kept_seconds)
        service = RunningService(parts, settings, pool, worker, keyring)
        stack.push_async_callback(service.close)
        yield service


def work_of(service: RunningService, relay_pool: Pool | None) -> list[Awaitable[None]]:
    """What runs beside the API in this process, by its roles."""
    parts, settings = service.parts, service.settings
    work: list[Awaitable[None]] = []
    if "relay" in settings.roles and relay_pool is not None:
        work.append(Relay(relay_pool, parts.name, settings.kafka_bootstrap, service.bell).run())
    if "consumer" in settings.roles:
        if parts.read_models:
            work.append(Projector(service.worker, parts.read_models, service.types, service.bell).run())
        if parts.policies:
            take = PolicyReader(
                service.pool, service.consumer, service.handler, parts.policies, service.rules, service.clock
            )
            runner = PartitionRunner(
                settings.kafka_bootstrap, f"pep.{service.consumer}", parts.upstreams, "events", take
            )
            work.append(runner.run())
        work.append(keep_house(service))
        if parts.rule_file is not None:
            work.append(adopt(service))
        work.extend(each(service) for each in parts.background)
    return work


async def run(parts: ServiceParts, settings: Settings) -> None:
    """Run the process's roles until it is told to stop."""
    provider = start_tracing(parts.name, settings.traces_file)
    async with contextlib.AsyncExitStack() as stack:
        service = await stack.enter_async_context(running(parts, settings))
        relay_pool = None
        if "relay" in settings.roles:
            relay_pool = await stack.enter_async_context(await connect(settings.postgres_relay_dsn, size=4))
        work = [_forever(each) for each in work_of(service, relay_pool)]
        work += [_until_told_to_stop(), say_running(service)]
        if "api" in settings.roles:
            work.append(_serve_api(service))
        if settings.metrics_port is not None:
            work.append(listen(metrics_app(service), settings.host, settings.metrics_port, settings.at_the_door))
        try:
            await until_one_ends(*work)
        finally:
            provider.shutdown()


async def _forever(work: Awaitable[None]) -> None:
    await work


async def _until_told_to_stop() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()


async def _serve_api(service: RunningService) -> None:
    from pep_runtime.http import make_app

    settings = service.settings
    await listen(make_app(service), settings.host, settings.port, settings.at_the_door)


def serve(parts: ServiceParts, settings: Settings) -> None:
    """The process: `python -m <service>.main`."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("aiokafka").setLevel(logging.ERROR)
    for handler in logging.getLogger().handlers:
        handler.addFilter(Seldom("aiokafka", KAFKA_SAID_SECONDS))
    try:
        uvloop.run(run(parts, settings))
    except Refusal as refusal:
        log.error("%s", refusal.sentence)
        sys.exit(1)
