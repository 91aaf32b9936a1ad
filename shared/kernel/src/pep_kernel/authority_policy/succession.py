"""One rule follows another without gap or overlap. Each fault is told with the entry that makes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Annotated, NoReturn, TypeVar

from pydantic import AfterValidator, Field, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from pep_kernel.authority_policy.dated import PolicyModel, Rule

Entry = TypeVar("Entry", bound=PolicyModel)
Fault = tuple[int, str]
"""The number of the entry in the file's list, and what is wrong with it."""


def refuse(faults: Iterable[Fault]) -> None:
    """Tell all faults of a list at once, each with its entry; nothing if there are none."""
    if found := sorted(faults):
        _raise(found)


def _raise(faults: Iterable[Fault]) -> NoReturn:
    details = [
        InitErrorDetails(type=PydanticCustomError("policy", "{reason}", {"reason": reason}), loc=(index,), input=None)
        for index, reason in faults
    ]
    raise ValidationError.from_exception_data("policy", details)


def followed_on(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """The same rules in order, each ending the day before the next of its label begins. Tells overlaps and gaps."""
    lines = _lines(rules)
    refuse((index, _of(name, reason)) for name, line in lines.items() for index, reason in _faults(line))
    return tuple(rule for line in lines.values() for rule in _ended(line))


def _lines(rules: tuple[Rule, ...]) -> dict[str, list[tuple[int, Rule]]]:
    """Label → its rules, the oldest first, each with its number in the file."""
    lines: dict[str, list[tuple[int, Rule]]] = {}
    for index, rule in enumerate(rules):
        lines.setdefault(rule.label, []).append((index, rule))
    return {name: sorted(line, key=lambda each: each[1].effective_from) for name, line in lines.items()}


def _faults(line: list[tuple[int, Rule]]) -> Iterator[Fault]:
    for (_, rule), (index, following) in pairwise(line):
        end = following.effective_from - timedelta(days=1)
        if end < rule.effective_from:
            yield index, f"two rules begin on {rule.effective_from:%d/%m/%Y}"
        elif rule.effective_until is not None and rule.effective_until > end:
            yield index, f"overlap: the rule before it ends on {rule.effective_until:%d/%m/%Y} only"
        elif rule.effective_until is not None and rule.effective_until < end:
            yield index, f"gap: nothing is in force on the day after {rule.effective_until:%d/%m/%Y}"


def _of(name: str, reason: str) -> str:
    return f"'{name}': {reason}" if name else reason


def _ended(line: list[tuple[int, Rule]]) -> Iterator[Rule]:
    for (_, rule), (_, following) in pairwise(line):
        yield rule.model_copy(update={"effective_until": following.effective_from - timedelta(days=1)})
    yield line[-1][1]


def without_end(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """Tells a newest rule that ends with nothing after it."""
    if rules[-1].effective_until is not None:
        raise ValueError(f"gap: nothing is in force after {rules[-1].effective_until:%d/%m/%Y}")
    return rules


Versions = Annotated[tuple[Rule, ...], Field(min_length=1), AfterValidator(followed_on), AfterValidator(without_end)]
"""The versions of a rule of which exactly one is in force on any day from the first on."""

Several = Annotated[tuple[Rule, ...], AfterValidator(followed_on)]
"""The versions of rules of which several hold at a time, told apart by their labels; each may end for good."""


def told_apart(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Tells entries of one list that cannot be told apart."""
    labels = [entry.label for entry in entries]
    refuse((index, f"a second entry for '{each}'") for index, each in enumerate(labels) if each in labels[:index])
    return entries


Entries = Annotated[tuple[Entry, ...], AfterValidator(told_apart)]
"""The entries of one rule, each with a label of its own."""
