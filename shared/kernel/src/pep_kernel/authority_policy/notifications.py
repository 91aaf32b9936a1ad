"""Notifications' rules: who writes, in which words, and when people are left in peace."""

from __future__ import annotations

from datetime import date, datetime, time

from pydantic import Field, model_validator

from pep_kernel.authority_policy.dated import Dated, InForce, RulesFile
from pep_kernel.authority_policy.succession import Versions

SATURDAY = 5


class Sender(Dated):
    """The name and address that messages come from."""

    name: str = Field(min_length=1, description="The name that people see.")
    address: str = Field(pattern=r"^[^@\s]+@[^@\s]+$", description="The address; answers go to it.")


class Words(Dated):
    """The authority's own word for the premium."""

    premium: str = Field(min_length=1, description="What the authority calls the pupil premium of a child in care.")


class QuietHours(Dated):
    """From this time in the evening until that time in the morning, and perhaps on weekends, nothing is sent."""

    begin: time = Field(description="From this time in the evening on nothing is sent.")
    end: time = Field(description="From this time in the morning on messages are sent again.")
    weekends: bool = Field(description="Whether Saturdays and Sundays are quiet all day.")

    @model_validator(mode="after")
    def _over_night(self) -> QuietHours:
        if self.begin <= self.end:
            raise ValueError("quiet hours begin in the evening and end in the morning")
        return self

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
    """Who writes to people, in which words, and when."""

    sender: Versions[Sender]
    words: Versions[Words]
    quiet_hours: Versions[QuietHours]

    def in_force(self, on: date) -> NotificationsPolicy:
        """The rules that hold on this day. NotInForce before the file's first day."""
        return self._in_force(NotificationsPolicy, on)
