"""Writes docs/policy.md: every key of the authorities' files, what it means, and what each shipped authority says."""

import inspect
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, time
from enum import StrEnum
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from pep_kernel.authority_policy import FILES, PolicyFile
from pep_kernel.authority_policy.lines import Line, lines_on
from pep_kernel.authority_policy.meetings import Capacity
from pep_kernel.may import Role
from pep_runtime.policies import Policies, read_policies

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "policy.md"
AUTHORITIES = ROOT / "shared" / "authorities"
NEWEST = date.max
SCALARS = {str: "text", int: "whole number", bool: "yes or no", date: "day", time: "time of day"}
LISTED: dict[type[StrEnum], tuple[str, str]] = {Role: ("job", "Jobs"), Capacity: ("capacity", "Capacities")}
UNITS = {"pence": "pence", "percent": "per cent", "years": "years", "days": "days"}
FOR_ALL = ("effective_from", "effective_until", "source")
OPENING = """\
# Policy

Written by `make policy` from the code and the files; do not edit.

What authorities decide differently is data. Each authority has a folder of six files under
[shared/authorities](../shared/authorities/README.md). This page has a part for each file, and in it each key: what it
means, what may stand there, and what each authority says, in the newest version of the rule.

`pep policy check` says all that is wrong with the files, `pep policy show AUTHORITY --on DATE` which rules hold on a
day, `pep policy diff A B` what two authorities decided differently, `pep policy diff A --from DATE --to DATE` what one
changed. None of them needs a server.

Each rule has three keys more, not repeated below. `effective_from` is the first day on which it holds.
`effective_until` is the last; left out, the rule holds until its successor begins. `source` says where it comes from:
numbers of [the rules](rules.md), the law, or "our choice". The files that services judge by may also have
`corrections`: versions that were written into the log and that the file declares mistaken. Without that, a version of
the past that was changed stops the service.

One thing is no key: no money is approved before the quality of the plan has been assured by somebody who did not write
it. That holds for every authority, and no file can switch it off.
"""


def page() -> str:
    policies = read_policies(AUTHORITIES)
    files = (part for name, kind in FILES.items() for part in _file(name, kind, policies))
    return "\n".join((OPENING, *files, *_words()))


def _file(name: str, kind: type[PolicyFile], policies: Policies) -> Iterator[str]:
    yield f"## {name}.toml\n\n{_prose(kind)}\n"
    said = {authority: list(_said(policies, authority, name)) for authority in sorted(policies.authorities)}
    for key, field in kind.model_fields.items():
        if key not in ("authority", "corrections"):
            yield from _key(key, field, {authority: _of(lines, key) for authority, lines in said.items()})


def _said(policies: Policies, authority: str, name: str) -> Sequence[Line]:
    return lines_on(getattr(policies.for_authority(authority), name.replace("-", "_")), NEWEST)


def _of(lines: Sequence[Line], key: str) -> list[Line]:
    return [line for line in lines if line.key.partition(".")[0] == key]


def _key(key: str, field: FieldInfo, said: dict[str, list[Line]]) -> Iterator[str]:
    model = model_in(field.annotation)
    yield f"### {key}\n\n{_prose(model) if model else field.description}\n"
    fields = list(_fields(model)) if model else [_row(key, field)]
    yield _table(("key", "meaning", "what may stand there", "unit", "if left out"), fields)
    yield _table(("", *said), _values(key, said))


def _fields(model: type[BaseModel], before: str = "") -> Iterator[Sequence[str]]:
    """Its keys; those of entries inside it after their list, as `each.key`."""
    for name, field in model.model_fields.items():
        if name in FOR_ALL:
            continue
        yield _row(before + name, field)
        if inside := model_in(field.annotation):
            yield from _fields(inside, f"{before}{name}.")


def _row(name: str, field: FieldInfo) -> Sequence[str]:
    left_out = "must stand there" if field.is_required() else Line(name, field.default).text
    kind = _kind(field)
    return (f"`{name}`", field.description or "", kind, _unit(name) if SCALARS[int] in kind else "", left_out)


def _kind(field: FieldInfo) -> str:
    """In words, with its limits."""
    limits = {bound: getattr(each, bound) for each in field.metadata for bound in ("ge", "le") if hasattr(each, bound)}
    within = f", {limits.get('ge', '')} to {limits['le']}" if "le" in limits else ""
    return _named(field.annotation) + within


def _named(hint: Any) -> str:
    origin, inside = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _named(inside[0])
    if origin is Literal:
        return _one_of(inside)
    if origin in (Union, UnionType):
        return " or ".join(_named(each) for each in inside if each is not type(None))
    if origin is tuple:
        return f"list of: {_named(inside[0])}"
    if origin is dict:
        return f"{_named(inside[0])} → {_named(inside[1])}"
    return _simple(hint)


def _simple(hint: type) -> str:
    if issubclass(hint, StrEnum):
        if hint in LISTED:
            word, heading = LISTED[hint]
            return f"[{word}](#{heading.lower()})"
        return _one_of(each.value for each in hint)
    return SCALARS.get(hint, "entry")


def _one_of(words: Iterable[str]) -> str:
    return ", ".join(f"`{each}`" for each in words)


def _unit(name: str) -> str:
    return next((unit for word, unit in UNITS.items() if word in name.rpartition(".")[2].split("_")), "")


def model_in(hint: Any) -> type[BaseModel] | None:
    """The model of a key's entries, however deep in lists."""
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return hint
    return next((found for each in get_args(hint) if (found := model_in(each))), None)


def _values(key: str, said: dict[str, list[Line]]) -> Iterator[Sequence[str]]:
    """A row for each value, side by side; last, where the rule comes from and since when it holds."""
    texts = {authority: {line.key: line.text for line in lines} for authority, lines in said.items()}
    for name in dict.fromkeys(line.key for lines in said.values() for line in lines):
        yield (f"`{name.removeprefix(key + '.')}`", *(each.get(name, "") for each in texts.values()))
    if any(line.source for lines in said.values() for line in lines):
        yield ("source", *(_sources(lines) for lines in said.values()))
        yield ("since", *(_since(lines) for lines in said.values()))


def _sources(lines: Iterable[Line]) -> str:
    return ", ".join(dict.fromkeys(source for line in lines for source in line.source))


def _since(lines: Iterable[Line]) -> str:
    return ", ".join(f"{day:%d/%m/%Y}" for day in sorted({line.since for line in lines if line.since}))


def _words() -> Iterator[str]:
    """The jobs and capacities that keys name."""
    for kind, (_, heading) in LISTED.items():
        yield f"## {heading}\n\n{_prose(kind)}\n\n{_one_of(each.value for each in kind)}\n"


def _prose(kind: type) -> str:
    return " ".join((inspect.getdoc(kind) or "").split())


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    cells = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    lines = (headings, ["---"] * len(headings), *cells)
    return "\n".join(f"| {' | '.join(row)} |" for row in lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page())
    print(f"Written: {PAGE}")
