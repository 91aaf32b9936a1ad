"""How long the sender waits, by real time and in memory: a sender that starts anew simply tries again sooner."""

from __future__ import annotations

import random  # noqa: TID251  # jitter: senders must not all knock again at once
import time
from collections.abc import Hashable, Iterable


class SeenSince:
    """Since when this process has seen something be so."""

    def __init__(self) -> None:
        self._since: dict[Hashable, float] = {}

    def seconds(self, what: Hashable) -> float:
        """How long it has been so; 0 when it is seen for the first time."""
        now = time.monotonic()
        return now - self._since.setdefault(what, now)

    def forget_all_but(self, still_so: Iterable[Hashable]) -> None:
        """What is not so any more begins anew when it is seen again."""
        self._since = {what: self._since[what] for what in still_so if what in self._since}

    def forget(self, what: Hashable) -> None:
        """It is not so any more."""
        self._since.pop(what, None)


class PutOff:
    """Messages that are not to be tried just now, because something about them failed and may pass."""

    def __init__(self, longest_seconds: float) -> None:
        self._longest_seconds = longest_seconds
        self._tries: dict[str, int] = {}
        self._until: dict[str, float] = {}

    def put_off(self, message_id: str) -> None:
        """Wait 1, 2, 4 … seconds, longer each time, at most the longest, and a little less by chance."""
        tries = self._tries[message_id] = self._tries.get(message_id, 0) + 1
        wait = min(2.0 ** (tries - 1), self._longest_seconds) * random.uniform(0.5, 1.0)  # noqa: S311  # no secret
        self._until[message_id] = time.monotonic() + wait

    def forget(self, message_id: str) -> None:
        """The message is not to be tried any more."""
        self._tries.pop(message_id, None)
        self._until.pop(message_id, None)

    def now(self) -> list[str]:
        """The ids of those still put off."""
        now = time.monotonic()
        return [message_id for message_id, until in self._until.items() if until > now]
