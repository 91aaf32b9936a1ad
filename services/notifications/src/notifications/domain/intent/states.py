"""Where one message stands."""

from __future__ import annotations

from dataclasses import dataclass

from notifications.domain.intent.events import NotificationRequested


@dataclass(frozen=True, slots=True)
class NotRequested:
    """Nobody asked for it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """To be sent, as it was asked for; so many attempts were refused before the mail server took anything."""

    asked: NotificationRequested
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Underway:
    """This attempt began, and its outcome is not written."""

    asked: NotificationRequested
    attempt: int


@dataclass(frozen=True, slots=True)
class Sent:
    """The mail server took it."""


@dataclass(frozen=True, slots=True)
class Failed:
    """It will not be tried again."""

    reason: str


@dataclass(frozen=True, slots=True)
class Suppressed:
    """It was held back."""


Intent = NotRequested | Waiting | Underway | Sent | Failed | Suppressed
INTENT_STATES: tuple[type[Intent], ...] = (NotRequested, Waiting, Underway, Sent, Failed, Suppressed)
