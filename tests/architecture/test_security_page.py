"""The page on security answers with tests: each that it names is there."""

import ast
import re
from pathlib import Path

import pytest
from tests.architecture.python_files import ROOT, plant

PAGES = ("docs/security.md", "docs/threat-model.md", "docs/data-protection.md")
NAMED = re.compile(r"`(tests/[\w./-]+\.py)::(\w+)`")


def named(root: Path) -> set[tuple[str, str]]:
    """File and function of every test that the pages name."""
    return {found for page in PAGES if (root / page).exists() for found in NAMED.findall((root / page).read_text())}


def missing(root: Path) -> list[str]:
    """The named tests that are not there."""
    return sorted(f"{file}::{name}" for file, name in named(root) if name not in _tests(ROOT / file))


def _tests(file: Path) -> set[str]:
    tree = ast.parse(file.read_text()) if file.exists() else ast.Module([], [])
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_test_that_the_pages_name_is_there() -> None:
    assert len(named(ROOT)) > 50
    assert missing(ROOT) == []


@pytest.mark.parametrize("name", ["tests/kernel/nothing.py::test_a", "tests/kernel/test_may.py::test_of_nothing"])
def test_a_test_that_is_not_there_is_found(tmp_path: Path, name: str) -> None:
    assert missing(plant(tmp_path, PAGES[0], f"| 1.1 | `{name}` |\n")) == [name]
