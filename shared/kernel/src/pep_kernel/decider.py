"""The shape of every rule book: what a thing is at first, what may happen to it, what it is then, what others hear."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Generic, TypeVar

from pep_kernel.announcement import Announcement
from pep_kernel.message import Command, Event

State = TypeVar("State")
Asked = TypeVar("Asked", bound=Command)
Fact = TypeVar("Fact", bound=Event)
Wanted = TypeVar("Wanted")


def silent(_state: Any, _event: Any) -> None:
    """Nothing that others may rely on."""


@dataclass(frozen=True, slots=True)
class Decider(Generic[State, Asked, Fact]):
    """`decide` judges a command and answers with events, or raises `Refusal`; `evolve` trusts history. All are pure.

    `announce(state, event)` says what other services may hear of an event; `state` is the state after that event.
    """

    initial: State
    decide: Callable[[State, Asked], Sequence[Fact]]
    evolve: Callable[[State, Fact], State]
    announce: Callable[[State, Fact], Announcement | None] = silent

    def fold(self, events: Iterable[Fact]) -> State:
        """The state after `events`."""
        return reduce(self.evolve, events, self.initial)


AnyDecider = Decider[Any, Any, Any]


class States:
    """The states of several streams, loaded together, by stream name. A stream without events has its initial state."""

    def __init__(self, deciders: Mapping[str, AnyDecider], states: Mapping[str, Any]) -> None:
        self._deciders = deciders
        self._states = states

    def of(self, stream: str, kind: type[Wanted] | tuple[type[Wanted], ...]) -> Wanted:
        """The state of `stream`, which is one of `kind`. Raises `TypeError` if it is another (the caller's mistake)."""
        state = self._states.get(stream, self._deciders[category(stream)].initial)
        if not isinstance(state, kind):
            raise TypeError(f"{stream} is {type(state).__name__}")
        return state

    def streams(self, of_category: str) -> tuple[str, ...]:
        """The loaded streams of one category that have events, in the order of their names."""
        return tuple(sorted(stream for stream in self._states if category(stream) == of_category))


Decided = Sequence[tuple[str, Event]]


@dataclass(frozen=True, slots=True)
class Act:
    """One command on its way to one append.

    - one stream: the decider of its category decides.
    - several (`together`): a rule that rests on several streams; it sees their states and says which event goes where.
      Every stream in `streams` is guarded: a change meanwhile makes the act be decided again.
    - `whole_child`: all streams of `child_ref` in this service are loaded as well; with `child_streams` only those of
      these categories. A stream that names several children is no child's, and must be left out by that.

    `child_ref` marks the events of a child (an event's own `child_ref` field goes before it); `policy_version` is the
    version of the authority's rules that judged it. `files(events)` gives files by name, whose bytes are stored by the
    call that appends the events. `acting(states, command)` is the role that the log keeps, where the rules pick one of
    several that a person has.
    """

    command: Command
    streams: tuple[str, ...] = ()
    together: Callable[[States, Any], Decided] | None = None
    child_ref: str | None = None
    whole_child: bool = False
    child_streams: tuple[str, ...] = ()
    policy_version: str | None = None
    files: Callable[[Sequence[Event]], Mapping[str, bytes]] | None = None
    acting: Callable[[States, Any], str] | None = None


def is_asked_for(act: Act, stream: str) -> bool:
    """Whether this stream belongs to what the act wants to see, of those that were loaded for it."""
    return stream in act.streams or not act.child_streams or category(stream) in act.child_streams


def category(stream: str) -> str:
    """`plan` of `plan-x3k…-2`: the part before the first dash."""
    return stream.partition("-")[0]
