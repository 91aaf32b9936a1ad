"""One occasion, one message to each person it concerns, and to each only once.

A message's id is made of what it says, on which occasion and to whom. The same occasion told again, for example the
second line of one release, finds the message there and asks for nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from notifications.domain.audience import Audience, nobody_in, people_in
from notifications.domain.holding_back import held_back
from notifications.domain.intent import INTENT, IntentCommand, RequestNotification, SuppressNotification, Template
from notifications.domain.intent.states import Intent, NotRequested
from notifications.domain.known_child import KnownChild, known_stream
from notifications.domain.roster import ROSTER_STREAM, Roster
from pep_kernel.decider import Act, Decided, States
from pep_kernel.forgotten import refuse_if_forgotten
from pep_kernel.message import Command, Event

NOBODY_THERE = "nobody_there"


class Notify(Command):
    """Tell these people. `about` is a meeting or plan; `occasion` tells two messages about it apart."""

    template: Template
    audience: Audience
    child_ref: str
    about: str
    occasion: str


def act_to_notify(notify: Notify) -> Act:
    """The act that asks for the messages. It looks at all messages about the child: some may have been asked for."""
    streams = (ROSTER_STREAM, known_stream(notify.child_ref))
    return Act(notify, streams, together=request_each, child_ref=notify.child_ref, whole_child=True)


def request_each(states: States, notify: Notify) -> Decided:
    """A request for each person who was not asked to be told of this occasion before; of a forgotten child, none.

    What reaches nobody, or is held back since the child left care, is written down too, so that somebody can see it.
    """
    known = states.of(known_stream(notify.child_ref), KnownChild)
    refuse_if_forgotten(known.forgotten)
    asked_before = set(states.streams("intent"))
    return [
        (stream, event)
        for stream, event in _requests(states.of(ROSTER_STREAM, Roster), known, notify)
        if stream not in asked_before
    ]


def _requests(roster: Roster, known: KnownChild, notify: Notify) -> Iterator[tuple[str, Event]]:
    people = people_in(notify.audience, roster)
    for person in people:
        reason = held_back(known, roster, notify.template, person)
        yield from _decided(notify, person, *([SuppressNotification(reason=reason)] if reason else []))
    if not people:
        yield from _decided(notify, nobody_in(notify.audience), SuppressNotification(reason=NOBODY_THERE))


def _decided(notify: Notify, recipient: str, *afterwards: IntentCommand) -> Iterator[tuple[str, Event]]:
    request = RequestNotification(
        template=notify.template, recipient=recipient, child_ref=notify.child_ref, about=notify.about
    )
    intent: Intent = NotRequested()
    for command in (request, *afterwards):
        for event in INTENT.decide(intent, command):
            intent = INTENT.evolve(intent, event)
            yield intent_stream(notify, recipient), event


def intent_stream(notify: Notify, recipient: str) -> str:
    """`intent-<32 hexadecimal figures>`: the same for the same message to the same person on the same occasion."""
    told = "\n".join((notify.template, notify.about, notify.occasion, recipient))
    return f"intent-{hashlib.sha256(told.encode()).hexdigest()[:32]}"
