"""Keys of two authorities, in files or in the development key service, and the database of their subjects' keys."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.integration.engine.jars import Filled
from tests.integration.installed import database_dsn, superuser, until

from pep_kernel.sealed import PlanText
from pep_local import key_service
from pep_local.places import LOOPBACK, free_ports
from pep_runtime.authority_keys import KeysService, KeyWrapper, authority_keys
from pep_runtime.database import connect, provision
from pep_runtime.journal import Pool
from pep_runtime.keyring import Keyring

HERE, ELSEWHERE = "northshire", "southshire"
WORDS = "a fictional secret"


@dataclass(frozen=True)
class Place:
    """Where a key service is to be found, and the folder it keeps its keys in."""

    folder: Path
    port: int

    @property
    def address(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def token_file(self) -> Path:
        return key_service.token_file(self.folder)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Its process, from when it answers."""
        process = key_service.prepare(self.folder, self.port)
        started = await asyncio.create_subprocess_exec(*process.command)

        async def answers() -> bool:
            assert started.returncode is None
            return process.answers()

        try:
            await until(answers)
            yield
        finally:
            started.terminate()
            await asyncio.wait_for(started.wait(), 30)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A key service that does not run yet."""
    found = Place(tmp_path / "key-service", *free_ports(1))
    key_service.prepare(found.folder, found.port)
    return found


@pytest.fixture(params=["file", "transit"])
async def wrapper(request: pytest.FixtureRequest, tmp_path: Path, place: Place) -> AsyncIterator[KeyWrapper]:
    """Each kind of keys, for both authorities."""
    kind: KeysService = request.param
    async with contextlib.AsyncExitStack() as stack:
        if kind == "transit":
            await stack.enter_async_context(place.running())
        keys = authority_keys(kind, tmp_path / "keys", place.address, place.token_file)
        found = await stack.enter_async_context(keys)
        for authority in (HERE, ELSEWHERE):
            await found.create(authority)
        yield found


@dataclass
class KeysDatabase:
    """The keys' database, as services and as operators reach it."""

    pool: Pool
    operator_dsn: str
    app_dsn: str

    def ring(self, wrapper: KeyWrapper, kept_seconds: float = 60) -> Keyring:
        """A keyring that remembers nothing yet, as another process has it."""
        return Keyring(self.pool, wrapper, kept_seconds)


@pytest.fixture
async def keys(postgres_dsn: str, unique_name: Callable[[str], str]) -> AsyncIterator[KeysDatabase]:
    name = unique_name("keys")
    logins = await provision(postgres_dsn, name, "keys")
    async with await connect(logins.app, size=3, check_lineage=False) as pool:
        yield KeysDatabase(pool, database_dsn(postgres_dsn, name), logins.app)
    async with superuser(postgres_dsn) as connection:
        await connection.execute(f"drop database {name} with (force)")


async def seal(ring: Keyring, subject: str, authority: str = HERE, words: str = WORDS) -> PlanText:
    """Words about somebody, sealed."""
    (sealed,) = await ring.seal(
        [Filled(amount=1, label=PlanText.of(words))], authority=authority, places=[(subject, "jar-1", 1)]
    )
    assert isinstance(sealed, Filled)
    return sealed.label
