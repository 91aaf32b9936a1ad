"""A copy of the tree in which a bug can live, and tests that run against it and nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from tests.faults.seeded.patches import ROOT, SeededBug

SOURCES = ("deploy/*/src", "services/*/src", "shared/*/src")
MOST_SECONDS = 900
_LINE = re.compile(r"^(PASSED|FAILED|ERROR) (tests/[^\s\[]+)\S*(?: - (.*))?$", re.MULTILINE)


class CannotRun(Exception):
    """A patch that does not apply, or tests that could not be run; the text says why."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of one test (of all its cases), and the first failure's words."""

    passed: bool
    failed: bool
    why: str


def copy_tree(into: Path) -> None:
    """Every file that belongs to the tree as it is now, committed or not."""
    command = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, into / name)


def apply(bug: SeededBug, tree: Path) -> None:
    """Let the bug into a tree. Raises `CannotRun`."""
    if complaint := complaint_about(bug, tree):
        raise CannotRun(f"does not apply: {complaint}")


def complaint_about(bug: SeededBug, tree: Path, *how: str) -> str:
    """What git says when it is to apply the patch, or (`--check`) only to look whether it could; nothing, if it can."""
    command = ("git", "apply", *how, str(bug.path))
    outcome = subprocess.run(command, cwd=tree, check=False, capture_output=True, text=True)
    return " ".join(outcome.stderr.split()) if outcome.returncode else ""


def environment(tree: Path, servers: Mapping[str, str]) -> dict[str, str]:
    """Python finds the copy's packages before the installed ones."""
    sources = [str(source) for pattern in SOURCES for source in sorted(tree.glob(pattern))]
    return {**os.environ, **servers, "PYTHONPATH": os.pathsep.join([str(tree), *sources]), "COLUMNS": "300"}


def check_imports(tree: Path) -> None:
    """That every package of ours comes out of the copy. Raises `CannotRun`."""
    names = [path.parent.name for pattern in SOURCES for path in tree.glob(f"{pattern}/*/__init__.py")]
    code = f"import {', '.join(names)}; print(*(m.__file__ for m in ({', '.join(names)},)), sep='\\n')"
    command = (sys.executable, "-c", code)
    found = subprocess.run(command, cwd=tree, env=environment(tree, {}), check=True, capture_output=True, text=True)
    if strangers := [file for file in found.stdout.split("\n") if file and not Path(file).is_relative_to(tree)]:
        raise CannotRun(f"{strangers[0]} is imported in place of the copy's")


def run_tests(tree: Path, tests: Iterable[str], servers: Mapping[str, str]) -> dict[str, Ran]:
    """What becomes of each of these tests in this tree. Raises `CannotRun` if one was not run."""
    said = _pytest(tree, [*tests], servers)
    cases: dict[str, list[tuple[str, str]]] = {test: [] for test in tests}
    for outcome, test, why in _LINE.findall(said):
        cases.setdefault(test, []).append((outcome, why))
    if missing := [test for test, found in cases.items() if not found]:
        raise CannotRun(f"{missing[0]} was not run: {' '.join(said.split())[-600:]}")
    return {test: _ran(found) for test, found in cases.items()}


def _ran(cases: list[tuple[str, str]]) -> Ran:
    outcomes = {outcome for outcome, _ in cases}
    return Ran(outcomes == {"PASSED"}, "FAILED" in outcomes, next((why for _, why in cases if why), ""))


def _pytest(tree: Path, tests: list[str], servers: Mapping[str, str]) -> str:
    options = ("-q", "-rA", "--tb=line", "--show-capture=no", "-p", "no:cacheprovider")
    command = (sys.executable, "-m", "pytest", *options, *tests)
    with TemporaryFile("w+") as said:  # a pipe would wait for all that a test left behind
        try:
            subprocess.run(
                command,
                cwd=tree,
                env=environment(tree, servers),
                check=False,
                stdout=said,
                stderr=said,
                timeout=MOST_SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise CannotRun(f"{tests[0]} did not end in {MOST_SECONDS} s") from None
        said.seek(0)
        return said.read()
