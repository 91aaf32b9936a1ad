"""A child was forgotten. It becomes known, and in the same moment every message about them that waits is held back.

A message that is asked for at that very moment may be missed here. Whoever begins to send it looks again.
"""

from __future__ import annotations

from notifications.domain.intent import INTENT, BeginAttempt, Intent, SuppressNotification, Waiting
from notifications.domain.intent.states import INTENT_STATES
from pep_kernel.decider import Act, Decided, States
from pep_kernel.forgotten import FORGOTTEN, KnownForgotten, NoteForgotten
from pep_kernel.message import Command

HELD_BACK = SuppressNotification(reason="child_forgotten")
KNOWN_STATES = (KnownForgotten, type(None))


def known_stream(child_ref: str) -> str:
    """Whether a child is known to be forgotten."""
    return f"known-{child_ref}"


def forgetting(command: NoteForgotten) -> Act:
    child_ref = command.child_ref
    return Act(command, (known_stream(child_ref),), together=forget, child_ref=child_ref, whole_child=True)


def forget(states: States, command: NoteForgotten) -> Decided:
    known = known_stream(command.child_ref)
    noted = [(known, event) for event in FORGOTTEN.decide(states.of(known, KNOWN_STATES), command)]
    waiting = [each for each in states.streams("intent") if isinstance(states.of(each, INTENT_STATES), Waiting)]
    return [*noted, *(each for stream in waiting for each in _decided(states, stream, HELD_BACK))]


class BeginAttemptAbout(Command):
    """A sender is about to hand over this message, which is about this child."""

    message_id: str
    child_ref: str


def beginning(command: BeginAttemptAbout, policy_version: str) -> Act:
    streams = (command.message_id, known_stream(command.child_ref))
    return Act(command, streams, together=begin, child_ref=command.child_ref, policy_version=policy_version)


def begin(states: States, command: BeginAttemptAbout) -> Decided:
    """The attempt; or, for a child who is forgotten, that the message is held back."""
    gone = states.of(known_stream(command.child_ref), KNOWN_STATES)
    return _decided(states, command.message_id, HELD_BACK if gone else BeginAttempt())


def _decided(states: States, stream: str, command: BeginAttempt | SuppressNotification) -> Decided:
    intent: Intent = states.of(stream, INTENT_STATES)
    return [(stream, event) for event in INTENT.decide(intent, command)]
