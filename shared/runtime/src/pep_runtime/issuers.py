"""Which sign-in providers are trusted, and which authority each speaks for: configuration, never a claim."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, TypeAdapter

Environment = Literal["development", "production"]


class Issuer(BaseModel):
    """One authority's sign-in provider.

    `sub` of its tokens is the person's reference; or `staff_id_claim` names the claim with the authority's own number
    of the person, as its staff list has it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    authority: str
    keys_url: str
    staff_id_claim: str | None = None


_ISSUERS = TypeAdapter(dict[str, Issuer])


def read_issuers(file: Path, environment: Environment) -> dict[str, Issuer]:
    """The issuers that are trusted, by their `iss`. Raises `ValueError` that names the file and what is wrong."""
    try:
        issuers = _ISSUERS.validate_json(file.read_bytes())
        for name, issuer in issuers.items():
            must_be_safe(name, environment)
            must_be_safe(issuer.keys_url, environment)
    except (OSError, ValueError) as error:
        raise ValueError(f"{file}: {error}") from error
    return issuers


def must_be_safe(address: str, environment: Environment) -> None:
    """Raises `ValueError`: outside of development a provider is asked by https, and on another machine."""
    parts = urlsplit(address)
    if environment == "development":
        return
    if parts.scheme != "https":
        raise ValueError(f"{address} is not https: only a development installation trusts such a sign-in provider.")
    if _is_this_machine(parts.hostname or ""):
        raise ValueError(f"{address} is this machine: only a development installation trusts such a sign-in provider.")


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in ("", "localhost") or host.endswith(".localhost")
