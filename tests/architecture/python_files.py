"""Reads our own Python: which names of other modules a file uses, whatever it calls them."""

import ast
import builtins
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
Nodes = tuple[ast.AST, ...]


@dataclass(frozen=True)
class Use:
    """One use of a name, for example `datetime.datetime.now`, in a line of a file."""

    file: str
    line: int
    name: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.name}"


def python_files(root: Path, *patterns: str) -> Iterator[Path]:
    """The Python files in the folders (or of the names) that match."""
    for pattern in patterns:
        for found in sorted(root.glob(pattern)):
            yield from sorted(found.rglob("*.py")) if found.is_dir() else (found,)


def uses(root: Path, files: Iterable[Path], forbidden: tuple[str, ...]) -> list[Use]:
    """Each use of a forbidden name or of something in it. A method's name, `*.today()`, stands for every object's."""
    within = tuple(f"{name}." for name in forbidden)
    return [
        Use(str(file.relative_to(root)), line, name)
        for file in files
        for line, name in names_in(file.read_text())
        if f"{name}.".startswith(within)
    ]


@cache
def names_in(text: str) -> tuple[tuple[int, str], ...]:
    """All names that a file imports, all dotted names, told by where they come from, and all methods that it calls."""
    nodes = tuple(ast.walk(ast.parse(text)))
    imported = _imported(nodes)
    aliases = {alias: name for alias, (_, name) in imported.items()}
    aliases |= {name: f"builtins.{name}" for name in vars(builtins).keys() - _assigned(nodes) - aliases.keys()}
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=alias)], value=value) if (name := _dotted(value, aliases)) is not None:
                aliases[alias] = name
            case _:
                pass
    dotted = ((node.lineno, _dotted(node, aliases)) for node in nodes if isinstance(node, ast.Attribute | ast.Name))
    return (*imported.values(), *((line, name) for line, name in dotted if name is not None), *_methods_called(nodes))


def _imported(nodes: Nodes) -> dict[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    for node in nodes:
        match node:
            case ast.Import(names=names):
                for each in names:
                    name = each.name if each.asname else each.name.partition(".")[0]
                    found[each.asname or name] = (node.lineno, name)
            case ast.ImportFrom(module=str(module), names=names):
                found |= {each.asname or each.name: (node.lineno, f"{module}.{each.name}") for each in names}
            case _:
                pass
    return found


def _assigned(nodes: Nodes) -> set[str]:
    names = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    named = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return names | {node.name for node in nodes if isinstance(node, named)}


def _dotted(node: ast.expr, aliases: dict[str, str]) -> str | None:
    match node:
        case ast.Name(id=alias):
            return aliases.get(alias)
        case ast.Attribute(value=value, attr=attr):
            base = _dotted(value, aliases)
            return None if base is None else f"{base}.{attr}"
        case _:
            return None


def _methods_called(nodes: Nodes) -> Iterator[tuple[int, str]]:
    for node in nodes:
        match node:
            case ast.Call(func=ast.Attribute(attr=attr)):
                yield node.lineno, f"*.{attr}()"
            case _:
                pass


def plant(root: Path, file: str, text: str) -> Path:
    """A file of ours with an offence in it, for the check that must find it."""
    (root / file).parent.mkdir(parents=True, exist_ok=True)
    (root / file).write_text(text)
    return root
