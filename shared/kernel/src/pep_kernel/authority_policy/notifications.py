"""Notifications' rules: who writes, in which words, and when people are left in peace."""

from __future__ import annotations

from datetime import date, datetime, time

from pep_kernel.authority_policy.dated import Dated, InForce, RulesFile, Versions, in_force

SATURDAY = 5


class Sender(Dated):
    """The name and address that messages come from."""

    name: str
    address: str


class Words(Dated):
    """The authority's own word for the premium."""

    premium: str


class QuietHours(Dated):
    """From this time in the evening until that time in the morning, and perhaps on weekends, nothing is sent."""

    begin: time
    end: time
    weekends: bool

    def is_quiet(self, at: datetime) -> bool:
        """Whether to wait at this local moment."""
        in_the_night = at.time() >= self.begin or at.time() < self.end
        return in_the_night or (self.weekends and at.weekday() >= SATURDAY)


class NotificationsPolicy(InForce):
    """Notifications' rules of one authority on one day."""

    sender: Sender
    words: Words
    quiet_hours: QuietHours


class NotificationsFile(RulesFile):
    """`notifications.toml`: every version of every rule."""

    sender: Versions[Sender]
    words: Versions[Words]
    quiet_hours: Versions[QuietHours]

    def in_force(self, on: date) -> NotificationsPolicy:
        """The rules that hold on this day. NotInForce before the file's first day."""
        return NotificationsPolicy(
            sender=in_force("sender", self.sender, on),
            words=in_force("words", self.words, on),
            quiet_hours=in_force("quiet_hours", self.quiet_hours, on),
        )
