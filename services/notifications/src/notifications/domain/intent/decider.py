"""A message is handed to the mail server at most once where the answer may have been yes.

An attempt is written before the send. If it was refused, it may be tried again, so many times. If nobody knows what
became of it, it is never sent again by itself: a person sees it in the list and decides.
"""

from __future__ import annotations

from collections.abc import Sequence

from notifications.domain.intent.commands import (
    BeginAttempt,
    IntentCommand,
    RecordAccepted,
    RecordOutcomeUnknown,
    RecordRefused,
    RequestNotification,
    SuppressNotification,
)
from notifications.domain.intent.events import (
    IntentEvent,
    NotificationAttempted,
    NotificationFailed,
    NotificationRequested,
    NotificationSent,
    NotificationSuppressed,
)
from notifications.domain.intent.states import Failed, Intent, NotRequested, Sent, Suppressed, Underway, Waiting
from pep_kernel.decider import Decider
from pep_kernel.refusal import Refusal

ATTEMPTS_AT_MOST = 20
OUTCOME_UNKNOWN = "outcome_unknown"


def decide(intent: Intent, command: IntentCommand) -> Sequence[IntentEvent]:
    match intent, command:
        case NotRequested(), RequestNotification():
            return [NotificationRequested(**command.model_dump())]
        case _, RequestNotification():
            return []
        case Waiting(), SuppressNotification(reason=reason):
            return [NotificationSuppressed(reason=reason)]
        case Waiting(attempts=attempts), BeginAttempt():
            return [NotificationAttempted(attempt=attempts + 1)]
        case Underway(), RecordAccepted(message_id=message_id):
            return [NotificationSent(message_id=message_id)]
        case Underway(attempt=attempt), RecordRefused(reason=reason, permanent=permanent):
            return [NotificationFailed(reason=reason, final=permanent or attempt >= ATTEMPTS_AT_MOST)]
        case Underway(), RecordOutcomeUnknown():
            return [NotificationFailed(reason=OUTCOME_UNKNOWN, final=True)]
        case Failed(reason="outcome_unknown"), RecordAccepted(message_id=message_id):
            # A sender that was paused, and given up, comes back with the mail server's answer.
            return [NotificationSent(message_id=message_id)]
        case ((Sent() | Failed()), (RecordAccepted() | RecordRefused() | RecordOutcomeUnknown())):
            return []
        case _:
            raise Refusal(f"{type(command).__name__} is not possible: the message is {type(intent).__name__}.")


def evolve(intent: Intent, event: IntentEvent) -> Intent:
    match intent, event:
        case _, NotificationRequested():
            return Waiting(event)
        case Waiting(asked=asked), NotificationAttempted(attempt=attempt):
            return Underway(asked, attempt)
        case Underway(asked=asked, attempt=attempt), NotificationFailed(final=False):
            return Waiting(asked, attempt)
        case _, NotificationFailed(reason=reason):
            return Failed(reason)
        case _, NotificationSent():
            return Sent()
        case _, NotificationSuppressed():
            return Suppressed()
        case _:
            return intent


INTENT: Decider[Intent, IntentCommand, IntentEvent] = Decider(NotRequested(), decide, evolve)
