"""The `pep` command as an operator runs it, against services that are installed for a test."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.integration.installed import database_dsn, installed
from tests.integration.sign_in import SignInProvider
from typer.testing import CliRunner, Result

from pep_cli.main import app
from pep_cli.terminal import out
from pep_local.places import free_ports
from pep_runtime.settings import Settings

HERE, ELSEWHERE = "oxfordshire", "leicestershire"
Pep = Callable[..., Awaitable[Result]]


@dataclass(frozen=True)
class Place:
    """One installed service, and its database as its superuser sees it."""

    settings: Settings
    superuser_dsn: str

    @property
    def url(self) -> str:
        return f"http://{self.settings.host}:{self.settings.port}"


@pytest.fixture
async def places(
    postgres_dsn: str, tmp_path: Path, providers: dict[str, SignInProvider]
) -> AsyncIterator[dict[str, Place]]:
    """Two services, of which none runs."""
    found = {}
    ports = free_ports(2)
    async with (
        installed("scheduling", postgres_dsn, tmp_path, providers, port=ports[0]) as scheduling,
        installed("funding", postgres_dsn, tmp_path, providers, port=ports[1]) as funding,
    ):
        for name, settings in (("scheduling", scheduling), ("funding", funding)):
            database = settings.postgres_app_dsn.rpartition("/")[2]
            found[name] = Place(settings, database_dsn(postgres_dsn, database))
        yield found


@pytest.fixture
def installation(places: dict[str, Place], tmp_path: Path) -> Path:
    """The file that names them, and a third service whose database is away."""
    services: dict[str, Any] = {
        name: {"url": place.url, "worker_dsn": place.settings.postgres_worker_dsn} for name, place in places.items()
    }
    services["journey"] = {"url": "http://127.0.0.1:1", "worker_dsn": "postgresql://nobody@127.0.0.1:1/journey"}
    file = tmp_path / "installation.json"
    file.write_text(json.dumps({"kafka_bootstrap": "127.0.0.1:1", "services": services}))
    return file


@pytest.fixture
def whole(installation: Path) -> Path:
    """The file without the service that is away."""
    content = json.loads(installation.read_text())
    del content["services"]["journey"]
    installation.write_text(json.dumps(content))
    return installation


@pytest.fixture
def pep(installation: Path, monkeypatch: pytest.MonkeyPatch) -> Pep:
    """`await pep("status", "--json")`: what it printed, and its exit code. The terminal is wide, also where none is."""
    monkeypatch.setattr(out, "width", 200)

    async def run(*words: str, typed: str | None = None) -> Result:
        environment = {"PEP_INSTALLATION": str(installation)}
        return await asyncio.to_thread(CliRunner().invoke, app, words, input=typed, env=environment)

    return run
