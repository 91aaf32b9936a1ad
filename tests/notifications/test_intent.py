"""One message: asked for, attempted, and never sent twice where it may have been taken."""

import pytest

from notifications.domain.intent import (
    INTENT,
    BeginAttempt,
    NotificationAttempted,
    NotificationFailed,
    NotificationRequested,
    NotificationSent,
    NotificationSuppressed,
    RecordAccepted,
    RecordOutcomeUnknown,
    RecordRefused,
    RequestNotification,
    SuppressNotification,
)
from notifications.domain.intent.decider import ATTEMPTS_AT_MOST
from pep_kernel.message import Command
from pep_kernel.scenario import Scenario

ASKED = RequestNotification(template="returned", recipient="teacher-1", child_ref="child-7", about="plan-child-7-1")
requested = NotificationRequested(
    template="returned", recipient="teacher-1", child_ref="child-7", about="plan-child-7-1"
)
attempted = NotificationAttempted(attempt=1)
refused = NotificationFailed(reason="smtp_451", final=False)
unknown = NotificationFailed(reason="outcome_unknown", final=True)
sent = NotificationSent(message_id="<intent-1@virtual-school.example>")
intent = Scenario(INTENT)


def test_a_message_is_asked_for() -> None:
    intent.when(ASKED).then(requested)


@pytest.mark.parametrize("history", [(requested,), (requested, attempted), (requested, attempted, sent)])
def test_a_message_that_was_asked_for_is_not_asked_for_again(history: tuple[NotificationRequested, ...]) -> None:
    intent.given(*history).when(ASKED).then_nothing()


def test_an_attempt_is_written_before_the_send() -> None:
    intent.given(requested).when(BeginAttempt()).then(attempted)


def test_two_senders_cannot_both_begin_an_attempt() -> None:
    intent.given(requested, attempted).when(BeginAttempt()).then_refused("the message is Underway")


def test_a_message_that_was_taken_is_sent() -> None:
    intent.given(requested, attempted).when(RecordAccepted(message_id=sent.message_id)).then(sent)


def test_a_message_that_was_sent_is_never_attempted_again() -> None:
    intent.given(requested, attempted, sent).when(BeginAttempt()).then_refused("the message is Sent")


def test_a_message_that_was_refused_for_now_is_tried_again() -> None:
    after = intent.given(requested, attempted).when(RecordRefused(reason="smtp_451", permanent=False)).then(refused)
    after.when(BeginAttempt()).then(NotificationAttempted(attempt=2))


def test_a_message_that_was_refused_for_good_is_not_tried_again() -> None:
    after = intent.given(requested, attempted).when(RecordRefused(reason="smtp_550", permanent=True))
    after.then(NotificationFailed(reason="smtp_550", final=True)).when(BeginAttempt()).then_refused("Failed")


def test_the_last_of_many_refused_attempts_ends_the_message() -> None:
    earlier = [(NotificationAttempted(attempt=number), refused) for number in range(1, ATTEMPTS_AT_MOST)]
    history = (
        requested,
        *(event for pair in earlier for event in pair),
        NotificationAttempted(attempt=ATTEMPTS_AT_MOST),
    )
    outcome = intent.given(*history).when(RecordRefused(reason="smtp_451", permanent=False))
    outcome.then(NotificationFailed(reason="smtp_451", final=True))


def test_an_attempt_with_an_unknown_outcome_is_never_sent_again_by_itself() -> None:
    after = intent.given(requested, attempted).when(RecordOutcomeUnknown()).then(unknown)
    after.when(BeginAttempt()).then_refused("the message is Failed")


def test_a_sender_that_comes_back_late_may_say_that_the_message_was_taken() -> None:
    intent.given(requested, attempted, unknown).when(RecordAccepted(message_id=sent.message_id)).then(sent)


@pytest.mark.parametrize(
    "command",
    [RecordAccepted(message_id="<again>"), RecordRefused(reason="smtp_451", permanent=False), RecordOutcomeUnknown()],
)
def test_an_outcome_told_after_the_message_was_sent_changes_nothing(command: Command) -> None:
    intent.given(requested, attempted, sent).when(command).then_nothing()


def test_a_refusal_told_after_the_message_was_given_up_changes_nothing() -> None:
    intent.given(requested, attempted, unknown).when(RecordRefused(reason="smtp_451", permanent=False)).then_nothing()


def test_a_waiting_message_can_be_held_back_with_a_reason() -> None:
    after = intent.given(requested).when(SuppressNotification(reason="no_address"))
    after.then(NotificationSuppressed(reason="no_address")).when(BeginAttempt()).then_refused("Suppressed")


def test_a_message_underway_cannot_be_held_back() -> None:
    intent.given(requested, attempted).when(SuppressNotification(reason="no_address")).then_refused("Underway")


def test_nothing_happens_to_a_message_that_nobody_asked_for() -> None:
    intent.when(BeginAttempt()).then_refused("the message is NotRequested")


def test_an_attempt_of_a_message_that_nobody_asked_for_is_none() -> None:
    """So is such a history: nothing waits to be sent."""
    intent.given(attempted).when(BeginAttempt()).then_refused("the message is NotRequested")


def test_a_failure_without_an_attempt_ends_the_message() -> None:
    """The log is trusted: such a history is read, though no decision writes it."""
    intent.given(requested, refused).when(BeginAttempt()).then_refused("Failed")
