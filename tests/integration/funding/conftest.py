"""The service funding on real PostgreSQL: asked over HTTP by people who signed in, told what the other services say."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from pydantic import SecretStr
from tests.integration.sign_in import SignInProvider, sign_in_provider, write_issuers

from funding.main import PARTS
from pep_kernel.announcement import Announcement, Said
from pep_kernel.contracts.scheduling import StaffMemberAdded
from pep_runtime.database import provision
from pep_runtime.handler import ByPolicy
from pep_runtime.http import make_app
from pep_runtime.journal import Offset
from pep_runtime.keyring import FileKeys
from pep_runtime.projector import Projector
from pep_runtime.service import RunningService, running
from pep_runtime.settings import Settings
from pep_runtime.topics import topic

ROOT = Path(__file__).parents[3]
HERE, ELSEWHERE = "leicestershire", "oxfordshire"
TODAY = "2026-11-16T10:00:00+00:00"
STAFF = (
    StaffMemberAdded(person_ref="officer-1", role="virtual_school_officer"),
    StaffMemberAdded(person_ref="officer-2", role="virtual_school_officer", approval_limit_pence=10_000),
    StaffMemberAdded(person_ref="head-1", role="virtual_school_head"),
    StaffMemberAdded(person_ref="finance-1", role="authority_finance"),
    StaffMemberAdded(person_ref="teacher-1", role="designated_teacher", school_urn="900001"),
)


@dataclass
class OtherService:
    """Another service's answer to "how many announcements have you made?"; None: it answers with an error."""

    address: str
    announced: dict[str, int | None] = field(default_factory=dict)
    parked: list[str] = field(default_factory=list)
    lags: bool = False
    asked: list[str] = field(default_factory=list)


def _answering(other: OtherService) -> type[BaseHTTPRequestHandler]:
    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            number = other.announced.get(HERE, 0)
            path, _, query = self.path.partition("?")
            other.asked.append(query)
            self.send_response(503 if other.lags else 500 if number is None or path != "/progress" else 200)
            self.end_headers()
            self.wfile.write(json.dumps({"announced": number, "parked": other.parked}).encode())

        def log_message(self, format: str, *args: object) -> None:
            """The test's output is the test's."""

    return Answers


@pytest.fixture
def others() -> Iterator[dict[str, OtherService]]:
    """Stand-ins for what scheduling and pep-record say about themselves."""
    with contextlib.ExitStack() as stack:
        found = {}
        for name in PARTS.upstreams:
            other = OtherService("")
            server = stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), _answering(other)))
            other.address = f"http://127.0.0.1:{server.server_port}"
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            found[name] = other
        yield found


@pytest.fixture
def providers() -> Iterator[dict[str, SignInProvider]]:
    """One sign-in provider an authority."""
    with contextlib.ExitStack() as stack:
        yield {authority: stack.enter_context(sign_in_provider()) for authority in (HERE, ELSEWHERE)}


@pytest.fixture
async def service(
    postgres_dsn: str,
    unique_name: Callable[[str], str],
    tmp_path: Path,
    providers: dict[str, SignInProvider],
    others: dict[str, OtherService],
) -> AsyncIterator[RunningService]:
    """The service with a database of its own and two authorities, on a Monday in November."""
    database, keys_database = unique_name("funding"), unique_name("keys")
    logins = await provision(postgres_dsn, database, own=ROOT / "services" / "funding" / "migrations")
    keys = await provision(postgres_dsn, keys_database, "keys")
    await _open(f"{postgres_dsn.rpartition('/')[0]}/{database}", FileKeys(tmp_path / "keys"))
    write_issuers(tmp_path / "issuers.json", providers)
    (tmp_path / "clock").write_text(TODAY)
    settings = Settings(
        environment="development",
        postgres_app_dsn=logins.app,
        postgres_relay_dsn=logins.relay,
        postgres_worker_dsn=logins.worker,
        keys_dsn=keys.app,
        keys_dir=tmp_path / "keys",
        kafka_bootstrap="127.0.0.1:1",
        authorities_dir=ROOT / "shared" / "authorities",
        issuers_file=tmp_path / "issuers.json",
        services_secret=SecretStr("a secret that only this test knows, long enough"),
        services_urls={name: other.address for name, other in others.items()},
        clock_file=tmp_path / "clock",
    )
    async with running(PARTS, settings) as started:
        yield started
    await _drop(postgres_dsn, database, keys_database)


