"""Given what happened in several streams, when an act is done, then …: for rules that rest on more than one stream."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pep_kernel.decider import Act, Decided, States, category
from pep_kernel.message import Event
from pep_kernel.scenario import assert_storable
from pep_record.domain.known.decider import KNOWN
from pep_record.domain.plan.decider import PLAN

DECIDERS: Mapping[str, Any] = {"plan": PLAN, "known": KNOWN}


class Streams:
    """The streams of one child."""

    def __init__(self, history: Mapping[str, tuple[Event, ...]] | None = None) -> None:
        self.history = dict(history or {})

    def given(self, stream: str, *events: Event) -> Self:
        return type(self)({**self.history, stream: (*self.history.get(stream, ()), *events)})

    def decided(self, act: Act) -> Decided:
        """What the act makes happen; it is given the streams that it names, or all of the child."""
        named = {stream: events for stream, events in self.history.items() if act.whole_child or stream in act.streams}
        states = States(DECIDERS, {s: DECIDERS[category(s)].fold(events) for s, events in named.items()})
        if act.together:
            happened = act.together(states, act.command)
        else:
            (stream,) = act.streams
            state = DECIDERS[category(stream)].fold(named.get(stream, ()))
            happened = [(stream, event) for event in DECIDERS[category(stream)].decide(state, act.command)]
        for _, event in happened:
            assert_storable(event)
        return happened

    def after(self, act: Act) -> Self:
        """The streams once the act is done."""
        streams = self
        for stream, event in self.decided(act):
            streams = streams.given(stream, event)
        return streams

    def state(self, stream: str) -> Any:
        return DECIDERS[category(stream)].fold(self.history[stream])
