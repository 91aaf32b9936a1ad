"""What differs from place to place: when the day's release run is made."""

from __future__ import annotations

from datetime import time

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from pep_runtime.settings import FromEnvironment


class ReleaseSettings(FromEnvironment):
    """PEP_RELEASE_FROM: the time of day from which the timer makes the day's run."""

    model_config = SettingsConfigDict(env_prefix="PEP_RELEASE_", populate_by_name=True)

    daily_from: time = Field(default=time(18, 0), validation_alias="PEP_RELEASE_FROM")
