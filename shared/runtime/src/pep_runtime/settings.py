"""What a service is told about its surroundings. The only module of the runtime that reads the environment."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from pep_runtime.authority_keys import KeysService

RoleOfProcess = Literal["api", "relay", "consumer"]


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


class Settings(BaseSettings):
    """Read from `PEP_…` variables. Each service adds its own to these."""

    model_config = SettingsConfigDict(env_prefix="PEP_", frozen=True)

    environment: Literal["development", "production"] = "production"
    host: str = Field("127.0.0.1", description="Where the API listens.")
    port: int = Field(8000, description="The port of the API.")
    at_the_door: AtTheDoor = Field(AtTheDoor(), description='Limits of the API, as JSON: {"connections": 500}.')
    roles: tuple[RoleOfProcess, ...] = Field(
        ("api", "relay", "consumer"), description='Which roles this process plays, as JSON: ["api","relay","consumer"].'
    )
    postgres_app_dsn: str = Field(description="How the application signs in to the service's database.")
    postgres_relay_dsn: str = Field(description="How the relay signs in to it.")
    postgres_worker_dsn: str = Field(description="How the projector signs in to it.")
    keys_dsn: str = Field(description="How the keys' database is reached.")
    keys_service: KeysService = Field("file", description="Where the authorities' own keys are.")
    keys_dir: Path | None = Field(None, description="file: the folder with the authorities' keys.")
    keys_address: str | None = Field(None, description="transit: the key service, as https://vault.example:8200.")
    keys_token_file: Path | None = Field(None, description="transit: the file with the token for the key service.")
    keys_kept_seconds: float = Field(60, ge=0, le=60, description="How long a process remembers a subject's key.")
    kafka_bootstrap: str = Field(description="host:port of one or more brokers.")
    authorities_dir: Path = Field(Path("shared/authorities"), description="The folder of policy files.")
    issuers_file: Path = Field(description="JSON: token issuer → its authority and where its keys are.")
    audience: str = Field("openpep", description="What a person's token must be meant for.")
    token_seconds_at_most: int = Field(3600, gt=0, description="How long a person's token may live.")
    services_key_file: Path = Field(description="The private key with which this service signs its tokens for others.")
    services_public_keys: Path = Field(description="The folder with the public keys of each service, one file a service.")
    services_urls: dict[str, str] = Field(default_factory=dict, description="JSON: service → base address of its API.")
    clock_file: Path | None = Field(None, description="A frozen instant instead of the real time (demo, tests).")
    traces_file: Path | None = Field(None, description="Where spans are written; none: nowhere.")
    metrics_port: int | None = Field(None, description="Where Prometheus fetches /metrics; none: nowhere.")


class StreamSettings(BaseSettings):
    """PEP_STREAM_PORT, …: the page's address, how often sweeps run, how long a counter's window is."""

    model_config = SettingsConfigDict(env_prefix="PEP_STREAM_", frozen=True)

    host: str = "127.0.0.1"
    port: int = 6066
    sweep_seconds: float = Field(default=30.0, gt=0)
    window_seconds: int = Field(default=3600, gt=0)
    topic_replicas: int = Field(default=1, ge=1)
    data_dir: Path = Field(default_factory=lambda: Path(tempfile.gettempdir()) / "openpep-stream")
