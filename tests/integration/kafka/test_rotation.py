"""A user of Kafka gets another password while those who are connected work on; services find it where they look."""

from __future__ import annotations

import asyncio
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError
from tests.integration.kafka.conftest import GIVER, HERE, Guarded
from tests.integration.kafka.test_rights import EVENTS, read, write
from typer.testing import CliRunner, Result

from pep_cli.main import app
from pep_cli.terminal import err, out
from pep_runtime import kafka_rotation
from pep_runtime.kafka_address import KafkaAddress, at
from pep_runtime.kafka_users import KafkaUsers, UserPasswords

SERVICE, READER = f"pep-{GIVER}", f"finance-{HERE}"
Pep = Callable[..., Any]


@pytest.fixture
def passwords(guarded: Guarded) -> UserPasswords:
    assert guarded.infrastructure.passwords is not None
    return guarded.infrastructure.passwords


@pytest.fixture
def environment(guarded: Guarded, tmp_path: Path) -> Path:
    """With what the service is started."""
    file = tmp_path / "alpha.json"
    file.write_text(json.dumps({"PEP_PORT": "1", "PEP_KAFKA_BOOTSTRAP": guarded.address(SERVICE)}))
    return file


def variables(environment: Path) -> dict[str, str]:
    told: dict[str, str] = json.loads(environment.read_text())
    return told


def tell(environment: Path, variables: dict[str, str]) -> None:
    environment.write_text(json.dumps(variables))


@pytest.fixture
def pep(
    guarded: Guarded, passwords: UserPasswords, environment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Pep:
    """The command, as an operator of this Kafka."""
    place = {
        "url": "http://127.0.0.1:1",
        "worker_dsn": "postgresql://nobody@127.0.0.1:1/x",
        "environment": str(environment),
    }
    content = {
        "kafka_bootstrap": guarded.infrastructure.bootstrap,
        "kafka_passwords": str(passwords.folder),
        "services": {GIVER: place},
    }
    (tmp_path / "installation.json").write_text(json.dumps(content))
    monkeypatch.setenv("PEP_INSTALLATION", str(tmp_path / "installation.json"))
    for console in (out, err):
        monkeypatch.setattr(console, "width", 300)

    async def run(*words: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, app, ["kafka-user", *words])

    return run


async def test_those_who_are_connected_work_on_and_who_connects_needs_the_new_password(
    guarded: Guarded, passwords: UserPasswords, environment: Path, pep: Pep
) -> None:
    before = guarded.address(SERVICE)
    async with AIOKafkaProducer(acks="all", **at(before)) as connected:
        await connected.send_and_wait(EVENTS, b"before", partition=0)
        done = await pep("rotate", SERVICE, "--yes")
        assert done.exit_code == 0, done.output
        assert "start the processes of alpha again" in done.output
        await connected.send_and_wait(EVENTS, b"still connected", partition=0)
    with pytest.raises(KafkaConnectionError):
        await read(before, EVENTS)
    told = variables(environment)
    assert told == {"PEP_PORT": "1", "PEP_KAFKA_BOOTSTRAP": guarded.address(SERVICE)}
    await write(told["PEP_KAFKA_BOOTSTRAP"], EVENTS)
    assert b"still connected" in await read(told["PEP_KAFKA_BOOTSTRAP"], EVENTS)
    assert stat.S_IMODE((passwords.folder / SERVICE).stat().st_mode) == 0o600
    assert passwords.of(SERVICE) not in done.output


async def test_without_a_yes_nothing_changes(guarded: Guarded, passwords: UserPasswords, pep: Pep) -> None:
    files = {path.name: path.read_text() for path in passwords.folder.iterdir()}
    planned = await pep("rotate", READER)
    assert (planned.exit_code, "With --yes" in planned.output, "Hand the file over" in planned.output) == (
        0,
        True,
        True,
    )
    assert {path.name: path.read_text() for path in passwords.folder.iterdir()} == files
    await read(guarded.address(READER), EVENTS)


async def test_a_reader_outside_gets_another_password_in_its_file(
    guarded: Guarded, passwords: UserPasswords, pep: Pep
) -> None:
    before = guarded.address(READER)
    done = await pep("rotate", READER, "--yes", "--json")
    file = str(passwords.folder / READER)
    told = {"user": READER, "file": file, "service": None, "address": None, "done": True}
    assert json.loads(done.stdout) == told
    with pytest.raises(KafkaConnectionError):
        await read(before, EVENTS)
    await read(guarded.address(READER), EVENTS)


async def test_an_address_in_a_file_of_its_own_is_written_there(
    guarded: Guarded, environment: Path, pep: Pep, tmp_path: Path
) -> None:
    secret = tmp_path / "address"
    secret.write_text(guarded.address(SERVICE) + "\n")
    tell(environment, {"PEP_KAFKA_BOOTSTRAP_FILE": str(secret)})
    assert (await pep("rotate", SERVICE, "--yes")).exit_code == 0
    assert secret.read_text() == guarded.address(SERVICE)
    tell(environment, {})
    assert "put it into PEP_KAFKA_BOOTSTRAP" in (await pep("rotate", SERVICE)).output


async def test_a_rotation_that_was_stopped_goes_on_with_the_same_password(
    guarded: Guarded, passwords: UserPasswords
) -> None:
    new = passwords.following(READER)
    async with KafkaUsers(guarded.infrastructure.bootstrap) as users:
        await users.set_password(READER, new)
    assert passwords.of(READER) != new
    await kafka_rotation.rotate(guarded.infrastructure.bootstrap, passwords, READER)
    assert passwords.of(READER) == new
    await read(guarded.address(READER), EVENTS)


async def test_a_password_that_opens_nothing_yet_takes_no_place(
    guarded: Guarded, passwords: UserPasswords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka_rotation, "TAKEN_SECONDS", 0.0)
    before = passwords.of(READER)
    with pytest.raises(kafka_rotation.CannotRotate, match="Do it again"):
        await kafka_rotation.rotate(guarded.infrastructure.bootstrap, passwords, READER)
    assert passwords.of(READER) == before
    monkeypatch.undo()
    await kafka_rotation.rotate(guarded.infrastructure.bootstrap, passwords, READER)
    await read(guarded.address(READER), EVENTS)


async def test_users_are_listed_and_others_are_refused(guarded: Guarded, pep: Pep) -> None:
    listed = json.loads((await pep("list", "--json")).stdout)
    operator = KafkaAddress.parse(guarded.infrastructure.bootstrap).user
    assert {SERVICE, READER} <= set(listed)
    assert operator not in listed
    unknown = await pep("rotate", "pep-nobody", "--yes")
    assert (unknown.exit_code, "has no user pep-nobody here. It has: finance-" in unknown.output) == (1, True)
    own = await pep("rotate", str(operator), "--yes")
    assert (own.exit_code, "change it there" in own.output) == (1, True)


async def test_a_kafka_that_asks_nobody_has_no_users(kafka_bootstrap: str) -> None:
    with pytest.raises(kafka_rotation.CannotRotate, match="it has no users"):
        await kafka_rotation.users_of(kafka_bootstrap)
