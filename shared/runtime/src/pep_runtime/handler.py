"""Load, replay, decide, seal, append: the one way in which anything comes to be."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from pep_kernel.announcement import Announcement
from pep_kernel.decider import Act, AnyDecider, Decided, States, category, is_asked_for
from pep_kernel.ids import command_event_id, policy_event_id
from pep_kernel.message import Actor, Envelope, Event, Person, System
from pep_kernel.refusal import Refusal
from pep_runtime.clock import Clock, midnight
from pep_runtime.codec import EventTypes, encode
from pep_runtime.journal import (
    Answer,
    Append,
    CommandKey,
    NewEvent,
    Offset,
    Pool,
    Refused,
    Stored,
    VersionConflict,
    answer_of,
    append,
    load,
)
from pep_runtime.keyring import Keyring
from pep_runtime.metrics import DECIDED_AGAIN, counted
from pep_runtime.tracing import current_trace, tracer
from pep_runtime.wake import Bell

TRIES = 12


@dataclass(frozen=True, slots=True)
class Done:
    """What a command came to: the authority's position afterwards, and the events that it made (none if repeated)."""

    position: int
    recorded_at: datetime
    events: tuple[Event, ...] = ()
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class ByPerson:
    """A person's command; `key` makes it safe to repeat.

    `asked` is what the person sent: the same key with something else is an error. Not the command, which holds the day
    of asking as well: who repeats a request after midnight asks the same thing.
    """

    person: Person
    key: str
    asked: bytes


@dataclass(frozen=True, slots=True)
class ByPolicy:
    """What a policy or timer does because of `cause`. `purpose` names it; `offset` moves with the append."""

    purpose: str
    cause: UUID
    correlation: UUID
    recorded_at: datetime | None = None
    offset: Offset | None = None


Origin = ByPerson | ByPolicy


