"""A rule holds from a day on, until another takes its place. Its source says which document it comes from.

The rules in force on a day make a version: the day the newest of them began, and a hash of what they all say.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError


class PolicyModel(BaseModel):
    """Unknown keys are refused, and nothing changes after reading."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Dated(PolicyModel):
    """One rule from `effective_from` to `effective_until` (both included), or until its successor begins.

    `source` names the rules of the documents, or the law, that it rests on; "our choice" is an honest source.
    """

    effective_from: date
    effective_until: date | None = None
    source: Annotated[tuple[str, ...], Field(min_length=1)]

    def holds_on(self, day: date) -> bool:
        return self.effective_from <= day and (self.effective_until is None or day <= self.effective_until)


class PolicyFile(PolicyModel):
    """Base of all files: `authority` must be the name of the folder that the file is in."""

    authority: str


Rule = TypeVar("Rule", bound=Dated)
File = TypeVar("File", bound=PolicyFile)


class NotInForce(LookupError):
    """The authority's files say nothing about this key on this day."""

    def __init__(self, key: str, on: date) -> None:
        super().__init__(f"no rule for '{key}' is in force on {on:%d/%m/%Y}")
        self.key = key
        self.on = on


class PolicyFileError(ValueError):
    """A policy file is wrong: which file, which key, and what about it."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        super().__init__(f"{file}: {key}: {reason}")
        self.file = file
        self.key = key
        self.reason = reason


def followed_on(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """The same rules in order, each ending the day before the next begins. ValueError for overlaps and gaps."""
    ordered = sorted(rules, key=lambda rule: rule.effective_from)
    following = [rule.effective_from - timedelta(days=1) for rule in ordered[1:]]
    return tuple(_until(rule, end) for rule, end in zip(ordered, following, strict=False)) + tuple(ordered[-1:])


def _until(rule: Rule, end: date) -> Rule:
    if end < rule.effective_from:
        raise ValueError(f"two rules begin on {rule.effective_from:%d/%m/%Y}")
    if rule.effective_until is not None and rule.effective_until > end:
        raise ValueError(f"overlap: one rule ends on {rule.effective_until:%d/%m/%Y}, the next begins before")
    if rule.effective_until is not None and rule.effective_until < end:
        raise ValueError(f"gap: nothing is in force on the day after {rule.effective_until:%d/%m/%Y}")
    return rule.model_copy(update={"effective_until": end})


def without_end(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """ValueError if the newest rule ends with nothing after it."""
    if rules[-1].effective_until is not None:
        raise ValueError(f"gap: nothing is in force after {rules[-1].effective_until:%d/%m/%Y}")
    return rules


def followed_on_by(key: Callable[[Rule], str]) -> Callable[[tuple[Rule, ...]], tuple[Rule, ...]]:
    """As `followed_on`, for a list that holds several rules at a time, told apart by `key`."""

    def check(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        names = dict.fromkeys(key(rule) for rule in rules)
        return tuple(_named(name, tuple(rule for rule in rules if key(rule) == name))[i] for name in names for i in _count(rules, key, name))

    return check


Versions = Annotated[
    tuple[Rule, ...], Field(min_length=1), AfterValidator(followed_on), AfterValidator(without_end)
]
"""The versions of a rule of which exactly one is in force on any day from the first on."""
