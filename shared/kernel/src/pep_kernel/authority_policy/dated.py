"""A rule holds from a day on, until another takes its place. Its source says which document it comes from.

The rules in force on a day make a version: the day the newest of them began, and a hash of what they all say.
"""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cached_property
from typing import Annotated, Any, ClassVar, TypeVar, cast, get_origin

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, model_validator

FIRST_DAY = date(2000, 1, 1)
"""Nothing is older: a year typed wrongly shows."""

Day = Annotated[date, Field(ge=FIRST_DAY)]
Source = Annotated[
    tuple[str, ...],
    Field(min_length=1, description="Where it comes from: numbered rules, the law, or `our choice`."),
]


class PolicyModel(BaseModel):
    """Unknown keys are refused, and nothing changes after reading.

    Where several stand in a list, the fields in `NAMED_BY` tell them apart.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    NAMED_BY: ClassVar[tuple[str, ...]] = ()

    @property
    def label(self) -> str:
        """What tells it from others in its list, such as `entered_care/convene`; empty if it stands alone."""
        return "/".join(part for name in self.NAMED_BY if (part := str(getattr(self, name))))


class Dated(PolicyModel):
    """One rule from `effective_from` to `effective_until` (both included), or until its successor begins.

    `source` names the rules of the documents, or the law, that it rests on; "our choice" is an honest source.
    """

    effective_from: Day = Field(description="The first day on which it holds.")
    effective_until: Day | None = Field(
        None, description="The last day on which it holds; left out, it holds until its successor begins."
    )
    source: Source

    @model_validator(mode="after")
    def _ends_after_it_began(self) -> Dated:
        if self.effective_until is not None and self.effective_until < self.effective_from:
            raise ValueError(f"ends on {self.effective_until:%d/%m/%Y}, before it begins")
        return self

    def holds_on(self, day: date) -> bool:
        return self.effective_from <= day and (self.effective_until is None or day <= self.effective_until)


class PolicyFile(PolicyModel):
    """Base of all files: `authority` must be the name of the folder that the file is in."""

    authority: str = Field(description="The name of the folder that the file is in.")


Rule = TypeVar("Rule", bound=Dated)


class NotInForce(LookupError):
    """The authority's files say nothing about this key on this day."""

    def __init__(self, key: str, on: date) -> None:
        super().__init__(f"no rule for '{key}' is in force on {on:%d/%m/%Y}")
        self.key = key
        self.on = on


class InForce(PolicyModel):
    """The rules of one service that hold on one day."""

    @cached_property
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


Policy = TypeVar("Policy", bound=InForce)


class RulesFile(PolicyFile):
    """Base of the files that services judge by: every version of every rule."""

    corrections: tuple[str, ...] = Field(
        (), description="Versions that were written into the log and that this file declares mistaken."
    )

    _together: dict[int, InForce] = PrivateAttr(default_factory=dict)

    def days(self) -> tuple[date, ...]:
        """The days on which something in the file begins to hold, in order."""
        return tuple(sorted({rule.effective_from for rule in self._every_rule()}))

    @abstractmethod
    def in_force(self, on: date) -> InForce:
        """The rules that hold on this day. NotInForce before the file's first day."""

    def _every_rule(self) -> Iterable[Dated]:
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, tuple):
                yield from (each for each in value if isinstance(each, Dated))

    def _in_force(self, kind: type[Policy], on: date) -> Policy:
        """The rules of this day, put together once. NotInForce before the first day of one that must always hold."""
        since = bisect_right(self._changes, on)
        if since not in self._together:
            self._together[since] = self._put_together(kind, on)
        return cast(Policy, self._together[since])

    @cached_property
    def _changes(self) -> list[date]:
        """The days on which something begins or has ended."""
        ended = (rule.effective_until for rule in self._every_rule())
        ends = [last + timedelta(days=1) for last in ended if last is not None and last < date.max]
        return sorted({*self.days(), *ends})

    def _put_together(self, kind: type[Policy], on: date) -> Policy:
        held = {name: self._held(name, field.annotation, on) for name, field in kind.model_fields.items()}
        return kind.model_validate(held)

    def _held(self, key: str, annotation: Any, on: date) -> Dated | tuple[Dated, ...]:
        rules: tuple[Dated, ...] = tuple(rule for rule in getattr(self, key) if rule.holds_on(on))
        if get_origin(annotation) is tuple:  # several hold at a time; there may be none
            return rules
        if not rules:
            raise NotInForce(key, on)
        return rules[0]
