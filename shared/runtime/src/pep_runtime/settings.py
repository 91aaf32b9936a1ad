"""What a service is told about its surroundings. The only module of the runtime that reads the environment."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from pep_runtime.authority_keys import KeysService

RoleOfProcess = Literal["api", "relay", "consumer"]
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^:\[\]]*)(:\d+)?")


class Rate(BaseModel):
    """How often one caller may ask: `per_second` for long, `at_once` after a quiet time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    per_second: float = Field(gt=0)
    at_once: int = Field(ge=1)


class AtTheDoor(BaseModel):
    """What one process of an API takes from the network: how often, how many at once, how long."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stranger: Rate = Rate(per_second=10, at_once=100)
    person: Rate = Rate(per_second=50, at_once=500)
    service: Rate = Rate(per_second=500, at_once=5_000)
    most_callers: int = Field(10_000, ge=1, description="Of how many callers of a kind is known how often they ask.")
    connections: int = Field(1_000, ge=1, description="Connections at once; who comes then is answered with 503.")
    head_seconds: float = Field(10, gt=0, description="For a request's address and headers to come.")
    body_seconds: float = Field(20, gt=0, description="For the rest of it to come.")
    answer_seconds: float = Field(30, gt=0, description="For the answer; after them 503.")
    idle_seconds: int = Field(5, ge=1, description="How long a connection is kept for the next request.")
    proxies: tuple[str, ...] = Field((), description="Addresses of proxies that are believed about who calls.")


def _readable(dsn: str) -> str:
    """Raises `ValueError` that shows nothing of it: what a library says of an address that it cannot read has parts."""
    try:
        scheme, hosts = urlsplit(dsn).scheme, urlsplit(dsn).netloc.rpartition("@")[2].split(",")
    except ValueError:
        scheme, hosts = "", []
    if scheme not in ("postgresql", "postgres") or not all(_HOST.fullmatch(host) for host in hosts):
        raise ValueError("not a postgresql:// address; signs such as / # ? [ in its password are written as %2F …")
    return dsn


Dsn = Annotated[str, AfterValidator(_readable)]


class _Files(PydanticBaseSettingsSource):
    """PEP_X_FILE names a file that holds what PEP_X would say: the way in which a cluster hands over secrets."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        name = f"{self.config['env_prefix']}{field_name}".upper()
        file = os.environ.get(f"{name}_FILE")
        if file is not None and name in os.environ:
            raise ValueError(f"{name} and {name}_FILE are both given: which one holds?")
        return None if file is None else Path(file).read_text().strip(), field_name, False

    def __call__(self) -> dict[str, Any]:
        found = {name: self.get_field_value(each, name)[0] for name, each in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


class FromEnvironment(BaseSettings):
    """What is told by variables, or by files that they name. What is wrong is said without repeating any value."""

    model_config = SettingsConfigDict(frozen=True, hide_input_in_errors=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, _Files(settings_cls)


class Settings(FromEnvironment):
    """Read from `PEP_…` variables. Each service adds its own to these."""

    model_config = SettingsConfigDict(env_prefix="PEP_")

    environment: Literal["development", "production"] = "production"
    host: str = Field("127.0.0.1", description="Where the API listens.")
    port: int = Field(8000, description="The port of the API.")
    at_the_door: AtTheDoor = Field(AtTheDoor(), description='Limits of the API, as JSON: {"connections": 500}.')
    roles: tuple[RoleOfProcess, ...] = Field(
        ("api", "relay", "consumer"), description='Which roles this process plays, as JSON: ["api","relay","consumer"].'
    )
    postgres_app_dsn: Dsn = Field(repr=False, description="How the application signs in to the service's database.")
    postgres_relay_dsn: Dsn = Field(repr=False, description="How the relay signs in to it.")
    postgres_worker_dsn: Dsn = Field(repr=False, description="How the projector signs in to it.")
    keys_dsn: Dsn = Field(repr=False, description="How the keys' database is reached.")
    keys_service: KeysService = Field("file", description="Where the authorities' own keys are.")
    keys_dir: Path | None = Field(None, description="file: the folder with the authorities' keys.")
    keys_address: str | None = Field(None, description="transit: the key service, as https://vault.example:8200.")
    keys_token_file: Path | None = Field(None, description="transit: the file with the token for the key service.")
    keys_kept_seconds: float = Field(60, ge=0, le=60, description="How long a process remembers a subject's key.")
    kafka_bootstrap: str = Field(
        repr=False, description="host:port of one or more brokers, or kafka://user:password@host:port?tls=FILE."
    )
    authorities_dir: Path = Field(Path("shared/authorities"), description="The folder of policy files.")
    issuers_file: Path = Field(description="JSON: token issuer → its authority and where its keys are.")
    audience: str = Field("openpep", description="What a person's token must be meant for.")
    token_seconds_at_most: int = Field(3600, gt=0, description="How long a person's token may live.")
    services_key_file: Path = Field(description="The private key with which this service signs its tokens for others.")
    services_public_keys: Path = Field(
        description="The folder with the public keys of each service, one file a service."
    )
    services_urls: dict[str, str] = Field(default_factory=dict, description="JSON: service → base address of its API.")
    clock_file: Path | None = Field(None, description="A frozen instant instead of the real time (demo, tests).")
    traces_file: Path | None = Field(None, description="Where spans are written; none: nowhere.")
    metrics_port: int | None = Field(None, description="Where Prometheus fetches /metrics; none: nowhere.")


class StreamSettings(FromEnvironment):
    """PEP_STREAM_PORT, …: the page's address, how often sweeps run, how long a counter's window is."""

    model_config = SettingsConfigDict(env_prefix="PEP_STREAM_")

    host: str = "127.0.0.1"
    port: int = 6066
    sweep_seconds: float = Field(default=30.0, gt=0)
    window_seconds: int = Field(default=3600, gt=0)
    topic_replicas: int = Field(default=1, ge=1)
    data_dir: Path = Field(default_factory=lambda: Path(tempfile.gettempdir()) / "openpep-stream")
