"""A record as the person it is about may have it: every event in plain words, and what is held back, with the reason.

What concerns somebody else stays sealed. Free text may still name others: a person reads it before it is handed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from journey.domain.fact import Fact
from journey.domain.plain_words import day, from_name, in_words, moment
from journey.domain.story import what_happened, who_did_it
from pep_kernel.money import pounds

OPENED = ("identity", "plan")
HELD_BACK = {
    "third_party": "It is about another person.",
    "contact": "It says where somebody lives, or how somebody else is reached.",
}
HELD_BACK_BY_NAME = {
    (
        "MeetingHeld",
        "minutes_not_for_pupil",
    ): "It was said without the pupil: a person decides whether it may be given.",
}
_SEALED = re.compile(r"1\.(identity|plan|contact|third_party)\.[^.]+\.[^.]+\.[^.]+\.\d+\.")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A value that is not given, and why."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Told:
    """One event in full. `particulars` are its fields in plain words, by their names in plain words."""

    what: str
    who: str
    known_at: datetime
    true_at: datetime
    service: str
    position: int
    event: str
    particulars: dict[str, Any]
    held_back: tuple[HeldBack, ...]


def to_open(fact: Fact) -> Iterator[tuple[str, str]]:
    """The sealed values of an event that may be given: class and token."""
    for path, value in _leaves(fact.payload, ()):
        data_class = _class_of(value)
        if data_class in OPENED and _why_not(fact, path, data_class) is None:
            yield data_class, value


def in_full(fact: Fact, opened: Mapping[str, str]) -> Told:
    """The event, told. `opened` has the plain text of every token that `to_open` named."""
    held_back = [
        HeldBack(_path_in_words(path), why)
        for path, value in _leaves(fact.payload, ())
        if (why := _why_not(fact, path, _class_of(value))) is not None
    ]
    return Told(
        what=what_happened(fact),
        who=who_did_it(fact.actor),
        known_at=fact.recorded_at,
        true_at=fact.occurred_at,
        service=fact.service,
        position=fact.position,
        event=from_name(fact.type),
        particulars={_name(name): _told(name, value, opened) for name, value in fact.payload.items()},
        held_back=tuple(held_back),
    )


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    match value:
        case dict():
            for name, inner in value.items():
                yield from _leaves(inner, (*path, name))
        case list():
            for number, inner in enumerate(value, 1):
                yield from _leaves(inner, (*path, str(number)))
        case _:
            yield path, value


def _class_of(value: Any) -> str | None:
    found = _SEALED.match(value) if isinstance(value, str) else None
    return found.group(1) if found else None


def _why_not(fact: Fact, path: tuple[str, ...], data_class: str | None) -> str | None:
    if data_class is None:
        return None
    return HELD_BACK_BY_NAME.get((fact.type, path[-1])) or HELD_BACK.get(data_class)


def _told(name: str, value: Any, opened: Mapping[str, str]) -> Any:
    """A value as people read it. Of several, each."""
    match value:
        case dict():
            return {_name(inner): _told(inner, each, opened) for inner, each in value.items()}
        case list():
            return [_told(name, each, opened) for each in value]
        case None:
            return "not said"
        case bool():
            return "yes" if value else "no"
        case int() if name.endswith("_pence"):
            return pounds(value)
        case str() if _class_of(value):
            return _opened(opened.get(value, "(held back)"))
        case str() if _MOMENT.match(value):
            return moment(datetime.fromisoformat(value))
        case str() if _DAY.fullmatch(value):
            return day(date.fromisoformat(value))
        case str():
            return in_words(value)
        case _:
            return value


def _opened(text: str) -> str:
    """What somebody wrote, as it is; a day, such as the day of birth, in words."""
    try:
        return day(date.fromisoformat(text)) if _DAY.fullmatch(text) else text
    except ValueError:  # nobody checked what was written
        return text


def _name(name: str) -> str:
    """`released_pence` as `released`, `next_lacks` as `next lacks`."""
    return name.removesuffix("_pence").replace("_", " ")


def _path_in_words(path: tuple[str, ...]) -> str:
    return ", ".join(_name(part) for part in path)
