"""Who may do what on Kafka: all else is refused. Each service has a user, and so has each reader outside, an authority.

Rights are on prefixes that end with a dot, so that no name is the beginning of another's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pep_runtime.topics import Log, topic

Reads = Mapping[Log, Sequence[str]]
"""Kind of topic → the services whose topics of this kind are read."""

Quota = Mapping[str, float]
MEGABYTE = 1024.0 * 1024.0
SERVICE_QUOTA: Quota = {
    "producer_byte_rate": 64 * MEGABYTE,
    "consumer_byte_rate": 128 * MEGABYTE,
    "request_percentage": 800,  # of threads: one service that runs wild leaves the others some of the broker's eleven
}
READER_QUOTA: Quota = {"producer_byte_rate": 1024, "consumer_byte_rate": 2 * MEGABYTE, "request_percentage": 50}


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """A user may do this to every topic, or with every consumer group, whose name begins so."""

    user: str
    operation: Literal["read", "write", "all"]
    of: Literal["topic", "group"]
    prefix: str

    def __str__(self) -> str:
        """As an operator reads it."""
        return f"{self.user}: {self.operation} every {self.of} {self.prefix}…"


def service_user(service: str) -> str:
    """The user of a service."""
    return f"pep-{service}"


def reader_user(reader: str, authority: str) -> str:
    """The user of somebody outside who reads an authority's announcements, as its finance system."""
    return f"{reader}-{authority}"


def of_service(service: str) -> set[Right]:
    """What a service may wherever it works: its groups, and the topics in which its stream worker keeps its counts."""
    user = service_user(service)
    return {
        Right(user, "read", "group", f"pep.{service}."),
        Right(user, "all", "topic", f"pep.{service}.stream-"),
    }


def of_service_at(authority: str, service: str, reads: Reads) -> set[Right]:
    """What a service may of one authority: write its own topics, read these and what it listens to."""
    user, own = service_user(service), _own_prefixes(authority, service)
    both: tuple[Literal["read", "write"], ...] = ("read", "write")
    return {
        *(Right(user, operation, "topic", prefix) for operation in both for prefix in own),
        *(Right(user, "read", "topic", prefix) for prefix in _prefixes(authority, reads)),
    }


def of_reader(authority: str, reader: str, reads: Reads) -> set[Right]:
    """What somebody outside may: read these topics of the one authority, in groups that are named after it."""
    user = reader_user(reader, authority)
    return {
        Right(user, "read", "group", f"{user}."),
        *(Right(user, "read", "topic", prefix) for prefix in _prefixes(authority, reads)),
    }


def _own_prefixes(authority: str, service: str) -> set[str]:
    return {f"pep.{authority}.{service}.", *_prefixes(authority, {"events": (service,)})}


def _prefixes(authority: str, reads: Reads) -> Iterator[str]:
    """The names without their version: what comes after v1 is the same to whoever may read it."""
    for log, services in reads.items():
        yield from (topic(authority, service, log).removesuffix("v1") for service in services)
