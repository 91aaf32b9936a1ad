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


class RulesFile(PolicyFile):
    """Base of the files that services judge by. `corrections`: adopted versions that this file declares mistaken."""

    corrections: tuple[str, ...] = ()

    def days(self) -> tuple[date, ...]:
        """The days on which something in the file begins to hold, in order."""
        return tuple(sorted({rule.effective_from for rule in self._every_rule()}))

    def _every_rule(self) -> Iterable[Dated]:
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, tuple):
                yield from (each for each in value if isinstance(each, Dated))


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
    """As `followed_on`, for a list in which several rules hold at a time, told apart by `key`."""

    def check(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        keys = dict.fromkeys(key(rule) for rule in rules)
        return tuple(rule for each in keys for rule in _followed_on_under(each, rules))

    def _followed_on_under(each: str, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        try:
            return followed_on(tuple(rule for rule in rules if key(rule) == each))
        except ValueError as fault:
            raise ValueError(f"'{each}': {fault}") from fault

    return check


Versions = Annotated[tuple[Rule, ...], Field(min_length=1), AfterValidator(followed_on), AfterValidator(without_end)]
"""The versions of a rule of which exactly one is in force on any day from the first on."""


def in_force(key: str, rules: tuple[Rule, ...], on: date) -> Rule:
    """The one rule that holds on this day. NotInForce before the first of them."""
    for rule in rules:
        if rule.holds_on(on):
            return rule
    raise NotInForce(key, on)


def all_in_force(rules: tuple[Rule, ...], on: date) -> tuple[Rule, ...]:
    """Every rule that holds on this day; there may be none."""
    return tuple(rule for rule in rules if rule.holds_on(on))


class InForce(PolicyModel):
    """The rules of one service that hold on one day."""

    @property
    def version(self) -> str:
        """The day the newest rule began, and eight figures of a hash over what all say: `2026-09-01.5f0c9b1e`."""
        newest = max(rule.effective_from for rule in self._rules())
        return f"{newest.isoformat()}.{hashlib.sha256(self.text().encode()).hexdigest()[:8]}"

    def text(self) -> str:
        """The rules as JSON, always the same for the same rules; the day one ends is its successor's to say."""
        return "[" + ",".join(rule.model_dump_json(exclude={"effective_until"}) for rule in self._rules()) + "]"

    def _rules(self) -> Iterable[Dated]:
        for name in type(self).model_fields:
            value = getattr(self, name)
            yield from value if isinstance(value, tuple) else (value,)


def read_policy_file(kind: type[File], text: str, file: str, authority: str) -> File:
    """The file as a model. PolicyFileError names the file, the key and what is wrong with it."""
    try:
        read = kind.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as fault:
        raise PolicyFileError(file, "the whole file", f"is not TOML: {fault}") from fault
    except ValidationError as fault:
        first = fault.errors(include_url=False)[0]
        raise PolicyFileError(file, ".".join(map(str, first["loc"])), first["msg"]) from fault
    if read.authority != authority:
        raise PolicyFileError(file, "authority", f"says '{read.authority}' in the folder of '{authority}'")
    return read
