"""A service installed for a test as an operator installs it: databases, logins, keys, issuers, settings; then asked."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
from tests.integration.sign_in import SignInProvider, write_issuers

from pep_kernel.announcement import Announcement, Said
from pep_runtime.database import provision
from pep_runtime.file_keys import FileKeys
from pep_runtime.handler import ByPolicy
from pep_runtime.http import make_app
from pep_runtime.projector import Projector
from pep_runtime.service import RunningService
from pep_runtime.service_tokens import make_service_key
from pep_runtime.settings import Settings

ROOT = Path(__file__).parents[2]
NO_KAFKA = "127.0.0.1:1"


@contextlib.asynccontextmanager
async def installed(
    name: str,
    postgres_dsn: str,
    folder: Path,
    providers: Mapping[str, SignInProvider],
    *,
    today: str | None = None,
    colleagues: Mapping[str, str] | None = None,
    **more: Any,
) -> AsyncIterator[Settings]:
    """The settings of a service with databases of its own, in which the authorities of `providers` are open.

    `colleagues` work at each of them: person to role. `more` are further settings.
    """
    database, keys_database = (f"{each}_{secrets.token_hex(6)}" for each in (name.replace("-", "_"), "keys"))
    logins = await provision(postgres_dsn, database, own=ROOT / "services" / name / "migrations")
    keys = await provision(postgres_dsn, keys_database, "keys")
    async with superuser(database_dsn(postgres_dsn, database)) as connection:
        for authority in providers:
            await FileKeys(folder / "keys").create(authority)
            await connection.execute("select open_authority($1)", authority)
            people = [(authority, person_ref, role) for person_ref, role in (colleagues or {}).items()]
            await connection.executemany("insert into colleague values ($1, $2, $3, null, 0)", people)
    write_issuers(folder / "issuers.json", providers)
    if today is not None:
        (folder / "clock").write_text(today)
    told = {
        "environment": "development",
        "postgres_app_dsn": logins.app,
        "postgres_relay_dsn": logins.relay,
        "postgres_worker_dsn": logins.worker,
        "keys_dsn": keys.app,
        "keys_dir": folder / "keys",
        "kafka_bootstrap": NO_KAFKA,
        "authorities_dir": ROOT / "shared" / "authorities",
        "issuers_file": folder / "issuers.json",
        "services_key_file": service_key(name, folder),
        "services_public_keys": folder / "service-keys",
        "clock_file": folder / "clock" if today is not None else None,
    }
    yield Settings(**{**told, **more})
    async with superuser(postgres_dsn) as connection:
        for each in (database, keys_database):
            await connection.execute(f"drop database if exists {each} with (force)")


@contextlib.asynccontextmanager
async def superuser(dsn: str) -> AsyncIterator[Any]:
    """A connection, closed afterwards."""
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


def database_dsn(postgres_dsn: str, database: str) -> str:
    """The superuser's address of another database."""
    return f"{postgres_dsn.rpartition('/')[0]}/{database}"


def environment_of(settings: Settings, **more: str) -> dict[str, str]:
    """The settings as a process is given them."""
    told = settings.model_dump(mode="json", exclude_none=True)
    return {
        **os.environ,
        **{f"PEP_{key.upper()}": json.dumps(v) if isinstance(v, dict | list) else str(v) for key, v in told.items()},
        **more,
    }


def service_key(name: str, folder: Path) -> Path:
    """The private key of a service; all services of one folder know each other's public keys."""
    file, public = folder / f"{name}.service-key.json", folder / "service-keys"
    if not file.exists():
        public.mkdir(exist_ok=True)
        make_service_key(name, file, public)
    return file


def add_authority(authorities: Path, name: str, like: str) -> Path:
    """Policy files with one authority more, whose rules are those of `like` and whose topics are no other test's."""
    shutil.copytree(ROOT / "shared" / "authorities", authorities)
    shutil.copytree(authorities / like, authorities / name)
    for file in (authorities / name).glob("*.toml"):
        file.write_text(file.read_text().replace(f'"{like}"', f'"{name}"'))
    return authorities


async def until(condition: Callable[[], Awaitable[Any]], seconds: float = 60) -> Any:
    """Wait for a condition, not for a time."""
    async with asyncio.timeout(seconds):
        while not (found := await condition()):  # what is waited for happens elsewhere
            await asyncio.sleep(0.02)
        return found


@contextlib.asynccontextmanager
async def api_of(service: RunningService, **how: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the service's API; its read models follow beside."""
    projector = Projector(service.worker, service.parts.read_models, service.types, service.bell)
    projecting = asyncio.ensure_future(projector.run())
    transport = httpx.ASGITransport(make_app(service), **how)
    try:
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{service.parts.name}") as client:
            yield client
    finally:
        projecting.cancel()
        await asyncio.gather(projecting, return_exceptions=True)


@dataclass(kw_only=True)
class Asked:
    """A service and the people who ask it over HTTP; each wants to see what was done before."""

    service: RunningService
    client: httpx.AsyncClient
    providers: Mapping[str, SignInProvider]
    here: str
    position: dict[str, str] = field(default_factory=dict)
    told: int = 0

    async def hears(self, *announcements: Announcement, authority: str | None = None) -> None:
        """What becomes of another service's announcement when it is taken in."""
        authority = authority or self.here
        for announcement in announcements:
            publisher = announcement.type.split(".")[2]
            number = self.says(publisher, authority)
            cause = UUID(int=number)
            said = Said(announcement, authority, publisher, number, cause, datetime.now(UTC), cause)
            act = self.service.parts.policies[type(announcement)](said, self.service.rules(authority))
            assert act is not None
            done = await self.service.handler.handle(authority, act, await self.origin(said))
            self.position[authority] = f"{self.service.parts.name}:{done.position}"

    def says(self, _publisher: str, _authority: str) -> int:
        """The number of what is announced next."""
        self.told += 1
        return self.told

    async def origin(self, said: Said[Any]) -> ByPolicy:
        """In whose name it is taken in."""
        return ByPolicy(f"{said.service} {said.number}", said.event_id, said.correlation)

    async def subject(self, who: str, _authority: str) -> str:
        """How the sign-in provider calls somebody."""
        return who

    async def ask(
        self, who: str, method: str, path: str, body: Any = None, *, authority: str | None = None, **headers: str
    ) -> httpx.Response:
        """Somebody asks."""
        authority = authority or self.here
        token = self.providers[authority].token(await self.subject(who, authority))
        return await self.send(token, method, path, body, authority, **headers)

    async def send(
        self, token: str, method: str, path: str, body: Any, authority: str, **headers: str
    ) -> httpx.Response:
        """What comes with this token."""
        seen = self.position.get(authority, f"{self.service.parts.name}:0")
        headers = {"Authorization": f"Bearer {token}", "Pep-Position": seen, **headers}
        answer = await self.client.request(method, path, json=body, headers=headers)
        known = (answer.headers.get("Pep-Position", seen), self.position.get(authority, seen))
        self.position[authority] = max(known, key=lambda each: int(each.partition(":")[2]))  # several may ask at once
        return answer

    async def stored(self) -> bytes:
        """All that the journal, the stored answers and the read models hold of `here`, as bytes."""
        tables = ["journal", "command_answer", *(model.table for model in self.service.parts.read_models)]
        async with self.service.pool.acquire() as connection, connection.transaction():
            await connection.execute("select set_config('app.authority', $1, true)", self.here)
            rows = [await connection.fetch(f"select * from {table}") for table in tables]
        return repr(rows).encode()
