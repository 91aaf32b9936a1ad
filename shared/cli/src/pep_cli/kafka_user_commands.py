"""`pep kafka-user`: who signs in at Kafka, and another password for one of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from pep_cli.infrastructure import refuse, said
from pep_cli.settings import Installation, read_installation
from pep_cli.terminal import AsJson, Away, err, out

if TYPE_CHECKING:
    from pep_runtime.kafka_users import UserPasswords

app = typer.Typer(no_args_is_help=True)
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Place:
    """One user: the file of the password, the service that it is if any, and where that is told Kafka's address."""

    user: str
    file: Path
    service: str | None
    address: Path | None

    def as_json(self, done: bool) -> str:
        """Never the password."""
        address = self.address and str(self.address)
        told = {"user": self.user, "file": str(self.file), "service": self.service, "address": address}
        return json.dumps({**told, "done": done})


@app.command("list")
def list_users(as_json: AsJson = False) -> None:
    """Who signs in at Kafka here: services (`pep-…`), and readers outside for one authority each."""
    from pep_runtime.kafka_rotation import users_of

    users = _asked(users_of(read_installation().kafka_bootstrap))
    print(json.dumps(users) if as_json else "\n".join(users))


@app.command()
def rotate(
    user: Annotated[str, typer.Argument(help="As `pep kafka-user list` names it.", show_default=False)],
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without it you are told what would be done.")] = False,
    as_json: AsJson = False,
) -> None:
    """Give USER another password, while everything runs. Stopped, it goes on when repeated.

    Whoever is connected stays connected; who connects anew needs the new password. Ends with 1 if it cannot be done.
    """
    from pep_runtime.kafka_rotation import rotate as do_rotate

    installation = read_installation()
    passwords = _passwords(installation)
    _check(installation, user)
    place = _place(installation, user, passwords.folder)
    if yes:
        with err.status("Exchanging it"):
            _asked(do_rotate(installation.kafka_bootstrap, passwords, user))
            _tell_service(installation, place, passwords)
    if as_json:
        print(place.as_json(yes))
        return
    for line in _told(place, yes):
        out.print(line, highlight=False, soft_wrap=True)


def _passwords(installation: Installation) -> UserPasswords:
    from pep_runtime.kafka_users import UserPasswords

    return UserPasswords(said(installation.kafka_passwords, "the folder of Kafka's passwords (kafka_passwords)"))


def _check(installation: Installation, user: str) -> None:
    from pep_runtime.kafka_address import KafkaAddress
    from pep_runtime.kafka_rotation import users_of

    known = _asked(users_of(installation.kafka_bootstrap))
    if user == KafkaAddress.parse(installation.kafka_bootstrap).user:
        refuse(f"{user} is the operator's own login, which the brokers' settings name too: change it there.")
    if user not in known:
        refuse(f"Kafka has no user {user} here. It has: {', '.join(known)}.")


def _place(installation: Installation, user: str, folder: Path) -> Place:
    from pep_runtime.kafka_rights import service_user
    from pep_runtime.kafka_rotation import address_file

    service = next((name for name in installation.services if service_user(name) == user), None)
    environment = installation.services[service].environment if service else None
    return Place(user, folder / user, service, address_file(environment) if environment else None)


def _tell_service(installation: Installation, place: Place, passwords: UserPasswords) -> None:
    from pep_runtime.kafka_rotation import write_password

    environment = installation.services[place.service].environment if place.service else None
    if environment is not None:
        write_password(environment, place.user, passwords.of(place.user))


def _told(place: Place, done: bool) -> list[str]:
    stands = "stands" if done else "would stand"
    first = f"{place.user} has another password." if done else f"With --yes: {place.user} gets another password."
    lines = [first, f"It {stands} in {place.file}."]
    if place.address:
        lines.append(f"It {stands} in the address in {place.address}, too.")
    return [*lines, _next_step(place)]


def _next_step(place: Place) -> str:
    if place.service is None:
        return "Hand the file over to whoever reads with it. They need it when they connect the next time."
    first = "Then start" if place.address else "Then put it into PEP_KAFKA_BOOTSTRAP of the service, and start"
    return (
        f"{first} the processes of {place.service} again, one after the other. Until then they work on the connections"
        " that they have; one that is cut off waits until it is started again, and nothing is lost."
    )


def _asked(work: Coroutine[Any, Any, Answer]) -> Answer:
    """What Kafka says no to, or that it is away, ends the command with a sentence."""
    from aiokafka.errors import KafkaError

    from pep_runtime.kafka_rotation import CannotRotate

    try:
        return asyncio.run(work)
    except CannotRotate as reason:
        sentence = str(reason)
    except KafkaError as error:
        raise Away(type(error).__name__) from error
    refuse(sentence)
