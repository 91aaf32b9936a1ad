"""Every message and where it stands: the sender's list of work, and what an administrator reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from notifications.domain.intent import (
    NotificationAttempted,
    NotificationFailed,
    NotificationRequested,
    NotificationSent,
    NotificationSuppressed,
)
from pep_kernel.decider import category
from pep_kernel.message import Recorded
from pep_kernel.read_model import Key, ReadModel

WAITING, UNDERWAY, SENT, FAILED, SUPPRESSED = "waiting", "underway", "sent", "failed", "suppressed"


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one person. `reason` says why it failed, is tried again or is held back.

    `correlation` is that of the request: what the sender writes belongs to the same chain of causes.
    """

    message_id: str
    template: str
    recipient: str
    child_ref: str
    about: str
    state: str
    requested_at: datetime
    changed_at: datetime
    correlation: str
    attempts: int = 0
    reason: str | None = None


def message(row: Message | None, recorded: Recorded, key: Key) -> Message | None:
    at = recorded.recorded_at
    match row, recorded.event:
        case None, NotificationRequested() as asked:
            return Message(
                message_id=str(key[0]),
                template=asked.template,
                recipient=asked.recipient,
                child_ref=asked.child_ref,
                about=asked.about,
                state=WAITING,
                requested_at=at,
                changed_at=at,
                correlation=str(recorded.envelope.correlation),
            )
        case Message(), NotificationAttempted(attempt=attempt):
            return replace(row, state=UNDERWAY, attempts=attempt, reason=None, changed_at=at)
        case Message(), NotificationSent():
            return replace(row, state=SENT, reason=None, changed_at=at)
        case Message(), NotificationFailed(reason=reason, final=final):
            return replace(row, state=FAILED if final else WAITING, reason=reason, changed_at=at)
        case Message(), NotificationSuppressed(reason=reason):
            return replace(row, state=SUPPRESSED, reason=reason, changed_at=at)
        case _:
            return row


def _keys(recorded: Recorded) -> Iterable[Key]:
    stream = recorded.envelope.stream
    return ((stream,),) if category(stream) == "intent" else ()


MESSAGES = ReadModel("message", Message, ("message_id",), _keys, message)
