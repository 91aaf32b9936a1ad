"""What differs from place to place for the stream worker: its page, its folder, its pace."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class StreamSettings(BaseSettings):
    """Read from `PEP_STREAM_…` variables."""

    model_config = SettingsConfigDict(env_prefix="PEP_STREAM_", frozen=True)

    host: str = Field("127.0.0.1", description="Where the live page listens.")
    port: int = Field(6066, description="The port of the live page.")
    folder: Path = Field(description="Where the worker keeps its own files; they may be lost.")
    sweep_seconds: float = Field(30.0, gt=0, description="How often due dates are looked through.")
    replicas: int = Field(1, ge=1, description="Copies of the worker's own topics.")
