"""When a child leaves care, dies or is forgotten, what waits about them is held back at once.

Two things are told all the same: that a meeting does not take place, and that a record was opened in an emergency.
After a death even these go to staff only. A message that is asked for at that very moment may be missed here: whoever
begins to send it looks again.
"""

from __future__ import annotations

from functools import reduce

from notifications.domain.intent import INTENT, BeginAttempt, IntentCommand, SuppressNotification, Template, Waiting
from notifications.domain.intent.states import INTENT_STATES
from notifications.domain.known_child import KNOWN, KnownChild, NoteLeftCare, known_stream
from notifications.domain.roster import ROSTER_STREAM, Roster
from pep_kernel.decider import Act, Decided, States
from pep_kernel.forgotten import NoteForgotten
from pep_kernel.message import Command

FORGOTTEN, DIED, LEFT_CARE = "child_forgotten", "child_died", "child_left_care"
STILL_TOLD: frozenset[Template] = frozenset({"cancellation", "glass_broken"})


def held_back(known: KnownChild, roster: Roster, template: Template, recipient: str) -> str | None:
    """Why this person is not to be told this of the child, as a short code; none if they are."""
    if known.forgotten:
        return FORGOTTEN
    if known.ended is None:
        return None
    died = known.ended == "died"
    if template in STILL_TOLD and (recipient in roster.people or not died):
        return None
    return DIED if died else LEFT_CARE


def holding_back(command: NoteLeftCare | NoteForgotten) -> Act:
    """It becomes known, and what waits is held back in the same append."""
    child_ref = command.child_ref
    streams = (known_stream(child_ref), ROSTER_STREAM)
    return Act(command, streams, together=note, child_ref=child_ref, whole_child=True)


def note(states: States, command: NoteLeftCare | NoteForgotten) -> Decided:
    stream = known_stream(command.child_ref)
    before = states.of(stream, KnownChild)
    happened = KNOWN.decide(before, command)
    known = reduce(KNOWN.evolve, happened, before)
    waiting = (each for each in states.streams("intent") if isinstance(states.of(each, INTENT_STATES), Waiting))
    return [*((stream, event) for event in happened), *(each for it in waiting for each in _look(states, it, known))]


def _look(states: States, stream: str, known: KnownChild, otherwise: IntentCommand | None = None) -> Decided:
    """The message is held back if it must be; otherwise this is done with it."""
    intent = states.of(stream, INTENT_STATES)
    roster = states.of(ROSTER_STREAM, Roster)
    asked = intent.asked if isinstance(intent, Waiting) else None
    reason = held_back(known, roster, asked.template, asked.recipient) if asked else None
    command = SuppressNotification(reason=reason) if reason else otherwise
    return [(stream, event) for event in INTENT.decide(intent, command)] if command else []


class BeginAttemptAbout(Command):
    """A sender is about to hand over this message, which is about this child."""

    message_id: str
    child_ref: str


def beginning(command: BeginAttemptAbout, policy_version: str) -> Act:
    streams = (command.message_id, known_stream(command.child_ref), ROSTER_STREAM)
    return Act(command, streams, together=begin, child_ref=command.child_ref, policy_version=policy_version)


def begin(states: States, command: BeginAttemptAbout) -> Decided:
    """The attempt; or that the message is held back."""
    known = states.of(known_stream(command.child_ref), KnownChild)
    return _look(states, command.message_id, known, BeginAttempt())
