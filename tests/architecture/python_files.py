"""Reads our own Python: which names of other modules a file uses, whatever it calls them."""

import ast
import builtins
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


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
    methods = {name[2:-2] for name in forbidden if name.startswith("*.")}
    found = []
    for file in files:
        tree = ast.parse(file.read_text())
        for line, name in (*_named(tree), *_methods_called(tree, methods)):
            if name.startswith("*.") or any(name == each or name.startswith(f"{each}.") for each in forbidden):
                found.append(Use(str(file.relative_to(root)), line, name))
    return found


def _named(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every name that is imported, and every dotted name, told by where it comes from."""
    known = _imported(tree)
    yield from known.values()
    aliases = {alias: name for alias, (_, name) in known.items()}
    aliases |= {name: f"builtins.{name}" for name in vars(builtins).keys() - _assigned(tree) - aliases.keys()}
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=alias)], value=value) if (name := _dotted(value, aliases)) is not None:
                aliases[alias] = name
            case _:
                pass
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name) and (name := _dotted(node, aliases)) is not None:
            yield node.lineno, name


def _imported(tree: ast.Module) -> dict[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    for node in ast.walk(tree):
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


def _assigned(tree: ast.Module) -> set[str]:
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    named = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return names | {node.name for node in ast.walk(tree) if isinstance(node, named)}


def _dotted(node: ast.expr, aliases: dict[str, str]) -> str | None:
    match node:
        case ast.Name(id=alias):
            return aliases.get(alias)
        case ast.Attribute(value=value, attr=attr):
            base = _dotted(value, aliases)
            return None if base is None else f"{base}.{attr}"
        case _:
            return None


def _methods_called(tree: ast.Module, methods: set[str]) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=attr)) if attr in methods:
                yield node.lineno, f"*.{attr}()"
            case _:
                pass


def plant(root: Path, file: str, text: str) -> Path:
    """A file of ours with an offence in it, for the check that must find it."""
    (root / file).parent.mkdir(parents=True, exist_ok=True)
    (root / file).write_text(text)
    return root
