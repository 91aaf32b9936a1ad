"""Names of topics and headers, in one place. No personal data in any of them."""

from __future__ import annotations

import re
from typing import Literal

from pep_kernel.contracts import OWN_NAMES

Log = Literal["journal", "events", "access"]
Chained = Literal["journal", "access"]
"""Logs that stand in the database as rows, each the hash of all before it; `events` is told from the journal's."""
POSITION, HASH, PREVIOUS = "pep_position", "pep_hash", "pep_previous"

_SERVICES = {name: service for service, name in OWN_NAMES.items()}
_AUTHORITY = re.compile(r"[a-z][a-z0-9_]{1,40}")


def topic(authority: str, service: str, log: Log) -> str:
    """`pep.<authority>.<service>.<log>.v1`, or the name that a service's announcements have."""
    return f"pep.{authority}.{_middle(service, log)}.v1"


def pattern(services: tuple[str, ...], log: Log) -> str:
    """A regular expression for one kind of topic of these services, of every authority."""
    return rf"^pep\.[a-z][a-z0-9_]*\.({'|'.join(re.escape(_middle(each, log)) for each in services)})\.v1$"


def parts(name: str) -> tuple[str, str]:
    """The authority and the service of a topic's name. Raises `ValueError` for any other name."""
    match name.split("."):
        case ["pep", authority, service, "journal" | "events" | "access", "v1"]:
            return authority, service
        case ["pep", authority, own, "v1"] if own in _SERVICES:
            return authority, _SERVICES[own]
        case _:
            raise ValueError(f"{name} is not a topic of ours")


def _middle(service: str, log: Log) -> str:
    return OWN_NAMES[service] if log == "events" and service in OWN_NAMES else f"{service}.{log}"


def check_authority_name(name: str) -> str:
    """The name, if it can stand in topics, databases and files. Raises `ValueError` that says how it must look."""
    if not _AUTHORITY.fullmatch(name):
        raise ValueError(
            f"authority: {name!r} must be 2 to 41 lower-case letters, digits or underscores, a letter first"
        )
    return name
