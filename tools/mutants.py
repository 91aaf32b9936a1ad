"""Mutation tests: small mistakes are made in a copy of scheduling's domain, one at a time, and tests must notice each.

The copy is laid out as mutmut wants it, in build/mutants; nothing of the tree itself is touched. What was found is kept
there, so that a second run asks only about what has changed. Says for each module how many mistakes were noticed, and
ends with 1 where fewer were than the aim.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
COPY = ROOT / "build" / "mutants"
AIM_PERCENT = 90
# What mutmut is given: its source, the tests, and what these read.
COPIED = {
    "services/scheduling/src": "src",
    "tests/scheduling": "tests/scheduling",
    "tests/conftest.py": "tests/conftest.py",
    "shared/authorities": "shared/authorities",
    "deploy/local/samples": "deploy/local/samples",
    "docs/importing.md": "docs/importing.md",
    "pyproject.toml": "pyproject.toml",
}
# mutmut asks for a name that pytest has given up.
NODE_IDS = """def pytest_collection_modifyitems(items):
    for item in items:
        item._nodeid = item.nodeid
"""
KILLED = {1, 3, 24, 36, 152, 255, -24}  # a test failed, or the mistake made everything stand still
NOT_TRIED = {None, 2, 5, 33, 34}  # interrupted, no test reaches it, or it was left out


def make_copy() -> None:
    """The parts that are needed, as they are now; what mutmut has found before stays."""
    for source, place in COPIED.items():
        _copy(ROOT / source, COPY / place)
    (COPY / "tests/scheduling/conftest.py").write_text(NODE_IDS)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_file():
        shutil.copy2(source, target)
        return
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))


def run(modules: Sequence[str], workers: int) -> None:
    """Only mistakes in these modules and folders (`access.decider`, `keeping`), or in all."""
    wanted = [f"scheduling.domain.{module}.*" for module in modules]
    command = [sys.executable, "-m", "mutmut", "run", f"--max-children={workers}", *wanted]
    subprocess.run(command, cwd=COPY, check=False, env={**os.environ, "PEP_TEST_WITHOUT_SERVERS": "1"})  # noqa: TID251


def verdicts() -> Iterator[tuple[str, str, int | None]]:
    """Module, name of the mistake, and how the tests ended on it."""
    for file in sorted((COPY / "mutants" / "src").rglob("*.py.meta")):
        module = ".".join(file.relative_to(COPY / "mutants/src/scheduling/domain").parts).removesuffix(".py.meta")
        for name, code in json.loads(file.read_text())["exit_code_by_key"].items():
            yield module, name, code


def report(found: Iterable[tuple[str, str, int | None]]) -> int:
    """Prints the figures; gives the percentage of noticed mistakes among those that were tried."""
    kinds: Mapping[str, Counter[str]] = defaultdict(Counter)
    for module, name, code in found:
        kinds[module][_kind(code)] += 1
        if _kind(code) == "not noticed":
            print(f"not noticed: {name}")
    for module, counts in kinds.items():
        print(f"{module:28} {_percent(counts):3} %  {', '.join(f'{n} {kind}' for kind, n in sorted(counts.items()))}")
    every = sum(kinds.values(), Counter[str]())
    print(f"{'all':28} {_percent(every):3} %  {', '.join(f'{n} {kind}' for kind, n in sorted(every.items()))}")
    return _percent(every)


def _kind(code: int | None) -> str:
    if code in KILLED:
        return "noticed"
    return "not tried" if code in NOT_TRIED - {33} else "not noticed"


def _percent(counts: Counter[str]) -> int:
    tried = counts["noticed"] + counts["not noticed"]
    return 100 * counts["noticed"] // tried if tried else 0


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    words.add_argument("--only", default="", help="modules of the domain, as access.decider,keeping")
    words.add_argument("--workers", type=int, default=2)
    words.add_argument("--report", action="store_true", help="only say what the last run has found")
    asked = words.parse_args()
    if not asked.report:
        make_copy()
        run([each for each in asked.only.split(",") if each], asked.workers)
    sys.exit(0 if report(verdicts()) >= AIM_PERCENT else 1)


if __name__ == "__main__":
    main()
