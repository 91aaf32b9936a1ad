"""What scheduling is told beside the settings of every service."""

from __future__ import annotations

from pydantic import Field

from pep_runtime.settings import FromEnvironment


class LinkSettings(FromEnvironment):
    """Where people reach OpenPEP."""

    base_address: str = Field(default="http://127.0.0.1:28000", validation_alias="PEP_BASE_ADDRESS")
