"""Bugs that are kept as patches: `NN-name.patch`, a header of a few lines, an empty line, a unified diff.

    Bug: what somebody wrote and why it looked right
    Breaks: the promise that does not hold any more
    Caught-By: the test that finds it; several such lines, if several must

A line that begins with a space goes on with the one before it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_string
from pathlib import Path

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[2]


@dataclass(frozen=True, slots=True)
class SeededBug:
    """One patch. `caught_by` are tests as pytest names them, each of which must fail."""

    number: str
    name: str
    path: Path
    bug: str
    breaks: str
    caught_by: tuple[str, ...]


def seeded_bugs(folder: Path = FOLDER) -> list[SeededBug]:
    """All of them, in order."""
    return [read(path) for path in sorted(folder.glob("*.patch"))]


def read(path: Path) -> SeededBug:
    """One patch's header. `KeyError` names a line that is missing."""
    header = message_from_string(path.read_text())
    number, _, name = path.stem.partition("-")
    said = {line: _unfolded(header.get_all(line)) for line in ("Bug", "Breaks", "Caught-By")}
    if missing := [line for line, values in said.items() if not values]:
        raise KeyError(f"{path.name} has no line {missing[0]}")
    return SeededBug(number, name.replace("-", " "), path, said["Bug"][0], said["Breaks"][0], said["Caught-By"])


def _unfolded(values: Iterable[str] | None) -> tuple[str, ...]:
    return tuple(" ".join(value.split()) for value in values or ())
