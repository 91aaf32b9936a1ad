"""R3: what was acknowledged is in the journal, what was not is there at most once, a repeat changes nothing.

Where a nemesis put a database back to an earlier moment, two things are excused and counted: stored answers are gone,
and so are events that had neither been in the backup nor reached Kafka.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.faults.evidence import Evidence, Finding
from tests.faults.history import Attempt, Command

from pep_kernel.ids import command_event_id

_ANSWERS = "select position, key from command_answer where authority = $1 and actor = $2 and starts_with(key, $3)"
_EVENTS = (
    "select position, event_id from journal where authority = $1 and actor = $2 and correlation = $3 order by position"
)
_HEADS = "select authority, position from journal_head where log = 'journal'"
_KEY_REUSED, _NO_ANSWER = 422, range(500, 501)


@dataclass(frozen=True, slots=True)
class Left:
    """What a command left behind: stored answers by key, and events. A request of several parts has a key for each."""

    answers: dict[str, int]
    events: dict[str, list[tuple[int, UUID]]]


async def acknowledged_commands_are_in_the_journal(evidence: Evidence) -> list[Finding]:
    """Each has its stored answer, and its position is one that the journal has reached."""
    found = []
    heads = {name: dict(await connection.fetch(_HEADS)) for name, connection in evidence.databases.items()}
    for command in evidence.history.commands():
        if (done := command.acknowledged) is None:
            continue
        left = await _left(evidence, command)
        if _is_lost(evidence, command, left):
            continue
        if not left.answers and not any(left.events.values()):
            found.append(_finding(command, "was acknowledged, and nothing of it is there"))
        if (done.position or 0) > heads[done.service].get(done.authority, 0):
            found.append(_finding(command, f"was acknowledged at position {done.position}, which is not there"))
    return found


async def every_command_is_done_at_most_once(evidence: Evidence) -> list[Finding]:
    """Its events stand together and have the ids of its key; a refused one has none."""
    found = []
    for command in evidence.history.commands():
        left = await _left(evidence, command)
        for key, events in left.events.items():
            found += [_finding(command, wrong) for wrong in _wrong_events(command.first, key, events)]
        if command.is_refused and any(left.events.values()):
            found.append(_finding(command, "was refused at last, and its events are there"))
    return found


async def repeats_change_nothing(evidence: Evidence) -> list[Finding]:
    """The same key and body: the same answer. The same key and another body: an error."""
    return [
        Finding(f"{second.service} of {second.authority}", wrong, second.child)
        for first, second in evidence.history.again()
        if (first.service, first.authority, first.actor, first.key) not in evidence.town.former_answers
        if (wrong := _wrong_repeat(first, second)) is not None
    ]


async def no_answer_is_a_bug(evidence: Evidence) -> list[Finding]:
    """R7: what cannot be done now is a clear 503, never a 500."""
    return [
        Finding(f"{each.service} of {each.authority}", f"{each.what} answered {each.status}: {each.says}", each.child)
        for each in evidence.history.attempts
        if each.status in _NO_ANSWER
    ]


async def _left(evidence: Evidence, command: Command) -> Left:
    first, connection = command.first, evidence.databases[command.first.service]
    rows = await connection.fetch(_ANSWERS, first.authority, first.actor, first.key)
    answers = {row["key"]: row["position"] for row in rows if _is_of(row["key"], first.key)}
    events = {}
    for key in {*answers, first.key}:
        correlation = command_event_id(first.authority, first.actor, key, 0)
        made = await connection.fetch(_EVENTS, first.authority, first.actor, correlation)
        events[key] = [(row["position"], row["event_id"]) for row in made]
    return Left(answers, events)


def _is_of(key: str, asked: str) -> bool:
    return key == asked or key.startswith(f"{asked}/")


def _is_lost(evidence: Evidence, command: Command, left: Left) -> bool:
    """Put back to an earlier moment: its answer was stored before, and its events are known to be lost, or none."""
    first, town = command.first, evidence.town
    if not any(
        key[:3] == (first.service, first.authority, first.actor) and _is_of(key[3], first.key)
        for key in town.former_answers
    ):
        return False
    made = (command_event_id(first.authority, first.actor, key, 0) for key in (first.key, *left.answers))
    return not any(left.events.values()) or any(each in town.lost for each in made)


def _wrong_events(first: Attempt, key: str, events: list[tuple[int, Any]]) -> Iterator[str]:
    positions = [position for position, _ in events]
    if positions and positions[-1] - positions[0] + 1 != len(positions):
        yield f"its events stand apart, at positions {positions}: it was done more than once"
    ids = [command_event_id(first.authority, first.actor, key, index) for index in range(len(events))]
    if [UUID(str(each)) for _, each in events] != ids:
        yield f"its events at {positions} do not have the ids of its key"


def _wrong_repeat(first: Attempt, second: Attempt) -> str | None:
    if second.status in range(500, 600):
        return None
    if second.kind == "other_body":
        said = f"{second.what} with the key of another body was answered {second.status} instead of {_KEY_REUSED}"
        return None if second.status == _KEY_REUSED else said
    same = second.is_done and (second.position == first.position or _has_parts(second))
    return (
        None
        if same
        else f"{second.what}: {first.status} at {first.position}, then {second.status} at {second.position}"
    )


def _has_parts(attempt: Attempt) -> bool:
    """A batch is done by the day: sent again on another day it looks again, and finds nothing new."""
    return attempt.what == "POST /care-records"


def _finding(command: Command, what: str) -> Finding:
    return Finding(f"{command.first.service} of {command.first.authority}", f"{command} {what}", command.first.child)