class Handler:
    """Handles every command of one service. Safe to share by all tasks of a process."""

    def __init__(
        self,
        pool: Pool,
        deciders: Mapping[str, AnyDecider],
        types: EventTypes,
        keyring: Keyring,
        clock: Clock,
        bell: Bell,
    ) -> None:
        self._pool = pool
        self._deciders = deciders
        self._types = types
        self._keyring = keyring
        self._clock = clock
        self._bell = bell

    async def handle(self, authority: str, act: Act, origin: Origin) -> Done:
        """Decide and append. After a version conflict it loads and decides again, at most `TRIES` times.

        Raises `Refusal` as the decider says, `VersionConflict` if others were always quicker, and what `append` raises.
        """
        with tracer.start_as_current_span(type(act.command).__name__, attributes={"pep.authority": authority}) as span:
            for attempt in range(TRIES):
                try:
                    done = await self._once(authority, act, origin)
                    span.set_attribute("pep.position", done.position)
                    return done
                except VersionConflict:
                    DECIDED_AGAIN.inc()
                    await asyncio.sleep(random.uniform(0, 0.005 * 2 ** min(attempt, 6)))
            raise VersionConflict("Others keep changing the same thing; try again.")

    async def states(self, authority: str, streams: Sequence[str]) -> States:
        """The states of these streams as the journal has them now: to look at, not to decide on."""
        states, _versions = self._replay(streams, (await load(self._pool, authority, streams)).events)
        return States(self._deciders, states)

    async def states_of_child(self, authority: str, child_ref: str, of_category: str) -> list[Any]:
        """The same of every stream of one category that concerns the child."""
        events = (await load(self._pool, authority, (), child_ref=child_ref)).events
        states, _versions = self._replay((), [each for each in events if category(each.stream) == of_category])
        return list(states.values())

    async def answered(self, authority: str, origin: ByPerson) -> Done | None:
        """What this command came to if it was done before: by its stored answer, else by the id of its first event.

        Raises `KeyReused`.
        """
        loaded = await load(self._pool, authority, (), key=_key(origin))
        found = loaded.answered or await answer_of(self._pool, authority, _event_id(authority, origin, 0))
        return _done(found) if found else None

    async def _once(self, authority: str, act: Act, origin: Origin) -> Done:
        key = _key(origin)
        loaded = await load(
            self._pool, authority, act.streams, child_ref=act.child_ref if act.whole_child else None, key=key
        )
        if loaded.answered:
            return _done(loaded.answered)
        wanted = [each for each in loaded.events if is_asked_for(act, each.stream)]
        states, versions = self._replay(act.streams, wanted)
        try:
            decided = self._decide(act, states)
        except Refusal:
            # Asked again after a restore took the stored answer: the rules refuse what has been done already.
            if isinstance(origin, ByPerson) and (done := await self.answered(authority, origin)):
                return done
            raise
        events = await self._prepare(authority, act, origin, decided, states, versions)
        answer = await counted(
            append(
                self._pool,
                Append(
                    authority=authority,
                    recorded_at=self._clock.now(),
                    head_seen=loaded.head,
                    guarded=versions,
                    events=events,
                    actor=_actor_name(origin),
                    cause=origin.cause if isinstance(origin, ByPolicy) else None,
                    cause_recorded_at=origin.recorded_at if isinstance(origin, ByPolicy) else None,
                    correlation=_correlation(authority, origin),
                    trace=current_trace(),
                    policy_version=act.policy_version,
                    key=key,
                    files=act.files([event for _, event in decided]) if act.files and decided else {},
                    offset=origin.offset if isinstance(origin, ByPolicy) else None,
                ),
            )
        )
        if answer.outcome == "appended":
            self._bell.ring()
        return _done(answer, tuple(event for _, event in decided) if answer.outcome == "appended" else ())

    async def move_on(self, authority: str, origin: ByPolicy, refused: Refused | None = None) -> None:
        """Move a consumer's offset without an event, writing down a refusal if there was one. Raises `Fenced`."""
        await append(
            self._pool,
            Append(
                authority=authority,
                recorded_at=self._clock.now(),
                actor=_actor_name(origin),
                cause=origin.cause,
                offset=origin.offset,
                refused=refused,
            ),
        )

    def _replay(self, streams: Sequence[str], events: Sequence[Stored]) -> tuple[dict[str, Any], dict[str, int]]:
        states: dict[str, Any] = {}
        versions = dict.fromkeys(streams, 0)
        for stored in events:
            decider = self._deciders[category(stored.stream)]
            event = self._types.decode(stored.type, stored.schema_version, stored.payload)
            states[stored.stream] = decider.evolve(states.get(stored.stream, decider.initial), event)
            versions[stored.stream] = stored.version
        return states, versions

    def _decide(self, act: Act, states: dict[str, Any]) -> Decided:
        if act.together is not None:
            return act.together(States(self._deciders, states), act.command)
        (stream,) = act.streams
        decider = self._deciders[category(stream)]
        return [(stream, event) for event in decider.decide(states.get(stream, decider.initial), act.command)]

    async def _prepare(
        self,
        authority: str,
        act: Act,
        origin: Origin,
        decided: Decided,
        states: dict[str, Any],
        versions: dict[str, int],
    ) -> list[NewEvent]:
        envelopes = []
        last = dict(versions)
        now, correlation, traceparent = self._clock.now(), _correlation(authority, origin), current_trace()
        actor = self._actor(act, origin, states)
        for index, (stream, event) in enumerate(decided):
            last[stream] = last.get(stream, 0) + 1
            versions.setdefault(stream, 0)
            on = getattr(event, "on", None)
            envelopes.append(
                Envelope(
                    event_id=_event_id(authority, origin, index),
                    type=type(event).__name__,
                    schema_version=event.schema_version,
                    authority=authority,
                    stream=stream,
                    version=last[stream],
                    occurred_at=midnight(on) if on is not None else now,
                    actor=actor,
                    correlation=correlation,
                    cause=origin.cause if isinstance(origin, ByPolicy) else None,
                    child_ref=getattr(event, "child_ref", None) or act.child_ref,
                    policy_version=act.policy_version,
                    trace=traceparent,
                )
            )
        places = [(e.child_ref or e.stream.partition("-")[2], e.stream, e.version) for e in envelopes]
        sealed = await self._keyring.seal([event for _, event in decided], authority=authority, places=places)
        announced = [self._announce(states, stream, event) for (stream, _), event in zip(decided, sealed, strict=True)]
        return [
            NewEvent(envelope, encode(envelope), encode(event), said.model_dump_json().encode() if said else None)
            for envelope, event, said in zip(envelopes, sealed, announced, strict=True)
        ]

    def _actor(self, act: Act, origin: Origin, states: dict[str, Any]) -> Actor:
        """As whom the log knows whoever did it: a person in the role that the rules picked, or a policy."""
        if not isinstance(origin, ByPerson):
            return System(origin.purpose)
        role = act.acting(States(self._deciders, states), act.command) if act.acting else origin.person.role
        return Person(origin.person.id, role)

    def _announce(self, states: dict[str, Any], stream: str, event: Event) -> Announcement | None:
        decider = self._deciders[category(stream)]
        states[stream] = decider.evolve(states.get(stream, decider.initial), event)
        return decider.announce(states[stream], event)


def _key(origin: Origin) -> CommandKey | None:
    if not isinstance(origin, ByPerson):
        return None
    return CommandKey(origin.person.id, origin.key, sha256(origin.asked).digest())


def _actor_name(origin: Origin) -> str:
    return origin.person.id if isinstance(origin, ByPerson) else f"system:{origin.purpose}"


def _event_id(authority: str, origin: Origin, index: int) -> UUID:
    if isinstance(origin, ByPerson):
        return command_event_id(authority, origin.person.id, origin.key, index)
    return policy_event_id(origin.cause, origin.purpose, index)


def _correlation(authority: str, origin: Origin) -> UUID:
    """A policy goes on with its cause's correlation; a person's command starts one, named after its first event."""
    return origin.correlation if isinstance(origin, ByPolicy) else _event_id(authority, origin, 0)


def _done(answer: Answer, events: tuple[Event, ...] = ()) -> Done:
    return Done(answer.position, answer.recorded_at, events, repeated=answer.outcome in ("repeated", "already"))
