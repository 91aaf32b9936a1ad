"""What may be asked of one message."""

from __future__ import annotations

from notifications.domain.intent.events import Template
from pep_kernel.message import Command


class RequestNotification(Command):
    """Tell this person. `about` is the meeting or the plan that the message is about."""

    template: Template
    recipient: str
    child_ref: str
    about: str


class BeginAttempt(Command):
    """A sender is about to hand the message to the mail server."""


class RecordAccepted(Command):
    """The mail server took the message."""

    message_id: str


class RecordRefused(Command):
    """The message was certainly not taken. `reason` is a short code; `permanent` says that trying again is no use."""

    reason: str
    permanent: bool


class RecordOutcomeUnknown(Command):
    """An attempt began and nobody knows whether the mail server took the message."""


class SuppressNotification(Command):
    """Do not send this message. `reason` is a short code."""

    reason: str


IntentCommand = (
    RequestNotification | BeginAttempt | RecordAccepted | RecordRefused | RecordOutcomeUnknown | SuppressNotification
)
