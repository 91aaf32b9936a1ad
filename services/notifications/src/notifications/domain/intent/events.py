"""What can happen to one message. No names, no addresses: people and plans are references."""

from __future__ import annotations

from typing import Literal

from pep_kernel.message import Event

Template = Literal["invitation", "cancellation", "ready_for_quality_assurance", "returned", "released", "glass_broken"]


class NotificationRequested(Event):
    """Somebody must be told."""

    template: Template
    recipient: str
    child_ref: str
    about: str


class NotificationAttempted(Event):
    """The message is about to be handed to the mail server. Written before the send, so that a crash leaves a trace."""

    attempt: int


class NotificationSent(Event):
    """The mail server took the message."""

    message_id: str


class NotificationFailed(Event):
    """The message was not taken, or nobody knows (`outcome_unknown`). If `final`, it is not tried again."""

    reason: str
    final: bool


class NotificationSuppressed(Event):
    """The message is not sent, for this reason."""

    reason: str


IntentEvent = (
    NotificationRequested | NotificationAttempted | NotificationSent | NotificationFailed | NotificationSuppressed
)
