"""The service scheduling on real PostgreSQL: asked over HTTP by people who signed in."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from pydantic import SecretStr
from tests.integration.sign_in import SignInProvider, sign_in_provider, write_issuers

from pep_kernel.decider import Act
from pep_kernel.may import Role
from pep_runtime.database import provision
from pep_runtime.handler import ByPolicy
from pep_runtime.http import make_app
from pep_runtime.keyring import FileKeys
from pep_runtime.projector import Projector
from pep_runtime.service import RunningService, running
from pep_runtime.settings import Settings
from scheduling.domain.child.care_record import StaffRecord
from scheduling.domain.person.commands import AddStaffMember
from scheduling.main import PARTS

ROOT = Path(__file__).parents[3]
HERE, ELSEWHERE = "oxfordshire", "leicestershire"
TODAY = "2026-09-25T10:00:00+01:00"
STAFF: dict[str, dict[str, Any]] = {
    "admin": {"role": Role.ADMINISTRATOR},
    "coordinator": {"role": Role.PEP_COORDINATOR},
    "worker": {"role": Role.SOCIAL_WORKER},
    "teacher": {"role": Role.DESIGNATED_TEACHER, "school_urn": "999101"},
    "other-teacher": {"role": Role.DESIGNATED_TEACHER, "school_urn": "999102"},
}


@pytest.fixture
def providers() -> Iterator[dict[str, SignInProvider]]:
    with contextlib.ExitStack() as stack:
        yield {authority: stack.enter_context(sign_in_provider()) for authority in (HERE, ELSEWHERE)}


@pytest.fixture
async def settings(
    postgres_dsn: str, unique_name: Callable[[str], str], tmp_path: Path, providers: dict[str, SignInProvider]
) -> AsyncIterator[Settings]:
    """A database and keys of its own, two authorities, a Friday in September."""
    database, keys_database = unique_name("scheduling"), unique_name("keys")
    logins = await provision(postgres_dsn, database, own=ROOT / "services" / "scheduling" / "migrations")
    keys = await provision(postgres_dsn, keys_database, "keys")
    superuser = await asyncpg.connect(f"{postgres_dsn.rpartition('/')[0]}/{database}")
    for authority in providers:
        FileKeys(tmp_path / "keys").create(authority)
        await superuser.execute("select open_authority($1)", authority)
    await superuser.close()
    write_issuers(tmp_path / "issuers.json", providers)
    (tmp_path / "clock").write_text(TODAY)
    yield Settings(
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
    superuser = await asyncpg.connect(postgres_dsn)
    for each in (database, keys_database):
        await superuser.execute(f"drop database if exists {each} with (force)")
    await superuser.close()


@dataclass
class World:
    """The service and the people who ask it."""

    service: RunningService
    client: httpx.AsyncClient
    providers: dict[str, SignInProvider]
    position: dict[str, str] = field(default_factory=dict)

    async def ask(
        self, who: str, method: str, path: str, body: Any = None, *, authority: str = HERE, **headers: str
    ) -> httpx.Response:
        """Somebody asks, and wants to see what was done before."""
        token = self.providers[authority].token(await self.ref(who, authority))
        return await self._send(token, method, path, body, authority, headers)

    async def ask_as_service(self, path: str, authority: str = HERE) -> httpx.Response:
        token = self.service.sign_in.service_token("scheduling", authority)
        return await self._send(token, "GET", path, None, authority, {})

    async def _send(
        self, token: str, method: str, path: str, body: Any, authority: str, headers: dict[str, str]
    ) -> httpx.Response:
        headers |= {"Authorization": f"Bearer {token}", "Pep-Position": self.position.get(authority, "0")}
        answer = await self.client.request(method, path, json=body, headers=headers)
        self.position[authority] = answer.headers.get("Pep-Position", self.position.get(authority, "0"))
        return answer

    async def stored(self) -> bytes:
        """All that the journal, the stored answers and the read models hold, as bytes."""
        tables = ["journal", "command_answer", *(model.table for model in PARTS.read_models)]
        async with self.service.pool.acquire() as connection, connection.transaction():
            await connection.execute("select set_config('app.authority', $1, true)", HERE)
            rows = [await connection.fetch(f"select * from {table}") for table in tables]
        return repr(rows).encode()

    async def ref(self, who: str, authority: str = HERE) -> str:
        return await self.service.reference(authority, "person", who)

    async def add_staff(self, who: str, authority: str = HERE) -> None:
        """As the operator adds the first people of an authority."""
        ref = await self.ref(who, authority)
        record = StaffRecord(staff_id=who, name=f"{who} Sample", email=f"{who}@example.org", **STAFF[who])
        act = Act(AddStaffMember(person_ref=ref, record=record, digest="first"), (f"person-{ref}",))
        cause = UUID(bytes=ref[:16].encode())
        done = await self.service.handler.handle(authority, act, ByPolicy("first people", cause, cause))
        self.position[authority] = str(done.position)


@pytest.fixture
async def world(settings: Settings, providers: dict[str, SignInProvider]) -> AsyncIterator[World]:
    """The people of `STAFF` work here; elsewhere there is a coordinator."""
    async with running(PARTS, settings) as service:
        projector = Projector(service.worker, PARTS.read_models, service.types, service.bell)
        projecting = asyncio.ensure_future(projector.run())
        transport = httpx.ASGITransport(make_app(service))
        async with httpx.AsyncClient(transport=transport, base_url="http://scheduling") as client:
            found = World(service, client, providers)
            for who in STAFF:
                await found.add_staff(who)
            for who in ("admin", "coordinator"):
                await found.add_staff(who, ELSEWHERE)
            yield found
        projecting.cancel()
        await asyncio.gather(projecting, return_exceptions=True)
