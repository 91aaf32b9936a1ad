"""A service fails in many ways, and none of its secrets stands in what it prints: not whole, and no part of it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import traceback
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from tests.integration.installed import environment_of, installed
from tests.integration.sign_in import SignInProvider

from notifications.main import PARTS
from notifications.settings import MailSettings
from pep_local.places import free_ports
from pep_runtime.service import running as notifications
from pep_runtime.settings import Settings

CANARY = "canary7f3a"
SECRETS = ("PEP_POSTGRES_APP_DSN", "PEP_POSTGRES_RELAY_DSN", "PEP_POSTGRES_WORKER_DSN", "PEP_KEYS_DSN")
Environment = dict[str, str]


@pytest.fixture(scope="module")
async def told(
    postgres_dsn: str, tmp_path_factory: pytest.TempPathFactory, providers: dict[str, SignInProvider]
) -> AsyncIterator[tuple[Settings, Environment]]:
    """What notifications, which signs in to most, is started with."""
    folder, (port,) = tmp_path_factory.mktemp("notifications"), free_ports(1)
    async with installed("notifications", postgres_dsn, folder, providers, port=port) as settings:
        yield settings, environment_of(settings, PEP_SMTP_PASSWORD=f"{CANARY}-mail")


async def started(environment: Environment) -> Process:
    command = (sys.executable, "-m", "notifications.main")
    return await asyncio.create_subprocess_exec(*command, env=environment, stdout=PIPE, stderr=STDOUT)


async def printed(environment: Environment) -> str:
    """All that is printed by a service that cannot start."""
    service = await started(environment)
    out, _ = await asyncio.wait_for(service.communicate(), 60)
    assert service.returncode != 0
    return out.decode()


def with_canary(dsn: str, password: str = CANARY) -> str:
    """The same login with a password that is wrong."""
    parts = urlsplit(dsn)
    return dsn.replace(f":{parts.password}@", f":{password}@")


def without(environment: Environment, *names: str) -> Environment:
    return {name: value for name, value in environment.items() if name not in names}


async def trace_of(settings: Settings, **other: object) -> str:
    """What is printed of the error with which a service does not start that is told something else."""
    with pytest.raises(Exception) as error:  # noqa: PT011 # whichever it is: nothing of it may be shown
        async with notifications(PARTS, Settings(**{**settings.model_dump(), **other})):
            pass
    return "".join(traceback.format_exception(error.value))


async def test_what_is_missing_or_wrong_is_named_and_nothing_else_is_shown(
    told: tuple[Settings, Environment], monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = told[1] | {name: with_canary(told[1][name]) for name in SECRETS}
    said = await printed(without(environment, "PEP_AUDIENCE", "PEP_ISSUERS_FILE") | {"PEP_PORT": "no port"})
    assert CANARY not in said
    assert "port" in said
    assert "issuers_file" in said
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert CANARY not in repr(Settings())
    monkeypatch.setenv("PEP_SERVICES_URLS", CANARY)
    with pytest.raises(ValueError, match="services_urls") as wrong:
        Settings()
    assert CANARY not in "".join(traceback.format_exception(wrong.value))


async def test_a_password_that_the_database_does_not_take_is_not_shown(told: tuple[Settings, Environment]) -> None:
    said = await printed(told[1] | {SECRETS[0]: with_canary(told[1][SECRETS[0]])})
    assert "password authentication failed" in said
    assert CANARY not in said


async def test_a_password_that_makes_an_address_unreadable_is_not_shown(told: tuple[Settings, Environment]) -> None:
    for between in ("/", "@", "#", "?x=", "[", "]", "%", ":", " ", "%2F"):
        for name in ("postgres_app_dsn", "keys_dsn"):
            dsn = with_canary(getattr(told[0], name), f"{CANARY}{between}{CANARY}")
            assert CANARY not in await trace_of(told[0], **{name: dsn})


@pytest.mark.parametrize(
    "place", ["db:5432", "one.example,two.example:5433", "[::1]:5432", "", "u:p%2F%23@[fe80::1],db", "u@", "u:p@/tmp"]
)
async def test_every_way_to_name_a_database_is_taken(told: tuple[Settings, Environment], place: str) -> None:
    dsn = f"postgresql://{place}/funding?host=/run/postgresql"
    assert Settings(**{**told[0].model_dump(), "keys_dsn": dsn}).keys_dsn == dsn


@pytest.mark.parametrize(
    "content", [CANARY, json.dumps({"kty": "OKP", "crv": "Ed25519", "d": CANARY, "x": CANARY}), f'{{"{CANARY}": 1']
)
async def test_a_file_with_a_secret_is_named_and_not_shown(
    told: tuple[Settings, Environment], tmp_path: Path, content: str
) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text(content)
    said = await trace_of(told[0], services_key_file=wrong)
    assert "wrong.json" in said
    assert CANARY not in said


async def test_a_running_service_writes_down_neither_its_own_secrets_nor_what_callers_send(
    told: tuple[Settings, Environment],
) -> None:
    kafka = f"kafka://notifications:{CANARY}@127.0.0.1:1"
    address = f"http://127.0.0.1:{told[0].port}/messages"
    async with running(told[1] | {"PEP_KAFKA_BOOTSTRAP": kafka}) as so_far, httpx.AsyncClient(trust_env=False) as http:
        for token in (CANARY, f"{CANARY}.{CANARY}.{CANARY}", f"eyJ.{CANARY}.x"):
            answer = await http.get(address, headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert CANARY not in answer.text
        await so_far("Kafka")
    assert CANARY not in so_far.text


async def test_a_secret_may_stand_in_a_file_that_a_variable_names(
    told: tuple[Settings, Environment], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in without(told[1], *SECRETS).items():
        monkeypatch.setenv(name, value)
    for name in SECRETS:
        (tmp_path / name).write_text(f"{told[1][name]}\n")
        monkeypatch.setenv(f"{name}_FILE", str(tmp_path / name))
    found = Settings()
    assert found == told[0]
    (tmp_path / "mail").write_text(CANARY)
    monkeypatch.delenv("PEP_SMTP_PASSWORD")
    monkeypatch.setenv("PEP_SMTP_PASSWORD_FILE", str(tmp_path / "mail"))
    password = MailSettings().password
    assert password is not None
    assert password.get_secret_value() == CANARY
    assert CANARY not in repr(MailSettings())
    monkeypatch.setenv("PEP_SMTP_PASSWORD", CANARY)
    with pytest.raises(ValueError, match="PEP_SMTP_PASSWORD_FILE are both given") as both:
        MailSettings()
    assert CANARY not in "".join(traceback.format_exception(both.value))


class SoFar:
    """What a running service has printed; called with a word, waits for it."""

    def __init__(self, service: Process) -> None:
        self.text = ""
        self._more = asyncio.Event()
        assert service.stdout is not None
        self.reading = asyncio.ensure_future(self._read(service.stdout))

    async def _read(self, out: asyncio.StreamReader) -> None:
        async for line in out:
            self.text += line.decode()
            self._more.set()

    async def __call__(self, word: str) -> None:
        async with asyncio.timeout(60):
            while word not in self.text:
                self._more.clear()
                await self._more.wait()


@contextlib.asynccontextmanager
async def running(environment: Environment) -> AsyncIterator[SoFar]:
    """A service that answers; at the end all that it printed has been read."""
    service = await started(environment)
    so_far = SoFar(service)
    try:
        async with asyncio.timeout(60), httpx.AsyncClient(trust_env=False) as http:
            while not await _answers(http, environment["PEP_PORT"]):
                assert service.returncode is None, so_far.text
                await asyncio.sleep(0.1)  # what is waited for happens in another process
        yield so_far
    finally:
        if service.returncode is None:
            service.terminate()
        await service.wait()
        await so_far.reading


async def _answers(http: httpx.AsyncClient, port: str) -> bool:
    try:
        return (await http.get(f"http://127.0.0.1:{port}/health")).status_code == 200
    except httpx.TransportError:
        return False
