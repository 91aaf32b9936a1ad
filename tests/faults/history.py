"""What was sent and what was answered: each attempt a line of JSON, for checkers and for people who read it later."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import Literal

Kind = Literal["command", "repeat", "other_body"]
REFUSED = range(400, 500)
DONE = range(200, 300)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request that changes something. `status` is empty where no answer came; `error` then says what did.

    A `repeat` follows an acknowledged command with the same key and body, `other_body` one with the same key alone.
    """

    writer: int
    child: str
    kind: Kind
    authority: str
    actor: str
    service: str
    what: str
    key: str
    body_hash: str
    began: float
    seconds: float
    status: int | None = None
    error: str | None = None
    position: int | None = None
    says: str = ""

    @property
    def is_done(self) -> bool:
        return self.status in DONE


@dataclass(frozen=True, slots=True)
class Command:
    """All attempts with one key, in the order in which they began."""

    attempts: tuple[Attempt, ...]

    @property
    def first(self) -> Attempt:
        return self.attempts[0]

    @property
    def acknowledged(self) -> Attempt | None:
        """The first answer that said: done."""
        return next((each for each in self.attempts if each.is_done), None)

    @property
    def is_refused(self) -> bool:
        """Whether the last thing that was heard is a no. That somebody else was quicker is none."""
        last = self.attempts[-1]
        return self.acknowledged is None and last.status in REFUSED and last.error is None

    def __str__(self) -> str:
        outcomes = [str(each.status or each.error) for each in self.attempts]
        return f"{self.first.what} of {self.first.service} for {self.first.child} (key {self.first.key}): {outcomes}"


class History:
    """The attempts of one run, in memory and in a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.attempts: list[Attempt] = []
        path.write_text("")

    def note(self, attempt: Attempt) -> None:
        self.attempts.append(attempt)
        with self.path.open("a") as file:
            file.write(json.dumps(asdict(attempt)) + "\n")

    def commands(self) -> Iterator[Command]:
        """What was asked, each with all its attempts; repeats on purpose are not among them."""
        asked = sorted((each for each in self.attempts if each.kind == "command"), key=_by_key)
        for _key, attempts in groupby(asked, key=lambda each: _by_key(each)[:3]):
            yield Command(tuple(attempts))

    def again(self) -> Iterator[tuple[Attempt, Attempt]]:
        """Each repeat on purpose that was answered, with the acknowledgement that went before it."""
        first = {_by_key(done)[:3]: done for each in self.commands() if (done := each.acknowledged)}
        for each in self.attempts:
            if each.kind != "command" and each.status is not None:
                yield first[_by_key(each)[:3]], each

    def only(self, child: str, path: Path) -> Path:
        """One child's part of the history, in a file of its own."""
        lines = (json.dumps(asdict(each)) for each in self.attempts if each.child == child)
        path.write_text("".join(f"{line}\n" for line in lines))
        return path


def _by_key(attempt: Attempt) -> tuple[str, str, str, float]:
    return attempt.authority, attempt.actor, attempt.key, attempt.began
