"""Giving up on an announcement: a service could not take it in, and an operator decided to go on without it.

The announcement itself stays in its giver's journal and topic for ever. What is recorded here is that this service does
not know what it said, who decided so, and why. Closed reasons and the number of a case: words about a child stand in
the case, not in the log.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pep_kernel.decider import Act, Decider
from pep_kernel.message import Command, Event

Reason = Literal["said_by_mistake", "dealt_with_by_hand", "cannot_be_read"]


class DiscardAnnouncement(Command):
    """Go on without this one. `digest` is the SHA-256 of the record's value, `error` why it could not be taken in."""

    giver: str
    number: int
    type: str
    digest: str
    error: str
    reason: Reason
    case_ref: str
    by: str


class AnnouncementDiscarded(Event):
    """An operator decided that this service goes on without what was announced."""

    giver: str
    number: int
    type: str
    digest: str
    error: str
    reason: str
    case_ref: str
    by: str


def decide(_nothing: None, command: DiscardAnnouncement) -> Sequence[AnnouncementDiscarded]:
    return [AnnouncementDiscarded(**command.model_dump())]


def evolve(_nothing: None, _event: AnnouncementDiscarded) -> None:
    return None


DISCARDED_ANNOUNCEMENTS: Decider[None, DiscardAnnouncement, AnnouncementDiscarded] = Decider(None, decide, evolve)


def discard(command: DiscardAnnouncement, key: str) -> Act:
    """`key` is the record's: a child's reference, or a stream, which has a dash."""
    return Act(command, (f"discarded-{command.giver}",), child_ref=None if "-" in key else key)
