"""What `pep status` shows of each service and authority: how far it is, what waits, and what of that is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

LONG_SECONDS = 30


@dataclass(slots=True)
class AuthorityRow:
    """One service and one authority. `behind` counts what others said and this service has not heard, since when."""

    service: str
    authority: str
    position: int
    to_relay: int
    relay_seconds: float
    to_fold: int
    behind: int
    behind_seconds: float
    parked: int
    parked_children: int
    refused: int
    halted: list[str]
    frozen: str | None

    @property
    def trouble(self) -> tuple[object, ...]:
        """The larger, the worse."""
        stands = self.frozen is not None or bool(self.halted)
        return (stands, self.parked, max(self.relay_seconds, self.behind_seconds), self.to_relay + self.behind)

    def wrong(self) -> Iterable[str]:
        """What an operator should look at."""
        if self.frozen is not None:
            yield f"frozen: {self.frozen}"
        yield from (f"stands still before {each}" for each in self.halted)
        if self.parked:
            yield f"{self.parked} records of {self.parked_children} children (or streams) are parked"
        if self.relay_seconds > LONG_SECONDS:
            yield f"{self.to_relay} events wait for the relay, the first for {self.relay_seconds:.0f} s"
        if self.behind_seconds > LONG_SECONDS:
            yield f"{self.behind} announcements are not taken in, the first for {self.behind_seconds:.0f} s"


@dataclass(slots=True)
class ServiceStatus:
    """One service; `away` says why its database told nothing."""

    service: str
    away: str | None = None
    api: bool = False
    consumers: int = 0
    relays: bool = False
    authorities: list[AuthorityRow] = field(default_factory=list)

    def wrong(self) -> Iterable[str]:
        """What an operator should look at, each with the name of the service and, where it is one's, the authority."""
        if not self.api:
            yield f"{self.service}: its API does not answer"
        if self.away is not None:
            yield f"{self.service}: its database cannot be reached ({self.away})"
            return
        if not self.relays:
            yield f"{self.service}: nobody holds the relay's lease"
        if not self.consumers:
            yield f"{self.service}: no process plays the consumer"
        for row in sorted(self.authorities, key=lambda each: each.trouble, reverse=True):
            yield from (f"{self.service}, {row.authority}: {each}" for each in row.wrong())
