"""A new password for one of Kafka's users, while everything runs.

It lies beside the old one until Kafka has taken it and somebody has signed in with it. Stopped at any moment, it goes
on with the same new password when repeated. Whoever is connected stays connected.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaConnectionError

from pep_runtime.kafka import closed, opened
from pep_runtime.kafka_address import KafkaAddress, at
from pep_runtime.kafka_users import KafkaUsers, UserPasswords

TAKEN_SECONDS = 30.0
ADDRESS, ADDRESS_FILE = "PEP_KAFKA_BOOTSTRAP", "PEP_KAFKA_BOOTSTRAP_FILE"


class CannotRotate(Exception):
    """It is not done; the sentence says why."""


async def users_of(bootstrap: str) -> list[str]:
    """Whose password can be exchanged: everybody's but one's own. Raises `CannotRotate`, `KafkaError`."""
    operator = KafkaAddress.parse(bootstrap).user
    if operator is None:
        raise CannotRotate("Kafka asks nobody here who signs in: it has no users.")
    async with KafkaUsers(bootstrap) as users:
        return sorted(await users.names() - {operator})


async def rotate(bootstrap: str, passwords: UserPasswords, user: str) -> None:
    """From now on the user signs in with another password, and with that one only.

    Raises `CannotRotate`, `KafkaError`.
    """
    new = passwords.following(user)
    async with KafkaUsers(bootstrap) as users:
        await users.set_password(user, new)
    await _wait_until_it_opens(str(KafkaAddress.parse(bootstrap).signed_in_as(user, new)))
    passwords.follow(user)


async def _wait_until_it_opens(address: str) -> None:
    try:
        async with asyncio.timeout(TAKEN_SECONDS):
            while not await _opens(address):
                await asyncio.sleep(0.2)
    except TimeoutError as error:
        raise CannotRotate("Nobody could sign in with the new password yet. Do it again.") from error


async def _opens(address: str) -> bool:
    client = AIOKafkaClient(**at(address))
    try:
        await opened(client.bootstrap(), client.close)
    except KafkaConnectionError:
        return False
    await closed(client.close())
    return True


def address_file(environment: Path) -> Path | None:
    """In which file a service is told Kafka's address; None if in none that we know.

    `environment` is the file of the variables with which it is started.
    """
    told = json.loads(environment.read_text())
    if ADDRESS in told:
        return environment
    return Path(told[ADDRESS_FILE]) if ADDRESS_FILE in told else None


def write_password(environment: Path, user: str, password: str) -> None:
    """Put the password into the address that the service is told, wherever `address_file` says that it is."""
    file = address_file(environment)
    if file == environment:
        told = json.loads(file.read_text())
        told[ADDRESS] = _with(told[ADDRESS], user, password)
        _write(file, json.dumps(told, indent=2))
    elif file is not None:
        _write(file, _with(file.read_text().strip(), user, password))


def _with(address: str, user: str, password: str) -> str:
    return str(KafkaAddress.parse(address).signed_in_as(user, password))


def _write(file: Path, content: str) -> None:
    """Whole or not at all, with the rights that the file has."""
    half = file.with_name(f".{file.name}.half")
    half.unlink(missing_ok=True)
    half.touch(mode=0o600)
    half.write_text(content)
    half.chmod(file.stat().st_mode)
    half.replace(file)
