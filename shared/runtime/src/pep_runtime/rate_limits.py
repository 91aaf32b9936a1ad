"""How often one caller may ask: a bucket each, from which every request takes one and which fills again evenly.

Strangers are told apart by the address that they ask from, people and services by who they are. The buckets are kept in
the memory of one process: whoever runs several of a service allows that many times as much. Nothing here is logged.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from ipaddress import IPv6Address, ip_address

from pep_runtime.settings import AtTheDoor, Rate
from pep_runtime.signin import Identity

_IPV6_NETWORK_BITS = 64  # what one household or office is given: an address in it costs nothing


class AskedTooOften(Exception):
    """This caller has to wait; `seconds` says how long."""

    def __init__(self, seconds: float) -> None:
        super().__init__("You ask too often.")
        self.seconds = seconds


class Buckets:
    """The buckets of the callers of one kind. Of the `most` that are kept, the one that was used longest ago goes."""

    def __init__(self, rate: Rate, most: int) -> None:
        self._rate = rate
        self._most = most
        self._left: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._left)

    def take(self, caller: Hashable, now: float) -> None:
        """One request at `now` seconds. Raises `AskedTooOften`."""
        left, before = self._left.pop(caller, (self._rate.at_once, now))
        left = min(self._rate.at_once, left + (now - before) * self._rate.per_second)
        self._left[caller] = (left - 1 if left >= 1 else left, now)
        if len(self._left) > self._most:
            self._left.popitem(last=False)
        if left < 1:
            raise AskedTooOften((1 - left) / self._rate.per_second)


class RateLimits:
    """Who may still ask. A stranger at an address takes nothing from the people who are signed in there."""

    def __init__(self, told: AtTheDoor) -> None:
        self._strangers = Buckets(told.stranger, told.most_callers)
        self._people = Buckets(told.person, told.most_callers)
        self._services = Buckets(told.service, told.most_callers)

    def stranger(self, address: str, now: float) -> None:
        """Somebody who is not signed in. Raises `AskedTooOften`."""
        self._strangers.take(network_of(address), now)

    def known(self, identity: Identity, now: float) -> None:
        """Somebody who is signed in, or a service. Raises `AskedTooOften`."""
        buckets = self._services if identity.is_service else self._people
        buckets.take((identity.authority, identity.subject), now)


def network_of(address: str) -> str:
    """What stands for an address: itself, or its network where one caller has many (IPv6)."""
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, IPv6Address):
        return str(int(known) >> (128 - _IPV6_NETWORK_BITS))
    return str(known)
