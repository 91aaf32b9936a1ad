"""What held from which day on. A fact may arrive late; it takes its place by its own day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TypeVar

Value = TypeVar("Value")
History = tuple[tuple[date, Value], ...]


def value_on(history: History[Value], day: date) -> Value | None:
    """What held on this day; none before the first entry."""
    return next((value for since, value in reversed(history) if since <= day), None)


def newest(history: History[Value]) -> Value | None:
    """What holds at the end; none where nothing is known."""
    return history[-1][1] if history else None


def inserted(history: History[Value], day: date, value: Value) -> History[Value]:
    """The history with this entry, once; of two on one day the later told holds."""
    return tuple(sorted((*removed(history, day, value), (day, value)), key=lambda entry: entry[0]))


def news(history: History[Value], told: Iterable[tuple[date, Value]]) -> list[tuple[date, Value]]:
    """The entries among those told that change what is known, in order of their days."""
    fresh: list[tuple[date, Value]] = []
    for day, value in sorted(told, key=lambda entry: entry[0]):
        if value_on(history, day) != value:
            fresh.append((day, value))
            history = inserted(history, day, value)
    return fresh


def removed(history: History[Value], day: date, value: Value) -> History[Value]:
    """The history as if nobody had told this of that day."""
    return tuple(entry for entry in history if entry != (day, value))


def values_of(history: History[Value], day: date) -> list[Value]:
    """What was told of exactly this day."""
    return [value for since, value in history if since == day]


def is_told(history: History[Value], day: date, value: Value) -> bool:
    """Whether this was the last word on exactly this day."""
    return values_of(history, day)[-1:] == [value]
