"""The service pep-record on real PostgreSQL: asked over HTTP by people who signed in, told what scheduling says."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from pydantic import SecretStr

from pep_kernel.announcement import Announcement, Said
from pep_kernel.contracts.scheduling import StaffMemberAdded
from pep_record.main import PARTS
from pep_runtime.database import provision
from pep_runtime.handler import ByPolicy
from pep_runtime.http import make_app
from pep_runtime.keyring import FileKeys
from pep_runtime.projector import Projector
from pep_runtime.service import RunningService, running
from pep_runtime.settings import Settings

ROOT = Path(__file__).parents[3]
HERE, ELSEWHERE = "leicestershire", "oxfordshire"
TODAY = "2026-10-09T10:00:00+01:00"
STAFF = (
    StaffMemberAdded(person_ref="teacher-1", role="designated_teacher", school_urn="900001"),
    StaffMemberAdded(person_ref="teacher-2", role="designated_teacher", school_urn="900002"),
    StaffMemberAdded(person_ref="worker-1", role="social_worker"),
    StaffMemberAdded(person_ref="officer-1", role="virtual_school_officer"),
)


@dataclass
class SignInProvider:
    """An authority's sign-in provider: it publishes its key and signs tokens that say who somebody is."""

    address: str
    key: RSAKey

    def token(self, person_ref: str) -> str:
        now = int(time.time())
        claims = {"iss": self.address, "aud": "openpep", "sub": person_ref, "iat": now, "exp": now + 600}
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)


def _provider() -> tuple[ThreadingHTTPServer, RSAKey]:
    key = RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True)
    published = json.dumps(KeySet([key]).as_dict(private=False)).encode()

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(published)

        def log_message(self, format: str, *args: object) -> None:
            """The test's output is the test's."""

    return ThreadingHTTPServer(("127.0.0.1", 0), Keys), key


@pytest.fixture
def providers() -> Iterator[dict[str, SignInProvider]]:
    """One provider an authority."""
    with contextlib.ExitStack() as stack:
        found = {}
        for authority in (HERE, ELSEWHERE):
            server, key = _provider()
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
            found[authority] = SignInProvider(f"http://127.0.0.1:{server.server_port}", key)
        yield found


@pytest.fixture
async def service(
    postgres_dsn: str, unique_name: Callable[[str], str], tmp_path: Path, providers: dict[str, SignInProvider]
) -> AsyncIterator[RunningService]:
    """The service with a database of its own and two authorities, on a Friday in October."""
    database, keys_database = unique_name("pep_record"), unique_name("keys")
    logins = await provision(postgres_dsn, database, own=ROOT / "services" / "pep-record" / "migrations")
    keys = await provision(postgres_dsn, keys_database, "keys")
    await _open(f"{postgres_dsn.rpartition('/')[0]}/{database}", FileKeys(tmp_path / "keys"))
    issuers = {each.address: {"authority": name, "keys_url": each.address} for name, each in providers.items()}
    (tmp_path / "issuers.json").write_text(json.dumps(issuers))
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
    """The service, what scheduling tells it, and the people who ask it."""

    service: RunningService
    client: httpx.AsyncClient
    providers: dict[str, SignInProvider]
    told: int = 0
    position: dict[str, str] = field(default_factory=dict)

    async def hears(self, *announcements: Announcement, authority: str = HERE) -> None:
        """What becomes of an announcement when it is taken in."""
        for announcement in announcements:
            self.told += 1
            cause = UUID(int=self.told)
            said = Said(announcement, authority, "scheduling", self.told, cause, datetime.now(UTC), cause)
            act = PARTS.policies[type(announcement)](said, self.service.rules(authority))
            assert act is not None
            done = await self.service.handler.handle(authority, act, ByPolicy("a policy", cause, cause))
            self.position[authority] = str(done.position)

    async def ask(
        self, who: str, method: str, path: str, body: Any = None, *, authority: str = HERE, **headers: str
    ) -> httpx.Response:
        """Somebody asks, and wants to see what was done before."""
        token = self.providers[authority].token(who)
        headers |= {"Authorization": f"Bearer {token}", "Pep-Position": self.position.get(authority, "0")}
        answer = await self.client.request(method, path, json=body, headers=headers)
        self.position[authority] = answer.headers.get("Pep-Position", self.position.get(authority, "0"))
        return answer

    async def stored(self) -> bytes:
        """All that the journal and the read models hold, as bytes."""
        tables: Sequence[str] = ["journal", *(model.table for model in PARTS.read_models)]
        async with self.service.pool.acquire() as connection, connection.transaction():
            await connection.execute("select set_config('app.authority', $1, true)", HERE)
            rows = [await connection.fetch(f"select * from {table}") for table in tables]
        return repr(rows).encode()


@pytest.fixture
async def world(service: RunningService, providers: dict[str, SignInProvider]) -> AsyncIterator[World]:
    """The people of `STAFF` work here, and somebody works at the other authority."""
    transport = httpx.ASGITransport(make_app(service))
    projector = Projector(service.worker, PARTS.read_models, service.types, service.bell)
    projecting = asyncio.ensure_future(projector.run())
    async with httpx.AsyncClient(transport=transport, base_url="http://pep-record") as client:
        found = World(service, client, providers)
        await found.hears(*STAFF)
        await found.hears(StaffMemberAdded(person_ref="officer-9", role="virtual_school_officer"), authority=ELSEWHERE)
        yield found
    projecting.cancel()
    await asyncio.gather(projecting, return_exceptions=True)
