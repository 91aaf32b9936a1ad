"""Where an installation is: its services, their databases, Kafka. Read from one file that an operator keeps secret."""

from __future__ import annotations

import json
import os
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from pep_cli.kept_token import kept_token
from pep_runtime.authority_keys import KeysService, KeyWrapper, authority_keys
from pep_runtime.topics import Log


class NoInstallation(Exception):
    """There is no such file, or it is not one; the sentence says what to do."""


class ServicePlace(BaseModel):
    """One service: the address of its API, how operators read its database (the worker's login) and how they mend it.

    `operator_dsn` is a superuser's: recovery, backup and restore need one, no service has it. `environment` is a file
    of the variables it is started with (JSON), `reads` says whose topics it reads.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    worker_dsn: str
    operator_dsn: str | None = None
    environment: Path | None = None
    reads: dict[Log, tuple[str, ...]] = {}


class KeysPlace(BaseModel):
    """Where the keys of personal data are: their database; the authorities' own keys, in a folder or a key service."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    operator_dsn: str
    service: KeysService = "file"
    folder: Path | None = None
    address: str | None = None
    token_file: Path | None = None

    def wrapper(self) -> AbstractAsyncContextManager[KeyWrapper]:
        """The authorities' own keys, to be used within `async with`."""
        return authority_keys(self.service, self.folder, self.address, self.token_file)


class PasswordPlace(BaseModel):
    """Where scripts of a development installation get tokens for a password."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    token_url: str
    client_id: str
    client_secret: SecretStr


class SignInPlace(BaseModel):
    """An authority's sign-in provider, and how this command is known to it: a client without a secret."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: str
    client_id: str
    scope: str = "openid"
    by_password: PasswordPlace | None = None


class Installation(BaseModel):
    """All that an operator's command needs to know. `postgres_bin` holds pg_dump and pg_restore, if no path does.

    `kafka_passwords` is the folder of its users' passwords; `readers` are those outside, each with a user for each
    authority; `operator_key` signs receipts.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kafka_bootstrap: str
    kafka_passwords: Path | None = None
    kafka_replicas: int = 1
    readers: dict[str, dict[Log, tuple[str, ...]]] = {}
    authorities_dir: Path | None = None
    operator_key: Path | None = None
    environment: Literal["development", "production"] = "production"
    clock_file: Path | None = None
    services: dict[str, ServicePlace]
    keys: KeysPlace | None = None
    postgres_bin: Path | None = None
    sign_in: dict[str, SignInPlace] = {}


class CliSettings(BaseSettings):
    """PEP_INSTALLATION: the file."""

    model_config = SettingsConfigDict(env_prefix="PEP_", frozen=True)

    installation: Path = Path(".state/installation.json")


def read_installation() -> Installation:
    """The installation. Raises `NoInstallation`."""
    file = CliSettings().installation
    try:
        return Installation.model_validate_json(file.read_bytes())
    except OSError as error:
        raise NoInstallation(
            f"{file} cannot be read: start a development installation with `make up`, or set PEP_INSTALLATION."
        ) from error
    except ValidationError as error:
        fault = error.errors()[0]
        field = ".".join(map(str, fault["loc"]))
        raise NoInstallation(f"{file}: {field}: {fault['msg']}") from error


def use_environment(file: Path) -> None:
    """From here on this process has the variables with which a service is started."""
    os.environ.update(json.loads(file.read_text()))


def name_services() -> None:
    """Commands of services take their service's address from the installation, unless a variable names it already."""
    try:
        services = read_installation().services
    except NoInstallation:
        return  # commands that need one say so themselves
    for name, place in services.items():
        os.environ.setdefault(f"PEP_{name.upper().replace('-', '_')}_URL", place.url)


def token_file() -> Path:
    """Where the token of whoever signed in with `pep sign-in` is kept."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "openpep" / "token.json"


def use_kept_token() -> None:
    """Commands that act for a person take what `pep sign-in` kept for this installation; PEP_TOKEN goes first."""
    kept = None if "PEP_TOKEN" in os.environ else kept_token(token_file())
    if kept is None:
        return
    try:
        place = read_installation().sign_in.get(kept.authority)
    except NoInstallation:
        return
    if place is not None and place.issuer == kept.issuer:
        os.environ["PEP_TOKEN"] = kept.token