async def _open(dsn: str, keys: FileKeys) -> None:
    superuser = await asyncpg.connect(dsn)
    for authority in (HERE, ELSEWHERE):
        keys.create(authority)
        await superuser.execute("select open_authority($1)", authority)
    await superuser.close()


async def _drop(dsn: str, *databases: str) -> None:
    superuser = await asyncpg.connect(dsn)
    for each in databases:
        await superuser.execute(f"drop database if exists {each} with (force)")
    await superuser.close()


@dataclass
class World:
    """The service, what the others tell it, and the people who ask it."""

    service: RunningService
    client: httpx.AsyncClient
    providers: dict[str, SignInProvider]
    others: dict[str, OtherService]
    epochs: dict[str, int] = field(default_factory=dict)
    position: dict[str, str] = field(default_factory=dict)

    async def hears(self, *announcements: Announcement, authority: str = HERE) -> None:
        """The publisher says them, and they are taken in: what follows and the offset, in one append."""
        for announcement in announcements:
            name = announcement.type.split(".")[2]
            number = self.says(name, authority)
            cause = UUID(int=number)
            said = Said(announcement, authority, name, number, cause, datetime.now(UTC), cause)
            act = PARTS.policies[type(announcement)](said, self.service.rules(authority))
            assert act is not None
            offset = await self._offset(topic(authority, name, "events"), authority, number)
            origin = ByPolicy(f"{name} {number}", cause, cause, offset=offset)
            done = await self.service.handler.handle(authority, act, origin)
            self.position[authority] = str(done.position)

    def says(self, name: str, authority: str = HERE) -> int:
        """Another service announces something; nobody here has heard it yet."""
        number = (self.others[name].announced.get(authority) or 0) + 1
        self.others[name].announced[authority] = number
        return number

    async def _offset(self, events: str, authority: str, number: int) -> Offset:
        consumer = self.service.consumer
        if events not in self.epochs:
            claim = "select epoch from claim_consumer($1, $2, $3, 'a test')"
            self.epochs[events] = await self.service.pool.fetchval(claim, consumer, authority, events)
        return Offset(consumer, events, self.epochs[events], number, number, bytes(32))

    async def ask(
        self, who: str, method: str, path: str, body: Any = None, *, authority: str = HERE, **headers: str
    ) -> httpx.Response:
        """Somebody asks, and wants to see what was done before."""
        token = self.providers[authority].token(who)
        headers |= {"Authorization": f"Bearer {token}", "Pep-Position": self.position.get(authority, "0")}
        answer = await self.client.request(method, path, json=body, headers=headers)
        self.position[authority] = answer.headers.get("Pep-Position", self.position.get(authority, "0"))
        return answer


@pytest.fixture
async def world(
    service: RunningService, providers: dict[str, SignInProvider], others: dict[str, OtherService]
) -> AsyncIterator[World]:
    """The people of `STAFF` work here, and somebody works at the other authority."""
    transport = httpx.ASGITransport(make_app(service))
    projector = Projector(service.worker, PARTS.read_models, service.types, service.bell)
    projecting = asyncio.ensure_future(projector.run())
    async with httpx.AsyncClient(transport=transport, base_url="http://funding") as client:
        found = World(service, client, providers, others)
        await found.hears(*STAFF)
        await found.hears(StaffMemberAdded(person_ref="head-9", role="virtual_school_head"), authority=ELSEWHERE)
        yield found
    projecting.cancel()
    await asyncio.gather(projecting, return_exceptions=True)
