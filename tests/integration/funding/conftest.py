"""The service funding on real PostgreSQL: asked over HTTP by people who signed in, told what the other services say."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.integration.installed import Asked, api_of, installed
from tests.integration.sign_in import SignInProvider

from funding.main import PARTS
from pep_kernel.announcement import Said
from pep_kernel.contracts.scheduling import StaffMemberAdded
from pep_runtime.handler import ByPolicy
from pep_runtime.journal import Offset
from pep_runtime.service import running
from pep_runtime.topics import topic

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


@dataclass(kw_only=True)
class World(Asked):
    """The service, what the others tell it, and the people who ask it."""

    others: dict[str, OtherService]
    epochs: dict[str, int] = field(default_factory=dict)

    def says(self, name: str, authority: str = HERE) -> int:
        """Another service announces something; nobody here has heard it yet."""
        number = (self.others[name].announced.get(authority) or 0) + 1
        self.others[name].announced[authority] = number
        return number

    async def origin(self, said: Said[Any]) -> ByPolicy:
        """What follows and the offset are one append."""
        events, consumer = topic(said.authority, said.service, "events"), self.service.consumer
        if events not in self.epochs:
            claim = "select epoch from claim_consumer($1, $2, $3, 'a test')"
            self.epochs[events] = await self.service.pool.fetchval(claim, consumer, said.authority, events)
        offset = Offset(consumer, events, self.epochs[events], said.number, said.number, bytes(32))
        return ByPolicy(f"{said.service} {said.number}", said.event_id, said.correlation, offset=offset)


@pytest.fixture
async def world(
    postgres_dsn: str, tmp_path: Path, providers: dict[str, SignInProvider], others: dict[str, OtherService]
) -> AsyncIterator[World]:
    """On a Monday in November the people of `STAFF` work here, and somebody works at the other authority."""
    addresses = {name: other.address for name, other in others.items()}
    async with (
        installed("funding", postgres_dsn, tmp_path, providers, today=TODAY, services_urls=addresses) as settings,
        running(PARTS, settings) as service,
        api_of(service) as client,
    ):
        found = World(service=service, client=client, providers=providers, here=HERE, others=others)
        await found.hears(*STAFF)
        await found.hears(StaffMemberAdded(person_ref="head-9", role="virtual_school_head"), authority=ELSEWHERE)
        yield found
