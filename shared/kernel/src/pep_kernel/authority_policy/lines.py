"""Rules line by line, each value with its key: to show them, to lay two authorities side by side, to find what differs.

`cadence.school_age_terms` is a field of a rule, `categories.tuition.reason` a field of one of several.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from pep_kernel.authority_policy.dated import Dated, PolicyFile, PolicyModel, RulesFile
from pep_kernel.money import pounds

ABOUT_THE_RULE = {"authority", "effective_from", "effective_until", "source"}


@dataclass(frozen=True)
class Line:
    """One value under its key, the day from which it holds and where it comes from; undated files say neither."""

    key: str
    value: Any
    since: date | None = None
    source: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The value as people write it; `–` for what was left out."""
        return _spoken(self.value, self.key.endswith("_pence"))


def _spoken(value: Any, is_money: bool) -> str:
    match value:
        case None | ():
            return "–"
        case bool():
            return "yes" if value else "no"
        case int():
            return pounds(value) if is_money else str(value)
        case date():
            return f"{value:%d/%m/%Y}"
        case time():
            return f"{value:%H:%M}"
        case tuple():
            return ", ".join(_spoken(each, is_money) for each in value)
        case dict():
            return ", ".join(f"{key} {_spoken(each, is_money)}" for key, each in value.items())
        case _:
            return str(value)


def lines_of(rules: PolicyModel) -> list[Line]:
    """Every value that these rules hold, in the order of the file."""
    names = [name for name in type(rules).model_fields if name not in ABOUT_THE_RULE]
    return [line for name in names for line in _under(name, getattr(rules, name), Line(name, None))]


def lines_on(file: PolicyFile, on: date) -> list[Line]:
    """What a file says on a day; one without dates says the same on all. NotInForce before its first."""
    return lines_of(file.in_force(on) if isinstance(file, RulesFile) else file)


def _under(key: str, value: Any, rule: Line) -> Iterator[Line]:
    match value:
        case PolicyModel():
            yield from _fields(key, value, rule)
        case (PolicyModel(), *_):
            yield from _entries(key, value, rule)
        case _:
            yield Line(key, value, rule.since, rule.source)


def _fields(key: str, model: PolicyModel, rule: Line) -> Iterator[Line]:
    since = model.effective_from if isinstance(model, Dated) else rule.since
    own = Line(key, None, since, getattr(model, "source", rule.source))
    for name in type(model).model_fields:
        if name not in ABOUT_THE_RULE and name not in model.NAMED_BY:
            yield from _under(f"{key}.{name}", getattr(model, name), own)


def _entries(key: str, entries: tuple[PolicyModel, ...], rule: Line) -> Iterator[Line]:
    seen = Counter[str]()
    for entry in entries:
        seen[entry.label] += 1
        again = f" ({seen[entry.label]})" if seen[entry.label] > 1 else ""
        yield from _fields(f"{key}.{entry.label}{again}", entry, rule)
