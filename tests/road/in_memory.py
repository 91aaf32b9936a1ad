"""A service without its servers: its real rules, policies and announcements over journals in memory.

It does what the runtime promises: a number that was taken in is dropped, the same cause makes the same event once, a
refusal is an answer. What it does not have is everything that can fail; that is shown with real servers elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from pep_kernel.announcement import Announcement, Said
from pep_kernel.decider import Act, AnyDecider, States, category
from pep_kernel.ids import policy_event_id
from pep_kernel.message import Event
from pep_kernel.policy import Policies
from pep_kernel.refusal import Refusal
from pep_kernel.scenario import assert_storable

AUTHORITY = "someshire"
AT = datetime(2026, 11, 9, 10, tzinfo=UTC)


@dataclass
class Publisher:
    """What a service has said, numbered without a gap."""

    name: str
    said: list[Said[Any]] = field(default_factory=list)

    def say(self, announcement: Announcement) -> None:
        number = len(self.said) + 1
        event_id = uuid5(UUID(int=0), f"{self.name} {number}")
        self.said.append(Said(announcement, AUTHORITY, self.name, number, event_id, AT, event_id))


@dataclass
class InMemory(Publisher):
    """One service that also hears others."""

    deciders: dict[str, AnyDecider] = field(kw_only=True)
    policies: Policies = field(kw_only=True)
    rules: Any = field(kw_only=True)
    streams: dict[str, list[Event]] = field(default_factory=dict)
    happened: list[tuple[str, Event]] = field(default_factory=list)
    heard: dict[str, int] = field(default_factory=dict)
    done_for: set[UUID] = field(default_factory=set)

    def do(self, act: Act, cause: UUID | None = None) -> list[Event]:
        """Decide and keep, once for each cause. Raises `Refusal`."""
        if cause in self.done_for:
            return []
        decided = list(self._decide(act))
        for stream, event in decided:
            self.tell(stream, event)
        if cause is not None and decided:
            self.done_for.add(cause)
        return [event for _, event in decided]

    def _decide(self, act: Act) -> Iterable[tuple[str, Event]]:
        states = self.states(act)
        if act.together is not None:
            return act.together(states, act.command)
        (stream,) = act.streams
        events = self.deciders[category(stream)].decide(states.of(stream, object), act.command)
        return [(stream, event) for event in events]

    def states(self, act: Act) -> States:
        """What the act sees: the streams that it names, and all of its child where it asks for that."""
        known = {stream for stream in self.streams if stream in act.streams}
        if act.whole_child and act.child_ref:
            known |= {stream for stream in self.streams if act.child_ref in stream}
        return States(self.deciders, {stream: self.state(stream) for stream in known})

    def state(self, stream: str) -> Any:
        return self.deciders[category(stream)].fold(self.streams.get(stream, []))

    def tell(self, stream: str, event: Event) -> None:
        """This happened; others hear of it as the decider says."""
        assert_storable(event)
        self.streams.setdefault(stream, []).append(event)
        self.happened.append((stream, event))
        announcement = self.deciders[category(stream)].announce(self.state(stream), event)
        if announcement is not None:
            self.say(announcement)

    def hear(self, upstream: Publisher, records: int | None = None, again: int = 0) -> None:
        """Take in the next `records` of what `upstream` has said (none: all), after `again` of those before."""
        last = self.heard.get(upstream.name, 0)
        end = len(upstream.said) if records is None else min(last + records, len(upstream.said))
        for said in upstream.said[max(0, last - again) : end]:
            self._take_in(said)
        self.heard[upstream.name] = end

    def _take_in(self, said: Said[Any]) -> None:
        policy = self.policies.get(type(said.announcement))
        act = policy(said, self.rules) if policy else None
        if act is None:
            return
        try:
            self.do(act, policy_event_id(said.event_id, f"{self.name}/{getattr(policy, '__name__', '')}", 0))
        except Refusal as refusal:
            refused = f"{said.announcement.type} was refused: {refusal.sentence}"
            raise AssertionError(refused) from refusal  # what is told here is never against the rules

    def of(self, kind: type[Any]) -> list[Any]:
        """All events of this kind, in order."""
        return [event for _, event in self.happened if isinstance(event, kind)]
