"""Given what happened, when somebody asks, then …: how the rules are tested, and read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

import msgspec

from pep_kernel.announcement import Announcement
from pep_kernel.decider import AnyDecider
from pep_kernel.message import Command, Event
from pep_kernel.refusal import Refusal
from pep_kernel.sealed import Sealed, decode_sealed

State = TypeVar("State")


@dataclass(frozen=True)
class Scenario:
    """A rule book tested. `Scenario(plan).given(opened).when(SubmitPlan(…)).then_refused("at least one target")`."""

    decider: AnyDecider
    history: tuple[Event, ...] = ()

    def given(self, *events: Event) -> Self:
        """What had happened before."""
        return type(self)(self.decider, (*self.history, *events))

    def when(self, command: Command) -> Outcome:
        """Somebody asks."""
        try:
            happened = tuple(self.decider.decide(self.decider.fold(self.history), command))
        except Refusal as refusal:
            return Outcome(self, refusal=refusal)
        for event in happened:
            assert_storable(event)
        return Outcome(self, happened)


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    before: Scenario
    happened: tuple[Event, ...] = ()
    refusal: Refusal | None = field(default=None)

    def then(self, *events: Event) -> Scenario:
        """Exactly these events happened. Gives the scenario afterwards."""
        assert self.refusal is None, f"refused: {self.refusal}"
        assert self.happened == events, f"\nhappened: {self.happened}\nexpected: {events}"
        return self.before.given(*self.happened)

    def then_some(self, *kinds: type[Event]) -> Sequence[Event]:
        """Events of exactly these kinds happened, in this order; gives them."""
        assert self.refusal is None, f"refused: {self.refusal}"
        assert tuple(type(event) for event in self.happened) == kinds, f"\nhappened: {self.happened}"
        return self.happened

    def then_nothing(self) -> None:
        """It was allowed and changes nothing."""
        self.then()

    def then_refused(self, part_of_sentence: str, *rules: str) -> None:
        """It was refused with a sentence that contains this, citing at least these rules."""
        assert self.refusal is not None, f"not refused; happened: {self.happened}"
        assert part_of_sentence in self.refusal.sentence, self.refusal.sentence
        assert set(rules) <= set(self.refusal.rules), self.refusal.rules

    def then_announced(self, *announcements: Announcement) -> None:
        """Exactly these announcements were made of what happened."""
        assert self.refusal is None, f"refused: {self.refusal}"
        state, said = self.before.decider.fold(self.before.history), []
        for event in self.happened:
            state = self.before.decider.evolve(state, event)
            said.append(self.before.decider.announce(state, event))
        assert [each for each in said if each is not None] == list(announcements)


def assert_storable(event: Event) -> None:
    """An event must survive being written and read: deciders build events without validation, the codec validates."""

    def token_of(value: Any) -> str:
        assert isinstance(value, Sealed), f"{type(value).__name__} cannot be stored"
        return value.token or f"plain:{value.plain}"

    written = msgspec.json.encode(event, enc_hook=token_of)
    read = msgspec.json.decode(written, type=type(event), dec_hook=decode_sealed)
    assert msgspec.json.encode(read, enc_hook=token_of) == written
