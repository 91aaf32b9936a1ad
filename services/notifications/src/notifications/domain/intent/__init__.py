"""An intent is one message to one person: asked for, attempted, sent, failed or held back."""

from notifications.domain.intent.commands import (
    BeginAttempt,
    IntentCommand,
    RecordAccepted,
    RecordOutcomeUnknown,
    RecordRefused,
    RequestNotification,
    SuppressNotification,
)
from notifications.domain.intent.decider import INTENT
from notifications.domain.intent.events import (
    IntentEvent,
    NotificationAttempted,
    NotificationFailed,
    NotificationRequested,
    NotificationSent,
    NotificationSuppressed,
    Template,
)
from notifications.domain.intent.states import Failed, Intent, NotRequested, Sent, Suppressed, Underway, Waiting

__all__ = [
    "INTENT",
    "BeginAttempt",
    "Failed",
    "Intent",
    "IntentCommand",
    "IntentEvent",
    "NotRequested",
    "NotificationAttempted",
    "NotificationFailed",
    "NotificationRequested",
    "NotificationSent",
    "NotificationSuppressed",
    "RecordAccepted",
    "RecordOutcomeUnknown",
    "RecordRefused",
    "RequestNotification",
    "Sent",
    "SuppressNotification",
    "Suppressed",
    "Template",
    "Underway",
    "Waiting",
]
