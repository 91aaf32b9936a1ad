"""Writes each service's refusals.json: with which sentences each request may be refused. The API page shows them.

The sentences are read out of the code. A request is followed from its route to the commands that it makes, and each
command through the rule books: of a `match` only the cases that this command can reach. What stands in a sentence
for a value is shown as its name in braces.
"""

from __future__ import annotations

import ast
import importlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, get_args, get_type_hints

from fastapi.routing import APIRoute

from pep_kernel.decider import Decider
from pep_kernel.message import Command
from pep_kernel.refusal import Refusal

PACKAGES = ("scheduling", "pep_record", "funding", "notifications", "journey")
OURS = (*PACKAGES, "pep_kernel")
ONLY_A_NAME = re.compile(r"\{[^}]*\}")  # it was put together elsewhere: nothing can be shown of it
Asked = type[Command] | None
Node = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, order=True, slots=True)
class Sentence:
    """What a refusal says, and the rules that it names."""

    detail: str
    rules: tuple[str, ...] = ()


def file_of(package: str) -> Path:
    return Path(importlib.import_module(package).__path__[0]) / "refusals.json"


def page(package: str) -> str:
    """All requests of a service that may be refused, as JSON."""
    found = {
        f"{method} {route.path}": sorted(_of_route(route.endpoint, package))
        for router in importlib.import_module(f"{package}.main").PARTS.routers
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    told = {
        request: [{"detail": each.detail, **({"rules": list(each.rules)} if each.rules else {})} for each in sentences]
        for request, sentences in sorted(found.items())
        if sentences
    }
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def _of_route(endpoint: Any, package: str) -> set[Sentence]:
    """What the route says by itself, and what the rule books say to each command that it may make."""
    here = list(_reached(endpoint, lambda function: not _is_pure(function)))
    said = {sentence for function, _names in here for sentence in _said(function, None)}
    functions = [each for _, names in here for each in names if isinstance(each, FunctionType) and _is_ours(each)]
    books = {each for each in functions if _is_pure(each)}
    commands = {each for _, names in here for each in names if _is_made(each)}
    for command in commands or {None}:
        said |= _refused(books, command, package)
    return said


def _is_pure(function: FunctionType) -> bool:
    """Part of a rule book."""
    return any(f".{part}" in function.__module__ for part in ("domain", "policies", "projections")) or (
        function.__module__.startswith("pep_kernel")
    )


def _is_command(thing: Any) -> bool:
    return isinstance(thing, type) and issubclass(thing, Command)


def _judges(command: Asked, package: str) -> Iterator[FunctionType]:
    """The rule books that take this command."""
    if command is None:
        return
    deciders = importlib.import_module(f"{package}.main").PARTS.deciders.values()
    yield from (decider.decide for decider in deciders if _takes(decider.decide, command))


def _kinds(hint: Any) -> Iterator[type]:
    """The classes of a union, or the one class."""
    if isinstance(hint, type):
        yield hint
    for each in get_args(hint):
        yield from _kinds(each)


def _reached(start: FunctionType, follow: Any) -> Iterator[tuple[FunctionType, list[Any]]]:
    """This function and those it names, as far as they are followed, each with what it names."""
    seen, waiting = {start}, [start]
    while waiting:
        function = waiting.pop()
        names = list(_named(function, _node(function).body))
        yield function, names
        for other in names:
            if isinstance(other, FunctionType) and other not in seen and _is_ours(other) and follow(other):
                seen.add(other)
                waiting.append(other)


def _is_ours(function: FunctionType) -> bool:
    return function.__module__.partition(".")[0] in OURS and _has_node(function)


def _refused(books: set[FunctionType], command: Asked, package: str) -> set[Sentence]:
    """All that rule books may say to this command; to those that are made of it, what is said to them alone."""
    commands: set[Asked] = {command}
    while True:
        starts = books.union(*(_judges(each, package) for each in commands))
        reached = _through(starts, commands)
        made = {kind for function, one in reached for kind in _made(function, one)}
        if made <= commands:
            break
        commands |= made
    heard = ((function, one) for function, one in reached if one is command or len(_asked_of(function)) == 1)
    return {sentence for function, one in heard for sentence in _said(function, one)}


def _made(function: FunctionType, command: Asked) -> Iterator[type[Command]]:
    calls = (node for line in _lines(function, command) for node in ast.walk(line) if isinstance(node, ast.Call))
    yield from (kind for call in calls if _is_made(kind := _value(call.func, function)))


def _is_made(thing: Any) -> bool:
    return _is_command(thing) and thing is not Command


def _through(starts: set[FunctionType], commands: set[Asked]) -> set[tuple[FunctionType, Asked]]:
    """The functions that are reached, each with the commands that it takes."""
    reached: set[tuple[FunctionType, Asked]] = set()
    waiting = {(start, command) for start in starts for command in commands if _takes(start, command)}
    while waiting:
        reached.add(this := waiting.pop())
        functions = {
            each for each in _named(this[0], _lines(*this)) if isinstance(each, FunctionType) and _is_ours(each)
        }
        waiting |= {(each, command) for each in functions for command in commands if _takes(each, command)} - reached
    return reached


def _takes(function: FunctionType, command: Asked) -> bool:
    """Whether a parameter may be this command; also where no parameter says which commands it takes."""
    kinds = _asked_of(function)
    return command is None or not kinds or any(issubclass(command, kind) for kind in kinds)


@cache
def _asked_of(function: FunctionType) -> tuple[type[Command], ...]:
    """Which commands its parameters say that it takes."""
    return tuple(kind for hint in get_type_hints(function).values() for kind in _kinds(hint) if _is_command(kind))


def _said(function: FunctionType, command: Asked) -> Iterator[Sentence]:
    for line in _lines(function, command):
        for node in ast.walk(line):
            if isinstance(node, ast.Call) and _value(node.func, function) is Refusal and node.args:
                rules = tuple(str(each.value) for each in node.args[1:] if isinstance(each, ast.Constant))
                details = (each for each in _details(node.args[0], function) if not ONLY_A_NAME.fullmatch(each))
                yield from (Sentence(detail, rules) for detail in details)


def _details(node: ast.expr, function: FunctionType) -> list[str]:
    """What it may say: more than one sentence where a condition chooses."""
    match node:
        case ast.Constant(value=str() as text):
            return [text]
        case ast.JoinedStr(values=parts):
            return ["".join(chosen) for chosen in product(*(_details(part, function) for part in parts))]
        case ast.FormattedValue(value=ast.IfExp() as value):
            return _details(value, function)
        case ast.FormattedValue(value=value):
            return ["{" + _name(value) + "}"]
        case ast.IfExp(body=one, orelse=other):
            return [*_details(one, function), *_details(other, function)]
        case ast.Name(id=name) if (assigned := _assigned(function, name)) is not None:
            return _details(assigned, function)
        case _:
            known = _value(node, function)
            return [known if isinstance(known, str) else "{" + _name(node) + "}"]


def _assigned(function: FunctionType, name: str) -> ast.expr | None:
    """The text that the function itself calls so."""
    assigned = [each for each in ast.walk(_node(function)) if isinstance(each, ast.Assign)]
    named = [each.value for each in assigned for t in each.targets if isinstance(t, ast.Name) and t.id == name]
    return next((value for value in named if isinstance(value, ast.Constant | ast.JoinedStr | ast.IfExp)), None)


def _name(node: ast.expr) -> str:
    """What a value is called: `on` for `command.on`, `clash` for `words(clash)` of a built-in."""
    match node:
        case (
            ast.Call(func=ast.Attribute(value=ast.Constant()), args=[listed])
            | ast.Call(func=ast.Name(id="min" | "max" | "next"), args=[listed, *_])
        ):
            return _name(listed)
        case ast.Call(func=ast.Attribute(value=whose, attr="replace")):
            return _name(whose)
        case ast.GeneratorExp(elt=each) | ast.ListComp(elt=each):
            return _name(each)
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name.strip("_").replace("_", " ").lower()
        case ast.Call(func=called) | ast.Subscript(value=called):
            return _name(called)
        case _:
            return "…"


def _lines(function: FunctionType, command: Asked) -> list[ast.AST]:
    return list(_reachable(_node(function).body, function, command))


def _reachable(body: Iterable[ast.AST], function: FunctionType, command: Asked) -> Iterator[ast.AST]:
    """The statements, of each `match` only the cases that may be this command's."""
    for statement in body:
        if isinstance(statement, ast.Match):
            yield statement.subject
            for case in _cases(statement, function, command):
                if case.guard is not None:
                    yield case.guard
                yield from _reachable(case.body, function, command)
        elif isinstance(statement, ast.If | ast.For | ast.With | ast.Try):
            parts = ("test", "iter", "items")
            yield from (part for name in parts for part in _listed(getattr(statement, name, [])))
            inner = ("body", "orelse", "handlers", "finalbody")
            yield from _reachable((each for name in inner for each in getattr(statement, name, [])), function, command)
        else:
            yield statement


def _listed(part: Any) -> list[ast.AST]:
    return part if isinstance(part, list) else [part]


def _cases(match: ast.Match, function: FunctionType, command: Asked) -> Iterator[ast.match_case]:
    """Until one takes this command whatever the state is; without those whose states were all taken before."""
    taken: set[Any] = set()
    for case in match.cases:
        state, asked = _state_and_command(case.pattern, function)
        if command is not None and asked and not any(issubclass(command, kind) for kind in asked):
            continue
        if state and state <= taken:
            continue
        yield case
        explicit = command is not None and bool(asked) and case.guard is None and _is_plain(case.pattern)
        if explicit and not state:
            return
        if explicit:
            taken |= state


def _state_and_command(pattern: ast.pattern, function: FunctionType) -> tuple[set[Any], set[type[Command]]]:
    kinds = {_value(node.cls, function) for node in ast.walk(pattern) if isinstance(node, ast.MatchClass)}
    asked = {kind for kind in kinds if _is_command(kind)}
    first = pattern.patterns[0] if isinstance(pattern, ast.MatchSequence) and pattern.patterns else None
    state = (
        {_value(node.cls, function) for node in ast.walk(first) if isinstance(node, ast.MatchClass)} if first else set()
    )
    return state - asked, asked


def _is_plain(pattern: ast.pattern) -> bool:
    """Whether it asks for kinds alone, and names what it finds in them, but asks for no values."""
    inner = [node for node in ast.walk(pattern) if isinstance(node, ast.MatchClass)]
    asks = [each for node in inner for each in (*node.patterns, *node.kwd_patterns)]
    return all(isinstance(each, ast.MatchAs) and each.pattern is None for each in asks)


def _named(function: FunctionType, body: Iterable[ast.AST]) -> Iterator[Any]:
    """The functions and commands of ours that these statements name, and the methods of classes that they name."""
    for part in body:
        for node in ast.walk(part):
            if isinstance(node, ast.Name | ast.Attribute):
                value = _value(node, function)
                if isinstance(value, FunctionType) or _is_command(value):
                    yield value
                elif isinstance(value, type) and value.__module__.partition(".")[0] in OURS:
                    yield from (each for each in vars(value).values() if isinstance(each, FunctionType))


def _value(node: ast.AST, function: FunctionType) -> Any:
    """What a name stands for, unless it is the function's own."""
    match node:
        case ast.Name(id=name) if name not in _own_names(function):
            return function.__globals__.get(name)
        case ast.Attribute(value=whose, attr=name):
            owner = _value(whose, function)
            return getattr(owner, name, None) if isinstance(owner, ModuleType | Decider) else None
        case _:
            return None


@cache
def _own_names(function: FunctionType) -> frozenset[str]:
    node = _node(function)
    given = [*node.args.args, *node.args.kwonlyargs, *node.args.posonlyargs]
    stored = [each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)]
    bound = [each.name for each in ast.walk(node) if isinstance(each, ast.MatchAs) and each.name]
    return frozenset((*(each.arg for each in given), *stored, *bound))


@cache
def _functions(module: str) -> Mapping[str, Node]:
    source = Path(importlib.import_module(module).__file__ or "").read_text()
    body = ast.parse(source).body
    methods = {
        f"{each.name}.{node.name}": node
        for each in body
        if isinstance(each, ast.ClassDef)
        for node in each.body
        if isinstance(node, Node)
    }
    return {node.name: node for node in body if isinstance(node, Node)} | methods


def _has_node(function: FunctionType) -> bool:
    return function.__qualname__ in _functions(function.__module__)


def _node(function: FunctionType) -> Node:
    return _functions(function.__module__)[function.__qualname__]


if __name__ == "__main__":
    for each in PACKAGES:
        file_of(each).write_text(page(each))
        print(f"Written: {file_of(each)}")
