"""The list of messages, folded from what happened to them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from notifications.domain.intent import (
    NotificationAttempted,
    NotificationFailed,
    NotificationRequested,
    NotificationSent,
    NotificationSuppressed,
)
from notifications.projections.messages import MESSAGES, Message
from pep_kernel.colleagues import ColleagueGone
from pep_kernel.message import Envelope, Event, Recorded, System

NOON = datetime(2026, 10, 9, 12, 0, tzinfo=UTC)
requested = NotificationRequested(template="returned", recipient="teacher-1", child_ref="child7", about="plan-child7-1")
attempted = NotificationAttempted(attempt=1)


def recorded(event: Event, position: int, stream: str = "intent-1") -> Recorded:
    envelope = Envelope(
        event_id=UUID(int=position),
        type=type(event).__name__,
        schema_version=1,
        authority="authority-1",
        stream=stream,
        version=position,
        occurred_at=NOON,
        actor=System("a policy"),
        correlation=UUID(int=1),
    )
    return Recorded(event, envelope, position, NOON + timedelta(minutes=position))


def told(*events: Event) -> Message:
    row: Message | None = None
    for position, event in enumerate(events):
        (key,) = MESSAGES.keys(recorded(event, position))
        row = MESSAGES.fold(row, recorded(event, position), key)
    assert row is not None
    return row


def test_a_requested_message_waits() -> None:
    assert told(requested) == Message(
        "intent-1", "returned", "teacher-1", "child7", "plan-child7-1", "waiting", NOON, NOON, str(UUID(int=1))
    )


def test_an_attempt_is_underway_until_its_outcome_is_known() -> None:
    row = told(requested, attempted)
    assert (row.state, row.attempts, row.changed_at) == ("underway", 1, NOON + timedelta(minutes=1))


def test_a_sent_message_is_sent() -> None:
    assert told(requested, attempted, NotificationSent(message_id="<intent-1@example>")).state == "sent"


def test_a_message_refused_for_now_waits_with_the_reason() -> None:
    row = told(requested, attempted, NotificationFailed(reason="smtp_451", final=False))
    assert (row.state, row.reason) == ("waiting", "smtp_451")


def test_a_message_refused_for_good_has_failed() -> None:
    row = told(requested, attempted, NotificationFailed(reason="outcome_unknown", final=True))
    assert (row.state, row.reason) == ("failed", "outcome_unknown")


def test_a_message_held_back_says_why() -> None:
    row = told(requested, NotificationSuppressed(reason="no_address"))
    assert (row.state, row.reason) == ("suppressed", "no_address")


def test_a_message_is_asked_for_once() -> None:
    assert told(requested, requested) == told(requested)


def test_other_events_are_no_message() -> None:
    assert MESSAGES.keys(recorded(ColleagueGone(person_ref="teacher-1"), 1, stream="roster-staff")) == ()
